package dev.torc.core.run;

import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Graph;
import dev.torc.core.queue.CriticalPath;
import dev.torc.core.queue.DelayedRetries;
import dev.torc.core.queue.PendingDeps;
import dev.torc.core.queue.ReadyQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The state of a build: the state of each job, how many nodes each node still waits for, and which
 * jobs are ready or running. There is one object for the whole build; it grows when groups are
 * expanded or when a job turns out to run after all. It decides nothing: {@link JobVerdicts} and
 * {@link BuildLoop} change it while they have the turn (see {@link LoopLock}).
 */
public final class BuildState {

  final LoopLock lock = new LoopLock(); // guards everything here
  final JobStates states;
  final CriticalPath paths; // the longest path that begins with each job
  final ReadyQueue ready;
  final PendingDeps pending;

  /** The jobs that have to run in this build, from that verdict until their final state. */
  final Map<Integer, JobAttempts> attempts = new HashMap<>();

  final DelayedRetries delayed = new DelayedRetries();

  /** How the last attempt of each job with a retry failed: the build may end before the retry. */
  final Map<Integer, Event.Details> retried = new HashMap<>();

  /**
   * Temporary jobs whose only fault is missing products. Whether a reader needs these, so that the
   * job has to run, is not known yet.
   */
  final BitSet undecided = new BitSet();

  private final Function<Graph, Map<Integer, BitSet>> order; // of targets
  private AttemptContext common;

  /** The nodes whose waiting counts the last {@link #grow} computed again. */
  private BitSet renewed = new BitSet();

  BuildState(AttemptContext common, Function<Graph, Map<Integer, BitSet>> order) {
    this.common = common;
    this.order = order;
    PlanContext context = common.plan();
    Graph graph = context.graph();
    this.states = new JobStates(graph.nodes(), context.selection().jobs());
    this.paths = new CriticalPath(context);
    this.ready =
        new ReadyQueue(
            job -> graph().priority(job),
            paths::of,
            job -> graph().index(job),
            graph.workflow().settings().executors().isEmpty()
                && graph.having(Extra.IDLE).isEmpty());
    this.pending = new PendingDeps(graph, context.records());
    orderTargets(context.selection().jobs());
  }

  /** Makes those of these jobs that are only for later targets wait for earlier actions. */
  private void orderTargets(BitSet jobs) {
    order
        .apply(graph())
        .forEach(
            (action, later) -> {
              if (!context().records().isSettled(action)) {
                BitSet waiting = (BitSet) later.clone();
                waiting.and(jobs);
                waiting.and(context().selection().jobs());
                waiting.stream().forEach(job -> pending.add(job, action));
              }
            });
  }

  /**
   * Continues with the next context, after groups were expanded or a job turned out to run. New
   * jobs wait, and so do temporary jobs that lack products of a new or late reader. After a
   * failure, all nodes are counted again, and the caller has to block the readers of failed jobs
   * again.
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
    renewed.or(selected); // a known job may be selected only because a new instance needs it
    boolean failed = states.areAnyBlocking() || next.hasFailedGroups();
    renewed.set(0, failed ? next.graph().nodes() : 0);
    common = common.with(next);
    states.grow(next.graph().nodes(), selected, revived);
    pending.grow(next.graph(), next.records(), renewed);
    orderTargets(renewed);
    paths.grow(next, renewed, ready);
  }

  /** Has a follower's thread do something while holding the turn. Any thread may call it. */
  public void post(Runnable message) {
    lock.post(message);
  }

  /** Ends the build because of an error of a follower's thread. Any thread may call it. */
  public void fail(Throwable unchecked) {
    lock.fail(unchecked);
  }

  /** Lets a job start that {@link StartGate#mayStart(int)} had held. */
  public void letStart(int job) {
    ready.add(job);
  }

  boolean areAnyRestored() {
    return attempts.values().stream().anyMatch(JobAttempts::isRestored);
  }

  /** Returns whether a known result is restored instead of a run of this job. */
  public boolean isRestored(int job) {
    return attempts.get(job).isRestored();
  }

  /**
   * Ends a ready job that does not start in this build, and all jobs that wait for it; returns
   * their names.
   */
  public List<String> leave(int job) {
    BitSet behind = new BitSet();
    behind.set(job);
    List<String> names = new ArrayList<>();
    for (int each : graph().inOrder(graph().jobsOf(graph().after().along(behind)))) {
      if (states.of(each) == JobState.WAITING || states.of(each) == JobState.READY) {
        states.set(each, JobState.NOT_REACHED);
        attempts.remove(each);
        names.add(graph().name(each));
      }
    }
    return names;
  }

  /** Makes a job that was done count as failed. */
  public void undo(int job) {
    states.set(job, JobState.FAILED);
  }

  /** Returns how many jobs have ended in each final state. */
  public Map<JobState, Integer> counts() {
    return states.counts();
  }

  public AttemptContext common() {
    return common;
  }

  public PlanContext context() {
    return common.plan();
  }

  public Graph graph() {
    return common.graph();
  }

  private IntStream selected() {
    return Arrays.stream(graph().inOrder(context().selection().jobs()));
  }

  /** Returns whether a node is a job that has ended or is not selected; false for an open group. */
  public boolean isOver(int node) {
    return graph().isJob(node) && (states.of(node) == null || states.of(node).isFinal());
  }

  public IntStream jobsIn(JobState state) {
    return states.count(state) == 0
        ? IntStream.empty()
        : selected().filter(job -> states.of(job) == state);
  }

  public IntStream madeJobs() {
    return selected().filter(job -> states.of(job).isMade());
  }

  /** Returns the selected jobs whose state blocks their readers. */
  List<Integer> blocking() {
    return states.areAnyBlocking()
        ? selected().filter(job -> states.of(job).blocks()).boxed().toList()
        : List.of();
  }

  /**
   * Returns the decided jobs that the last {@link #grow} counted again and that wait for nothing.
   */
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
