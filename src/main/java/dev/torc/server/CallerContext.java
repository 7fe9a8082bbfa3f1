package dev.torc.server;

import dev.torc.posix.FileStatus;
import dev.torc.posix.OtherProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process hands down to its children and cannot be handed to another process's: rights,
 * limits, priorities, namespaces. Jobs of a served call are children of the server, so all of this
 * must be equal for both. It is also what keeps a caller in a sandbox from having anything done
 * outside of it. The kernel tells it, not the caller.
 *
 * @param lines one for each item
 */
record CallerContext(List<String> lines) {

  private static final List<String> STATUS =
      List.of(
          ("Uid: Gid: Groups: CapInh: CapPrm: CapEff: CapBnd: CapAmb: NoNewPrivs: Seccomp:"
                  + " Seccomp_filters: Cpus_allowed: Mems_allowed:")
              .split(" "));

  private static final List<String> FILES =
      List.of("limits cgroup oom_score_adj attr/current personality loginuid".split(" "));

  private static final List<String> SPACES =
      List.of("cgroup ipc mnt net pid_for_children time_for_children user uts".split(" "));

  /** Places in the fields of {@code stat} from the state on. */
  private static final int NICE = 16;

  private static final int REAL_TIME = 37;
  private static final int POLICY = 38;

  /** Reads the context of a process; {@code ?} stands for what it has not, or may not be read. */
  static CallerContext of(OtherProcess process) {
    List<String> lines = new ArrayList<>();
    for (String line : process.text("status").split("\n")) {
      if (STATUS.contains(line.substring(0, line.indexOf(':') + 1))) {
        lines.add(line);
      }
    }
    for (String file : FILES) {
      for (String line : process.text(file).split("\n")) {
        lines.add(file + ": " + line);
      }
    }
    for (String space : SPACES) {
      lines.add(link(process.path("ns/" + space)));
    }
    lines.add("root: " + root(process.path("root/")));
    List<String> stat = process.stat();
    if (stat.size() > POLICY) {
      lines.add("nice: " + stat.get(NICE));
      lines.add("policy: " + stat.get(POLICY) + " " + stat.get(REAL_TIME));
    }
    lines.add("input and output priority: " + process.ioPriority());
    return new CallerContext(lines);
  }

  private static String link(String path) {
    try {
      return Files.readSymbolicLink(Path.of(path)).toString();
    } catch (IOException none) {
      return "?";
    }
  }

  private static String root(String path) {
    try {
      FileStatus root = FileStatus.of(path, true);
      return root.device() + " " + root.inode();
    } catch (IOException none) {
      return "?";
    }
  }

  /** Returns the first item in which another one differs, with both values; null if none does. */
  String difference(CallerContext other) {
    for (int i = 0; i < Math.min(lines.size(), other.lines.size()); i++) {
      if (!lines.get(i).equals(other.lines.get(i))) {
        return other.lines.get(i) + " in place of " + lines.get(i);
      }
    }
    return lines.size() == other.lines.size() ? null : "another number of items";
  }
}
