package dev.torc.local;

import dev.torc.posix.Kill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Ends the processes that a killed torc left running, before anything new starts: they are known
 * only by marks in their environments, and end with all their descendants. This process and those
 * that it descends from never end so: a job may itself call torc. Where there is no {@code /proc},
 * nothing can be found. The caller knows from the marks in the cache's folder which jobs these may
 * be.
 */
final class LeftoverProcesses {

  private LeftoverProcesses() {}

  /**
   * Ends the processes of some jobs, with all their descendants, and waits until they are gone.
   *
   * @param marks of the jobs, as {@link Launch#mark} has them
   * @param grace time between TERM and KILL
   * @return one line for each job with processes that were still running
   */
  static List<String> end(Collection<Map<String, String>> marks, Duration grace) {
    SequencedMap<Map<String, String>, ProcessTree> trees = new LinkedHashMap<>();
    marks.forEach(mark -> trees.put(mark, ProcessTree.ofMark(mark)));
    // Two looks: a process that just begins another program has no environment for a moment.
    ProcessPass.living(trees.values());
    Map<ProcessTree, List<ProcessTable.Entry>> found = ProcessPass.living(trees.values());
    List<String> lines = new ArrayList<>();
    List<ProcessTree> left = new ArrayList<>();
    trees.forEach(
        (mark, tree) -> {
          int count = found.get(tree).size();
          if (count > 0) {
            left.add(tree);
            lines.add(
                "%s: ended %s that an earlier build left running"
                    .formatted(
                        mark.get("TORC_JOB"), count == 1 ? "1 process" : count + " processes"));
          }
        });
    List<Integer> stubborn =
        new TreeEnd(
                () -> ProcessPass.living(left).values().stream().flatMap(List::stream).toList(),
                false,
                Kill.TERM,
                grace.toNanos(),
                () -> false)
            .run();
    for (int pid : stubborn) {
      lines.add("process " + pid + ", left by an earlier build, cannot be ended");
    }
    return lines;
  }
}
