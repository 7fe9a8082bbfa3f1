package dev.torc.core.attempt;

import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Job.Retry;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import dev.torc.core.queue.Amounts;
import dev.torc.core.queue.DelayedRetries;
import dev.torc.core.queue.Granted;
import dev.torc.core.queue.ResourceDemand;
import dev.torc.core.queue.Taken;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The attempts of one job in this build: why it runs, its present or next attempt, and whether a
 * retry follows and with which resources. Only this class decides about retries. It starts nothing:
 * {@link DelayedRetries} knows when a retry is due. {@link Attempt} is one attempt.
 */
public final class JobAttempts {

  private final Resources resources;
  private final List<String> executors;
  private String executor; // a scheduler's or the allocation's; null for this machine
  private boolean allocated;
  private final Retry retry;
  private final List<Reason> reasons;
  private final Amounts amounts;
  private int count;
  private long memory;
  private long runtime;
  private ResourceDemand demand;
  private Taken taken;
  private boolean released;
  private boolean spared;
  private long ready = System.nanoTime();
  private AttemptRecord.Asked asked;
  private long queued;
  private Restore from;
  private Set<String> moved = Set.of(); // needs that changed while failed attempts ran
  private boolean anew; // a killed attempt may have read other needs

  /**
   * @param from the restore that replaces a run; null for a run
   */
  public JobAttempts(Job job, List<Reason> reasons, Restore from, Amounts amounts) {
    this.executors = job.runs().executors();
    this.resources = job.runs().resources(); // keeps no reference to the job: 100 000 may be ready
    this.retry = job.runs().retry();
    this.reasons = reasons;
    this.from = from;
    this.amounts = amounts;
    this.memory = resources.memory();
    this.runtime = resources.runtime();
    moveTo(1);
  }

  /** Chooses the executor of an attempt that is next. */
  private void moveTo(int attempt) {
    String out = attempt > 1 ? null : Reason.out(reasons);
    executor = Job.Runs.executor(executors, attempt);
    allocated =
        executor != null
            && executor.equals(amounts.allocation())
            && (out == null
                || out.startsWith(executor + "/")); // a job in a queue takes nothing from the nodes
  }

  public List<Reason> reasons() {
    return reasons;
  }

  /** Returns what its next or present attempt takes. */
  public ResourceDemand demand() {
    if (demand == null) {
      ResourceDemand own = ResourceDemand.of(resources, memory, amounts.limits());
      demand =
          isRestored()
              ? ResourceDemand.ONE_CPU
              : allocated ? own.moving() : executor != null ? own.ofAll() : own;
    }
    return demand;
  }

  /** Returns whether a known result replaces the run. */
  public boolean isRestored() {
    return from != null;
  }

  /** Returns the restore that replaces a run; null for a run. */
  Restore from() {
    return from;
  }

  /** Returns the time limit of its next or present attempt in nanoseconds; 0 for none. */
  long runtime() {
    return runtime;
  }

  /** Makes the job run if the failed attempt was a restore; returns whether it was. */
  public boolean mustRun() {
    if (from == null) {
      return false;
    }
    from = null;
    demand = null;
    count = 0;
    return true;
  }

  AttemptRecord.Asked asked() {
    return asked;
  }

  /** Returns how many nanoseconds the attempt waited for resources, after any retry delay. */
  long queued() {
    return queued;
  }

  /**
   * Returns whether the present attempt keeps earlier products. If a member of a folder or glob
   * product is missing, all are cleared once, since the tool would not make it again. A job that
   * resumes keeps them only after a run with the same manifest that did not end well.
   */
  public boolean persists(Job job) {
    return job.has(Trait.PERSIST)
        && (count > 1
            || reasons.stream().noneMatch(reason -> isLost(job, reason)) && !beginsAnew(job));
  }

  /** Returns whether a job that persists begins without its old products, which are set aside. */
  boolean beginsAnew(Job job) {
    return reasons.stream().anyMatch(reason -> reason.kind() == Kind.FORCED)
        || job.has(Trait.RESUMES)
            && (anew
                || reasons.stream().anyMatch(reason -> reason.kind() == Kind.MOVED)
                || reasons.stream().noneMatch(Reason::isUnfinished));
  }

