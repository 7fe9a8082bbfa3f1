package dev.torc.engine;

import dev.torc.engine.BuildSetup.AttemptContext;
import dev.torc.graph.Graph;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import dev.torc.workflow.Job.Trait;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * The state of a build: the state of each job, what it still waits for, what is ready, what runs.
 * When groups are expanded, the next state has room for the new jobs. {@link BuildLoop} changes it.
 *
 * @param paths the longest path behind each job
 * @param runs the jobs that run in this build, from their verdict until they are final
 * @param delayed retries that are not due yet
 * @param undecided temporary jobs that are up to date but for missing products, while it is not
 *     known whether a reader needs them
 * @param renewed the nodes that may wait for fewer nodes than before groups were expanded, or that
 *     are selected only now
 */
record BuildState(
    AttemptContext common,
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

  /** Returns the state on which a build begins: all selected jobs wait. */
  static BuildState first(AttemptContext common) {
    PlanContext context = common.plan();
    Graph graph = context.graph();
    CriticalPath paths = new CriticalPath(context);
    return new BuildState(
        common,
        new JobStates(graph.nodes(), context.selection().jobs()),
        paths,
        new ReadyQueue(
            job -> paths.graph().priority(job),
            paths::of,
            job -> paths.graph().index(job),
            graph.workflow().settings().executors().isEmpty()),
        new PendingDeps(graph, context.records()),
        new HashMap<>(),
        new PriorityQueue<>((a, b) -> Long.compare(a.time, b.time)),
        new BitSet(),
        new BitSet());
  }

  /**
   * Returns the state of the next context, after groups were expanded or a job turned out to run:
   * new jobs wait, and so do temporary jobs that were up to date and lack products that a new or
   * late job reads. After a failure all nodes are counted anew, and what failures block has to be
   * told again.
   *
   * @param late known jobs that run after all, once the products that they read are made
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
    renewed.or(selected); // some jobs that were there are needed only by a new instance
    boolean failed = states.areAnyBlocking() || next.hasFailedGroups();
    renewed.set(0, failed ? next.graph().nodes() : 0);
    states.grow(next.graph().nodes(), selected, revived);
    pending.grow(next.graph(), next.records(), renewed);
    paths.grow(next, renewed, ready);
    return new BuildState(
        common.over(next), states, paths, ready, pending, runs, delayed, undecided, renewed);
  }

  PlanContext context() {
    return common.plan();
  }

  Graph graph() {
    return common.graph();
  }

  private IntStream selected() {
    return Arrays.stream(graph().inOrder(context().selection().jobs()));
  }

  /**
   * Returns whether a job came to its end, or is not selected; false for a group without known
   * instances.
   */
  boolean isOver(int node) {
    return graph().isJob(node) && (states.of(node) == null || states.of(node).isFinal());
  }

  IntStream in(JobState state) {
    return selected().filter(job -> states.of(job) == state);
  }

  /** Returns the jobs that have a new good result. */
  IntStream made() {
    return selected().filter(job -> states.of(job).isMade());
  }

  /** Returns the jobs that did not end well: whatever waits for them is blocked. */
  List<Integer> ended() {
    return states.areAnyBlocking()
        ? selected().filter(job -> states.of(job).blocks()).boxed().toList()
        : List.of();
  }

  /**
   * Returns whether a target is blocked that does not allow failures itself: that fails the build.
   */
  boolean blocksTarget() {
    return states.count(JobState.BLOCKED) > 0
        && in(JobState.BLOCKED)
            .anyMatch(job -> !graph().job(job).has(Trait.ALLOW_FAILURE) && context().isTarget(job));
  }

  /**
   * Returns the jobs that wait for nothing since groups were expanded, without {@code undecided}.
   */
  List<Integer> free() {
    return Arrays.stream(graph().inOrder(graph().jobsOf(renewed)))
        .filter(job -> states.of(job) == JobState.WAITING)
        .filter(job -> pending.isFree(job) && !undecided.get(job))
        .boxed()
        .toList();
  }

  /**
   * Returns the present verdicts on all jobs that wait, the undecided ones included; blocked jobs
   * do not count as readers.
   */
  Plan forecast() {
    BitSet waiting = new BitSet();
    in(JobState.WAITING).forEach(waiting::set);
    return Plan.amid(context(), waiting);
  }
}
