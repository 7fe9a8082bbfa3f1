package dev.torc.engine;

import dev.torc.plan.PlanContext;
import dev.torc.workflow.Group;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives final states to jobs and groups that do not run in this build because of others: jobs
 * behind a failure, and groups without instances, since they could not be expanded, await jobs that
 * did not end well, or turned out to be empty. Each is told once; {@link BuildLoop} decides what
 * follows.
 */
final class BlockedJobs {

  private final EventSender sender;
  private final Set<String> failed = new HashSet<>(); // groups
  private final Map<String, Set<String>> blocked = new HashMap<>(); // groups, with what each lacks

  BlockedJobs(EventSender sender) {
    this.sender = sender;
  }

  /** Blocks what waits for a failed job, and so on; the rest continues (rule 8). */
  void behind(BuildState state, int failed) {
    String name = state.graph().name(failed);
    state
        .pending()
        .behind(
            failed,
            job -> {
              if (state.states().of(job) != JobState.WAITING) {
                return false;
              }
              state.states().set(job, JobState.BLOCKED);
              sender.ended(state.graph().name(job), JobState.BLOCKED, name);
              return true;
            },
            group -> blockGroup(state, group, name));
  }

  /**
   * Blocks the instances that have not started of a group that cannot be expanded any further
   * (section 4).
   */
  void rest(BuildState state, Group group) {
    for (String name : group.instances()) {
      int job = state.graph().jobId(name);
      JobState now = state.states().of(job);
      if (now == JobState.WAITING || now == JobState.READY) {
        block(state, job, group.name());
      }
    }
  }

  /** Blocks a job, and what waits for it. */
  void block(BuildState state, int job, String by) {
    state.states().set(job, JobState.BLOCKED);
    sender.ended(state.graph().name(job), JobState.BLOCKED, by);
    behind(state, job);
  }

  /** Marks all jobs that have no end as not reached: nothing runs and nothing will. */
  void abandon(BuildState state) {
    for (int job : state.graph().inOrder(state.context().selection().jobs())) {
      if (!state.states().of(job).isFinal()) {
        state.states().set(job, JobState.NOT_REACHED);
        sender.ended(state.graph().name(job), JobState.NOT_REACHED, "");
      }
    }
  }

  /** Fails a group with problems that results have shown, once. */
  void fail(Group group) {
    if (failed.add(group.name())) {
      sender.failed(group);
    }
  }

  /**
   * Blocks a group that waits for a job which did not end well, if a target asks for it. What each
   * of its makers that failed would have given counts as one job; without makers, the group does.
   */
  private void blockGroup(BuildState state, int group, String by) {
    if (!state.context().selection().open().get(group)) {
      return;
    }
    String name = state.graph().name(group);
    Set<String> lacking = blocked.computeIfAbsent(name, _ -> new LinkedHashSet<>());
    boolean grows = state.graph().grows(group);
    for (String maker : grows ? state.context().records().dropped(group) : List.of(by)) {
      if ((grows || lacking.isEmpty()) && lacking.add(maker)) {
        sender.ended(name, JobState.BLOCKED, maker);
      }
    }
  }

  /** Returns whether a group is blocked that is a target and does not allow failures itself. */
  boolean blocksTarget(BuildState state) {
    return state.graph().open().entrySet().stream()
        .filter(group -> blocked.containsKey(group.getValue().name()))
        .anyMatch(
            group -> !group.getValue().allowFailure() && state.context().isTarget(group.getKey()));
  }

  /** Adds the groups to the counts of jobs. */
  void count(Map<JobState, Integer> counts) {
    counts.merge(JobState.FAILED, failed.size(), Integer::sum);
    int all = blocked.values().stream().mapToInt(Set::size).sum();
    counts.merge(JobState.BLOCKED, all, Integer::sum);
  }

  /** Tells what is odd about the values of groups that were not known before. */
  void warn(PlanContext old, PlanContext next) {
    Set<String> before =
        old.selection().open().stream().mapToObj(old.graph()::name).collect(Collectors.toSet());
    next.graph().workflow().groups().stream()
        .filter(group -> before.contains(group.name()))
        .flatMap(group -> group.warnings().stream())
        .distinct()
        .forEach(sender::warn);
  }
}
