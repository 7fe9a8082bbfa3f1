package dev.torc.engine;

import dev.torc.cache.JobResult;
import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import dev.torc.plan.Verdict;
import dev.torc.workflow.Job;
import dev.torc.workflow.Resources;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * How long a build will go on, by a model of it (list scheduling, Graham 1966): the jobs that are
 * not over are started as {@link ReadyQueue} and {@link ResourcePool} would let them, and take as
 * long as their last runs did. A job without a record takes as long as the others of its group on
 * average, or as all others. What may run counts as if it did. It is told what happens, and changes
 * nothing.
 *
 * <p>{@link #left} may be called on any thread; the other methods on that of the events.
 */
public final class TimeLeft {

  private static final byte WAITS = 0;
  private static final byte RUNS = 1;
  private static final byte OVER = 2;

  /** A job that is late is taken to need so much more: a part of what it took until now. */
  private static final int LATE = 10;

  /** A job in the model, and when it ends there. */
  private record Running(long end, int job) {}

  private final Map<String, Long> limits;

  // Guarded by this, as all below; what an expansion changes is replaced as a whole.
  private Graph graph;
  private long[] durations; // nanoseconds by job; -1 unknown
  private long[] rank;
  private byte[] states;
  private long[] began; // by the clock of the caller
  private ResourceDemand[] demands; // made when they are first asked for
  private Map<String, long[]> means; // by group, "" for all: sum and count
  private double pace = 1; // how much longer jobs take than they did
  private long expectedSoFar;
  private long tookSoFar;

  /**
   * The model of a build that begins, while the results of its jobs can be read.
   *
   * @param limits amounts by resource
   */
  public TimeLeft(Plan plan, Map<String, Long> limits) {
    this.limits = limits;
    BitSet runs = new BitSet();
    for (int j = plan.selected().nextSetBit(0); j >= 0; j = plan.selected().nextSetBit(j + 1)) {
      Verdict verdict = plan.verdict(j);
      runs.set(j, verdict instanceof Verdict.WillRun || verdict instanceof Verdict.MayRun);
    }
    over(plan.context(), runs);
  }

  /** Nanoseconds that a plan will take; negative where nothing is known of its jobs. */
  public static long of(Plan plan, Map<String, Long> limits) {
    TimeLeft model = new TimeLeft(plan, limits);
    return model.isOver() ? 0 : model.left(0);
  }

  private synchronized boolean isOver() {
    for (byte state : states) {
      if (state != OVER) {
        return false;
      }
    }
    return true;
  }

  /** Groups were expanded. */
  public synchronized void over(PlanContext context) {
    BitSet runs = (BitSet) context.selection().jobs().clone();
    for (int j = 0; j < states.length; j++) {
      if (graph.isJob(j) && states[j] == OVER) {
        runs.clear(j);
      }
    }
    over(context, runs);
  }

  private synchronized void over(PlanContext context, BitSet runs) {
    Graph next = context.graph();
    byte[] before = states;
    long[] starts = began;
    states = new byte[next.nodes()];
    began = new long[next.nodes()];
    durations = new long[next.nodes()];
    demands = new ResourceDemand[next.nodes()];
    means = new HashMap<>();
    Arrays.fill(durations, -1);
    for (int j = 0; j < next.nodes(); j++) {
      states[j] = next.isJob(j) && !runs.get(j) ? OVER : WAITS;
      if (before != null && j < before.length && graph.isJob(j) && before[j] == RUNS) {
        states[j] = RUNS;
        began[j] = starts[j];
      }
    }
    boolean all = true;
    for (int j = runs.nextSetBit(0); j >= 0; j = runs.nextSetBit(j + 1)) {
      all &= hasRun(context, j);
    }
    if (!all) { // what others took says something of the new ones
      BitSet others = (BitSet) context.selection().jobs().clone();
      others.andNot(runs);
      others.stream().forEach(j -> hasRun(context, j));
    }
    rank = CriticalPath.of(next, context.records(), runs);
    graph = next;
  }

  /** Takes a job's duration from its record, if it has one. */
  private boolean hasRun(PlanContext context, int job) {
    JobResult result = context.records().result(job);
    boolean known = result != null && result.wall() > 0;
    if (known) {
      known(context.graph(), job, result.wall());
    }
    return known;
  }

  private void known(Graph of, int job, long nanos) {
    durations[job] = nanos;
    for (String name : List.of("", group(of.name(job)))) {
      long[] mean = means.computeIfAbsent(name, _ -> new long[2]);
      mean[0] += nanos;
      mean[1]++;
    }
  }

  /** An attempt of a job begins. */
  public synchronized void started(String job, long now) {
    int id = graph.jobId(job);
    if (id >= 0) {
      states[id] = RUNS;
      began[id] = now;
    }
  }

  /** A job waits again, for another attempt. */
  public synchronized void waits(String job) {
    int id = graph.jobId(job);
    if (id >= 0) {
      states[id] = WAITS;
    }
  }

  /**
   * A job is over.
   *
   * @param wall nanoseconds that it ran, 0 where it did not
   */
  public synchronized void ended(String job, long wall) {
    int id = graph.jobId(job);
    if (id < 0) {
      return;
    }
    if (states[id] == RUNS && wall > 0) {
      if (durations[id] > 0) {
        expectedSoFar += durations[id];
        tookSoFar += wall;
        pace = Math.clamp(tookSoFar / (double) expectedSoFar, 0.2, 5);
      }
      known(graph, id, wall);
    }
    states[id] = OVER;
  }

  /** Nanoseconds that an attempt of a job takes; negative where nothing is known of it. */
  public synchronized long expected(String job) {
    int id = graph.jobId(job);
    return id < 0 || durations[id] < 0 ? -1 : durations[id];
  }

  /** Nanoseconds from now on; negative where nothing is known of any job. */
  public long left(long now) {
    Model model;
    synchronized (this) {
      if (means.isEmpty()) {
        return -1;
      }
      model = new Model(now);
    }
    return model.run();
  }

  /** The group by the name of an instance; the name itself for a plain job. */
  private static String group(String job) {
    int slash = job.indexOf('/');
    return slash < 0 ? job : job.substring(0, slash);
  }

  /** Called where this is held. */
  private long guess(int job) {
    if (durations[job] >= 0) {
      return durations[job];
    }
    long[] mean = means.getOrDefault(group(graph.name(job)), means.get(""));
    return mean[0] / mean[1];
  }

  private ResourceDemand demanded(Job job, Map<Resources, ResourceDemand> shared) {
    Resources resources = job.resources();
    return job.executor() != null
        ? ResourceDemand.ofCounters(resources)
        : shared.computeIfAbsent(resources, some -> ResourceDemand.of(some, some.memory(), limits));
  }

  /** One look ahead, over a copy of what may change meanwhile. */
  private final class Model {
    private final Graph of = graph;
    private final byte[] state = states.clone();
    private final long[] takes = new long[state.length];
    private final ResourceDemand[] demand = demands;
    private final ReadyQueue ready =
        new ReadyQueue(of::priority, rank, of::place, of.workflow().executors().isEmpty());
    private final ResourcePool pool = new ResourcePool(limits);
    private final PriorityQueue<Running> running =
        new PriorityQueue<>((a, b) -> Long.compare(a.end, b.end));
    private final int[] waits = new int[state.length];

    Model(long now) {
      Map<Resources, ResourceDemand> shared = new HashMap<>();
      for (int j = 0; j < state.length; j++) {
        if (of.isJob(j) && state[j] != OVER) {
          if (demand[j] == null) {
            demand[j] = demanded(of.job(j), shared);
          }
          takes[j] = (long) (guess(j) * pace);
          if (state[j] == RUNS) {
            long ran = Math.max(0, now - began[j]);
            takes[j] = Math.max(takes[j] - ran, ran / LATE);
          }
        }
      }
    }

    /** Nanoseconds until the last job is over. */
    long run() {
      Adjacency before = of.before();
      for (int place = 0; place < state.length; place++) {
        int node = of.inOrder(place);
        for (int i = before.from(node); i < before.to(node); i++) {
          waits[node] += state[before.at(i)] == OVER ? 0 : 1;
        }
        if (of.isJob(node) && state[node] == RUNS) {
          begin(node, 0);
        } else if (waits[node] == 0 && !of.isJob(node)) {
          state[node] = OVER;
        } else if (waits[node] == 0 && state[node] == WAITS) {
          ready.add(node);
        }
      }
      long time = 0;
      while (true) {
        for (int job = ready.next(pool, this::demand);
            job >= 0;
            job = ready.next(pool, this::demand)) {
          begin(job, time);
        }
        Running first = running.poll();
        if (first == null) {
          return time;
        }
        time = first.end;
        pool.give(demand(first.job), List.of());
        over(first.job);
      }
    }

    private ResourceDemand demand(int job) {
      return demand[job];
    }

    private void begin(int job, long time) {
      ResourceDemand wanted = demand(job);
      wanted.amounts().forEach(pool::takeAnyway);
      running.add(new Running(time + takes[job], job));
    }

    private void over(int first) {
      ArrayDeque<Integer> ended = new ArrayDeque<>(List.of(first));
      Adjacency after = of.after();
      while (!ended.isEmpty()) {
        int node = ended.poll();
        state[node] = OVER;
        for (int i = after.from(node); i < after.to(node); i++) {
          int next = after.at(i);
          if (--waits[next] > 0) {
            continue;
          }
          if (!of.isJob(next)) {
            ended.add(next);
          } else if (state[next] == WAITS) {
            ready.add(next);
          }
        }
      }
    }
  }
}
