package dev.torc.engine;

import dev.torc.hash.StopFlag.StoppedException;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Decides the temporary jobs that are up to date but for missing products, when it is known whether
 * a reader needs them. Their readers are decided after them, as those of any job: so all readers
 * see the same bytes. It belongs to the turn of the loop, which says when to ask.
 *
 * @param state the state of the build now
 * @param consider takes a job whose verdict is known at last
 */
record UndecidedTemporaries(Supplier<BuildState> state, BiConsumer<Integer, Verdict> consider) {

  /**
   * Decides them, as far as it is known what their readers do. That is a look at all that waits, so
   * it is taken only when there is nothing else to start.
   *
   * @param idle whether all else waits for them, so that what they wait for waits for them, too:
   *     then the first one runs. Its products may turn out not to be needed, but no job reads what
   *     was decided too early
   * @return whether any was decided
   */
  boolean resolve(boolean idle) {
    BuildState now = state.get();
    boolean any = false;
    if (now.undecided().isEmpty() || !now.ready().isEmpty()) {
      return any;
    }
    try {
      Plan plan = now.forecast();
      for (int job : now.graph().inOrder(now.undecided())) {
        Verdict verdict = plan.verdict(job);
        if (verdict instanceof Verdict.MayRun && idle && !any) {
          verdict = now.context().decider().due(job, List.of(plan.maybe(job)));
        }
        if (!(verdict instanceof Verdict.MayRun)) {
          any = true;
          now.undecided().clear(job);
          consider.accept(job, verdict);
        }
      }
    } catch (StoppedException e) {
      return any; // a signal came: nothing new starts
    }
    return any;
  }
}
