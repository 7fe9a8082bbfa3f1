package dev.torc.engine;

import dev.torc.workflow.Job;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The jobs that schedulers have or soon will, as the loop knows them: of very many, not all are
 * prepared at a time. It ends none of them, and does not decide when the build ends.
 */
final class Submitted {

  /** So many are prepared at a time: each takes some kilobytes. */
  private static final int MOST = 20_000;

  private final Set<Integer> out = new HashSet<>();
  private final Set<Integer> prepared = new HashSet<>();
  private final ArrayDeque<Integer> held = new ArrayDeque<>();
  private final LoopTurn turn;
  private final EventSender sender;

  Submitted(LoopTurn turn, EventSender sender) {
    this.turn = turn;
    this.sender = sender;
  }

  /** What is to be told where a job's attempt is, from any thread. */
  Consumer<RemoteRun.Place> of(int id, Job job) {
    return at ->
        turn.post(
            () -> {
              out.add(id);
              sender.tell(new Event.JobSubmitted(job.name(), at.executor(), at.id()));
            });
  }

  /**
   * Whether a job that is ready has to wait until others are over; it is given back then.
   *
   * @param job one that a scheduler is to run
   */
  boolean holds(int job) {
    if (prepared.size() < MOST) {
      prepared.add(job);
      return false;
    }
    held.add(job);
    return true;
  }

  /** An attempt ended, wherever it ran; returns a job that was held and is ready now. */
  OptionalInt ended(int id) {
    out.remove(id);
    return prepared.remove(id) && !held.isEmpty()
        ? OptionalInt.of(held.poll())
        : OptionalInt.empty();
  }

  boolean has(int id) {
    return out.contains(id);
  }

  /** How many attempts there are that take nothing of this machine. */
  int prepared() {
    return prepared.size();
  }

  /** Whether all of so many attempts are out, and no further one is held. */
  boolean isAll(int attempts) {
    return attempts == out.size() && held.isEmpty();
  }
}
