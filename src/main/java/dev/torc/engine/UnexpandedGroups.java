package dev.torc.engine;

import dev.torc.plan.PlanContext;
import dev.torc.workflow.Group;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What became of groups without instances: those that could not be expanded, those that never could
 * be because what they await did not end well, those that turned out to be empty. Each is told
 * once; the loop decides what follows.
 */
final class UnexpandedGroups {

  private final EventSender sender;
  private final Set<String> failed = new HashSet<>();
  private final Set<String> blocked = new HashSet<>();

  UnexpandedGroups(EventSender sender) {
    this.sender = sender;
  }

  /** A group that results showed to be wrong; returns whether that is new. */
  boolean fail(Group group) {
    boolean fresh = failed.add(group.name());
    if (fresh) {
      sender.failed(group);
    }
    return fresh;
  }

  /** A group waits for what did not end well; one that nobody asks for is passed over. */
  void block(BuildState state, int group, String by) {
    String name = state.graph().name(group);
    if (state.context().selection().open().get(group) && blocked.add(name)) {
      sender.ended(name, JobState.BLOCKED, by);
    }
  }

  /** Whether a group is blocked that is a target and does not allow failures itself. */
  boolean blocksTarget(BuildState state) {
    return state.graph().open().entrySet().stream()
        .filter(group -> blocked.contains(group.getValue().name()))
        .anyMatch(
            group -> !group.getValue().allowFailure() && state.context().isTarget(group.getKey()));
  }

  /** Adds the groups to the counts of jobs. */
  void count(Map<JobState, Integer> counts) {
    counts.merge(JobState.FAILED, failed.size(), Integer::sum);
    counts.merge(JobState.BLOCKED, blocked.size(), Integer::sum);
  }

  /** Tells of groups that turned out to have no instances. */
  void warn(PlanContext old, PlanContext next) {
    Set<String> before =
        old.selection().open().stream().mapToObj(old.graph()::name).collect(Collectors.toSet());
    next.graph().workflow().groups().stream()
        .filter(group -> before.contains(group.name()))
        .flatMap(group -> group.warnings().stream())
        .forEach(warning -> sender.warn(warning.toString()));
  }
}
