package dev.torc.front.page;

import dev.torc.core.decide.JobSelection;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.front.page.PageData.Edge;
import dev.torc.front.page.PageData.Picture;
import dev.torc.front.page.PageData.Row;
import dev.torc.front.page.PageData.State;
import dev.torc.front.page.PageData.Vertex;
import dev.torc.front.project.DisplayGraph;
import dev.torc.front.show.AttemptText;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Finds the labels, states and edges of a report's graph. {@link GraphLayout} places them. */
record GroupPicture(Graph graph, Map<String, Integer> index, List<Row> rows) {

  /** The most vertices that a page draws. */
  static final int MOST = 1_000;

  /** A vertex of several jobs shows the first of these states that one of the jobs has. */
  private static final List<State> ATTENTION =
      List.of(
          State.FAILED,
          State.INTERRUPTED,
          State.BLOCKED,
          State.OUT_OF_DATE,
          State.RAN,
          State.RESTORED,
          State.NOT_RUN,
          State.MANUAL,
          State.UP_TO_DATE,
          State.SKIPPED);

  private record Box(String label, Map<State, Integer> counts) {

    State state() {
      return ATTENTION.stream().filter(counts::containsKey).findFirst().orElse(State.NOT_RUN);
    }
  }

  /**
   * Returns the picture of the jobs and groups or, if there are too many, of the stages.
   *
   * @param leftOut the jobs whose condition does not hold, by name
   */
  static Picture of(
      Graph graph, JobSelection selection, SortedMap<String, LeftOutJob> leftOut, PageJobs jobs) {
    GroupPicture picture = new GroupPicture(graph, jobs.index(), jobs.rows());
    DisplayGraph all = DisplayGraph.of(graph, selection.jobs(), selection.open(), false);
    DisplayGraph joined = AlikeJobs.joined(all);
    joined = joined.folds().size() > MOST ? joined.byPackage() : joined;
    DisplayGraph shown = joined.with(leftOut, false);
    return shown.folds().size() > MOST ? picture.stages(shown) : picture.vertices(shown);
  }

  private Picture vertices(DisplayGraph shown) {
    List<Box> boxes = new ArrayList<>();
    for (DisplayGraph.Fold fold : shown.folds()) {
      String name = fold.isGroup() ? fold.name() + " (" + fold.size() + ")" : fold.name();
      boxes.add(new Box(name, count(fold, new EnumMap<>(State.class))));
    }
    return picture(false, boxes, shown.before());
  }

  /** Returns the stages in a row; if there are too many, each box stands for several stages. */
  private Picture stages(DisplayGraph shown) {
    Stages stages = Stages.of(shown.before());
    int each = Math.ceilDiv(stages.count(), MOST);
    Map<Integer, Map<State, Integer>> counts = new TreeMap<>();
    for (int v = 0; v < shown.folds().size(); v++) {
      int box = stages.of(v) / each;
      count(shown.folds().get(v), counts.computeIfAbsent(box, _ -> new EnumMap<>(State.class)));
    }
    List<Box> boxes = new ArrayList<>();
    Adjacency.RowCollector before = new Adjacency.RowCollector();
    counts.forEach(
        (box, of) -> {
          int first = box * each + 1;
          int last = Math.min(first + each - 1, stages.count());
          String name = first == last ? "stage " + last : "stages " + first + " to " + last;
          boxes.add(new Box(name + ": " + words(of), of));
          if (box > 0) {
            before.add(box - 1);
          }
          before.endRow(true);
        });
    return picture(true, boxes, before.build());
  }

  /** Returns the number of jobs by state, the most urgent first: a box may cut the end off. */
  private static String words(Map<State, Integer> counts) {
    return ATTENTION.stream()
        .filter(counts::containsKey)
        .map(state -> counts.get(state) + " " + AttemptText.words(state))
        .collect(Collectors.joining(", "));
  }

  /** Adds the number of jobs by state; a group that is not expanded yet counts as one job. */
  private Map<State, Integer> count(DisplayGraph.Fold fold, Map<State, Integer> counts) {
    for (int job : fold.jobs()) {
      counts.merge(rows.get(index.get(graph.name(job))).state(), 1, Integer::sum);
    }
    if (!fold.leftOut().isEmpty()) {
      counts.merge(State.SKIPPED, fold.leftOut().size(), Integer::sum);
    }
    if (fold.open() >= 0) {
      counts.merge(State.NOT_RUN, 1, Integer::sum);
    }
    return counts;
  }

  private static Picture picture(boolean areStages, List<Box> boxes, Adjacency before) {
    Stages stages = Stages.of(before);
    int[] labels = boxes.stream().mapToInt(box -> box.label.length()).toArray();
    GraphLayout layout = GraphLayout.of(before, stages, labels);
    List<Vertex> vertices = new ArrayList<>();
    List<Edge> edges = new ArrayList<>();
    for (int v = 0; v < labels.length; v++) {
      Box box = boxes.get(v);
      int stage = stages.of(v);
      vertices.add(
          new Vertex(box.label, box.state(), stage, layout.x(v), layout.y(v), layout.width(v)));
      for (int other : stages.behind(before, v)) {
        edges.add(new Edge(other, v, layout.bends(other, v)));
      }
    }
    return new Picture(areStages, layout.width(), layout.height(), vertices, edges);
  }
}
