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
    Map<Map<String, String>, List<ProcessTable.Entry>> found = living(marks);
    // Two looks: a process that just begins another program has no environment for a moment.
    living(marks).forEach(found::putIfAbsent);
    for (Map<String, String> mark : marks) {
      if (found.containsKey(mark)) {
        int count = found.get(mark).size();
        lines.add(
            "%s: ended %s that an earlier build left running"
                .formatted(mark.get("TORC_JOB"), count == 1 ? "1 process" : count + " processes"));
      }
    }
    Map<Long, ProcessTable.Entry> seen = new HashMap<>(); // by id
    List<Integer> stubborn =
        ProcessTree.end(
            () -> {
              // One that was seen stays wanted, also when its parent, and so the way to it, is
              // gone.
              for (List<ProcessTable.Entry> tree : living(found.keySet()).values()) {
                tree.forEach(process -> seen.put(process.id(), process));
              }
              return seen.values().stream().filter(LeftoverProcesses::isAlive).toList();
            },
            grace.toNanos(),
            () -> false);
    for (int pid : stubborn) {
      lines.add("process " + pid + ", left by an earlier build, cannot be ended");
    }
    return lines;
  }

  private static boolean isAlive(ProcessTable.Entry entry) {
    return ProcessTable.of(entry.pid())
        .filter(now -> now.start() == entry.start() && !now.dead())
        .isPresent();
  }

  /**
   * The living processes that carry all entries of a mark, with their descendants, by mark: one
   * look at each process, however many marks there are.
   *
   * @param marks all with the same names
   */
  static Map<Map<String, String>, List<ProcessTable.Entry>> living(
      Collection<Map<String, String>> marks) {
    if (marks.isEmpty()) {
      return new HashMap<>();
    }
    Set<String> names = marks.iterator().next().keySet();
    Map<Set<String>, Map<String, String>> wanted = new HashMap<>();
    marks.forEach(mark -> wanted.put(ProcessTree.entries(mark), mark));
    Set<Long> ours = OtherProcesses.ancestors(ProcessHandle.current().pid());
    List<ProcessTable.Entry> all = new ArrayList<>(ProcessTable.all());
    all.removeIf(p -> ours.contains((long) p.pid()));
    Map<Integer, Map<String, String>> owners = new HashMap<>();
    for (ProcessTable.Entry p : all) {
      Set<String> entries = new HashSet<>(ProcessTable.environment(p.pid()));
      entries.removeIf(e -> !names.contains(e.substring(0, Math.max(0, e.indexOf('=')))));
      owners.put(p.pid(), wanted.get(entries));
    }
    Map<Map<String, String>, List<ProcessTable.Entry>> trees = ProcessTable.divide(all, owners);
    trees.remove(null);
    trees.values().forEach(tree -> tree.removeIf(ProcessTable.Entry::dead));
    trees.values().removeIf(List::isEmpty);
    return trees;
  }
}
