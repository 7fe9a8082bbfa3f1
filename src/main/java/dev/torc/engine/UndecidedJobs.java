package dev.torc.engine;

import dev.torc.hash.StoppedException;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The temporary jobs that are up to date but for missing products, while it is not known whether a
 * reader needs them. It belongs to whoever has the turn of the loop, which says when to ask.
 *
 * @param state the state of the build now
 * @param consider takes a job whose verdict is known at last
 */
record UndecidedJobs(Supplier<BuildState> state, BiConsumer<Integer, Verdict> consider) {

  /**
   * Decides them, as far as it is known what their readers do. That is a look at all that waits, so
   * it is taken only when there is nothing else to start.
   *
   * @return whether any was decided
   */
  boolean resolve() {
    BuildState now = state.get();
    if (now.undecided().isEmpty() || !now.ready().isEmpty()) {
      return false;
    }
    boolean any = false;
    try {
      Plan plan = now.forecast();
      for (int job : now.graph().inOrder(now.undecided())) {
        if (!(plan.verdict(job) instanceof Verdict.MayRun)) {
          any = true;
          now.undecided().clear(job);
          consider.accept(job, plan.verdict(job));
        }
      }
    } catch (StoppedException e) {
      return any; // a signal came: nothing new starts
    }
    return any;
  }

  /**
   * What they wait for waits for them. The first one runs: its products may turn out not to be
   * needed, but no job can read what was decided too early.
   */
  void wake() {
    try {
      BuildState now = state.get();
      int job = now.graph().inOrder(now.undecided())[0];
      Verdict verdict = now.context().decider().due(job, List.of(now.forecast().maybe(job)));
      now.undecided().clear(job);
      consider.accept(job, verdict);
    } catch (StoppedException e) {
      return; // a signal came: nothing new starts
    }
  }
}
