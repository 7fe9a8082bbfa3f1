package dev.torc.page;

import dev.torc.graph.Adjacency;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.graph.Stages;
import dev.torc.page.PageData.Edge;
import dev.torc.page.PageData.Picture;
import dev.torc.page.PageData.Row;
import dev.torc.page.PageData.State;
import dev.torc.page.PageData.Vertex;
import dev.torc.plan.JobSelection;
import dev.torc.show.Summary;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The graph of a report, laid out: {@link GraphLayout} knows where things stand, this what they
 * are.
 */
final class GroupPicture {

  /** A page draws no more than so many vertices. */
  static final int MOST = 1_000;

  /** A vertex of several jobs shows the first of these states that one of them has. */
  private static final List<State> ATTENTION =
      List.of(
          State.FAILED,
          State.INTERRUPTED,
          State.BLOCKED,
          State.OUT_OF_DATE,
          State.RAN,
          State.RESTORED,
          State.NOT_RUN,
          State.UP_TO_DATE);

  /** What a vertex stands for. */
  private record Box(String label, int stage, Map<State, Integer> counts) {

    State state() {
      return ATTENTION.stream().filter(counts::containsKey).findFirst().orElse(State.NOT_RUN);
    }

    /** What there is of each state, what wants most attention first: a box may cut the end off. */
    String words() {
      return ATTENTION.stream()
          .filter(counts::containsKey)
          .map(state -> counts.get(state) + " " + Summary.words(state))
          .collect(Collectors.joining(", "));
    }
  }

  private final Graph graph;
  private final Map<String, Integer> index;
  private final List<Row> rows;

  private GroupPicture(Graph graph, Map<String, Integer> index, List<Row> rows) {
    this.graph = graph;
    this.index = index;
    this.rows = rows;
  }

  /**
   * The picture of jobs and groups; where they are too many, that of the stages.
   *
   * @param index of jobs by name
   */
  static Picture of(
      Graph graph, JobSelection selection, Map<String, Integer> index, List<Row> rows) {
    GroupPicture picture = new GroupPicture(graph, index, rows);
    DisplayGraph shown = DisplayGraph.of(graph, selection.jobs(), selection.open(), false);
    return shown.folds().size() > MOST ? picture.stages(shown) : picture.vertices(shown);
  }

  private Picture vertices(DisplayGraph shown) {
    Adjacency before = shown.before();
    Stages stages = Stages.of(before);
    List<Box> boxes = new ArrayList<>();
    for (DisplayGraph.Fold fold : shown.folds()) {
      boxes.add(
          new Box(
              fold.isGroup() ? fold.name() + " (" + fold.jobs().size() + ")" : fold.name(),
              stages.of(boxes.size()),
              counts(fold)));
    }
    return picture(false, boxes, before, stages);
  }

  /**
   * The stages in a row, since each waits for the one before; several in a box where there are too
   * many of them.
   */
  private Picture stages(DisplayGraph shown) {
    Stages stages = Stages.of(shown.before());
    int each = Math.ceilDiv(stages.count(), MOST);
    List<Box> boxes = new ArrayList<>();
    Adjacency.RowCollector row = new Adjacency.RowCollector();
    for (int first = 0; first < stages.count(); first += each) {
      boxes.add(new Box("", first, new EnumMap<>(State.class)));
      if (first > 0) {
        row.add(boxes.size() - 2);
      }
      row.endRow(true);
    }
    for (int v = 0; v < shown.folds().size(); v++) {
      Map<State, Integer> box = boxes.get(stages.of(v) / each).counts;
      counts(shown.folds().get(v)).forEach((state, count) -> box.merge(state, count, Integer::sum));
    }
    boxes.replaceAll(
        box -> {
          int last = Math.min(box.stage + each, stages.count());
          String name =
              box.stage + 1 == last ? "stage " + last : "stages " + (box.stage + 1) + " to " + last;
          return new Box(name + ": " + box.words(), box.stage, box.counts);
        });
    Adjacency before = row.build();
    return picture(true, boxes, before, Stages.of(before));
  }

  /** The jobs by state; a group that is not expanded yet counts as one. */
  private Map<State, Integer> counts(DisplayGraph.Fold fold) {
    Map<State, Integer> counts = new EnumMap<>(State.class);
    for (int job : fold.jobs()) {
      counts.merge(rows.get(index.get(graph.name(job))).state(), 1, Integer::sum);
    }
    if (fold.open() >= 0) {
      counts.merge(State.NOT_RUN, 1, Integer::sum);
    }
    return counts;
  }

  private static Picture picture(
      boolean areStages, List<Box> boxes, Adjacency before, Stages stages) {
    int[] labels = boxes.stream().mapToInt(box -> box.label.length()).toArray();
    GraphLayout layout = GraphLayout.of(before, stages, labels);
    List<Vertex> vertices = new ArrayList<>();
    List<Edge> edges = new ArrayList<>();
    for (int v = 0; v < labels.length; v++) {
      Box box = boxes.get(v);
      vertices.add(
          new Vertex(box.label, box.state(), box.stage, layout.x(v), layout.y(v), layout.width(v)));
      for (int other : stages.behind(before, v)) {
        edges.add(new Edge(other, v, layout.bends(other, v)));
      }
    }
    return new Picture(areStages, layout.width(), layout.height(), vertices, edges);
  }
}
