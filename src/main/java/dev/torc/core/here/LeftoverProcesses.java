package dev.torc.core.here;

import dev.torc.base.machine.ProcessTable.Entry;
import dev.torc.base.posix.Kill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * Ends the processes that a killed torc left running, before a build starts any. Finds them by the
 * marks in their environments and ends them with all their descendants, but never this process or
 * its ancestors: a job may itself call torc. Without {@code /proc}, it finds nothing. The caller
 * gets the jobs from the marks in the cache's folder.
 */
final class LeftoverProcesses {

  private LeftoverProcesses() {}

  /** Ends marked processes and waits; returns one line for each job that had any. */
  static List<String> end(Collection<Map<String, String>> marks, Duration grace) {
    SequencedMap<Map<String, String>, ProcessTree> trees = new LinkedHashMap<>();
    marks.forEach(mark -> trees.put(mark, ProcessTree.ofMark(mark)));
    // Reads twice: during an exec, a process has no environment for a moment.
    ProcessPass.living(trees.values());
    Map<ProcessTree, List<Entry>> found = ProcessPass.living(trees.values());
    List<String> lines = new ArrayList<>();
    List<ProcessTree> running = new ArrayList<>();
    trees.forEach(
        (mark, tree) -> {
          int count = found.get(tree).size();
          if (count > 0) {
            running.add(tree);
            lines.add(
                "%s: ended %s that an earlier build left running"
                    .formatted(
                        mark.get("TORC_JOB"), count == 1 ? "1 process" : count + " processes"));
          }
        });
    if (running.isEmpty()) {
      return lines;
    }
    Supplier<List<Entry>> living =
        () -> ProcessPass.living(running).values().stream().flatMap(List::stream).toList();
    List<Integer> stubborn =
        new EndSignals(living, false, Kill.TERM, grace.toNanos(), () -> false).run();
    stubborn.forEach(
        pid -> lines.add("process " + pid + ", left by an earlier build, cannot be ended"));
    return lines;
  }
}
