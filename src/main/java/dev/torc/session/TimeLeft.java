package dev.torc.session;

import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import dev.torc.plan.Verdict;
import dev.torc.records.JobResult;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Resources;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LongSummaryStatistics;
import java.util.Map;

/**
 * How long a build will go on: the time of the longest path of jobs that are not over, or the time
 * that the work of all these jobs takes with the given cpus, memory and counters, whichever is
 * more. A job takes as long as it did last time, by the pace of this build; one without a record as
 * long as others of its group, or as all others. A job that may run counts in part: by how many
 * such jobs have run so far. It takes in events at no cost, and changes nothing.
 *
 * <p>{@link #left} may be called on any thread, the other methods on the thread of the events. It
 * does not hold these up, and may see or miss what happens meanwhile.
 */
final class TimeLeft {

  /** A late job is taken to need one part in this many of its time until now. */
  private static final int LATE = 10;

  /** Nanoseconds of jobs on record that have to be over until the pace says much. */
  private static final double TRUST = 1e9;

  /** A job that is not over. */
  private static final class Due {
    private final LongSummaryStatistics group; // wall times of others in it, nanoseconds
    private final long record; // nanoseconds, 0 unknown
    private boolean may; // may run, or may not
    private boolean runs;
    private long began; // by the clock of the caller
    private Map<String, Long> demand; // made when it is first asked for

    Due(LongSummaryStatistics group, long record, boolean may) {
      this.group = group;
      this.record = record;
      this.may = may;
    }
  }

  private final Map<String, Long> limits;
  private final Map<String, LongSummaryStatistics> groups = new HashMap<>();
  private final LongSummaryStatistics all = new LongSummaryStatistics();

  // Guarded by this.
  private Graph graph;
  private Due[] due = {}; // by job
  private double took = TRUST; // nanoseconds of ended jobs with a record
  private double expected = TRUST; // nanoseconds of these by their records
  private double ran = 1; // among the jobs that might run
  private double decided = 1;

  /**
   * For a build that begins, while the results of its jobs can be read.
   *
   * @param limits amounts by resource
   */
  TimeLeft(Plan plan, Map<String, Long> limits) {
    this.limits = limits;
    over(plan.context(), plan);
  }

  /** Takes in instances after groups were expanded: there is no verdict on them. */
  void over(PlanContext context) {
    over(context, null);
  }

  private synchronized void over(PlanContext context, Plan plan) {
    int first = due.length;
    graph = context.graph();
    due = Arrays.copyOf(due, graph.nodes());
    BitSet jobs = context.selection().jobs();
    boolean known = true;
    for (int j = jobs.nextSetBit(first); j >= 0; j = jobs.nextSetBit(j + 1)) {
      Verdict verdict = plan == null ? null : plan.verdict(j);
      boolean may = plan == null || verdict instanceof Verdict.MayRun;
      if (may || verdict instanceof Verdict.WillRun) {
        due[j] = new Due(group(j), record(context, j), may);
        known &= due[j].record > 0;
      }
    }
    if (!known) { // times of other jobs serve for jobs without a record
      jobs.stream().filter(j -> due[j] == null).forEach(j -> record(context, j));
    }
  }

  private long record(PlanContext context, int job) {
    JobResult result = context.records().result(job);
    if (result == null || result.wall() <= 0) {
      return 0;
    }
    add(group(job), result.wall());
    return result.wall();
  }

  private void add(LongSummaryStatistics group, long wall) {
    group.accept(wall);
    all.accept(wall);
  }

  /** The times of the group of a job; the name of the group stands before the values. */
  private LongSummaryStatistics group(int job) {
    String group = graph.name(job).split("/", 2)[0];
    return groups.computeIfAbsent(group, _ -> new LongSummaryStatistics());
  }

  /** Null where the job is over. */
  private Due due(String job) {
    int id = graph.jobId(job);
    return id < 0 ? null : due[id];
  }

  /** An attempt of a job begins. */
  synchronized void started(String job, long now) {
    Due begins = due(job);
    if (begins != null) {
      ran += begins.may ? 1 : 0;
      decided += begins.may ? 1 : 0;
      begins.may = false;
      begins.runs = true;
      begins.began = now;
    }
  }

  /**
   * A job is over.
   *
   * @param wall nanoseconds that it ran, 0 where it did not
   */
  synchronized void ended(String job, long wall) {
    Due over = due(job);
    if (over == null) {
      return;
    }
    due[graph.jobId(job)] = null;
    decided += over.may ? 1 : 0;
    if (wall > 0) {
      add(over.group, wall);
      took += over.record > 0 ? wall : 0;
      expected += over.record;
    }
  }

  /** Nanoseconds that an attempt of a job takes; negative where nothing is known of it. */
  synchronized long expected(String job) {
    Due asked = due(job);
    return asked == null || asked.record == 0 ? -1 : asked.record;
  }

  /** Nanoseconds from now on; negative where nothing is known of any job. */
  long left(long now) {
    Graph of;
    Due[] jobs;
    synchronized (this) {
      of = graph;
      jobs = due.clone();
    }
    Adjacency after = of.after();
    double[] paths = new double[jobs.length];
    Map<String, Double> work = new HashMap<>();
    for (int place = jobs.length - 1; place >= 0; place--) {
      int node = of.inOrder(place);
      for (int i = after.from(node); i < after.to(node); i++) {
        paths[node] = Math.max(paths[node], paths[after.at(i)]);
      }
      Due job = jobs[node];
      if (job != null) {
        double takes = takes(job, now);
        if (takes < 0) {
          return -1;
        }
        paths[node] += takes;
        work.merge("", paths[node], Math::max);
        job.demand = job.demand == null ? demand(of.job(node)) : job.demand;
        job.demand.forEach((what, n) -> work.merge(what, takes * n, Double::sum));
      }
    }
    double most = 0;
    for (var each : work.entrySet()) {
      most = Math.max(most, each.getValue() / limits.getOrDefault(each.getKey(), 1L));
    }
    return (long) most;
  }

  /** Nanoseconds that a job still takes; negative where nothing is known. */
  private double takes(Due job, long now) {
    LongSummaryStatistics known = job.group.getCount() > 0 ? job.group : all;
    double guess = job.record > 0 ? job.record * took / expected : known.getAverage();
    if (job.runs) {
      double since = Math.max(0, now - job.began);
      guess = Math.max(guess - since, since / LATE);
    }
    return known.getCount() == 0 ? -1 : job.may ? guess * ran / decided : guess;
  }

  /** What a job takes of the limits; on another machine the counters alone. */
  private Map<String, Long> demand(Job job) {
    Map<String, Long> amounts = job.resources().amounts();
    if (job.executor() != null) {
      amounts.keySet().removeAll(Resources.MACHINE);
    } else {
      amounts.merge(Resources.CPUS, limits.get(Resources.CPUS), Math::min);
    }
    return amounts;
  }
}
