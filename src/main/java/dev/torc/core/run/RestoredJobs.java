package dev.torc.core.run;

import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.JobState;
import dev.torc.core.attempt.Recorder;
import dev.torc.core.attempt.Restore;
import dev.torc.core.attempt.SharedResults;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Verdict.WillRestore;
import dev.torc.core.memory.Batch;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The jobs that are restored, or may be. {@link SharedResults} looks for the result of a job before
 * the job takes any resources; the answer is handled while holding the turn (see {@link LoopLock}).
 * The {@link Restore} puts it in place; if it is damaged or missing, the job runs.
 *
 * @param asked the jobs whose result is looked for, none at first
 */
record RestoredJobs(SharedResults shared, Recorder recorder, BuildState state, BitSet asked) {

  /** For how many nanoseconds a job keeps its place in the queue while its result is looked for. */
  private static final long PLACE = TimeUnit.SECONDS.toNanos(1);

  /**
   * Looks for a shared result that replaces a job's run. Calls {@code ready} with it while holding
   * the turn, or with null if the job has to run.
   */
  void ask(int id, List<Reason> reasons, Consumer<Restore> ready) {
    if (!shared.mayAsk(state.graph().job(id), reasons)) {
      ready.accept(null);
      return;
    }
    asked.set(id);
    state.ready.ask(id, System.nanoTime() + PLACE);
    SharedResults.Answer then =
        new SharedResults.Answer() {
          @Override
          public void take(Restore known) {
            state.lock.post(
                () -> {
                  asked.clear(id);
                  state.ready.answered(id);
                  if (state.states.of(id) == JobState.WAITING) { // else the build has been ended
                    ready.accept(known);
                  }
                });
          }

          @Override
          public void fail(Throwable unchecked) {
            state.lock.fail(unchecked);
          }
        };
    shared.ask(state.common(), id, state.paths.of(id), then);
  }

  boolean isAsked(int id) {
    return asked.get(id);
  }

  boolean isAsking() {
    return !asked.isEmpty();
  }

  /**
   * Restores the record of a known result, but not its temporary products, since it is not known
   * yet whether a job reads them.
   */
  void recall(int id, WillRestore will) {
    Recorder.Record record =
        recorder.recalled(state.graph().job(id).name(), will.reasons(), will.from());
    state.common().cache().put(recorder.whole(record));
    state.context().records().replace(id, record.result());
  }

  /** Records what a restore put in place as torc's own, though the job has no new result. */
  void own(AttemptOutcome outcome) {
    if (outcome.made().products().owned().isEmpty()) {
      return;
    }
    Batch own = new Batch();
    recorder.own(outcome, own);
    state.common().cache().put(own);
  }
}
