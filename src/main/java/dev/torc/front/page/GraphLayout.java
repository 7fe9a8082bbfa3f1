package dev.torc.front.page;

import dev.torc.core.model.Adjacency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jgrapht.Graphs;
import org.jgrapht.alg.connectivity.ConnectivityInspector;
import org.jgrapht.graph.SimpleDirectedGraph;

/**
 * Places the vertices and edges of a picture for {@code torc report}: each stage of a connected
 * part is a column. It does not know names, states or colors, and draws nothing.
 *
 * <p>The method is that of Sugiyama, Tagawa and Toda (Methods for visual understanding of
 * hierarchical system structures, 1981). An edge has a <em>bend</em> in each column that it passes,
 * and edges from one vertex share their bends until they have to part. At first, the vertices of
 * each column are ordered by their numbers, followed by its bends. Then sweeps to the left and
 * right move vertices and bends to the mean height of their neighbors on one side. Connected parts
 * are placed beside and below each other, those with the most vertices first; vertices without
 * edges form the last part. The same input always has the same layout.
 *
 * <p>Lengths are in pixels of a page at its natural size; x grows to the right from 0, y grows
 * down. A vertex is a box as wide as its column and {@link #HEIGHT} high: {@link #x} is its left
 * side, {@link #y} the middle of that side. An edge leads from the right side of the vertex that is
 * waited for, over its {@link #bends}, to the left side of the vertex that waits. Groups that wait
 * for each other are in one column; an edge between them joins their right sides.
 */
final class GraphLayout {

  public static final float HEIGHT = 24;

  /** The most characters of a label for which a box has room. */
  public static final int LONGEST_LABEL = 40;

  private static final int SWEEPS = 4; // the last sweep goes to the right
  private static final float CHARACTER = 7;
  private static final float PADDING =
      27; // the mark of the state and the space around the label, as in graph.js
  private static final float SPACE = 32; // between parts
  private static final float GAP = 8; // between two vertices in a column
  private static final float RATIO = 1.6f; // approximate ratio of width to height
  private static final float LEAST_WAY = 40; // from column to column
  private static final float MOST_WAY = 240;
  private static final float STEEPEST = 8; // up or down per pixel to the right; MOST_WAY wins
  private static final double STIFF = 1_000; // weight of a stiff bend, which hardly moves

  private final int vertices;
  private final int[] bend; // each vertex's first bend; last, the number of all items
  private final int[] layer; // the column of each vertex or bend
  private final SimpleDirectedGraph<Integer, Integer> pieces; // between vertices and bends
  private final float[] x;
  private final float[] y;
  private final float[] boxes; // widths; a bend is as wide as its column
  private final float[] wish; // the height to which the neighbors pull an item
  private final BitSet stiff = new BitSet(); // bends next to a bend that is already placed
  private float width;
  private float height;

  private GraphLayout(Adjacency before, Stages stages, int[] labels) {
    this.vertices = before.rows();
    int[] farthest = new int[vertices];
    for (int to = 0; to < vertices; to++) {
      for (int from : stages.behind(before, to)) {
        farthest[from] = Math.max(farthest[from], stages.of(to));
      }
    }
    this.bend = new int[vertices + 1];
    bend[0] = vertices;
    for (int v = 0; v < vertices; v++) {
      bend[v + 1] = bend[v] + Math.max(0, farthest[v] - stages.of(v) - 1);
    }
    this.layer = new int[bend[vertices]];
    this.x = new float[layer.length];
    this.y = new float[layer.length];
    this.wish = new float[layer.length];
    this.boxes = new float[layer.length];
    this.pieces = new SimpleDirectedGraph<>(null, null, false);
    for (int v = 0; v < vertices; v++) {
      layer[v] = stages.of(v);
      boxes[v] = Math.min(labels[v], LONGEST_LABEL) * CHARACTER + PADDING;
      pieces.addVertex(v);
      for (int b = bend[v]; b < bend[v + 1]; b++) {
        layer[b] = layer[v] + 1 + b - bend[v];
        pieces.addVertex(b);
        join(b == bend[v] ? v : b - 1, b);
      }
    }
    for (int to = 0; to < vertices; to++) {
      for (int from : stages.behind(before, to)) {
        int passed = layer[to] - layer[from] - 1;
        join(passed > 0 ? bend[from] + passed - 1 : from, to);
      }
    }
  }

