package dev.torc.report;

import dev.torc.cache.JobResult.Outcome;
import java.util.List;
import java.util.SequencedSet;

/**
 * Where the results of a project come from, before it becomes a crate: its jobs, the last run of
 * each, and the builds that these were part of. How it was found out is for {@code session}, how it
 * is written for {@link RoCrate}.
 *
 * @param name of the project
 * @param description of the project; may be empty
 * @param torc the version that tells this
 * @param told milliseconds since 1970
 * @param person who runs builds here; null unknown
 * @param files the build files, the first one first; at least one
 * @param licence the file of the project's licence in the crate; null for none
 * @param steps jobs and groups, in the order of the build file
 * @param builds those that made what stands, in the order of their numbers
 * @param runs the last run of each job that has one, in an order in which they may run
 * @param parts what the runs read and made
 * @param jobs how many jobs the project has
 * @param behind how many of them are not up to date
 */
public record Provenance(
    String name,
    String description,
    String torc,
    long told,
    String person,
    List<Source> files,
    Source licence,
    List<Step> steps,
    List<Build> builds,
    List<Run> runs,
    CrateParts parts,
    int jobs,
    int behind) {

  /**
   * A file of the project.
   *
   * @param name in the crate, and relative to the root; of one that lies elsewhere its path
   * @param bytes what it holds; null for one that does not go into the crate
   */
  public record Source(String name, byte[] bytes) {}

  /**
   * A job or a group.
   *
   * @param description as it is written; may be empty
   * @param instances how many jobs a group stands for; -1 for a job
   */
  public record Step(String name, String description, int instances) {}

  /**
   * A build.
   *
   * @param started milliseconds since 1970
   * @param ended likewise
   * @param error why it is no success; null for one
   */
  public record Build(long number, long started, long ended, String error) {}

  /**
   * The last run of a job. Of a restored one it is the run that made the result.
   *
   * @param step the index of its step
   * @param build the number of its build; where another project made the result, of that which
   *     restored it
   * @param here whether this project made the result
   * @param started milliseconds since 1970; 0 unknown
   * @param ended likewise
   * @param command the texts of its steps
   * @param note what has happened since; empty for nothing
   * @param error how it failed; empty where the outcome says it all
   * @param around variables of its environment
   */
  public record Run(
      String job,
      int step,
      long build,
      boolean here,
      Outcome outcome,
      long started,
      long ended,
      List<String> command,
      String note,
      String error,
      SequencedSet<CratePart> needs,
      SequencedSet<CratePart> products,
      List<CratePart> around,
      List<CratePart> images) {}
}
