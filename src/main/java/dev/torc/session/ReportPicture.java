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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

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
          State.RESTORED,
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
   * The pictures that there is room for; one at least.
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
      } else if (another && !instances) {
        pictures.add(new ReportPicture(graph, shown, index, rows).stages());
        break;
      }
    }
    return pictures;
  }

  /**
   * The stages in a row, since each waits for the one before; several in a box where there are too
   * many of them.
   */
  private Picture stages() {
    Stages stages = Stages.of(shown.before());
    int each = (stages.count() + MOST - 1) / MOST;
    int boxes = (stages.count() + each - 1) / each;
    int[][] counts = new int[boxes][ATTENTION.size()];
    for (int v = 0; v < shown.folds().size(); v++) {
      DisplayGraph.Fold fold = shown.folds().get(v);
      int[] box = counts[stages.of(v) / each];
      for (int job : fold.jobs()) {
        box[attention(job)]++;
      }
      if (fold.open() >= 0) { // counts as one, as in all that counts jobs
        box[ATTENTION.indexOf(State.NOT_RUN)]++;
      }
    }
    String[] labels = new String[boxes];
    Adjacency.Builder row = new Adjacency.Builder();
    for (int box = 0; box < boxes; box++) {
      int begin = box * each + 1;
      int last = Math.min((box + 1) * each, stages.count());
      String name = begin == last ? "stage " + last : "stages " + begin + " to " + last;
      labels[box] = name + ": " + words(counts[box]);
      if (box > 0) {
        row.add(box - 1);
      }
      row.endRow(true);
    }
    Adjacency before = row.build();
    GraphLayout layout =
        GraphLayout.of(before, Arrays.stream(labels).mapToInt(String::length).toArray());
    List<Vertex> vertices = new ArrayList<>();
    List<Edge> edges = new ArrayList<>();
    for (int box = 0; box < boxes; box++) {
      int first = 0;
      while (counts[box][first] == 0) {
        first++;
      }
      vertices.add(
          new Vertex(
              -1,
              labels[box],
              ATTENTION.get(first),
              box * each,
              layout.x(box),
              layout.y(box),
              layout.width(box)));
      if (box > 0) {
        edges.add(new Edge(box - 1, box, layout.bends(box - 1)));
      }
    }
    return new Picture(true, layout.width(), layout.height(), vertices, edges);
  }

  /** What there is of each state, what wants most attention first: a box may cut the end off. */
  private static String words(int[] counts) {
    StringJoiner words = new StringJoiner(", ");
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        words.add(counts[i] + " " + ATTENTION.get(i).words());
      }
    }
    return words.toString();
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
    return new Picture(false, layout.width(), layout.height(), vertices, edges);
  }

  private static String label(DisplayGraph.Fold fold) {
    return fold.isGroup() ? fold.name() + " (" + fold.jobs().size() + ")" : fold.name();
  }

  private State state(DisplayGraph.Fold fold) {
    int first = ATTENTION.size() - 1;
    for (int job : fold.jobs()) {
      first = Math.min(first, attention(job));
    }
    return fold.jobs().isEmpty() ? State.NOT_RUN : ATTENTION.get(first);
  }

  private int attention(int job) {
    return ATTENTION.indexOf(rows.get(index.get(graph.name(job))).state());
  }
}
