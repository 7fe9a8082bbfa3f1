package dev.torc.features.groups;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What decided the instances of the groups, besides build files and tables. As long as these jobs
 * and patterns give the same answers, the groups have the same instances.
 *
 * @param jobs the names of the jobs and groups whose products were used
 * @param files for each pattern that searched the disk, the files that it found, sorted; for each
 *     {@linkplain dev.torc.base.posix.Walk way} in a path, where it led
 * @param variables the caller's variables that vars name, with their values
 * @param complete false if a pattern found nothing or skipped products of an earlier build, which
 *     is not recorded here
 */
public record Deciders(
    SortedSet<String> jobs,
    SortedMap<String, List<String>> files,
    SortedMap<String, Optional<String>> variables,
    boolean complete) {

  /** Returns whether build files and tables alone decided the instances. */
  public boolean isNone() {
    return jobs.isEmpty() && files.isEmpty() && variables.isEmpty() && complete;
  }
}
