package dev.torc.engine;

import dev.torc.engine.BuildSetup.AttemptContext;
import dev.torc.graph.Graph;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * The state of a build: the state of each job, what it still waits for, what is ready, what runs.
 * When groups are expanded the next state has room for what is new. {@link BuildLoop} changes it.
 *
 * @param paths how long what waits for each job takes
 * @param runs the jobs that run in this build, from their verdict until they are final
 * @param delayed retries that are not due yet
 * @param undecided temporary jobs that are up to date but for missing products, while it is not
 *     known whether a reader needs them
 * @param renewed the nodes that may wait for less than they did, or are asked for only now, since
 *     groups were expanded
 */
record BuildState(
    AttemptContext shared,
    JobStates states,
    CriticalPath paths,
    ReadyQueue ready,
    PendingDeps pending,
    Map<Integer, JobRun> runs,
    PriorityQueue<Due> delayed,
    BitSet undecided,
    BitSet renewed) {

  /** A retry, and when it is due, by the clock of {@link System#nanoTime}. */
  record Due(long time, int job) {}

  /** The state on which a build begins: all selected jobs wait. */
  static BuildState first(AttemptContext shared) {
    PlanContext context = shared.plan();
    Graph graph = context.graph();
    CriticalPath paths = new CriticalPath(context);
    return new BuildState(
        shared,
        new JobStates(graph.nodes(), context.selection().jobs()),
        paths,
        new ReadyQueue(
            job -> paths.graph().priority(job),
            paths::of,
            job -> paths.graph().index(job),
            graph.workflow().executors().isEmpty()),
        new PendingDeps(graph, context.records()),
        new HashMap<>(),
        new PriorityQueue<>((a, b) -> Long.compare(a.time, b.time)),
        new BitSet(),
        new BitSet());
  }

  /**
   * The state of the context that follows, when groups were expanded, or a job turned out to run:
   * what is new waits, and so do temporary jobs that were up to date and that lack what such a job
   * reads. After a failure all is counted anew, and what follows from failures has to be told
   * again.
   *
   * @param late known jobs that run after all, once what they read is made
   */
  BuildState over(PlanContext next, BitSet late) {
    BitSet readers = next.graph().allJobs();
    readers.andNot(graph().allJobs());
    readers.or(late);
    BitSet revived = next.revive(readers);
    revived.or(late);
    BitSet selected = (BitSet) next.selection().jobs().clone();
    selected.andNot(context().selection().jobs());
    BitSet renewed = next.graph().renewed(revived);
    renewed.or(selected); // only a new instance needs some of the jobs that were there
    boolean failed = states.areAnyBlocking() || next.hasFailedGroups();
    renewed.set(0, failed ? next.graph().nodes() : 0);
    states.grow(next.graph().nodes(), selected, revived);
    pending.grow(next.graph(), next.records(), renewed);
    paths.grow(next, renewed, ready);
    return new BuildState(
        shared.over(next), states, paths, ready, pending, runs, delayed, undecided, renewed);
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
    return states.areAnyBlocking()
        ? selected().filter(job -> states.of(job).blocks()).boxed().toList()
        : List.of();
  }

  /** Whether a target is blocked that does not allow failures itself: that fails the build. */
  boolean blocksTarget() {
    return states.count(JobState.BLOCKED) > 0
        && in(JobState.BLOCKED)
            .anyMatch(job -> !graph().job(job).allowFailure() && context().isTarget(job));
  }

  /** The jobs that wait for nothing any more since groups were expanded, and are undecided. */
  List<Integer> free() {
    return Arrays.stream(graph().inOrder(graph().jobsOf(renewed)))
        .filter(job -> states.of(job) == JobState.WAITING)
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
