package dev.torc.local;

import dev.torc.posix.ChildWait;
import dev.torc.posix.Kill;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The processes of one attempt of a job: its process group, all descendants, those that once were
 * seen among them (a daemon that left by fork and setsid), and all with the attempt's mark in their
 * environment. Without {@code /proc}, only the group is known. {@link TreeEnd} ends them. Safe for
 * several threads.
 */
final class ProcessTree {

  private final Set<String> mark;
  private final boolean whole;
  private final long limit;
  private final Map<Integer, Long> known = new HashMap<>(); // start by number
  private volatile Collection<ProcessTable.Entry> stopped = List.of();
  private int leader; // 0 where none is alive, or dead and not reaped
  private boolean noted; // whether the leader is among the known
  private long since = Long.MAX_VALUE; // start of the first leader

  /**
   * Creates a tree of the processes with these entries in their environment. If it is not {@code
   * whole}, the leader is the client of a container, whose memory does not count. The limit is
   * bytes of memory; 0 for none.
   */
  ProcessTree(Map<String, String> mark, boolean whole, long limit) {
    this.limit = limit;
    this.mark = new HashSet<>();
    mark.forEach((name, value) -> this.mark.add(name + "=" + value));
    this.whole = whole;
  }

  /** Returns the processes that another torc left, of which only the mark is known. */
  static ProcessTree ofMark(Map<String, String> mark) {
    ProcessTree tree = new ProcessTree(mark, true, 0);
    tree.since = 0;
    return tree;
  }

  /** Takes in a started child that leads its own group; it counts until {@link #reapLeader}. */
  synchronized void addLeader(int pid) {
    leader = pid;
    noted = false;
  }

  /** Notes when the leader started, at the first look: most leaders end before that. */
  private void noteLeader() {
    if (leader != 0 && !noted) {
      noted = true;
      ProcessTable.of(leader)
          .ifPresent(
              entry -> {
                known.put(leader, entry.start());
                since = Math.min(since, entry.start());
              });
    }
  }

  /**
   * Reaps the dead leader; from now on its numbers may belong to another process, so no signal goes
   * to them. Before another leader its start is noted, unless this one is the last.
   */
  synchronized ChildWait.ChildUse reapLeader(boolean last) {
    if (!last) {
      noteLeader();
    }
    int pid = leader;
    leader = 0;
    known.remove(pid);
    return ChildWait.reap(pid);
  }

  synchronized void signalGroup(int signal) {
    if (leader != 0) {
      Kill.group(leader, signal);
    }
  }

  /**
   * Ends the tree as {@link TreeEnd} does, by a first signal and KILL after {@code grace}
   * nanoseconds or when it is to hurry. Returns the processes that KILL did not end, normally none.
   */
  List<Integer> end(int signal, long grace, BooleanSupplier hurry) {
    return ProcessTable.present()
        ? new TreeEnd(this::living, !whole, signal, grace, hurry).run()
        : endGroup(signal, grace, hurry);
  }

  private List<Integer> endGroup(int signal, long grace, BooleanSupplier hurry) {
    long start = System.nanoTime();
    int told = 0;
    while (groupLives()) {
      long passed = System.nanoTime() - start;
      if (passed >= grace + TreeEnd.GIVE_UP) {
        synchronized (this) {
          return List.of(leader);
        }
      }
      boolean kill = passed >= grace || hurry.getAsBoolean();
      int due = kill ? Kill.KILL : passed >= grace / 2 ? Kill.TERM : signal;
      if (due != told) {
        signalGroup(due);
        signalGroup(Kill.CONT); // a stopped process would not see it
        told = due;
      }
      LockSupport.parkNanos(20_000_000);
    }
    return List.of();
  }

  void stop() {
    if (ProcessTable.present()) {
      stopped = TreeEnd.stop(this::living);
    } else {
      signalGroup(Kill.STOP);
    }
  }

  void proceed() {
    if (ProcessTable.present()) {
      TreeEnd.resume(stopped);
      stopped = List.of();
    } else {
      signalGroup(Kill.CONT);
    }
  }

  /** Returns whether {@link #stop} found processes beside the leader. */
  boolean isMore() {
    return stopped.size() > 1;
  }

  private synchronized boolean groupLives() {
    return leader != 0 && Kill.group(leader, 0);
  }

  /** Returns its memory now; a thorough look finds orphans too, by the whole process table. */
  long memory(boolean thorough) {
    if (thorough) {
      living();
    }
    return memory(followChildren());
  }

  /**
   * Returns the bytes of memory that its processes use, as {@link ProcessTable#memory} counts. Only
   * above the limit are shared pages counted once: that takes 10 ms for each GiB.
   */
  long memory(List<Integer> processes) {
    long sum = 0;
    for (int pid : processes) {
      sum += counts(pid) ? ProcessTable.memory(pid) : 0;
    }
    if (limit > 0 && sum > limit) {
      sum = 0;
      for (int pid : processes) {
        sum += counts(pid) ? ProcessTable.proportional(pid) : 0;
      }
    }
    return sum;
  }

  /** Returns whether the use of a process of this tree counts. */
  synchronized boolean counts(int pid) {
    return whole || pid != leader;
  }

  /** Returns the processes that are known by now, by number, with their starts; a new map. */
  synchronized Map<Integer, Long> knownStarts() {
    noteLeader();
    return new HashMap<>(known);
  }

  synchronized int group() {
    return leader;
  }

  /** Returns whether a process may carry the mark: it started no earlier than the first leader. */
  synchronized boolean mayOwn(ProcessTable.Entry process) {
    return !mark.isEmpty() && process.start() >= since;
  }

  boolean isMark(Set<String> environment) {
    return environment.containsAll(mark);
  }

  /** Takes in what a look found, zombies too; {@code before} were known when the look began. */
  synchronized void update(Map<Integer, Long> before, List<ProcessTable.Entry> found) {
    before.forEach(known::remove);
    found.forEach(process -> known.put(process.pid(), process.start()));
  }

  /** Returns the known processes and their descendants, without reading the whole process table. */
  private synchronized List<Integer> followChildren() {
    noteLeader();
    List<Integer> open = new ArrayList<>(known.keySet());
    for (int i = 0; i < open.size(); i++) {
      int pid = open.get(i);
      if (!ProcessTable.of(pid).map(p -> known.get(pid) == p.start()).orElse(false)) {
        known.remove(pid);
        continue;
      }
      var children = ProcessTable.children(pid);
      if (children.isEmpty()) {
        living();
        return List.copyOf(known.keySet());
      }
      for (int child : children.get()) {
        if (!known.containsKey(child)) {
          ProcessTable.of(child)
              .ifPresent(
                  p -> {
                    known.put(child, p.start());
                    open.add(child);
                  });
        }
      }
    }
    return List.copyOf(known.keySet());
  }

  synchronized List<ProcessTable.Entry> living() {
    return ProcessPass.living(List.of(this)).get(this);
  }
}
