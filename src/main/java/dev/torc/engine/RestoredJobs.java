package dev.torc.engine;

import dev.torc.cache.Batch;
import dev.torc.plan.Reason;
import dev.torc.plan.Verdict;
import java.util.List;
import java.util.function.Supplier;

/**
 * What follows for jobs in whose place a known result is put, or may be: what is known here, and
 * what shared stores are asked for. It belongs to whoever has the turn of the loop.
 */
final class RestoredJobs implements AutoCloseable {

  private final BuildSetup setup;
  private final Recorder recorder;
  private final Supplier<BuildState> state;
  private final Loop loop;
  private final SharedLookups lookups; // null where there is nobody to ask

  /** What the loop does with a job. */
  interface Loop {

    /**
     * It is ready.
     *
     * @param known what is put in the place of a run; null for a run
     */
    void ready(int id, List<Reason> reasons, KnownGood known);

    /** It is to be decided again. */
    void decide(int id);
  }

  /** Those of a build, whose state is asked for as it is then. */
  RestoredJobs(
      BuildSetup setup, LoopTurn turn, Recorder recorder, Supplier<BuildState> state, Loop loop) {
    this.setup = setup;
    this.recorder = recorder;
    this.state = state;
    this.loop = loop;
    this.lookups =
        setup.sharing() == null
            ? null
            : new SharedLookups(setup.sharing(), turn, setup.cache(), this::answered);
  }

  /** A job is to run, unless a shared store has its result. */
  void run(int id, Verdict.WillRun will) {
    if (lookups == null || !lookups.ask(state.get().shared(), id, will.reasons())) {
      loop.ready(id, will.reasons(), null);
    }
  }

  private void answered(int id, List<Reason> reasons, KnownGood found) {
    if (state.get().states().of(id) == JobState.WAITING) { // else the build was ended meanwhile
      loop.ready(id, reasons, found);
    }
  }

  /** A result is known here. */
  void restore(int id, Verdict.WillRestore will) {
    if (will.bytes()) {
      KnownGood known = new KnownGood(will.from(), setup.shared().removal().kept());
      loop.ready(id, will.reasons(), known);
    } else {
      recall(id, will);
      loop.decide(id);
    }
  }

  /** The record alone is put back. */
  private void recall(int id, Verdict.WillRestore will) {
    BuildState now = state.get();
    Recorder.Record record =
        recorder.recalled(now.graph().job(id).name(), will.reasons(), will.from());
    setup.cache().put(recorder.whole(record));
    now.context().records().replace(id, record.result());
  }

  /** Whether a job waits for an answer. */
  boolean isAsked(int id) {
    return lookups != null && lookups.isAsked(id);
  }

  /** Whether any does. */
  boolean isAsking() {
    return lookups != null && lookups.any();
  }

  /** What was placed is torc's, though the job has no new result. */
  void own(AttemptOutcome outcome) {
    Batch own = new Batch();
    outcome.owned().forEach(own::own);
    setup.cache().put(own);
  }

  /** A known result was not to be had after all: the job runs. */
  void failed(int id, AttemptOutcome outcome) {
    own(outcome);
    BuildState now = state.get();
    now.runs().get(id).mustRun();
    now.states().set(id, JobState.READY);
    now.ready().add(id);
  }

  /** A job ran well: others may have its result. */
  void made(int id, List<Reason> reasons, AttemptOutcome outcome) {
    if (lookups != null) {
      lookups.send(state.get().shared(), id, reasons, outcome.ended().wall());
    }
  }

  /** The user ended the build: no store is waited for any more. From any thread. */
  void stop() {
    if (lookups != null) {
      lookups.stop();
    }
  }

  /**
   * Waits for what is being sent, for a while: whatever the user does, the jobs have ended.
   *
   * @return nanoseconds of this wait
   */
  long finish() {
    return lookups == null ? 0 : lookups.finish();
  }

  /** Nothing more is asked. */
  @Override
  public void close() {
    if (lookups != null) {
      lookups.close();
    }
  }
}
