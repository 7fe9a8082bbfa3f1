package dev.torc.front.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.model.Adjacency;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GraphLayoutTest {

  private static final float EXACT = 0.01f;

  /** A graph of the vertices that each vertex waits for. */
  private static Adjacency rows(List<? extends Iterable<Integer>> before) {
    Adjacency.RowCollector rows = new Adjacency.RowCollector();
    for (Iterable<Integer> row : before) {
      row.forEach(rows::add);
      rows.endRow(true);
    }
    return rows.build();
  }

  /** A graph of edges; in each pair the second vertex waits for the first. */
  private static Adjacency edges(int size, int... pairs) {
    List<Set<Integer>> before = new ArrayList<>();
    for (int v = 0; v < size; v++) {
      before.add(new TreeSet<>());
    }
    for (int i = 0; i < pairs.length; i += 2) {
      before.get(pairs[i + 1]).add(pairs[i]);
    }
    return rows(before);
  }

  private static GraphLayout layout(Adjacency before) {
    int[] labels = new int[before.rows()];
    for (int v = 0; v < labels.length; v++) {
      labels[v] = v * 7 % 30;
    }
    return GraphLayout.of(before, Stages.of(before), labels);
  }

  /** The straight pieces of an edge, beginning at the vertex that is waited for. */
  private static List<Line2D> pieces(GraphLayout layout, int from, int to) {
    float[] bends = layout.bends(from, to);
    List<Line2D> pieces = new ArrayList<>();
    float x = layout.x(from) + layout.width(from);
    float y = layout.y(from);
    for (int p = 0; p < bends.length; p += 2) {
      pieces.add(new Line2D.Float(x, y, bends[p], bends[p + 1]));
      x = bends[p];
      y = bends[p + 1];
    }
    float end = isTied(layout, from, to) ? x : layout.x(to);
    pieces.add(new Line2D.Float(x, y, end, layout.y(to)));
    return pieces;
  }

  private static boolean isTied(GraphLayout layout, int from, int to) {
    return layout.x(from) == layout.x(to);
  }

  private static List<List<Line2D>> lines(Adjacency before, GraphLayout layout) {
    Stages stages = Stages.of(before);
    List<List<Line2D>> lines = new ArrayList<>();
    for (int v = 0; v < before.rows(); v++) {
      for (int e = before.from(v); e < before.to(v); e++) {
        if (!stages.isImplied(e)) {
          lines.add(pieces(layout, before.at(e), v));
        }
      }
    }
    return lines;
  }

  private static Rectangle2D box(GraphLayout layout, int v) {
    float top = layout.y(v) - GraphLayout.HEIGHT / 2;
    return new Rectangle2D.Float(layout.x(v), top, layout.width(v), GraphLayout.HEIGHT);
  }

  /** Checks what holds for each layout: boxes are apart, on the page, and in no edge's way. */
  private static void hold(Adjacency before, GraphLayout layout, String what) {
    Rectangle2D whole = new Rectangle2D.Float(0, 0, layout.width(), layout.height());
    Rectangle2D page = grown(whole, EXACT);
    List<List<Line2D>> lines = lines(before, layout);
    for (int v = 0; v < before.rows(); v++) {
      Rectangle2D box = box(layout, v);
      assertTrue(page.contains(box), what + ": " + v + " at " + box + " is not in " + whole);
      for (int other = 0; other < v; other++) {
        assertTrue(!box.intersects(box(layout, other)), what + ": " + other + " below " + v);
      }
      Rectangle2D inner = grown(box, -EXACT);
      for (List<Line2D> line : lines) {
        for (Line2D piece : line) {
          assertTrue(page.contains(piece.getP1()) && page.contains(piece.getP2()), what);
          assertTrue(!piece.intersects(inner), what + ": an edge leads through " + v);
        }
      }
    }
  }

  private static Rectangle2D grown(Rectangle2D box, double by) {
    return new Rectangle2D.Double(
        box.getX() - by, box.getY() - by, box.getWidth() + 2 * by, box.getHeight() + 2 * by);
  }

  private static void holdLayers(Adjacency before, GraphLayout layout) {
    for (int v = 0; v < before.rows(); v++) {
      for (int other : before.row(v)) {
        assertTrue(layout.x(other) + layout.width(other) < layout.x(v), other + " → " + v);
      }
    }
  }

  /** How many pairs of edges without a common end cross each other. */
  private static int crossings(Adjacency before, GraphLayout layout) {
    List<List<Line2D>> lines = lines(before, layout);
    int crossings = 0;
    for (int a = 0; a < lines.size(); a++) {
      for (int b = 0; b < a; b++) {
        crossings += cross(lines.get(a), lines.get(b)) ? 1 : 0;
      }
    }
    return crossings;
  }

  private static boolean cross(List<Line2D> one, List<Line2D> two) {
    for (Line2D a : one) {
      for (Line2D b : two) {
        boolean touch =
            a.getP1().equals(b.getP1())
                || a.getP2().equals(b.getP2())
                || a.getP1().equals(b.getP2())
                || a.getP2().equals(b.getP1());
        if (!touch && a.intersectsLine(b)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Adjacency random(Random random, int size, int most) {
    List<Integer> names = new ArrayList<>();
    for (int v = 0; v < size; v++) {
      names.add(v);
    }
    Collections.shuffle(names, random); // so the order of numbers says nothing
    List<Set<Integer>> before = new ArrayList<>();
    for (int v = 0; v < size; v++) {
      before.add(new TreeSet<>());
    }
    for (int later = 1; later < size; later++) {
      for (int k = random.nextInt(most + 1); k > 0; k--) {
        before.get(names.get(later)).add(names.get(random.nextInt(later)));
      }
    }
    return rows(before);
  }

  @Test
  void withoutVerticesThereIsNothing() {
    GraphLayout layout = layout(edges(0));
    assertEquals(0, layout.width());
    assertEquals(0, layout.height());
  }

  @Test
  void aBoxIsAsWideAsItsLabelUpToABound() {
    Adjacency before = edges(4, 0, 1, 1, 2, 2, 3);
    GraphLayout layout = GraphLayout.of(before, Stages.of(before), new int[] {3, 20, 40, 4000});
    assertTrue(layout.width(0) < layout.width(1));
    assertTrue(layout.width(1) < layout.width(2));
    assertEquals(layout.width(2), layout.width(3));
    assertEquals(layout.x(3) + layout.width(3), layout.width());
    assertEquals(20 * 7 + 27, layout.width(1), "graph.js draws a label 27 pixels narrower");
  }

  @Test
  void aChainIsStraight() {
    List<List<Integer>> before = new ArrayList<>();
    for (int v = 0; v < 100; v++) {
      before.add(v == 99 ? List.of() : List.of(v + 1));
    }
    GraphLayout layout = layout(rows(before));
    for (int v = 0; v < 100; v++) {
      assertEquals(GraphLayout.HEIGHT / 2, layout.y(v));
    }
    holdLayers(rows(before), layout);
    assertEquals(GraphLayout.HEIGHT, layout.height());
  }

  /** An edge past a chain has the two bends that it needs, however long the chain is. */
  @Test
  void aLongEdgeBendsTwice() {
    List<List<Integer>> before = new ArrayList<>();
    for (int v = 0; v < 30; v++) {
      before.add(v == 0 || v == 28 ? List.of() : v == 29 ? List.of(27, 28) : List.of(v - 1));
    }
    Adjacency rows = rows(before);
    GraphLayout layout = layout(rows);
    float[] bends = layout.bends(28, 29);
    assertTrue(bends.length <= 4, Arrays.toString(bends));
    hold(rows, layout, "chain");
  }

  @Test
  void treesHaveNoCrossings() {
    Random random = new Random(4713);
    for (int round = 0; round < 20; round++) {
      int size = 2 + random.nextInt(150);
      int[] names = shuffled(size, random);
      int[] out = new int[2 * (size - 1)];
      int[] in = new int[out.length];
      for (int v = 1; v < size; v++) {
        int other = random.nextInt(v);
        out[2 * v - 2] = names[other];
        out[2 * v - 1] = names[v];
        in[2 * v - 2] = names[v];
        in[2 * v - 1] = names[other];
      }
      for (int[] pairs : List.of(out, in)) {
        Adjacency tree = edges(size, pairs);
        GraphLayout layout = layout(tree);
        assertEquals(0, crossings(tree, layout), "round " + round);
        holdLayers(tree, layout);
      }
    }
  }

  private static int[] shuffled(int size, Random random) {
    List<Integer> names = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(names, random);
    return names.stream().mapToInt(v -> v).toArray();
  }

  @Test
  void aFanIsCompactAndItsHandleInTheMiddle() {
    List<List<Integer>> before = new ArrayList<>();
    before.add(List.of());
    for (int v = 1; v <= 1000; v++) {
      before.add(List.of(0));
    }
    before.add(IntStream.rangeClosed(1, 1000).boxed().toList());
    Adjacency fan = rows(before);
    GraphLayout layout = layout(fan);
    assertEquals(1000 * GraphLayout.HEIGHT + 999 * 8, layout.height(), EXACT);
    assertEquals(layout.height() / 2, layout.y(0), EXACT);
    assertEquals(layout.height() / 2, layout.y(1001), EXACT);
    Set<Float> places = new HashSet<>();
    for (int v = 1; v <= 1000; v++) {
      places.add(layout.y(v));
      assertEquals(layout.x(1), layout.x(v));
    }
    assertEquals(1000, places.size());
  }

  @Test
  void verticesWithoutEdgesStandInRowsBelowTheParts() {
    int[] pairs = {1000, 1001, 1001, 1002};
    Adjacency before = edges(1003, pairs);
    GraphLayout layout = layout(before);
    hold(before, layout, "rows");
    assertTrue(layout.height() < 2 * layout.width(), layout.height() + " high");
    assertTrue(layout.width() < 4 * layout.height(), layout.width() + " wide");
    for (int v = 0; v < 1000; v++) {
      assertTrue(layout.y(v) > layout.y(1001));
    }
    assertEquals(layout.y(0), layout.y(1)); // these vertices fill rows
    assertTrue(layout.x(0) < layout.x(1));
  }

  @Test
  void theLargestPartIsFirstAndManyShareTheRows() {
    List<List<Integer>> before = new ArrayList<>();
    for (int v = 0; v < 400; v++) {
      before.add(v % 2 == 0 ? List.of() : List.of(v - 1));
    }
    before.add(List.of());
    before.add(List.of(400));
    before.add(List.of(401));
    Adjacency rows = rows(before);
    GraphLayout layout = layout(rows);
    assertEquals(0, layout.x(400));
    assertEquals(GraphLayout.HEIGHT / 2, layout.y(400));
    assertTrue(layout.height() < 2 * layout.width(), layout.height() + " high");
    assertTrue(layout.width() < 4 * layout.height(), layout.width() + " wide");
    hold(rows, layout, "pairs");
  }

  @Test
  void atRandomNothingLiesOnAnotherAndEdgesLeadToTheRight() {
    Random random = new Random(4714);
    for (int round = 0; round < 150; round++) {
      Adjacency before = random(random, 1 + random.nextInt(60), random.nextInt(5));
      GraphLayout layout = layout(before);
      hold(before, layout, "round " + round);
      holdLayers(before, layout);
    }
  }

  /** Groups that wait for each other are in one column; the edges between them are beside it. */
  @Test
  void circlesAreLaidOutToo() {
    Adjacency two = edges(3, 0, 1, 1, 0, 1, 2);
    GraphLayout layout = layout(two);
    hold(two, layout, "two");
    assertEquals(layout.x(0), layout.x(1));
    assertEquals(layout.width(0), layout.width(1));
    assertTrue(layout.x(1) + layout.width(1) < layout.x(2));
    assertEquals(0, layout.bends(0, 1).length);

    Random random = new Random(4715);
    for (int round = 0; round < 60; round++) {
      int size = 2 + random.nextInt(30);
      int[] pairs =
          IntStream.range(0, size)
              .flatMap(
                  _ -> {
                    int from = random.nextInt(size);
                    return IntStream.of(from, (from + 1 + random.nextInt(size - 1)) % size);
                  })
              .toArray();
      Adjacency before = edges(size, pairs);
      hold(before, layout(before), "round " + round);
    }
  }

  /** The most bends that there can be: the edges of 500 sources each pass half a long chain. */
  @Test
  void manyLongEdgesAreLaidOutToo() {
    List<List<Integer>> before = new ArrayList<>();
    for (int v = 0; v < 1000; v++) {
      before.add(v % 2 == 0 ? List.of() : v == 1 ? List.of(0) : List.of(v - 1, v - 2));
    }
    Adjacency rows = rows(before);
    GraphLayout layout = layout(rows);
    holdLayers(rows, layout);
    int points = 0;
    for (int v = 3; v < 1000; v += 2) {
      points += layout.bends(v - 1, v).length / 2;
    }
    assertTrue(points < 6 * 500, points + " points");
  }

  @Test
  void sameInputSameLayout() {
    for (int seed = 0; seed < 5; seed++) {
      Adjacency before = random(new Random(seed), 300, 3);
      GraphLayout one = layout(before);
      GraphLayout two = layout(before);
      for (int v = 0; v < before.rows(); v++) {
        assertEquals(one.x(v), two.x(v));
        assertEquals(one.y(v), two.y(v));
      }
    }
  }
}
