package dev.torc.engine;

import dev.torc.workflow.Job;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The jobs that schedulers have, as the loop knows them. It ends none of them, and does not decide
 * when the build ends.
 */
final class Submitted {

  private final Set<Integer> out = new HashSet<>();
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

  /** An attempt ended, wherever it ran. */
  void ended(int id) {
    out.remove(id);
  }

  boolean has(int id) {
    return out.contains(id);
  }

  int count() {
    return out.size();
  }
}