  /**
   * Adds the needs that changed while a failed attempt ran; returns those of all attempts. After a
   * retry a later build still finds what the first attempt made of unknown bytes.
   */
  List<String> addMoved(List<String> more) {
    if (!more.isEmpty()) {
      moved = new TreeSet<>(moved);
      moved.addAll(more);
    }
    return List.copyOf(moved);
  }

  void beginAnew() {
    anew = true;
  }

  private static boolean isLost(Job job, Reason reason) {
    return reason.kind() == Kind.MEMBER_DELETED
        || reason.kind() == Kind.PRODUCT_MISSING
            && job.productRefs().stream()
                .noneMatch(r -> r instanceof Ref.OfFile file && file.path().equals(reason.name()));
  }

  /** Returns what the present attempt took; null before the first. */
  public Taken taken() {
    return taken;
  }

  /** Returns its present executor's name in {@link OtherMachines}; null for this machine. */
  public String executor() {
    return !allocated ? executor : taken.node() == null ? null : executor + "/" + taken.node();
  }

  /** Returns the name that the build file gives its present or next executor; null for none. */
  public String named() {
    return executor;
  }

  public int count() {
    return count;
  }

  /** Begins the next attempt; returns what it is given. */
  public Granted begin(Taken got) {
    taken = got;
    released = false;
    count++;
    queued = System.nanoTime() - ready;
    asked = new AttemptRecord.Asked(resources.cpus(), memory, resources.gpus(), runtime);
    return granted(taken.gpus().stream().map(amounts::gpu).toList());
  }

  /** Returns what its present or next attempt is given, with these identifiers of GPUs. */
  public Granted granted(List<String> identifiers) {
    long all = memory > 0 ? memory : amounts.limits().getOrDefault(Resources.MEMORY, 0L);
    boolean here = executor == null;
    long granted = !here && memory == 0 ? Granted.BY_SCHEDULER : all >> 20;
    ResourceDemand own = here ? demand() : ResourceDemand.whole(resources, memory);
    boolean given = here || resources.gpus() == 0 || allocated && executor() == null;
    int attempt = Math.max(1, count);
    return new Granted(attempt, own, given ? identifiers : null, granted, memory);
  }

  /** Returns whether the resources of the present attempt were given back before its end. */
  public boolean released() {
    return released;
  }

  /** Notes that the present attempt gave its resources back before its end. */
  public void release() {
    released = true;
  }

  /** Returns whether a retry may follow; {@code relieved} if a full disk has space again. */
  public boolean mayRetry(ProcessEnd ended, boolean relieved) {
    if (relieved && !spared) {
      spared = true;
      return true;
    }
    if (count > retry.retries() + (spared ? 1 : 0) || ended.how() == How.ALTERED) {
      return false;
    }
    return switch (ended.how()) {
      case EXITED -> retry.covers(null, ended.code());
      case SIGNALED -> retry.covers(Retry.Cause.SIGNAL, ended.code());
      case TIMEOUT -> retry.covers(Retry.Cause.TIMEOUT, 0);
      case MEMORY -> retry.covers(Retry.Cause.MEMORY, 0);
      default -> retry.covers(null, -1);
    };
  }

  /**
   * Raises the memory and the time limit for a retry that starts in {@code delay} nanoseconds, and
   * moves it to the executor of that attempt.
   */
  public void grow(long delay) {
    ready = System.nanoTime() + delay;
    moveTo(count + (spared ? 0 : 1));
    long limit = amounts.limits().getOrDefault(Resources.MEMORY, Long.MAX_VALUE);
    long most =
        executor != null && !allocated
            ? Long.MAX_VALUE
            : Math.max(resources.memory(), limit); // this machine's limit
    memory = Math.min((long) (memory * retry.growMemory()), most);
    runtime = (long) (runtime * retry.growRuntime());
    demand = null;
  }
}
