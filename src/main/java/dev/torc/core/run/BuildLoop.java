package dev.torc.core.run;

import dev.torc.base.posix.Kill;
import dev.torc.core.attempt.Attempt;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.BuildSetup.Stop;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.JobState;
import dev.torc.core.attempt.Recorder;
import dev.torc.core.attempt.RestoreAttempt;
import dev.torc.core.attempt.RunAttempt;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.run.AttemptThreads.AttemptEnds;
import java.io.IOException;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * The loop of a build: has jobs decided and started, waits for messages, and handles signals and
 * the ends of attempts. Only the thread that has the turn (see {@link LoopLock}) changes the state:
 * the loop's own thread, or the thread of an attempt that has ended ({@link RunAttempt}, {@link
 * RestoreAttempt}). The cache's writer, signals and the jobserver send messages. When a job ends,
 * {@link Ends} sets its final state, {@link JobVerdicts} decides the jobs that waited for it, and
 * {@link BlockedJobs} blocks the jobs that depend on a failed one.
 */
public final class BuildLoop {

  private final BuildSetup setup;
  private final BuildState state;
  private final Recorder recorder;
  private final EventSender sender;
  private final Followers followers;
  private final LoopLock lock;
  private final AttemptEnds ends = new Ends();
  private final AttemptThreads workers;
  private final JobStarts starts;
  private final BlockedJobs blocked;
  private final RestoredJobs restored;
  private final JobVerdicts verdicts;
  private final AtomicInteger signal = new AtomicInteger();
  private boolean failed; // because of a follower
  private boolean winding; // nothing starts anymore, since the build was asked to stop
  private boolean left; // jobs were left to their schedulers
  private CacheException broken;
  private IOException unreadable;

  public BuildLoop(BuildSetup setup, Followers.Maker maker) {
    this.setup = setup;
    this.state = new BuildState(setup.common(), setup.wishes().order());
    state.states.countMore(setup.wishes().leftOut(), JobState.SKIPPED);
    this.lock = state.lock;
    this.recorder = new Recorder(setup.common().build(), setup.common().machines().here().name());
    this.sender =
        new EventSender(
            setup.common().launches(),
            setup.amounts().limits(),
            setup.wishes().commands(),
            this::tellEvent);
    this.followers = new Followers(maker.followers(setup, state, sender));
    this.workers = new AttemptThreads(lock, setup, recorder, ends);
    this.starts = new JobStarts(setup, workers, followers, sender, state);
    this.blocked = new BlockedJobs(state, sender, starts, setup.wishes().failures());
    this.restored = new RestoredJobs(setup.shared(), recorder, state, new BitSet());
    this.verdicts = new JobVerdicts(setup, state, sender, starts, blocked, followers, restored);
  }

  /**
   * Handles a signal; any thread may call it. The first signal ends all jobs with a grace period,
   * by INT if it is Ctrl-C, else by TERM; the second one kills them. PIPE, which torc sends itself,
   * does not count as the first or second one. Only Ctrl-C ends jobs at schedulers. The jobs are
   * ended on the calling thread, even if the loop is busy. Files may be read for a moment longer,
   * so that a scan that is nearly done can finish.
   */
  public void signal(int number) {
    boolean first = signal.compareAndSet(0, number);
    boolean again = !first && !signal.compareAndSet(Kill.PIPE, number);
    if (again && number == Kill.PIPE) {
      return;
    }
    int by = again ? Kill.KILL : number == Kill.INT ? Kill.INT : Kill.TERM;
    starts.stop();
    try {
      setup.common().digests().stop().stopIn(again ? 0 : Attempt.LOOK);
      setup.shared().stop();
      lock.post(() -> tellEnding(by)); // first, so that it is reported before the jobs' ends
      workers.end(by, number == Kill.INT);
    } catch (RuntimeException | Error e) {
      lock.fail(e);
    }
  }

  private void tellEnding(int by) {
    followers.ends.forEach(each -> each.end(by));
    boolean all = signal.get() == Kill.INT; // else jobs at schedulers stay there
    int[] jobs = state.jobsIn(JobState.RUNNING).filter(job -> all || !starts.isOut(job)).toArray();
    if (jobs.length > 0) {
      long usual = setup.common().machines().runner().grace();
      IntToLongFunction grace = job -> state.graph().job(job).runs().stop().grace(usual);
      long most = by == Kill.KILL ? 0 : IntStream.of(jobs).mapToLong(grace).max().orElse(0);
      sender.tell(
          new Event.Ending(IntStream.of(jobs).mapToObj(state.graph()::name).toList(), most));
    }
  }

