package dev.torc.engine;

import dev.torc.cache.Batch;
import dev.torc.cache.Cache;
import dev.torc.plan.Verdict;
import java.util.function.Supplier;

/**
 * What follows for jobs in whose place a known result is put. It belongs to whoever has the turn of
 * the loop.
 *
 * @param state the state of the build now
 */
record RestoredJobs(Cache cache, Recorder recorder, Supplier<BuildState> state) {

  /** The record alone is put back: the job is to be decided again. */
  void recall(int id, Verdict.WillRestore will) {
    BuildState now = state.get();
    Recorder.Record record =
        recorder.recalled(now.graph().job(id).name(), will.reasons(), will.from());
    cache.put(recorder.whole(record));
    now.context().records().replace(id, record.result());
  }

  /** What was placed is torc's, though the job has no new result. */
  void own(AttemptOutcome outcome) {
    Batch own = new Batch();
    outcome.owned().forEach(own::own);
    cache.put(own);
  }

  /** A known result was not to be had after all: the job runs. */
  void failed(int id, AttemptOutcome outcome) {
    own(outcome);
    BuildState now = state.get();
    now.runs().get(id).mustRun();
    now.states().set(id, JobState.READY);
    now.ready().add(id);
  }
}
