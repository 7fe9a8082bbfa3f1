package dev.torc.session;

import dev.torc.cache.AttemptHistory;
import dev.torc.cache.AttemptRecord;
import dev.torc.cache.JobResult.Outcome;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.Series;
import dev.torc.plan.JobSelection;
import dev.torc.report.JobUse;
import dev.torc.report.StatsAnswer;
import dev.torc.workflow.Resources;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Asks what jobs used: of each job its last attempt that ended well, or ran out of what it had
 * asked for. It only looks.
 *
 * @param targets names and files; none for all jobs
 * @param instances whether each instance of a group is told of by itself
 */
public record StatsRequest(List<String> targets, boolean instances) {

  /**
   * The answer.
   *
   * @param warn takes lines for people
   */
  public StatsAnswer answer(Project of, Consumer<String> warn) throws IOException {
    try (ReadSession look = ReadSession.at(of, warn)) {
      Project project = look.project();
      Graph graph = project.graph();
      JobSelection selection = project.select(targets);
      AttemptHistory history = new AttemptHistory(look.cache());
      Map<String, AttemptRecord> last = new HashMap<>();
      history.from(
          0,
          attempt -> {
            int job = graph.jobId(attempt.job());
            if (job >= 0 && selection.jobs().get(job) && counts(attempt.outcome())) {
              last.put(attempt.job(), attempt);
            }
          });
      List<JobUse> uses = new ArrayList<>();
      for (DisplayGraph.Fold fold : project.folded(selection, instances).folds()) {
        uses.add(use(fold, graph, history, last));
      }
      return new StatsAnswer(uses);
    }
  }

  private static boolean counts(Outcome outcome) {
    return outcome == Outcome.OK
        || outcome == Outcome.OUT_OF_MEMORY
        || outcome == Outcome.TIMED_OUT;
  }

  private static JobUse use(
      DisplayGraph.Fold fold,
      Graph graph,
      AttemptHistory history,
      Map<String, AttemptRecord> last) {
    Resources asked =
        fold.jobs().isEmpty() ? Resources.DEFAULT : graph.job(fold.jobs().getFirst()).resources();
    JobUse use = JobUse.none(fold.name(), fold.isGroup() ? fold.jobs().size() : -1, asked);
    for (int job : fold.jobs()) {
      AttemptRecord attempt = last.get(graph.name(job));
      if (attempt != null) {
        Series series =
            attempt.wall() < JobUse.LONG
                ? null
                : history.series(attempt.build(), attempt.sequence());
        use = use.with(attempt, series);
      }
    }
    return use;
  }
}
