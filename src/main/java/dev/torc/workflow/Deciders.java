package dev.torc.workflow;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What beside build files and tables decided which instances the groups have. While it gives the
 * same answers, the groups have the same instances.
 *
 * @param jobs names of jobs and groups whose products were asked for
 * @param files patterns that looked for files on disk, each with what it found, sorted
 * @param complete whether that is all; it is not where a pattern found nothing, or passed over what
 *     an earlier build made
 */
public record Deciders(
    SortedSet<String> jobs, SortedMap<String, List<String>> files, boolean complete) {

  /** Whether build files and tables alone decide. */
  public boolean isNone() {
    return jobs.isEmpty() && files.isEmpty() && complete;
  }
}
