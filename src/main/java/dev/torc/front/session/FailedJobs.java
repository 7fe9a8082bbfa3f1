package dev.torc.front.session;

import dev.torc.base.syntax.BadInput.Warnings;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.memory.Cache;
import dev.torc.core.model.Graph;
import dev.torc.front.project.JobChoice;
import dev.torc.front.project.Project;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * The jobs that {@code --failed} means: those whose last run failed, timed out or ran out of
 * memory. An interrupted job did not fail, and a blocked one did not run.
 */
public final class FailedJobs {

  private static final String NONE = "no job failed in its last run";

  private FailedJobs() {}

  /** Returns the names of all failed jobs; if there are none, says so. */
  public static List<String> names(Project project, Consumer<String> say, Warnings warn) {
    try (Cache cache = Cache.look(project.place(), warn)) {
      List<String> names = names(project.graph(), cache);
      if (names.isEmpty()) {
        say.accept(NONE);
      }
      return names;
    }
  }

  /** Returns the failed ones of the named jobs; if there are none, says so. */
  public static JobSelection among(ReadSession look, JobSelection all, Consumer<String> say) {
    Graph graph = look.project().graph();
    BitSet named = JobChoice.nodes(graph, names(graph, look.cache()));
    named.and(all.named());
    if (named.isEmpty()) {
      say.accept(NONE);
    }
    return JobSelection.of(graph, named, true);
  }

  private static List<String> names(Graph graph, Cache cache) {
    List<String> names = new ArrayList<>();
    cache.eachResult(
        (job, result) -> {
          if (result.outcome().isFailure() && graph.nodesOf(job) != null) {
            names.add(job);
          }
        });
    return names;
  }
}
