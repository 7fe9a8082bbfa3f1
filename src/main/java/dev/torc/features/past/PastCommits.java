package dev.torc.features.past;

import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.RunDetails;
import java.util.HashMap;
import java.util.Map;

/** The git commits of the builds on record, by number. */
public record PastCommits(Map<Long, GitCommit> builds) {

  /** Reads the history. */
  public static PastCommits of(Cache cache) {
    Map<Long, GitCommit> builds = new HashMap<>();
    cache.builds(Integer.MAX_VALUE).forEach(each -> builds.put(each.id().number(), of(each)));
    return new PastCommits(builds);
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
        : builds.get(from == null ? details.ran().build() : from.build());
  }
}