  /** Does what the running build is asked; {@code turn} runs code while it has the turn. */
  private void obey(Consumer<Runnable> turn) {
    Stop asked = setup.wishes().stop().get();
    if (asked == Stop.NOW) {
      signal(Kill.INT);
    } else if (asked == Stop.SOON) {
      turn.accept(this::windDown);
    }
  }

  /** Starts nothing more; running jobs finish, and those at schedulers stay there. */
  private void windDown() {
    if (!winding && !starts.isStopped()) {
      String what = "stopping, as torc stop asked: running jobs finish, no more start";
      sender.tell(new Event.Note(Event.Level.INFO, what));
    }
    winding = true;
    starts.windDown();
  }

  private void tick() {
    workers.tick();
    obey(lock::post);
  }

  private void tellEvent(Event event) {
    setup.listener().accept(event);
    followers.listeners.forEach(each -> each.follow(event));
  }

  /** Wakes the loop because the jobserver granted a token. Any thread may call it. */
  public void tokenCame() {
    lock.wake();
  }

  /**
   * Runs the build and returns its exit status; {@code began} is the {@link System#nanoTime} at
   * which the build began for the user. Throws a {@link CacheException} if a record could not be
   * written; the job of that record will run again.
   */
  public int run(long began) throws IOException {
    lock.takeTurn();
    try {
      verdicts.begin();
      obey(Runnable::run);
      while (!state.states.done()) {
        starts.start();
        workers.hand();
        if (starts.isNoneRunning() && starts.isStopped()) {
          blocked.abandon(signal.get() != 0);
        } else if (verdicts.isIdle() && verdicts.decideTemporary()) {
          verdicts.decideSettled();
        } else if (isSubmitted()) {
          left = true;
          starts.stop();
          setup.common().machines().remotes().end(false, false); // jobs at schedulers stay there
        } else {
          if (!starts.isStopped()) {
            followers.listeners.forEach(BuildListener::whileJobsRun);
          }
          awaitMessages();
          verdicts.decideSettled();
          try {
            verdicts.expandGroups();
          } catch (IOException e) {
            unreadable = e;
            starts.stop();
          }
          followers.listeners.forEach(BuildListener::proceed);
        }
      }
    } finally {
      workers.stop();
      lock.endTurn(); // before calls that may throw: other threads need the turn
      workers.end(Kill.KILL, false); // attempts still run only if the loop itself failed
      setup.shared().close();
    }
    if (broken != null) {
      throw broken;
    }
    if (unreadable != null) {
      throw unreadable;
    }
    if (isRecordedFirst()) {
      setup.common().cache().flush();
    }
    lock.takeTurn();
    try {
      finish();
      int exit = exit();
      sender.sent(setup.shared().finish());
      long nanos = System.nanoTime() - began;
      sender.finished(setup.common().build(), state.states.counts(), nanos, exit);
      return exit;
    } finally {
      lock.endTurn();
    }
  }

  /**
   * Returns whether all records must be on the disk before the end check, for a follower that
   * relies on them. Otherwise they are committed with the build's record, or earlier in a long
   * check (rule 9).
   */
  private boolean isRecordedFirst() {
    return followers.readsRecords() || setup.shared().readsRecords() || setup.wishes().submit();
  }

  public PlanContext context() {
    return state.context().ended();
  }

  private int exit() {
    boolean fails = failed || blocked.failsBuild() || winding && isAnyLeft();
    return signal.get() != 0 ? 128 + signal.get() : fails ? 1 : 0;
  }

  private boolean isAnyLeft() {
    return state.states.count(JobState.NOT_REACHED) > 0
        || !state.context().selection().open().isEmpty();
  }

  /** Has each end finish when those before it have. */
  private void finish() {
    awaitEnds();
    for (BuildEnd next : followers.ends) {
      failed |= next.finish(exit());
      awaitEnds();
    }
    for (BuildEnd next : followers.ends) {
      failed |= next.finishAgain(exit());
    }
  }

  private void awaitEnds() {
    while (followers.isBusy()) {
      awaitMessages();
    }
  }

  /** Returns how many waiting counts and longest paths of nodes were computed; for tests. */
  long looked() {
    return state.pending.looked() + state.paths.looked();
  }

