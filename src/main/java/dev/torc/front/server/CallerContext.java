package dev.torc.front.server;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.OtherProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The attributes that a process passes on to its children and cannot pass to the children of
 * another process: permissions, limits, priorities, namespaces. Jobs of a served call are children
 * of the server, so server and caller must have equal attributes. Comparing them also keeps a
 * caller in a sandbox from running anything outside of it. The values come from the kernel, not
 * from the caller.
 *
 * @param lines one for each attribute
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

  /** Indexes in the list of {@link OtherProcess#stat}. */
  private static final int NICE = 16;

  private static final int REAL_TIME = 37;
  private static final int POLICY = 38;

  /** Reads the context of a process; {@code ?} stands for a missing or unreadable value. */
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

  /**
   * Returns the first attribute that differs in another context, with both values; null if all are
   * equal.
   */
  String difference(CallerContext other) {
    for (int i = 0; i < Math.min(lines.size(), other.lines.size()); i++) {
      if (!lines.get(i).equals(other.lines.get(i))) {
        return other.lines.get(i) + " in place of " + lines.get(i);
      }
    }
    return lines.size() == other.lines.size() ? null : "another number of items";
  }
}
