package dev.torc.core.here;

import dev.torc.base.machine.ProcessTable;
import dev.torc.base.machine.ProcessTable.Entry;
import dev.torc.base.posix.ChildWait;
import dev.torc.base.posix.ChildWait.ChildUse;
import dev.torc.base.posix.Kill;
import java.nio.file.Path;
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
 * The processes of one attempt of a job: its process group, all descendants, former descendants (a
 * daemon that left by fork and setsid), and all with the attempt's mark in their environment.
 * Without {@code /proc}, only the group is known. {@link EndSignals} ends them. Safe for several
 * threads.
 */
final class ProcessTree {

  private static final String ROOT = "TORC_ROOT";

  private final Set<String> mark;
  private final boolean whole;
  private final long limit;
  private final Map<Integer, Long> known = new HashMap<>(); // start by number
  private volatile Collection<Entry> stopped = List.of();
  private int leader; // 0 before a start and after the reaping
  private boolean noted; // whether the leader's start was read
  private long since = Long.MAX_VALUE; // start of the first leader
  private String root; // of another torc's job: where its processes may work; null otherwise

  /**
   * Creates a tree of the processes with these entries in their environment. Unless {@code whole},
   * the leader is a container's client, whose use does not count. The limit is bytes of memory; 0
   * for none.
   */
  ProcessTree(Map<String, String> mark, boolean whole, long limit) {
    this.limit = limit;
    this.mark = new HashSet<>();
    mark.forEach((name, value) -> this.mark.add(name + "=" + value));
    this.whole = whole;
  }

  /**
   * Returns the tree of the processes that another torc left, known only by their mark. If the root
   * was moved since, or is mounted at another path too, those that work below it count as well.
   */
  static ProcessTree ofMark(Map<String, String> mark) {
    ProcessTree tree = new ProcessTree(mark, true, 0);
    tree.since = 0;
    tree.root = mark.get(ROOT);
    tree.mark.remove(ROOT + "=" + tree.root);
    return tree;
  }

  /** Adds a started child that leads its own group; it counts until {@link #reapLeader}. */
  synchronized void addLeader(int pid) {
    leader = pid;
    noted = false;
  }

  /** Reads when the leader started, as late as possible: most leaders end before that. */
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
   * Reaps the dead leader, whose number may then belong to another process. If another leader
   * follows, first reads when this one started.
   */
  synchronized ChildUse reapLeader(boolean last) {
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
   * Ends the tree as {@link EndSignals} does: by a first signal, and by KILL after {@code grace}
   * nanoseconds or once {@code hurry} is true. Returns the processes that survived KILL, if any.
   */
  List<Integer> end(int signal, long grace, BooleanSupplier hurry) {
    return ProcessTable.present()
        ? new EndSignals(this::living, !whole, signal, grace, hurry).run()
        : endGroup(signal, grace, hurry);
  }

  private List<Integer> endGroup(int signal, long grace, BooleanSupplier hurry) {
    long start = System.nanoTime();
    int told = 0;
    while (groupLives()) {
      long passed = System.nanoTime() - start;
      if (passed >= grace + EndSignals.GIVE_UP) {
        synchronized (this) {
          return List.of(leader);
        }
      }
      boolean kill = passed >= grace || hurry.getAsBoolean();
      int due = kill ? Kill.KILL : passed >= grace / 2 ? Kill.TERM : signal;
      if (due != told) {
        signalGroup(due);
        signalGroup(Kill.CONT); // a stopped process would not receive it
        told = due;
      }
      LockSupport.parkNanos(20_000_000);
    }
    return List.of();
  }

  void stop() {
    if (ProcessTable.present()) {
      stopped = EndSignals.stop(this::living);
    } else {
      signalGroup(Kill.STOP);
    }
  }

  void proceed() {
    if (ProcessTable.present()) {
      EndSignals.resume(stopped);
      stopped = List.of();
    } else {
      signalGroup(Kill.CONT);
    }
  }

  /** Returns whether {@link #stop} found processes besides the leader. */
  boolean isMore() {
    return stopped.size() > 1;
  }

  private synchronized boolean groupLives() {
    return leader != 0 && Kill.group(leader, 0);
  }

  /** Returns its memory in bytes; if {@code thorough}, searches all processes for orphans. */
  long memory(boolean thorough) {
    if (thorough) {
      living();
    }
    return memory(followChildren());
  }

  /**
   * Returns the bytes of memory that processes use, by {@link ProcessTable#memory}. Shared pages
   * are counted once only if the sum exceeds the limit, since that takes 10 ms for each GiB.
   */
  long memory(List<Integer> processes) {
    List<Integer> counted = processes.stream().filter(this::counts).toList();
    long sum = counted.stream().mapToLong(ProcessTable::memory).sum();
    return limit > 0 && sum > limit
        ? counted.stream().mapToLong(ProcessTable::proportional).sum()
        : sum;
  }

  /** Returns whether a process's use counts: that of a container's client does not. */
  synchronized boolean counts(int pid) {
    return whole || pid != leader;
  }

  /** Returns the starts of the known processes, by number, in a new map. */
  synchronized Map<Integer, Long> knownStarts() {
    noteLeader();
    return new HashMap<>(known);
  }

  synchronized int group() {
    return leader;
  }

  /** Returns whether a process may carry the mark: it started no earlier than the first leader. */
  synchronized boolean mayOwn(Entry process) {
    return !mark.isEmpty() && process.start() >= since;
  }

  boolean isMark(int pid, Set<String> environment) {
    return environment.containsAll(mark)
        && (root == null
            || environment.contains(ROOT + "=" + root)
            || ProcessTable.worksBelow(pid, Path.of(root)));
  }

  /** Replaces {@code before}, the processes known before a pass, by those that it found. */
  synchronized void update(Map<Integer, Long> before, List<Entry> found) {
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

  synchronized List<Entry> living() {
    return ProcessPass.living(List.of(this)).get(this);
  }
}
