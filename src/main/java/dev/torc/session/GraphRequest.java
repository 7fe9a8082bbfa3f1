package dev.torc.session;

import dev.torc.cache.JobResult;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.plan.JobSelection;
import dev.torc.plan.Plan;
import dev.torc.plan.Rerun;
import dev.torc.report.GraphPicture;
import dev.torc.report.JobCounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks for a picture of the jobs: of those that targets name and all that these wait for, or of
 * what is around some. How it is drawn is for {@code report}.
 *
 * @param targets names and files; none for all jobs
 * @param around names and files in the middle; none for what the targets name
 * @param steps how far from these; at least 0
 * @param instances whether each instance of a group is shown by itself
 */
public record GraphRequest(
    List<String> targets, List<String> around, int steps, boolean instances) {

  /**
   * The picture.
   *
   * @param warn takes lines for people
   * @throws dev.torc.syntax.BadInput for a name that there is not
   */
  public GraphPicture picture(Project given, Consumer<String> warn) throws IOException {
    try (ReadSession look = ReadSession.at(given, warn)) {
      Project project = look.project();
      Graph graph = project.graph();
      BitSet middle = new BitSet();
      JobSelection selection = project.select(targets);
      BitSet jobs = selection.jobs();
      BitSet open = selection.open();
      if (!around.isEmpty()) {
        middle = JobSelection.nodes(graph, around, project.paths());
        BitSet all = Surrounding.of(graph, middle, steps);
        selection = JobSelection.of(graph, all);
        jobs = graph.jobsOf(all);
        open = (BitSet) selection.open().clone();
        open.and(all);
      }
      Plan plan = look.plan(selection, Rerun.NONE);
      DisplayGraph shown = DisplayGraph.of(graph, jobs, open, instances);
      List<GraphPicture.Vertex> vertices = new ArrayList<>();
      for (DisplayGraph.Fold fold : shown.folds()) {
        JobResult last = fold.isGroup() ? null : look.records().result(fold.jobs().getFirst());
        vertices.add(
            new GraphPicture.Vertex(
                fold,
                JobCounts.of(fold, plan, look.records()::result),
                last == null ? null : last.outcome(),
                fold.jobs().stream().anyMatch(middle::get)
                    || fold.open() >= 0 && middle.get(fold.open())));
      }
      return GraphPicture.of(graph, vertices, shown.before());
    }
  }
}
