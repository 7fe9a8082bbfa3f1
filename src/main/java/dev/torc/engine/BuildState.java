package dev.torc.engine;

import dev.torc.graph.Graph;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The state of a build, in the numbers of one graph: the state of each job, what it still waits
 * for, what is ready, what runs. When groups are expanded the next state takes over what both know,
 * under its own numbers. {@link BuildLoop} changes it.
 *
 * @param runs the jobs that run in this build, from their verdict until they are final
 * @param delayed retries that are not due yet
 * @param undecided temporary jobs that are up to date but for missing products, while it is not
 *     known whether a reader needs them
 */
record BuildState(
    PlanContext context,
    AttemptContext shared,
    JobStates states,
    ReadyQueue ready,
    PendingDeps pending,
    Map<Integer, JobRun> runs,
    PriorityQueue<Due> delayed,
    BitSet undecided) {

  /** A retry, and when it is due, by the clock of {@link System#nanoTime}. */
  record Due(long time, int job) {}

  /** The state on which a build begins: all selected jobs wait. */
  static BuildState first(PlanContext context, AttemptContext shared) {
    return of(context, shared, new JobStates(context.graph().jobs(), context.selection().jobs()));
  }

  private static BuildState of(PlanContext context, AttemptContext shared, JobStates states) {
    Graph graph = context.graph();
    int[] priority = new int[graph.jobs()];
    for (int j = 0; j < priority.length; j++) {
      priority[j] = graph.priority(j);
    }
    return new BuildState(
        context,
        shared.over(context),
        states,
        new ReadyQueue(
            priority, CriticalPath.of(graph, context.records(), context.selection().jobs())),
        new PendingDeps(graph, context.records()),
        new HashMap<>(),
        new PriorityQueue<>((a, b) -> Long.compare(a.time, b.time)),
        new BitSet());
  }

  /**
   * The state of another context: what both have keeps its state; what is new waits, and so do
   * temporary jobs that were up to date and that lack what only new ones read.
   */
  BuildState over(PlanContext next) {
    IntUnaryOperator now = job -> next.graph().jobId(graph().name(job));
    int jobs = next.graph().jobs();
    BitSet fresh = new BitSet();
    fresh.set(0, jobs);
    IntStream.range(0, graph().jobs()).map(now).filter(job -> job >= 0).forEach(fresh::clear);
    BitSet revived = next.revive(fresh);
    IntUnaryOperator stays = job -> revived.get(now.applyAsInt(job)) ? -1 : now.applyAsInt(job);
    BuildState over = of(next, shared, states.over(jobs, next.selection().jobs(), stays));
    runs.forEach((job, run) -> over.runs.put(now.applyAsInt(job), run));
    delayed.forEach(due -> over.delayed.add(new Due(due.time, now.applyAsInt(due.job))));
    undecided.stream().map(now).forEach(over.undecided::set);
    Set<Integer> later = over.delayed.stream().map(Due::job).collect(Collectors.toSet());
    over.in(JobState.READY).filter(job -> !later.contains(job)).forEach(over.ready::add);
    return over;
  }

  Graph graph() {
    return context.graph();
  }

  /** The jobs in a state. */
  IntStream in(JobState state) {
    return IntStream.range(0, graph().jobs()).filter(job -> states.of(job) == state);
  }

  /** The jobs that did not end well: whatever waits for them is blocked. */
  List<Integer> ended() {
    return IntStream.range(0, graph().jobs())
        .filter(job -> states.of(job) != null && states.of(job).blocks())
        .boxed()
        .toList();
  }

  /** The jobs that wait for nothing any more, and are yet to be decided. */
  List<Integer> free() {
    return in(JobState.WAITING)
        .filter(job -> pending.isFree(job) && !undecided.get(job))
        .boxed()
        .toList();
  }

  /**
   * The verdicts on undecided jobs as things stand, those that wait included; what runs or is about
   * to counts as such, and what is blocked reads nothing any more.
   */
  Plan forecast() {
    BitSet waiting = new BitSet();
    in(JobState.WAITING).forEach(waiting::set);
    BitSet working = new BitSet();
    IntStream.concat(in(JobState.READY), in(JobState.RUNNING)).forEach(working::set);
    return Plan.amid(context, waiting, working);
  }
}
