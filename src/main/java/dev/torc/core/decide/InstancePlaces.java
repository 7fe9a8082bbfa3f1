package dev.torc.core.decide;

import dev.torc.base.syntax.Place;
import dev.torc.core.model.Job;
import dev.torc.core.model.Workflow;

/** Knows which paths come from the values of an instance, and where these values are written. */
public interface InstancePlaces {

  /**
   * Returns whether a path comes from an instance. The path contains a value of the instance or of
   * its table row, or the stem of a value with slashes; or another instance of the group does not
   * need the path.
   */
  boolean isFromInstance(Workflow workflow, Job job, String path);

  /** Returns the place of the table row whose value a path contains; otherwise null. */
  Place place(Workflow workflow, Job job, String path);
}
