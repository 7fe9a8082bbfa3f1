package dev.torc.engine;

import dev.torc.engine.BuildSetup.AttemptContext;
import dev.torc.local.ProcessEnd;
import dev.torc.plan.Reason;
import dev.torc.records.AttemptRecord;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Resources;
import dev.torc.workflow.Job.Retry;
import java.util.ArrayList;
import java.util.List;

/**
 * The attempts of a job in this build, from the moment that its verdict is known until it is final:
 * why it runs, the attempt that is next or present, whether a retry follows a failure and what it
 * takes. The retries of a job are decided here and nowhere else. It starts nothing: {@link
 * BuildLoop} waits out the delay of a retry and starts it. One attempt is an {@link Attempt}.
 */
final class JobAttempts {

  private final Resources resources;
  private final String executor; // of a scheduler, or of the allocation; null for this machine
  private final boolean allocated;
  private final Retry retry;
  private final List<Reason> reasons;
  private final BuildSetup.Amounts amounts;
  private int attempts;
  private long memory;
  private long runtime;
  private ResourceDemand demand;
  private ResourcePool.Taken taken;
  private boolean released;
  private boolean spared;
  private long ready = System.nanoTime();
  private AttemptRecord.Asked asked;
  private long queued;
  private ProductRestore.Replacement from;

  /**
   * @param from the result to be put in the place of a run; null for a run
   */
  JobAttempts(
      Job job, List<Reason> reasons, ProductRestore.Replacement from, BuildSetup.Amounts amounts) {
    this.executor = job.runs().executor();
    String out = Reason.out(reasons); // a queued job takes nothing of the nodes
    this.allocated =
        executor != null
            && executor.equals(amounts.allocation())
            && (out == null || out.contains("/"));
    this.resources = job.runs().resources(); // the job itself is not held: 100 000 may be ready
    this.retry = job.runs().retry();
    this.reasons = reasons;
    this.from = from;
    this.amounts = amounts;
    this.memory = resources.memory();
    this.runtime = resources.runtime();
  }

  List<Reason> reasons() {
    return reasons;
  }

  /** Returns what its next or present attempt takes. */
  ResourceDemand demand() {
    if (demand == null) {
      ResourceDemand own = ResourceDemand.of(resources, memory, amounts.limits());
      demand =
          isRestored()
              ? ResourceDemand.ONE_CPU
              : allocated ? own.moving() : executor != null ? own.ofAll() : own;
    }
    return demand;
  }

  /** Returns whether a known result is put in the place of a run. */
  boolean isRestored() {
    return from != null;
  }

  /** Returns the result that is put in the place of a run; null for a run. */
  ProductRestore.Replacement from() {
    return from;
  }

  /** Returns nanoseconds that its next or present attempt may take; 0 for any time. */
  long runtime() {
    return runtime;
  }

  /** Drops the known result, which is of no use: the job has to run. */
  void mustRun() {
    from = null;
    demand = null;
    attempts = 0;
  }

  /** Returns what its present attempt asked for. */
  AttemptRecord.Asked asked() {
    return asked;
  }

  /**
   * Returns nanoseconds that its present attempt waited for resources, when it waited for nothing
   * else.
   */
  long queued() {
    return queued;
  }

  /** Returns whether the products stay in place before its present attempt. */
  boolean persists(Job job) {
    return ToolState.persists(job, attempts, reasons);
  }

  /** Returns the resources that its present attempt has. */
  ResourcePool.Taken taken() {
    return taken;
  }

  /**
   * Returns what runs its present attempt, by its name in {@link Remotes}; null for this machine.
   */
  String executor() {
    return !allocated ? executor : taken.node() == null ? null : executor + "/" + taken.node();
  }

  /** Returns how many attempts were begun. */
  int attempts() {
    return attempts;
  }

  /**
   * Begins the next attempt with what was taken for it.
   *
   * @param got what was taken
   * @param starts see {@link Attempt}
   */
  Attempt begin(AttemptContext common, int id, ResourcePool.Taken got, JobStarts starts) {
    taken = got;
    released = false;
    attempts++;
    List<String> identifiers = new ArrayList<>(taken.gpus().size());
    taken.gpus().forEach(gpu -> identifiers.add(amounts.gpu(gpu)));
    queued = System.nanoTime() - ready;
    asked = new AttemptRecord.Asked(resources.cpus(), memory, resources.gpus(), runtime);
    return new Attempt(common, id, this, granted(identifiers), starts);
  }

  /**
   * Returns what its next or present attempt is given.
   *
   * @param identifiers of the GPUs
   */
  LaunchBuilder.Granted granted(List<String> identifiers) {
    long all = memory > 0 ? memory : amounts.limits().getOrDefault(Resources.MEMORY, 0L);
    boolean here = executor == null;
    long granted = !here && memory == 0 ? LaunchBuilder.Granted.BY_SCHEDULER : all >> 20;
    ResourceDemand own = here ? demand() : ResourceDemand.whole(resources, memory);
    boolean given = here || resources.gpus() == 0 || allocated && executor() == null;
    int attempt = Math.max(1, attempts);
    return new LaunchBuilder.Granted(attempt, own, given ? identifiers : null, granted, memory);
  }

  /** Returns whether what the present attempt took was given back before its end. */
  boolean released() {
    return released;
  }

  /** Notes that what the present attempt took is given back. */
  void release() {
    released = true;
  }

  /**
   * Returns whether another attempt may follow one with this end.
   *
   * @param relieved whether it may have failed because the disk was full, and there is room now
   */
  boolean mayRetry(ProcessEnd ended, boolean relieved) {
    if (relieved && !spared) {
      spared = true;
      return true;
    }
    if (attempts > retry.retries() + (spared ? 1 : 0) || ended.how() == ProcessEnd.How.ALTERED) {
      return false;
    }
    if (retry.exitCodes().isEmpty() && retry.on().isEmpty()) {
      return true;
    }
    return switch (ended.how()) {
      case EXITED -> retry.exitCodes().contains(ended.code());
      case SIGNALED ->
          retry.on().contains(Retry.Cause.SIGNAL) || retry.exitCodes().contains(128 + ended.code());
      case TIMEOUT -> retry.on().contains(Retry.Cause.TIMEOUT);
      case MEMORY -> retry.on().contains(Retry.Cause.MEMORY);
      case TERMINAL, CANCELLED, ALTERED, PASSED_ON, NOT_REACHED, INTERRUPTED, NOT_STARTED -> false;
    };
  }

  /**
   * Lets memory and time limit grow for the next attempt; what grows stops at the limit.
   *
   * @param delay nanoseconds until it is due
   */
  void grow(long delay) {
    ready = System.nanoTime() + delay;
    long limit = amounts.limits().getOrDefault(Resources.MEMORY, Long.MAX_VALUE);
    long most =
        executor != null && !allocated
            ? Long.MAX_VALUE
            : Math.max(memory, limit); // this machine's limit
    memory = Math.min((long) (memory * retry.growMemory()), most);
    runtime = (long) (runtime * retry.growRuntime());
    demand = null;
  }
}
