package dev.torc.graph;

import dev.torc.workflow.Group;

/**
 * A node of the graph that is no job: what waits for it waits for all that it waits for itself, so
 * that a thousand readers of a thousand jobs cost thousands of edges and not a million. It runs
 * nothing.
 *
 * @param text the group, glob or folder that is waited for, as written
 * @param open the group that it stands for if not all of its instances are known yet: such a join
 *     node stays shut until the group is expanded, and then there is another graph; null for others
 */
public record JoinNode(String text, Group open) {

  /** Whether it is a group whose instances are not all known. */
  public boolean isOpen() {
    return open != null;
  }

  /** Whether not all instances of a group are known: it awaits results, or they made no sense. */
  static boolean isOpen(Group group) {
    return !group.awaits().isEmpty() || !group.problems().isEmpty();
  }
}
