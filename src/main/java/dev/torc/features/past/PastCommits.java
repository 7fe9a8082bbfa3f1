package dev.torc.features.past;

import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.RunDetails;
import java.util.HashMap;
import java.util.Map;

/** The git commits of the builds on record. Only builds that are asked for are read. */
public record PastCommits(Cache cache, Map<Long, GitCommit> read) {

  public static PastCommits of(Cache cache) {
    return new PastCommits(cache, new HashMap<>());
  }

  /** Returns the commit of a build; null if it is unknown. */
  public GitCommit of(long number) {
    if (!read.containsKey(number)) {
      BuildRecord build = cache.build(number);
      read.put(number, build == null ? null : of(build));
    }
    return read.get(number);
  }

  /** Returns the commit of a build; null if it is unknown. */
  public static GitCommit of(BuildRecord build) {
    return GitCommit.parse(build.said().commit());
  }

  /** Returns the commit that made a result; null if it is unknown, as for one of another root. */
  public GitCommit of(RunDetails details) {
    Origin from = details == null ? null : details.origin();
    return details == null || from != null && !from.store().isEmpty()
        ? null
        : of(from == null ? details.ran().build() : from.build());
  }
}
