package dev.torc.front.session;

import dev.torc.core.decide.Plan;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.JobResult;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LongSummaryStatistics;
import java.util.Map;

/**
 * Estimates the remaining time of a build: the longest path of unfinished jobs, or their work
 * divided by the cpus, whichever is more. A job is expected to take as long as last time. A job
 * without a record is expected to take the average time of the instances of its group that have a
 * record or ended in this build; if there are none, zero. While a job runs that has no expected
 * time or has exceeded it, this class gives no estimate, since a guess would look like knowledge.
 * The estimate ignores memory, counters, and that a job may turn out to be up to date, so that
 * users can understand it.
 *
 * <p>{@link #remaining} may be called on any thread and does not delay the other methods, which
 * only the thread of the events calls.
 */
final class TimeLeft {

  private final long cpus;

  // Guarded by this.
  private final Map<String, Group> groups = new HashMap<>();
  private final Map<Integer, Long> began =
      new HashMap<>(); // start of each running job, by the caller's clock
  private final BitSet known = new BitSet(); // jobs with a record of their own
  private final BitSet out = new BitSet(); // jobs at a scheduler: their start is unknown
  private final BitSet due = new BitSet(); // jobs that will or may run, or run now
  private Graph graph;
  private long[] takes = {}; // nanoseconds by job, if known
  private Group[] group = {}; // by job

  /** The jobs of a group, or a single job, and how long those took that have a record or ended. */
  private static final class Group {
    private final LongSummaryStatistics took = new LongSummaryStatistics(); // nanoseconds
    private int jobs; // that were due
  }

  /** Adds the jobs that a plan says will or may run. Their results must still be readable. */
  TimeLeft(Plan plan, long cpus) {
    this.cpus = Math.max(1, cpus);
    add(plan.context(), plan);
  }

  /** Adds the new jobs of a context; the plan is null for instances, on which it has no verdict. */
  synchronized void add(PlanContext context, Plan plan) {
    int first = takes.length;
    graph = context.graph();
    takes = Arrays.copyOf(takes, graph.nodes());
    group = Arrays.copyOf(group, graph.nodes());
    BitSet jobs = context.selection().jobs();
    for (int j = jobs.nextSetBit(first); j >= 0; j = jobs.nextSetBit(j + 1)) {
      String name = InstanceName.parse(graph.name(j)).group();
      group[j] = groups.computeIfAbsent(name, _ -> new Group());
      JobResult result = context.records().result(j);
      if (result != null && result.outcome().isGood() && result.wall() > 0) {
        takes[j] = result.wall();
        known.set(j);
        group[j].took.accept(takes[j]);
      }
      Verdict verdict = plan == null ? null : plan.verdict(j);
      if (plan == null || verdict instanceof Verdict.WillRun || verdict instanceof Verdict.MayRun) {
        due.set(j);
        group[j].jobs++;
      }
    }
  }

  synchronized void started(String job, long now) {
    began.put(graph.jobId(job), now);
  }

  /** Notes that a job was submitted: its start is unknown, so its record does not count. */
  synchronized void submitted(String job) {
    out.set(graph.jobId(job));
  }

  /** Notes that a job has ended; {@code wall} is how long it took if it ended well, else 0. */
  synchronized void ended(String job, long wall) {
    int id = graph.jobId(job);
    began.remove(id);
    if (id >= 0 && due.get(id)) { // a job that is left out is not in the graph
      due.clear(id);
    }
    if (wall > 0) {
      group[id].took.accept(wall);
    }
  }

  /** Returns how many of a group's jobs may run; 0 if unknown. */
  synchronized int due(String name) {
    Group of = groups.get(name);
    return of == null ? 0 : of.jobs;
  }

  /** Excludes a time in which all jobs were stopped. */
  synchronized void stopped(long nanos) {
    began.replaceAll((_, since) -> since + nanos);
  }

  /** Returns the nanoseconds that a job took last time; negative if unknown. */
  synchronized long expected(String job) {
    int id = graph.jobId(job);
    return id >= 0 && known.get(id) && !out.get(id) ? takes[id] : -1;
  }

  /** Returns the remaining time in nanoseconds; negative if unknown. */
  long remaining(long now) {
    Graph of;
    long[] rest;
    synchronized (this) {
      of = graph;
      rest = new long[takes.length];
      for (int j = due.nextSetBit(0); j >= 0; j = due.nextSetBit(j + 1)) {
        rest[j] = known.get(j) ? takes[j] : (long) group[j].took.getAverage();
      }
      for (Map.Entry<Integer, Long> each : began.entrySet()) {
        int job = each.getKey();
        boolean late = known.get(job) && takes[job] < now - each.getValue();
        if (late || out.get(job) || group[job].took.getCount() == 0) {
          return -1;
        }
        rest[job] = Math.max(0, rest[job] - (now - each.getValue()));
      }
      if (groups.values().stream().allMatch(each -> each.took.getCount() == 0)) {
        return -1;
      }
    }
    Adjacency after = of.after();
    long longest = 0;
    double work = 0;
    long[] paths = new long[rest.length];
    for (int place = rest.length - 1; place >= 0; place--) {
      int node = of.inOrder(place);
      for (int i = after.from(node); i < after.to(node); i++) {
        paths[node] = Math.max(paths[node], paths[after.at(i)]);
      }
      paths[node] += rest[node];
      longest = Math.max(longest, paths[node]);
      Job job = rest[node] == 0 ? null : of.job(node);
      work += job == null || job.runs().executor() != null ? 0 : rest[node] * (double) cpus(job);
    }
    return Math.max(longest, (long) (work / cpus));
  }

  private long cpus(Job job) {
    return Math.min(cpus, job.runs().resources().cpus());
  }
}
