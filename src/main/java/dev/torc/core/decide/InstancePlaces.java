package dev.torc.core.decide;

import dev.torc.base.syntax.Place;
import dev.torc.core.model.Job;
import dev.torc.core.model.Workflow;

/** Knows which paths come from the values of an instance, and where these values are written. */
public interface InstancePlaces {

  /**
   * Returns whether a path comes from an instance: it contains a value, the stem of a value that
   * has slashes, or another value of the instance's table row, or another instance of the group
   * does not need it.
   */
  boolean isFromInstance(Workflow workflow, Job job, String path);

  /**
   * Returns the place of an instance's table row if the path contains a value of that row;
   * otherwise null.
   */
  Place place(Workflow workflow, Job job, String path);
}
