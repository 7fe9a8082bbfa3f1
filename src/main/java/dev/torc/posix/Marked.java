package dev.torc.posix;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Ends processes of an earlier torc that are known only by marks in their environments, with all
 * their descendants. Never this process or one that it descends from: a job may itself call torc.
 * Where there is no {@code /proc}, nothing can be found.
 */
public final class Marked {

  private Marked() {}

  /** Numbers of the living processes that carry all entries of the mark, with their descendants. */
  public static List<Integer> living(Map<String, String> mark) {
    return trees(List.of(ProcessTree.entries(mark))).stream().map(ProcessTable.Entry::pid).toList();
  }

  /**
   * Ends the trees of all marks together: TERM, the grace, KILL.
   *
   * @param grace nanoseconds
   * @return numbers of processes that would not die, normally none
   */
  public static List<Integer> end(Collection<Map<String, String>> marks, long grace) {
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
    if (marks.isEmpty()) {
      return List.of();
    }
    Set<Integer> ours = ancestry();
    List<ProcessTable.Entry> all = new ArrayList<>(ProcessTable.all());
    all.removeIf(p -> ours.contains(p.pid()));
    List<ProcessTable.Entry> roots = new ArrayList<>();
    for (ProcessTable.Entry p : all) {
      for (Set<String> mark : marks) {
        if (ProcessTable.carries(p.pid(), mark)) {
          roots.add(p);
          break;
        }
      }
    }
    return ProcessTree.closure(all, roots).stream().filter(p -> !p.dead()).toList();
  }

  /** This process and all that it descends from. */
  private static Set<Integer> ancestry() {
    Set<Integer> pids = new HashSet<>();
    int pid = (int) ProcessHandle.current().pid();
    while (pid > 0 && pids.add(pid)) {
      pid = ProcessTable.of(pid).map(ProcessTable.Entry::parent).orElse(0);
    }
    return pids;
  }
}