  private void join(int left, int right) {
    pieces.addEdge(left, right, pieces.edgeSet().size());
  }

  /**
   * Lays a graph out, without the edges that others imply.
   *
   * @param before for each vertex, the other vertices that it waits for
   * @param stages of that graph
   * @param labels the length of each vertex's label, in characters
   */
  public static GraphLayout of(Adjacency before, Stages stages, int[] labels) {
    GraphLayout layout = new GraphLayout(before, stages, labels);
    layout.place(layout.parts());
    return layout;
  }

  public float x(int vertex) {
    return x[vertex];
  }

  /** Returns the height of a vertex's middle, from the top. */
  public float y(int vertex) {
    return y[vertex];
  }

  public float width(int vertex) {
    return boxes[vertex];
  }

  public float width() {
    return width;
  }

  public float height() {
    return height;
  }

  /**
   * Returns the points at which an edge bends, from the vertex that is waited for to the vertex
   * that waits, as alternating x and y. The edge passes each column at one height; a point between
   * two points of the same height is omitted.
   */
  public float[] bends(int from, int to) {
    int between = Math.max(0, layer[to] - layer[from] - 1);
    float[] points = new float[4 * between];
    int count = 0;
    for (int b = bend[from]; b < bend[from] + between; b++) {
      if (y[b == bend[from] ? from : b - 1] != y[b]) {
        points[count++] = x[b];
        points[count++] = y[b];
      }
      if (y[b + 1 == bend[from] + between ? to : b + 1] != y[b]) {
        points[count++] = x[b] + boxes[b];
        points[count++] = y[b];
      }
    }
    return Arrays.copyOf(points, count);
  }

  /** Returns the columns of each connected part, the largest part first. */
  private List<List<List<Integer>>> parts() {
    List<Set<Integer>> sets = new ArrayList<>(new ConnectivityInspector<>(pieces).connectedSets());
    sets.sort(Comparator.comparingLong(set -> -set.stream().filter(i -> i < vertices).count()));
    List<List<List<Integer>>> parts = new ArrayList<>();
    List<Integer> loose = new ArrayList<>();
    for (Set<Integer> set : sets) {
      if (set.size() == 1) {
        loose.addAll(set);
        continue;
      }
      List<Integer> order = set.stream().sorted().toList();
      int columns = 1 + order.stream().mapToInt(i -> layer[i]).max().orElseThrow();
      parts.add(columns(columns, order, i -> layer[order.get(i)]));
    }
    if (!loose.isEmpty()) { // the number of columns gives the part about the right shape
      float widest = (float) loose.stream().mapToDouble(v -> boxes[v] + LEAST_WAY).max().orElse(0);
      double columns = Math.sqrt(RATIO * loose.size() * (HEIGHT + GAP) / widest);
      int count = Math.clamp((int) columns, 1, loose.size());
      parts.add(columns(count, loose, i -> i % count));
    }
    return parts;
  }

  private static List<List<Integer>> columns(
      int count, List<Integer> items, IntUnaryOperator column) {
    List<List<Integer>> columns = new ArrayList<>();
    IntStream.range(0, count).forEach(_ -> columns.add(new ArrayList<>()));
    for (int i = 0; i < items.size(); i++) {
      columns.get(column.applyAsInt(i)).add(items.get(i));
    }
    return columns;
  }

  /** Places the parts in rows of about the right width. */
  private void place(List<List<List<Integer>>> parts) {
    float most = 0;
    double area = 0;
    float[] wide = new float[parts.size()];
    float[] high = new float[parts.size()];
    for (int p = 0; p < wide.length; p++) {
      high[p] = settle(parts.get(p));
      wide[p] = widen(parts.get(p));
      most = Math.max(most, wide[p]);
      area += ((double) wide[p] + SPACE) * (high[p] + SPACE);
    }
    most = Math.max(most, (float) Math.sqrt(RATIO * area));
    float left = 0;
    float top = 0;
    for (int p = 0; p < wide.length; p++) {
      if (left > 0 && left + wide[p] > most) {
        left = 0;
        top = height + SPACE;
      }
      for (List<Integer> column : parts.get(p)) {
        for (int item : column) {
          x[item] += left;
          y[item] += top;
        }
      }
      width = Math.max(width, left + wide[p]);
      height = Math.max(height, top + high[p]);
      left += wide[p] + SPACE;
    }
  }

