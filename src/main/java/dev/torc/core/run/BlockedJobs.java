package dev.torc.core.run;

import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job.Trait;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives final states to the jobs and groups that cannot run in this build because of others: those
 * that depend on a failed job, and groups that cannot be expanded. Each gets its state only once.
 * It also decides whether these failures make the build fail.
 */
final class BlockedJobs {

  private final BuildState state;
  private final EventSender sender;
  private final JobStarts starts;
  private final int most; // after this many failures nothing starts; 0 for any number
  private final Set<String> failed = new HashSet<>(); // names of groups
  private final Map<String, Set<String>> blocked = new HashMap<>(); // by group: its failed makers
  private int failures; // of jobs and groups that may not fail

  BlockedJobs(BuildState state, EventSender sender, JobStarts starts, int most) {
    this.state = state;
    this.sender = sender;
    this.starts = starts;
    this.most = most;
  }

  void fail(int id) {
    if (!state.graph().job(id).has(Trait.ALLOW_FAILURE)) {
      failBuild();
    }
    blockBehind(id);
  }

  private void failBuild() {
    failures++;
    starts.stopIf(failures == most);
  }

  /** Fails the groups whose expansion found problems, each once, and blocks their readers. */
  void failGroups() {
    for (int node : state.graph().inOrder(state.context().selection().open())) {
      Group group = state.graph().open().get(node);
      if (!group.further().problems().isEmpty()) {
        if (failed.add(group.name())) {
          state.states.countMore(1, JobState.FAILED);
          sender.failed(group);
        }
        failBuild();
        blockInstances(group);
        blockBehind(node);
      }
    }
  }

  /** Blocks the jobs and groups that depend on any failed job again, after the graph has grown. */
  void blockAgain() {
    List<Integer> ended = state.blocking(); // before failGroups, which blocks more jobs
    failGroups();
    ended.forEach(this::blockBehind);
  }

  /** Blocks the jobs and groups that depend on a failed one; all others continue (rule 8). */
  private void blockBehind(int failed) {
    String name = state.graph().name(failed);
    state.pending.visitBehind(
        failed,
        job -> {
          if (state.states.of(job) != JobState.WAITING) {
            return false;
          }
          end(job, JobState.BLOCKED, name);
          return true;
        },
        group -> blockGroup(group, name));
  }

  /** Blocks the unstarted instances of a group that cannot be expanded (section 4). */
  private void blockInstances(Group group) {
    for (String name : group.instances()) {
      int job = state.graph().jobId(name);
      JobState now = state.states.of(job);
      if (now == JobState.WAITING || now == JobState.READY) {
        block(job, group.name());
      }
    }
  }

  void block(int job, String by) {
    end(job, JobState.BLOCKED, by);
    blockBehind(job);
  }

  /**
   * Marks all unfinished jobs as not reached, when nothing runs and nothing can start. Unless the
   * build is {@code cut} by a signal, a job whose retry did not start has failed.
   */
  void abandon(boolean cut) {
    for (int job : state.graph().inOrder(state.context().selection().jobs())) {
      if (!cut && !state.states.of(job).isFinal() && state.retried.containsKey(job)) {
        state.states.set(job, JobState.FAILED);
        sender.failed(job, state);
        fail(job);
      } else if (!state.states.of(job).isFinal()) {
        end(job, JobState.NOT_REACHED, "");
      }
    }
  }

  private void end(int job, JobState end, String by) {
    state.states.set(job, end);
    sender.ended(state.graph().name(job), end, by);
  }

  /**
   * Blocks a selected group that depends on the failed job {@code by}. A group that gets instances
   * from its makers counts as one job for each failed maker; any other group counts as one.
   */
  private void blockGroup(int group, String by) {
    if (!state.context().selection().open().get(group)) {
      return;
    }
    String name = state.graph().name(group);
    Set<String> lacking = blocked.computeIfAbsent(name, _ -> new LinkedHashSet<>());
    boolean grows = state.graph().grows(group);
    for (String maker : grows ? state.context().records().dropped(group) : List.of(by)) {
      if ((grows || lacking.isEmpty()) && lacking.add(maker)) {
        state.states.countMore(1, JobState.BLOCKED);
        sender.ended(name, JobState.BLOCKED, maker);
      }
    }
  }

  /**
   * Returns whether the build fails: a job failed or a target is blocked, and neither is allowed
   * to.
   */
  boolean failsBuild() {
    PlanContext context = state.context();
    Graph graph = context.graph();
    return failures > 0
        || state
            .jobsIn(JobState.BLOCKED)
            .anyMatch(job -> !graph.job(job).has(Trait.ALLOW_FAILURE) && context.isTarget(job))
        || graph.open().keySet().stream() // a stream of entries would load another class
            .filter(id -> blocked.containsKey(graph.open().get(id).name()))
            .anyMatch(id -> !graph.open().get(id).further().allowFailure() && context.isTarget(id));
  }

  /** Reports the warnings about the values of groups that were just expanded. */
  void warn(PlanContext old, PlanContext next) {
    Set<String> before =
        old.selection().open().stream().mapToObj(old.graph()::name).collect(Collectors.toSet());
    next.graph().workflow().groups().stream()
        .filter(group -> before.contains(group.name()))
        .flatMap(group -> group.sources().warnings().stream())
        .distinct()
        .forEach(sender::warn);
  }
}
