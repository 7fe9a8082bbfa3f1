package dev.torc.session;

import dev.torc.graph.Adjacency;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.graph.GraphLayout;
import dev.torc.graph.Stages;
import dev.torc.plan.JobSelection;
import dev.torc.report.BuildReport.Edge;
import dev.torc.report.BuildReport.Picture;
import dev.torc.report.BuildReport.Row;
import dev.torc.report.BuildReport.State;
import dev.torc.report.BuildReport.Vertex;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The graph of a report, laid out: {@link GraphLayout} knows where things stand, this what they
 * are.
 */
final class ReportPicture {

  /** A page draws no more than so many vertices. */
  static final int MOST = 5_000;

  /** Of what a group stands for is told by the state that comes first here. */
  private static final List<State> ATTENTION =
      List.of(
          State.FAILED,
          State.INTERRUPTED,
          State.BLOCKED,
          State.RAN,
          State.NOT_RUN,
          State.UP_TO_DATE);

  private final Graph graph;
  private final DisplayGraph shown;
  private final Map<String, Integer> index;
  private final List<Row> rows;

  private ReportPicture(
      Graph graph, DisplayGraph shown, Map<String, Integer> index, List<Row> rows) {
    this.graph = graph;
    this.shown = shown;
    this.index = index;
    this.rows = rows;
  }

  /**
   * The pictures that there is room for.
   *
   * @param index of jobs by name
   */
  static List<Picture> of(
      Graph graph, JobSelection selection, Map<String, Integer> index, List<Row> rows) {
    List<Picture> pictures = new ArrayList<>();
    for (boolean instances : new boolean[] {false, true}) {
      DisplayGraph shown = DisplayGraph.of(graph, selection.jobs(), selection.open(), instances);
      boolean another =
          pictures.isEmpty() || shown.folds().size() > pictures.getFirst().vertices().size();
      if (another && shown.folds().size() <= MOST) {
        pictures.add(new ReportPicture(graph, shown, index, rows).picture());
      }
    }
    return pictures;
  }

  private Picture picture() {
    Adjacency all = shown.before();
    Stages stages = Stages.of(all);
    Adjacency.Builder reduced = new Adjacency.Builder();
    for (int v = 0; v < all.rows(); v++) {
      for (int e = all.from(v); e < all.to(v); e++) {
        if (!stages.isImplied(e)) {
          reduced.add(all.at(e));
        }
      }
      reduced.endRow(true);
    }
    Adjacency before = reduced.build();
    List<DisplayGraph.Fold> folds = shown.folds();
    int[] labels = folds.stream().mapToInt(fold -> label(fold).length()).toArray();
    GraphLayout layout = GraphLayout.of(before, labels);
    List<Vertex> vertices = new ArrayList<>();
    List<Edge> edges = new ArrayList<>();
    for (int v = 0; v < folds.size(); v++) {
      DisplayGraph.Fold fold = folds.get(v);
      vertices.add(
          new Vertex(
              fold.isGroup() ? -1 : index.get(fold.name()),
              label(fold),
              state(fold),
              stages.of(v),
              layout.x(v),
              layout.y(v),
              layout.width(v)));
      for (int e = before.from(v); e < before.to(v); e++) {
        edges.add(new Edge(before.at(e), v, layout.bends(e)));
      }
    }
    return new Picture(layout.width(), layout.height(), vertices, edges);
  }

  private static String label(DisplayGraph.Fold fold) {
    return fold.isGroup() ? fold.name() + " (" + fold.jobs().size() + ")" : fold.name();
  }

  private State state(DisplayGraph.Fold fold) {
    int first = ATTENTION.size() - 1;
    for (int job : fold.jobs()) {
      State state = rows.get(index.get(graph.name(job))).state();
      first = Math.min(first, ATTENTION.indexOf(state));
    }
    return fold.jobs().isEmpty() ? State.NOT_RUN : ATTENTION.get(first);
  }
}
