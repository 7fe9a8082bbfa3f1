package dev.torc.core.run;

import dev.torc.core.attempt.Event;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The jobs that schedulers have or soon will have, and the jobs held back because too many are
 * prepared. It ends no jobs, and does not decide when the build ends.
 */
final class Submitted {

  /** The most jobs that are prepared at a time; each takes some kilobytes. */
  static final int MOST = 20_000;

  private final Set<Integer> out = new HashSet<>();
  private final Set<Integer> prepared = new HashSet<>();
  private final Set<Integer> waiting = new HashSet<>(); // prepared, while a queue is full
  private final LinkedHashSet<Integer> held = new LinkedHashSet<>();
  private final LoopLock lock;
  private final EventSender sender;
  private final int most;

  Submitted(LoopLock lock, EventSender sender, int most) {
    this.most = most;
    this.lock = lock;
    this.sender = sender;
  }

  /** Notes that an attempt begins; {@code executor} is null if it runs here. */
  void begin(int id, String executor) {
    if (executor != null) {
      prepared.add(id);
    }
  }

  /** Reports where an attempt is. Any thread may call it. */
  void submitted(int id, Event.JobSubmitted at) {
    lock.post(
        () -> {
          out.add(id);
          waiting.remove(id);
          sender.tell(at);
        });
  }

  /** Notes that a scheduler's queue is full for an attempt. Any thread may call it. */
  void waits(int id) {
    lock.post(
        () -> {
          if (prepared.contains(id) && !out.contains(id)) {
            waiting.add(id);
          }
        });
  }

  /**
   * Returns whether a ready job has to be held back; a later call of {@link #ended} then returns
   * it. {@code executor} is null if the job is to run here.
   */
  boolean holds(int id, String executor) {
    boolean holds = executor != null && prepared.size() >= most;
    if (holds) {
      held.add(id);
    } else {
      held.remove(id);
    }
    return holds;
  }

  /** Notes that an attempt ended, wherever it ran; returns a job that was held and is ready now. */
  OptionalInt ended(int id) {
    out.remove(id);
    waiting.remove(id);
    return prepared.remove(id) && !held.isEmpty()
        ? OptionalInt.of(held.removeFirst())
        : OptionalInt.empty();
  }

  /** Forgets the jobs that are held back, since none of them will start. */
  void dropHeld() {
    held.clear();
  }

  boolean has(int id) {
    return out.contains(id);
  }

  /** Returns how many attempts run elsewhere and so take nothing from this machine. */
  int prepared() {
    return prepared.size();
  }

  /**
   * Returns whether {@code attempts} is the number of jobs that are out or for which a queue is
   * full, and none is held.
   */
  boolean isAll(int attempts) {
    return attempts == out.size() + waiting.size() && (held.isEmpty() || !waiting.isEmpty());
  }
}
