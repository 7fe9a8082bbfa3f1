package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the values of a group may ask about the other jobs and groups of the workflow, by their
 * numbers. {@link GroupExpansion} answers, and expands the group that is asked about if necessary.
 */
interface OtherUnits {

  /**
   * The result of expanding a group.
   *
   * @param packed the packed instances, in the order of {@link Group#instances}
   * @param known whether all instances are known
   * @param lasting whether neither a result nor a file can change the outcome
   */
  record Outcome(Group group, List<byte[]> packed, boolean known, boolean lasting) {}

  /** Returns the numbers by name. */
  Map<String, Integer> ids();

  Unit unit(int unit);

  /** Returns what was read from files on disk. */
  AxisSources sources();

  /** Returns the index that finds the units that may make a file. */
  UnitMakers makers();

  /** Returns which units need which. */
  UnitNeeds needs() throws IOException;

  /**
   * Returns the outcome of a group; null for a plain job. Expands the group if needed, which may
   * expand other groups first.
   */
  Outcome outcome(int unit) throws IOException;

  boolean isKnown(int unit) throws IOException;

  /**
   * Returns the products of the known jobs of a unit. Jobs that become known later are appended to
   * the same list.
   */
  List<Makes> makes(int unit) throws IOException;

  List<Job> jobs(Outcome outcome);

  /** Returns the products of a job, or empty until the job has ended. */
  Optional<List<String>> products(int unit, String job);

  /** Returns whether an earlier build made the file at a path. */
  boolean isRecorded(String path);

  /** Returns why a group has no instances, for a message; null if no reason is known. */
  BadInput.Diagnostic explainNone(String group) throws IOException;
}
