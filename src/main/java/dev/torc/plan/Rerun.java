package dev.torc.plan;

import java.util.List;

/** Which of the named jobs run whatever their last result is. */
public enum Rerun {
  /** None, as in a further round of a watch. */
  NONE,

  /** Manual ones without products: a deployment is asked for each time. */
  MANUAL,

  /** All, by force. */
  ALL;

  /**
   * What a command asks for.
   *
   * @param targets as given; where there are none no job is named
   */
  public static Rerun of(List<String> targets, boolean force) {
    return force ? ALL : targets.isEmpty() ? NONE : MANUAL;
  }
}
