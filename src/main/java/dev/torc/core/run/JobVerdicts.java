package dev.torc.core.run;

import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.JobState;
import dev.torc.core.attempt.ProductStore;
import dev.torc.core.attempt.Restore;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Verdict;
import dev.torc.core.decide.Verdict.MayRun;
import dev.torc.core.decide.Verdict.Rest;
import dev.torc.core.decide.Verdict.Skips;
import dev.torc.core.decide.Verdict.UpToDate;
import dev.torc.core.decide.Verdict.WillFail;
import dev.torc.core.decide.Verdict.WillRestore;
import dev.torc.core.decide.Verdict.WillRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Decides each waiting job when everything that it waits for is settled, and acts on the verdict:
 * the job becomes ready, is settled or fails. Also expands groups. {@code Decider} computes the
 * verdicts, {@link JobStarts} starts jobs, and {@link BuildLoop} calls this when something was
 * settled. Call it only while holding the turn (see {@link LoopLock}).
 */
record JobVerdicts(
    BuildSetup setup,
    BuildState state,
    EventSender sender,
    JobStarts starts,
    BlockedJobs blocked,
    Followers followers,
    RestoredJobs restored) {

  /** Acts on the plan's verdicts: the final ones, and those of jobs that wait for nothing. */
  void begin() {
    Plan plan = setup.plan();
    for (int j : state.graph().inOrder(plan.selected())) {
      Verdict verdict = plan.verdict(j);
      if (verdict.isIdle()) {
        endIdle(j, verdict);
      } else if (state.states.of(j) != JobState.WAITING) {
        continue; // blocked by a failed job
      } else if (verdict instanceof MayRun && state.pending.isFree(j)) {
        decide(j);
      } else if (state.pending.isFree(j) || verdict instanceof WillFail will && will.isSure()) {
        obey(j, verdict);
      }
    }
    blocked.failGroups();
    decideSettled();
  }

  /**
   * Decides the jobs that wait for nothing anymore, then temporary jobs, and repeats this until no
   * more can be decided.
   */
  void decideSettled() {
    do {
      state.pending.eachFreed(this::decide);
    } while (!starts.isStopped() && decideTemporary());
  }

  /** Expands the groups that wait for nothing anymore, and decides the jobs that this affects. */
  void expandGroups() throws IOException {
    while (state.pending.takeExpandable() && !starts.isStopped()) {
      try {
        PlanContext old = state.context();
        PlanContext next = setup.planned().expander().next(old);
        if (next != old) {
          grow(next, new BitSet());
          sender.tell(new Event.Expanded(next.selection().jobs().cardinality()));
          blocked.warn(old, next);
          decideFree();
        }
      } catch (StoppedException e) {
        return; // a signal came: nothing new starts
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      decideSettled();
    }
  }

  private void grow(PlanContext next, BitSet late) {
    state.grow(next, late);
    followers.listeners.forEach(BuildListener::grow);
  }

  /**
   * Blocks the jobs that depend on failed ones, after the graph has grown, and decides the jobs
   * that wait for nothing.
   */
  private void decideFree() {
    blocked.blockAgain();
    state.freeJobs().forEach(this::decide);
  }

  /** Decides a job that waits for nothing anymore. */
  private void decide(int job) {
    if (restored.isAsked(job) || state.states.of(job) != JobState.WAITING) {
      return;
    } else if (state.attempts.containsKey(job)) { // already decided: it waited for temporary needs
      if (!awaits(job, state.context().decider().unsettledMaker(job))) {
        makeReady(job);
      }
      return;
    }
    try {
      Verdict verdict = state.context().decide(job);
      if (verdict instanceof UpToDate && state.context().temporaries().lacks(job)) {
        state.undecided.set(job);
      } else {
        obey(job, verdict);
      }
    } catch (StoppedException e) {
      // a signal came: nothing new starts
    }
  }

  private void obey(int id, Verdict verdict) {
    int maker =
        verdict instanceof MayRun may
            ? may.after()
            : verdict instanceof WillRun ? state.context().decider().unsettledMaker(id) : -1;
    if (awaits(id, maker)) {
      return;
    } else if (verdict instanceof WillRun will) {
      restored.ask(id, will.reasons(), known -> makeReady(id, will.reasons(), known));
    } else if (verdict instanceof WillRestore will && will.bytes()) {
      ProductStore stored = setup.common().removal().stored();
      makeReady(id, will.reasons(), stored.restore(will.from()));
    } else if (verdict instanceof WillRestore will) {
      restored.recall(id, will);
      decide(id);
    } else if (verdict instanceof WillFail will) {
      // The job keeps its record: if its needs come back, its result is valid again.
      state.states.set(id, JobState.FAILED);
      sender.failed(state.graph().job(id), will.what());
      blocked.fail(id);
    } else {
      state.pending.settle(id);
      endIdle(id, verdict);
    }
  }

  private void endIdle(int id, Verdict verdict) {
    Rest rest = verdict instanceof UpToDate at ? at.rest() : Rest.CURRENT;
    String skipped =
        verdict instanceof Skips skips ? skips.why() : rest == Rest.EXCLUDED ? "--only" : null;
    if (skipped != null) {
      if (rest != Rest.EXCLUDED) {
        state.context().records().skip(id);
      }
      state.states.set(id, JobState.SKIPPED);
      sender.ended(state.graph().name(id), JobState.SKIPPED, skipped);
      return;
    }
    JobState end = rest == Rest.FROZEN ? JobState.FROZEN : JobState.UP_TO_DATE;
    state.states.set(id, end);
    followers.listeners.forEach(each -> each.noteUpToDate(id));
    sender.upToDate(state.context(), id, end);
  }

  /**
   * Makes a job wait for {@code maker}, or blocks the job if that one failed or is blocked. Does
   * nothing and returns false for a negative {@code maker}.
   */
  private boolean awaits(int id, int maker) {
    if (maker >= 0 && state.context().records().isDropped(maker)) {
      blocked.block(id, state.graph().name(maker));
    } else if (maker >= 0) {
      state.pending.add(id, maker);
    }
    return maker >= 0;
  }

  /**
   * Decides the temporary jobs that only lack products, as far as it is known whether a reader
   * needs these ({@link dev.torc.core.decide.Temporaries}); returns whether it decided any. It
   * looks at all waiting jobs, so it does nothing while other jobs are ready.
   */
  boolean decideTemporary() {
    if (state.undecided.isEmpty() || !state.ready.isEmpty() || state.areAnyRestored()) {
      return false; // a restored product may allow a restore of its reader
    }
    try {
      Map<Integer, Verdict> known =
          state.context().temporaries().decide(state.waiting(), state.undecided, isIdle());
      known.keySet().forEach(state.undecided::clear);
      known.forEach(this::obey);
      return !known.isEmpty();
    } catch (StoppedException e) {
      return false; // a signal came: nothing new starts
    }
  }

  boolean isIdle() {
    return starts.isNoneRunning() && starts.isIdle() && !restored.isAsking();
  }

  private void makeReady(int job) {
    state.states.set(job, JobState.READY);
    state.ready.add(job);
  }

  /** Makes a job ready; {@code known} replaces its run, or is null if the job has to run. */
  private void makeReady(int id, List<Reason> reasons, Restore known) {
    JobAttempts attempts = new JobAttempts(state.graph().job(id), reasons, known, setup.amounts());
    state.attempts.put(id, attempts);
    if (known == null && state.graph().hasTemporary()) {
      runLate(id);
    } else {
      makeReady(id);
    }
  }

  /**
   * Makes a job ready, or makes it wait for its temporary needs: a plan that expected a restore did
   * not ask for these.
   */
  void runLate(int id) {
    try {
      PlanContext next = state.context().temporaries().wantedBy(id);
      boolean asked =
          next.records().unsettledBefore(id) >= 0 || next.decider().unsettledMaker(id) >= 0;
      if (next == state.context() && !asked) { // everything that it reads has been made
        makeReady(id);
      } else {
        followers.listeners.forEach(BuildListener::expectLate);
        BitSet late = new BitSet();
        late.set(id);
        grow(next, late);
        decideFree();
      }
    } catch (StoppedException e) {
      // a signal came: it is not reached
    }
  }
}
