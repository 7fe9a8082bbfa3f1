package dev.torc.engine;

import dev.torc.graph.Graph;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The state of a build: the state of each job, what it still waits for, what is ready, what runs.
 * When groups are expanded the next state has room for what is new. {@link BuildLoop} changes it.
 *
 * @param runs the jobs that run in this build, from their verdict until they are final
 * @param delayed retries that are not due yet
 * @param undecided temporary jobs that are up to date but for missing products, while it is not
 *     known whether a reader needs them
 */
record BuildState(
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
  static BuildState first(AttemptContext shared) {
    PlanContext context = shared.plan();
    JobStates states = new JobStates(context.graph().nodes(), context.selection().jobs());
    return new BuildState(
        shared,
        states,
        queue(context),
        new PendingDeps(context.graph(), context.records()),
        new HashMap<>(),
        new PriorityQueue<>((a, b) -> Long.compare(a.time, b.time)),
        new BitSet());
  }

  /** What is ready goes by how much waits for it as things stand. */
  private static ReadyQueue queue(PlanContext context) {
    Graph graph = context.graph();
    long[] rank = CriticalPath.of(graph, context.records(), context.selection().jobs());
    return new ReadyQueue(
        graph::priority, rank, graph::place, graph.workflow().executors().isEmpty());
  }

  /**
   * The state of the context that follows, when groups were expanded: what is new waits, and so do
   * temporary jobs that were up to date and that lack what only new ones read.
   */
  BuildState over(PlanContext next) {
    BitSet fresh = next.graph().allJobs();
    fresh.andNot(graph().allJobs());
    BitSet revived = next.revive(fresh);
    BuildState over =
        new BuildState(
            shared.over(next),
            states.over(next.graph().nodes(), next.selection().jobs(), revived),
            queue(next),
            new PendingDeps(next.graph(), next.records()),
            runs,
            delayed,
            undecided);
    Set<Integer> later = delayed.stream().map(Due::job).collect(Collectors.toSet());
    over.in(JobState.READY).filter(job -> !later.contains(job)).forEach(over.ready::add);
    return over;
  }

  PlanContext context() {
    return shared.plan();
  }

  Graph graph() {
    return shared.graph();
  }

  private IntStream selected() {
    return Arrays.stream(graph().inOrder(context().selection().jobs()));
  }

  /**
   * Whether a job, if it is one that is asked for, came to its end; of a group that is not known,
   * no.
   */
  boolean isOver(int node) {
    return graph().isJob(node) && (states.of(node) == null || states.of(node).isFinal());
  }

  /** The jobs in a state, in order. */
  IntStream in(JobState state) {
    return selected().filter(job -> states.of(job) == state);
  }

  /** The jobs that have a new good result. */
  IntStream made() {
    return selected().filter(job -> states.of(job).isMade());
  }

  /** The jobs that did not end well: whatever waits for them is blocked. */
  List<Integer> ended() {
    return selected().filter(job -> states.of(job).blocks()).boxed().toList();
  }

  /** Whether a target is blocked that does not allow failures itself: that fails the build. */
  boolean blocksTarget() {
    return states.count(JobState.BLOCKED) > 0
        && in(JobState.BLOCKED)
            .anyMatch(job -> !graph().job(job).allowFailure() && context().isTarget(job));
  }

  /** Whether nothing is about to start, now or after a delay. */
  boolean startsNothing() {
    return ready.isEmpty() && delayed.isEmpty();
  }

  /** The jobs that wait for nothing any more, and are yet to be decided. */
  List<Integer> free() {
    return in(JobState.WAITING)
        .filter(job -> pending.isFree(job) && !undecided.get(job))
        .boxed()
        .toList();
  }

  /**
   * The verdicts on all that waits as things stand, undecided jobs among it; what is blocked reads
   * nothing any more.
   */
  Plan forecast() {
    BitSet waiting = new BitSet();
    in(JobState.WAITING).forEach(waiting::set);
    return Plan.amid(context(), waiting);
  }
}
