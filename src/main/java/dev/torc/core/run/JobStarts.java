package dev.torc.core.run;

import dev.torc.base.machine.Jobserver;
import dev.torc.core.attempt.Attempt;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.JobState;
import dev.torc.core.attempt.RestoreAttempt;
import dev.torc.core.attempt.RunAttempt;
import dev.torc.core.attempt.StartedJobs;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.queue.Granted;
import dev.torc.core.queue.ResourceDemand;
import dev.torc.core.queue.ResourcePool;
import java.util.List;

/**
 * Starts attempts of ready jobs when there are enough resources and jobserver tokens, when the the
 * gates allow it, and when no job has the terminal for itself. Takes the resources back when the
 * attempts end. {@link JobVerdicts} decides which jobs are ready, {@link BuildLoop} what follows
 * from an end. Unless noted, call it only while holding the turn (see {@link LoopLock}).
 */
final class JobStarts implements StartedJobs {

  private final BuildSetup setup;
  private final AttemptThreads workers;
  private final Followers followers;
  private final EventSender sender;
  private final BuildState state;
  private final ResourcePool pool;
  private final Submitted out;
  private volatile int running; // attempts that have not ended
  private volatile int begun;
  private boolean alone;
  private volatile boolean more; // whether any job is ready; read by attempts, without the turn
  private volatile boolean stopped;

  JobStarts(
      BuildSetup setup,
      AttemptThreads workers,
      Followers followers,
      EventSender sender,
      BuildState state) {
    this.setup = setup;
    this.workers = workers;
    this.followers = followers;
    this.sender = sender;
    this.state = state;
    this.pool = new ResourcePool(setup.amounts().limits(), setup.amounts().nodes());
    this.out = new Submitted(state.lock, sender, Submitted.MOST);
  }

  /** Prevents further starts. Any thread may call it. */
  void stop() {
    stopped = true;
  }

  /** Prevents further starts, and forgets the jobs that are held back. */
  void windDown() {
    stop();
    out.dropHeld();
  }

  void stopIf(boolean end) {
    if (end) {
      stop(); // `stopped = end` could undo a stop by another thread
    }
  }

  boolean isStopped() {
    return stopped;
  }

  @Override
  public int begunAlone() {
    int now = begun;
    return running > 1 ? -1 : now;
  }

  boolean isNoneRunning() {
    return running == 0;
  }

  /** Returns whether no job is ready or waits for a retry or a follower. */
  boolean isIdle() {
    return state.ready.isEmpty() && state.delayed.isEmpty() && !followers.holdsJobs();
  }

  boolean areAllOut() {
    return running > 0 && out.isAll(running);
  }

  boolean isOut(int id) {
    return out.has(id);
  }

  void start() {
    while (!stopped && !alone) {
      if (setup.amounts().tokens() != null && holding() > setup.amounts().tokens().held()) {
        break;
      }
      int id = state.ready.next(pool, this::demand);
      if (id < 0) {
        break;
      }
      Job job = state.graph().job(id);
      boolean gone = state.states.of(id) != JobState.READY; // blocked with its group
      if (gone || out.holds(id, job.runs().executor())) {
        continue;
      }
      if (!followers.mayStart() || job.has(Trait.INTERACTIVE) && running > 0) {
        state.ready.add(id); // nothing starts until the gates allow it or the job can run alone
        break;
      }
      if (followers.mayStart(id)) {
        start(id);
      }
    }
    more = !state.ready.isEmpty();
    if (setup.amounts().tokens() != null) {
      want(setup.amounts().tokens());
    }
  }

  private ResourceDemand demand(int id) {
    JobAttempts attempts = state.attempts.get(id); // null while a store is asked about the job
    return attempts != null
        ? attempts.demand()
        : new JobAttempts(state.graph().job(id), List.of(), null, setup.amounts()).demand();
  }

  /**
   * Gives unused tokens back to the calling make, or asks for more. Each job that holds resources
   * needs a token. The first one runs on torc's own; another is asked for if one more job is ready.
   */
  private void want(Jobserver tokens) {
    int useful = Math.max(0, holding() - 1) + (!stopped && more && holding() > 0 ? 1 : 0);
    int held = tokens.held();
    if (held > useful) {
      tokens.giveBack(held - useful);
    }
    tokens.want(Math.max(0, useful - held));
  }

  /** Returns how many attempts hold resources of this machine. */
  private int holding() {
    return running - pool.early() - out.prepared();
  }

  private void start(int id) {
    Job job = state.graph().job(id);
    JobAttempts attempts = state.attempts.get(id);
    state.states.set(id, JobState.RUNNING);
    running++;
    begun++;
    if (job.has(Trait.INTERACTIVE)) {
      alone = true;
      sender.tell(new Event.Terminal(true));
    }
    Granted granted = attempts.begin(pool.take(attempts.demand()));
    Attempt attempt =
        attempts.isRestored()
            ? new RestoreAttempt(state.common(), id, attempts)
            : new RunAttempt(state.common(), id, attempts, granted, this);
    out.begin(id, attempts.executor());
    if (!attempts.isRestored()) {
      sender.started(state.common(), id, attempts, setup.amounts().limits().get(Resources.CPUS));
    }
    String refusal = followers.refusal(job);
    if (refusal == null) {
      workers.add(attempt);
    } else {
      workers.refuse(attempt, refusal);
    }
  }

  /**
   * Gives back the resources of an attempt whose processes ended successfully, so that another job
   * starts during the scan of its products. Does nothing if no job is ready, or if the end of this
   * attempt might prevent starts. Called on the attempt's thread.
   */
  @Override
  public void releaseEarly(Job job, JobAttempts attempts) {
    boolean overlaps =
        setup.wishes().failures() == 0
            && !job.has(Trait.INTERACTIVE)
            && setup.plan().context().graph().workflow().settings().hooks().isEmpty();
    if (overlaps && more) {
      state.lock.post(
          () -> {
            if (pool.giveEarly(attempts.demand(), attempts.taken())) {
              attempts.release();
              sender.tell(new Event.JobReleased(job.name()));
            }
          });
    }
  }

  /** Notes that a scheduler has an attempt. Any thread may call it. */
  @Override
  public void submitted(int id, Event.JobSubmitted at) {
    out.submitted(id, at);
  }

  @Override
  public void waits(int id) {
    out.waits(id);
  }

  /** Gives back the resources of an attempt that has ended. */
  void giveBack(Attempt attempt) {
    running--;
    out.ended(attempt.id).ifPresent(state.ready::add);
    if (attempt.attempts.released()) {
      pool.endEarly();
    } else {
      pool.give(attempt.attempts.demand(), attempt.attempts.taken());
    }
    if (attempt.job.has(Trait.INTERACTIVE)) {
      alone = false;
      sender.tell(new Event.Terminal(false));
    }
  }
}
