package dev.torc.engine;

import dev.torc.local.ProcessEnd;
import dev.torc.plan.Reason;
import dev.torc.records.AttemptRecord;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Retry;
import dev.torc.workflow.Resources;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A job that runs in this build, from the moment that its verdict is known until it is final: its
 * reasons, its attempts, and what the next attempt takes. It starts nothing; the loop does.
 */
final class JobRun {

  private final Resources resources;
  private final boolean remote;
  private final Retry retry;
  private final List<Reason> reasons;
  private final Map<String, Long> limits;
  private int attempts;
  private long memory;
  private long runtime;
  private ResourceDemand demand;
  private List<Integer> gpus = List.of();
  private boolean released;
  private boolean spared;
  private long ready = System.nanoTime();
  private Asked asked;
  private Restoring.Known from;

  /**
   * What an attempt asked for, and how long it waited for that.
   *
   * @param queued nanoseconds from when nothing but resources held it
   */
  record Asked(AttemptRecord.Asked amounts, long queued) {}

  /**
   * @param from the result to be put in the place of a run; null for a run
   */
  JobRun(Job job, List<Reason> reasons, Restoring.Known from, Map<String, Long> limits) {
    this.remote = job.executor() != null;
    this.resources = job.resources(); // the job itself is not held: 100 000 may be ready
    this.retry = job.retry();
    this.reasons = reasons;
    this.from = from;
    this.limits = limits;
    this.memory = resources.memory();
    this.runtime = resources.runtime();
  }

  /** Why it runs. */
  List<Reason> reasons() {
    return reasons;
  }

  /** What its next or present attempt takes. */
  ResourceDemand demand() {
    if (demand == null) {
      demand =
          isRestored()
              ? ResourceDemand.ONE_CPU
              : remote
                  ? ResourceDemand.ofCounters(resources)
                  : ResourceDemand.of(resources, memory, limits);
    }
    return demand;
  }

  /** Whether a known result is put in the place of a run. */
  boolean isRestored() {
    return from != null;
  }

  /** The known result is of no use: it runs. */
  void mustRun() {
    from = null;
    demand = null;
    attempts = 0;
  }

  /** What its present attempt asked for. */
  Asked asked() {
    return asked;
  }

  /** Numbers of the GPUs that its present attempt has. */
  List<Integer> gpus() {
    return gpus;
  }

  /** How many attempts were begun. */
  int attempts() {
    return attempts;
  }

  /**
   * Begins the next attempt with what was taken for it.
   *
   * @param taken numbers of the GPUs
   * @param identifiers the same as the job knows them
   * @param gone see {@link Attempt}, as {@code submitted}
   */
  Attempt begin(
      AttemptContext shared,
      int id,
      List<Integer> taken,
      List<String> identifiers,
      Runnable gone,
      Consumer<Event.JobSubmitted> submitted) {
    gpus = taken;
    released = false;
    attempts++;
    long queued = Math.max(0, System.nanoTime() - ready);
    asked =
        new Asked(
            new AttemptRecord.Asked(resources.cpus(), memory, resources.gpus(), runtime), queued);
    return new Attempt(
        shared, id, attempts, granted(identifiers), runtime, from, isForced(), gone, submitted);
  }

  private boolean isForced() {
    return reasons.stream().anyMatch(reason -> reason.kind() == Reason.Kind.FORCED);
  }

  /**
   * What its next or present attempt is given.
   *
   * @param identifiers of the GPUs
   */
  LaunchBuilder.Granted granted(List<String> identifiers) {
    long all = memory > 0 ? memory : limits.getOrDefault(ResourceDemand.MEMORY, 0L);
    long granted = remote && memory == 0 ? LaunchBuilder.Granted.BY_SCHEDULER : all >> 20;
    ResourceDemand own = remote ? ResourceDemand.whole(resources, memory) : demand();
    return new LaunchBuilder.Granted(
        own, remote && resources.gpus() > 0 ? null : identifiers, granted, memory);
  }

  /** Whether what the present attempt took was given back before its end. */
  boolean released() {
    return released;
  }

  /** What the present attempt took is given back. */
  void release() {
    released = true;
  }

  /**
   * Whether another attempt may follow one that ended so.
   *
   * @param relieved whether it may have failed for want of room on the disk, and there is some now
   */
  boolean mayRetry(ProcessEnd ended, boolean relieved) {
    if (relieved && !spared) {
      spared = true;
      return true;
    }
    if (attempts > retry.retries() + (spared ? 1 : 0)
        || ended.how() == ProcessEnd.How.INTERRUPTED
        || ended.how() == ProcessEnd.How.ALTERED) {
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
      case TERMINAL, CANCELLED, ALTERED, LEFT, NOT_REACHED, INTERRUPTED, NOT_STARTED -> false;
    };
  }

  /**
   * Lets memory and time limit grow for the next attempt; what grows stops at the limit.
   *
   * @param delay nanoseconds until it is due
   */
  void grow(long delay) {
    ready = System.nanoTime() + delay;
    long limit = limits.getOrDefault(ResourceDemand.MEMORY, Long.MAX_VALUE);
    long most = remote ? Long.MAX_VALUE : Math.max(memory, limit); // that of this machine
    memory = Math.min((long) (memory * retry.growMemory()), most);
    runtime = (long) (runtime * retry.growRuntime());
    demand = null;
  }
}