  /** Orders the items of a part and sets their heights, from 0; returns the part's height. */
  private float settle(List<List<Integer>> columns) {
    for (List<Integer> column : columns) {
      for (int p = 0; p < column.size(); p++) {
        y[column.get(p)] = p * (HEIGHT + GAP);
      }
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      boolean back = sweep % 2 == 0;
      (back ? columns.reversed() : columns).stream().skip(1).forEach(each -> draw(each, back));
    }
    float top = Float.POSITIVE_INFINITY;
    float bottom = 0;
    for (List<Integer> column : columns) {
      top = Math.min(top, y[column.getFirst()] - half(column.getFirst()));
    }
    for (List<Integer> column : columns) {
      for (int item : column) {
        y[item] -= top;
        bottom = Math.max(bottom, y[item] + half(item));
      }
    }
    return bottom;
  }

  /**
   * Moves the items of a column to the mean heights of their neighbors on one side. Items that
   * would overlap are placed as close together as allowed, around the mean of the heights they are
   * pulled to (the pool adjacent violators algorithm).
   */
  private void draw(List<Integer> column, boolean back) {
    for (int item : column) {
      List<Integer> near =
          back ? Graphs.successorListOf(pieces, item) : Graphs.predecessorListOf(pieces, item);
      stiff.set(item, isBend(item) && near.stream().anyMatch(this::isBend));
      double sum = 0;
      int count = 0;
      for (int other : near) {
        if (layer[other] != layer[item] && (isBend(other) || !stiff.get(item))) {
          sum += y[other];
          count++;
        }
      }
      wish[item] = count == 0 ? y[item] : (float) (sum / count);
    }
    column.sort(Comparator.comparingDouble(item -> wish[item]));
    double[] sum = new double[column.size()];
    double[] weight = new double[column.size()];
    int[] end = new int[column.size()]; // end of each pool
    int pools = 0;
    float room = 0; // height of all items above
    for (int p = 0; p < column.size(); p++) {
      room += p == 0 ? 0 : room(column.get(p - 1), column.get(p));
      weight[pools] = stiff.get(column.get(p)) ? STIFF : 1;
      sum[pools] = weight[pools] * (wish[column.get(p)] - room);
      end[pools++] = p + 1;
      while (pools > 1 && sum[pools - 2] / weight[pools - 2] > sum[pools - 1] / weight[pools - 1]) {
        pools--;
        sum[pools - 1] += sum[pools];
        weight[pools - 1] += weight[pools];
        end[pools - 1] = end[pools];
      }
    }
    room = 0;
    for (int p = 0, pool = 0; p < column.size(); p++) {
      pool += p == end[pool] ? 1 : 0;
      room += p == 0 ? 0 : room(column.get(p - 1), column.get(p));
      // Whole pixels, so that items in line are exactly in line.
      y[column.get(p)] = Math.round(sum[pool] / weight[pool]) + room;
    }
  }

  /** Returns the least distance between the middles of two neighbors in a column. */
  private float room(int upper, int lower) {
    return half(upper) + GAP + half(lower);
  }

  private float half(int item) {
    return isBend(item) ? 0 : HEIGHT / 2;
  }

  private boolean isBend(int item) {
    return item >= vertices;
  }

  /** Sets the positions and widths of a part's columns, from 0; returns the part's width. */
  private float widen(List<List<Integer>> columns) {
    float right = 0;
    float way = 0;
    for (List<Integer> column : columns) {
      float left = right + way;
      float widest = 0;
      float steepest = 0;
      for (int item : column) {
        widest = Math.max(widest, boxes[item]);
        for (int other : Graphs.successorListOf(pieces, item)) {
          steepest = Math.max(steepest, Math.abs(y[other] - y[item]));
        }
      }
      for (int item : column) {
        x[item] = left;
        boxes[item] = widest;
      }
      right = left + widest;
      way = Math.clamp(steepest / STEEPEST, LEAST_WAY, MOST_WAY);
    }
    return right;
  }
}
