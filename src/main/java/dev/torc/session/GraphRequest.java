package dev.torc.session;

import dev.torc.cache.JobResult;
import dev.torc.graph.DisplayGraph;
import dev.torc.plan.JobSelection;
import dev.torc.plan.Plan;
import dev.torc.report.GraphPicture;
import dev.torc.report.JobCounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks for the jobs that targets name and all that these wait for, as a picture.
 *
 * @param targets names and files; none for all jobs
 * @param instances whether each instance of a group is shown by itself
 * @param json whether the picture is JSON, and not dot
 */
public record GraphRequest(List<String> targets, boolean instances, boolean json) {

  /** Looks; {@code warn} takes lines for people. */
  public GraphPicture answer(Project given, Consumer<String> warn) throws IOException {
    try (ReadSession look = ReadSession.at(given, warn)) {
      JobSelection selection = look.project().select(targets);
      Plan plan = look.plan(selection, false);
      DisplayGraph shown =
          DisplayGraph.of(look.project().graph(), selection.jobs(), selection.open(), instances);
      List<GraphPicture.Vertex> vertices = new ArrayList<>();
      for (DisplayGraph.Fold fold : shown.folds()) {
        JobResult last = fold.isGroup() ? null : look.records().result(fold.jobs().getFirst());
        vertices.add(
            new GraphPicture.Vertex(
                fold,
                JobCounts.of(fold, plan, look.records()::result),
                last == null ? null : last.outcome()));
      }
      return new GraphPicture(look.project().graph(), vertices, shown.before(), json);
    }
  }
}
