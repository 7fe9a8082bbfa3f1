package dev.torc.front.server;

import dev.torc.base.posix.Descriptor;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.OtherProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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

  /**
   * The lines of {@code status} that describe the process itself; those about memory begin with Vm
   * or Rss. All others must be equal, also the ones that a later kernel adds.
   */
  private static final Set<String> OWN =
      Set.of(
          ("Name Umask State Tgid Ngid Pid PPid FDSize NStgid NSpid NSpgid NSsid HugetlbPages"
                  + " CoreDumping untag_mask Threads SigQ SigPnd ShdPnd SigBlk SigIgn SigCgt"
                  + " x86_Thread_features x86_Thread_features_locked"
                  + " voluntary_ctxt_switches nonvoluntary_ctxt_switches")
              .split(" "));

  private static final List<String> FILES =
      List.of("limits cgroup oom_score_adj attr/current personality loginuid".split(" "));

  private static final List<String> SPACES =
      List.of("cgroup ipc mnt net pid_for_children time_for_children user uts".split(" "));

  private static final int AREA = 100; // bytes; an area's address and policy take less

  /** Indexes in the list of {@link OtherProcess#stat}. */
  private static final int NICE = 16;

  private static final int REAL_TIME = 37;
  private static final int POLICY = 38;

  /** Reads the context of a process; {@code ?} stands for a missing or unreadable value. */
  static CallerContext of(OtherProcess process) {
    return of(process, process.text("status"));
  }

  /** Reads the context of a process whose {@code status} is known. */
  static CallerContext of(OtherProcess process, String status) {
    List<String> lines = new ArrayList<>();
    for (String line : status.split("\n")) {
      String name = line.substring(0, Math.max(0, line.indexOf(':')));
      if (!OWN.contains(name) && !name.startsWith("Vm") && !name.startsWith("Rss")) {
        lines.add(line);
      }
    }
    for (String file : FILES) {
      for (String line : process.text(file).split("\n")) {
        lines.add(file + ": " + line);
      }
    }
    for (String space : SPACES) {
      lines.add(process.namespace(space));
    }
    lines.add("root: " + root(process.path("root/")));
    List<String> stat = process.stat();
    if (stat.size() > POLICY) {
      lines.add("nice: " + stat.get(NICE));
      lines.add("policy: " + stat.get(POLICY) + " " + stat.get(REAL_TIME));
    }
    lines.add("input and output priority: " + process.ioPriority());
    lines.add("memory policy: " + policy(process));
    return new CallerContext(lines);
  }

  /** Returns the memory policy, from the first area of memory: the others would take long. */
  private static String policy(OtherProcess process) {
    try {
      Descriptor areas = Descriptor.open(process.path("numa_maps"), false);
      byte[] start = new byte[AREA];
      int length = areas.read(start);
      areas.close();
      return new String(start, 0, Math.max(0, length), StandardCharsets.ISO_8859_1).split(" ")[1];
    } catch (IOException | IndexOutOfBoundsException none) {
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
