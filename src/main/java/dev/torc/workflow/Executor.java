package dev.torc.workflow;

import dev.torc.cluster.SchedulerSettings;
import dev.torc.syntax.Place;

/**
 * A scheduler of other machines, where the build file describes it. What is not said of a job in it
 * decides nothing about results, but for its {@code before}.
 *
 * @param trace false where jobs that want a trace run there without one
 */
public record Executor(Place place, SchedulerSettings settings, boolean trace) {

  /** The name of this machine, which is always there. */
  public static final String LOCAL = "local";

  /** By which jobs name it. */
  public String name() {
    return settings.name();
  }

  /** Text of the shell that runs before each job; empty for none. */
  public String before() {
    return settings.before();
  }
}
