package dev.torc.engine;

import dev.torc.engine.BuildSetup.AttemptContext;
import dev.torc.graph.Graph;
import dev.torc.plan.PlanContext;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * The state of a build: the state of each job, which nodes each still waits for, which jobs are
 * ready or run. It is one object for the whole build, which grows when groups are expanded or a job
 * turns out to run. It decides nothing: {@link JobVerdicts} and {@link BuildLoop} change it, in the
 * turn of the loop.
 */
final class BuildState {

  /** A retry, and when it is due, by the clock of {@link System#nanoTime}. */
  record Due(long time, int job) {}

  final LoopLock lock = new LoopLock(); // the thread that has the turn may change all of it
  final JobStates states;
  final CriticalPath paths; // the longest path behind each job
  final ReadyQueue ready;
  final PendingDeps pending;

  /** The jobs that run in this build, from their verdict until they are final. */
  final Map<Integer, JobAttempts> attempts = new HashMap<>();

  /** Retries that are not due yet. */
  final PriorityQueue<Due> delayed = new PriorityQueue<>((a, b) -> Long.compare(a.time, b.time));

  /** Temporary jobs that lack only products, until it is known whether a reader needs these. */
  final BitSet undecided = new BitSet();

  private AttemptContext common;

  /** Nodes that may wait for fewer nodes since the last growth, or are selected only now. */
  private BitSet renewed = new BitSet();

  BuildState(AttemptContext common) {
    this.common = common;
    PlanContext context = common.plan();
    Graph graph = context.graph();
    this.states = new JobStates(graph.nodes(), context.selection().jobs());
    this.paths = new CriticalPath(context);
    this.ready =
        new ReadyQueue(
            job -> graph().priority(job),
            paths::of,
            job -> graph().index(job),
            graph.workflow().settings().executors().isEmpty());
    this.pending = new PendingDeps(graph, context.records());
  }

  /**
   * Takes the next context, after groups were expanded or a job turned out to run. New jobs wait;
   * so do temporary jobs that lack products that a new or late job reads. After a failure all nodes
   * are counted anew, and jobs behind failures have to be blocked again.
   *
   * @param late known jobs that run after all, once the products that they read are made
   */
  void grow(PlanContext next, BitSet late) {
    BitSet readers = next.graph().allJobs();
    readers.andNot(graph().allJobs());
    readers.or(late);
    BitSet revived = next.temporaries().revive(readers);
    revived.or(late);
    BitSet selected = (BitSet) next.selection().jobs().clone();
    selected.andNot(context().selection().jobs());
    renewed = next.graph().renewed(revived);
    renewed.or(selected); // some jobs that were there are needed only by a new instance
    boolean failed = states.areAnyBlocking() || next.hasFailedGroups();
    renewed.set(0, failed ? next.graph().nodes() : 0);
    common = common.with(next);
    states.grow(next.graph().nodes(), selected, revived);
    pending.grow(next.graph(), next.records(), renewed);
    paths.grow(next, renewed, ready);
  }

  AttemptContext common() {
    return common;
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

  /** Returns whether a job is final or not selected; false for a group without known instances. */
  boolean isOver(int node) {
    return graph().isJob(node) && (states.of(node) == null || states.of(node).isFinal());
  }

  IntStream jobsIn(JobState state) {
    return states.count(state) == 0
        ? IntStream.empty()
        : selected().filter(job -> states.of(job) == state);
  }

  IntStream madeJobs() {
    return selected().filter(job -> states.of(job).isMade());
  }

  /** Returns the jobs whose ends block their readers. */
  List<Integer> blocking() {
    return states.areAnyBlocking()
        ? selected().filter(job -> states.of(job).blocks()).boxed().toList()
        : List.of();
  }

  /** Returns the jobs that wait for nothing since the last growth, without {@code undecided}. */
  List<Integer> freeJobs() {
    return Arrays.stream(graph().inOrder(graph().jobsOf(renewed)))
        .filter(job -> states.of(job) == JobState.WAITING)
        .filter(job -> pending.isFree(job) && !undecided.get(job))
        .boxed()
        .toList();
  }

  BitSet waiting() {
    BitSet waiting = new BitSet();
    jobsIn(JobState.WAITING).forEach(waiting::set);
    return waiting;
  }
}
