package dev.torc.local;

import dev.torc.posix.OtherProcesses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Ends what jobs of a torc that was killed left running, before anything new starts: processes that
 * are known only by marks in their environments, with all their descendants. Never this process or
 * one that it descends from: a job may itself call torc. Where there is no {@code /proc}, nothing
 * can be found. Which jobs those may be is known from the cache, not here.
 */
final class LeftoverProcesses {

  private LeftoverProcesses() {}

  /**
   * Ends the processes of some jobs, with all their descendants, and waits until they are gone.
   *
   * @param marks of the jobs, as {@link Launch#mark} has them
   * @param grace time between TERM and KILL
   * @return one line for each job of which something was still running
   */
  static List<String> end(Collection<Map<String, String>> marks, Duration grace) {
    List<String> lines = new ArrayList<>();
    List<Map<String, String>> found = new ArrayList<>();
    for (Map<String, String> mark : carried(marks)) {
      int count = living(mark).size();
      if (count > 0) {
        found.add(mark);
        lines.add(
            "%s: ended %s that an earlier build left running"
                .formatted(mark.get("TORC_JOB"), count == 1 ? "1 process" : count + " processes"));
      }
    }
    List<Integer> stubborn = found.isEmpty() ? List.of() : end(found, grace.toNanos());
    for (int pid : stubborn) {
      lines.add("process " + pid + ", left by an earlier build, cannot be ended");
    }
    return lines;
  }

  /** Numbers of the living processes that carry all entries of the mark, with their descendants. */
  static List<Integer> living(Map<String, String> mark) {
    return trees(List.of(ProcessTree.entries(mark))).stream().map(ProcessTable.Entry::pid).toList();
  }

  /**
   * Those of many marks that a living process carries: one look at each process.
   *
   * @param marks all with the same names
   */
  static List<Map<String, String>> carried(Collection<Map<String, String>> marks) {
    if (marks.isEmpty()) {
      return List.of();
    }
    Set<String> names = marks.iterator().next().keySet();
    Set<Set<String>> found = new HashSet<>();
    for (ProcessTable.Entry p : ProcessTable.all()) {
      Set<String> entries = new HashSet<>(ProcessTable.environment(p.pid()));
      entries.removeIf(e -> !names.contains(e.substring(0, Math.max(0, e.indexOf('=')))));
      found.add(entries);
    }
    return marks.stream().filter(mark -> found.contains(ProcessTree.entries(mark))).toList();
  }

  /**
   * Ends the trees of all marks together: TERM, the grace, KILL.
   *
   * @param grace nanoseconds
   * @return numbers of processes that would not die, normally none
   */
  static List<Integer> end(Collection<Map<String, String>> marks, long grace) {
    List<Set<String>> entries = marks.stream().map(ProcessTree::entries).toList();
    Set<ProcessTable.Entry> seen = new HashSet<>();
    return ProcessTree.end(
        () -> {
          // One that was seen stays wanted, also when its parent, and so the way to it, is gone.
          seen.addAll(trees(entries));
          return seen.stream().filter(p -> isAlive(p)).toList();
        },
        grace,
        () -> false);
  }

  private static boolean isAlive(ProcessTable.Entry entry) {
    return ProcessTable.of(entry.pid())
        .filter(now -> now.start() == entry.start() && !now.dead())
        .isPresent();
  }

  private static List<ProcessTable.Entry> trees(List<Set<String>> marks) {
    Set<Long> ours = OtherProcesses.ancestors(ProcessHandle.current().pid());
    List<ProcessTable.Entry> all = new ArrayList<>(ProcessTable.all());
    all.removeIf(p -> ours.contains((long) p.pid()));
    Map<Integer, Boolean> marked = new HashMap<>();
    for (ProcessTable.Entry p : all) {
      Set<String> environment = ProcessTable.environment(p.pid());
      if (marks.stream().anyMatch(environment::containsAll)) {
        marked.put(p.pid(), true);
      }
    }
    List<ProcessTable.Entry> trees = ProcessTable.divide(all, marked).getOrDefault(true, List.of());
    return trees.stream().filter(p -> !p.dead()).toList();
  }
}