  /** Waits for a message or a time at which a job may start, and handles all messages. */
  private void awaitMessages() {
    try {
      Long due = state.delayed.next();
      Long held = state.ready.heldUntil();
      lock.await(held != null && (due == null || held - due < 0) ? held : due, this::tick);
    } catch (InterruptedException e) {
      signal(Kill.INT);
    }
    state.delayed.release(state.ready);
    starts.stopIf(followers.refusesAll());
  }

  /**
   * Returns whether a build with {@code --submit}, or one that was asked to stop, is over: all
   * running jobs are at schedulers, and no other job can start.
   */
  private boolean isSubmitted() {
    boolean idle = setup.wishes().submit() && starts.isIdle() && !starts.isStopped();
    return (idle || winding && !left)
        && starts.areAllOut()
        && !restored.isAsking()
        && !followers.isBusy();
  }

  private final class Ends implements AttemptEnds {

    @Override
    public void handleEnd(Attempt now, AttemptOutcome outcome, Recorder.Record record) {
      Job job = now.job;
      int id = now.id;
      JobAttempts attempts = now.attempts;
      starts.giveBack(now);
      followers.listeners.forEach(each -> each.noteRun(now, outcome));
      if (job.has(Trait.INTERACTIVE)
          && outcome.ended().isBySignal(Kill.INT, job.runsInContainers())) {
        // The terminal sent Ctrl-C to the job alone; the user meant the build.
        signal.compareAndSet(0, Kill.INT);
        starts.stop();
      }
      How how = outcome.ended().how();
      boolean passedOn = how == How.PASSED_ON;
      boolean cut = how == How.INTERRUPTED; // by a signal or by a broken build
      starts.stopIf(passedOn || cut || how == How.NOT_REACHED);
      if (passedOn || how == How.NOT_REACHED) {
        // The job's record does not change: it already says why the job has to run.
        restored.own(outcome);
        endJob(id, passedOn ? JobState.SUBMITTED : JobState.NOT_REACHED, outcome);
        return;
      } else if (!outcome.ok() && attempts.mustRun()) {
        verdicts.runLate(id);
        return;
      }
      followers.listeners.forEach(each -> each.noteRecord(id, record));
      setup.common().cache().put(recorder.whole(record).onCommit(e -> noteCommit(now, e)));
      state.context().records().replace(id, record.result());
      if (outcome.restored() != null) {
        sender.restored(job, attempts.reasons(), outcome);
        endJob(id, JobState.RESTORED, outcome);
        state.pending.settle(id);
      } else if (outcome.ok()) {
        endJob(id, JobState.RAN, outcome);
        setup.shared().send(state.common(), job, attempts.reasons(), outcome.ended().wall());
        sender.moved(job, outcome.made().moved(), attempts.reasons());
        sender.lost(job, outcome.made().needs().lost());
        sender.touched(job, outcome.made().touched());
        state.pending.settle(id);
      } else if (outcome.skips(job)) {
        endJob(id, JobState.SKIPPED, outcome);
        sender.moved(job, outcome.made().moved(), attempts.reasons());
        state.pending.settle(id);
        state.context().records().skip(id);
      } else if (cut) {
        endJob(id, JobState.INTERRUPTED, outcome);
      } else if (!starts.isStopped()
          && followers.refusal(job) == null
          && attempts.mayRetry(outcome.ended(), now.relieved())) {
        long delay = job.runs().retry().delay();
        state.retried.put(id, sender.retried(state.common(), id, attempts, outcome));
        attempts.grow(delay);
        state.states.set(id, JobState.READY);
        state.delayed.add(id, delay);
      } else {
        endJob(id, JobState.FAILED, outcome);
        blocked.fail(id);
      }
    }

    private void endJob(int id, JobState end, AttemptOutcome outcome) {
      state.states.set(id, end);
      sender.ended(state.common(), id, state.attempts.remove(id), end, outcome);
    }

    private void noteCommit(Attempt attempt, CacheException e) {
      if (e == null) {
        attempt.recorded();
      } else {
        lock.post(() -> endBroken(e));
      }
    }

    @Override
    public void startNext() {
      verdicts.decideSettled();
      starts.start();
      boolean later = !state.delayed.isEmpty() || state.ready.heldUntil() != null;
      boolean over = starts.isNoneRunning() || starts.areAllOut();
      if (over || later || state.pending.isExpandable()) {
        lock.wake(); // so that it ends, or computes again how long to wait
      }
    }

    @Override
    public void endBroken(CacheException e) {
      broken = e;
      starts.stop();
      workers.end(Kill.TERM, false);
    }
  }
}
