package dev.torc.engine;

import dev.torc.plan.Scene;
import dev.torc.workflow.Group;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What became of groups without instances: those that could not be expanded, those that never could
 * be because what they await did not end well, those that turned out to be empty. Each is told
 * once; what follows from it is the loop's business.
 */
final class Unexpanded {

  private final Teller teller;
  private final Set<String> failed = new HashSet<>();
  private final Set<String> blocked = new HashSet<>();

  Unexpanded(Teller teller) {
    this.teller = teller;
  }

  /** A group that results showed to be wrong; returns whether that is new. */
  boolean fail(Group group) {
    boolean fresh = failed.add(group.name());
    if (fresh) {
      teller.failed(group);
    }
    return fresh;
  }

  /** A group waits for what did not end well; one that nobody asks for is passed over. */
  void block(Stage stage, int group, String by) {
    String name = stage.graph().name(group);
    if (stage.scene().selection().open().get(group) && blocked.add(name)) {
      teller.ended(name, State.BLOCKED, by);
    }
  }

  /** Whether a group that the command line names is blocked. */
  boolean blocksTarget(Stage stage) {
    return stage.scene().selection().namedOpen().stream()
        .anyMatch(group -> blocked.contains(stage.graph().name(group)));
  }

  /** Adds the groups to the counts of jobs. */
  void count(Map<State, Integer> counts) {
    counts.merge(State.FAILED, failed.size(), Integer::sum);
    counts.merge(State.BLOCKED, blocked.size(), Integer::sum);
  }

  /** Tells of groups that turned out to have no instances. */
  void warn(Scene old, Scene next) {
    Set<String> before =
        old.selection().open().stream().mapToObj(old.graph()::name).collect(Collectors.toSet());
    next.graph().workflow().groups().stream()
        .filter(group -> before.contains(group.name()))
        .flatMap(group -> group.warnings().stream())
        .forEach(warning -> teller.warn(warning.toString()));
  }
}
