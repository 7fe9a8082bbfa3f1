package dev.torc.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Where the vertices and edges of a picture stand, for a page that draws it ({@code torc report}):
 * in layers from left to right, as Sugiyama and others have it. It knows nothing of names, states
 * and colours, and draws nothing.
 *
 * <p>{@link Layering} says in which layer each vertex is, {@link LayeredPart} puts bends into edges
 * that pass a layer, {@link LayerOrder} says who is above whom, {@link LayerPlaces} where, {@link
 * PartDrawing} makes columns of that. Here the connected parts are put beside and below each other,
 * those with the most vertices first; vertices without edges are in rows below all. The same input
 * has the same layout.
 *
 * <p>Lengths are in pixels of a page at its natural size; x goes to the right from 0, y down. A
 * vertex is a box as wide as its column: its left side is at {@link #x}, the middle of that side at
 * {@link #y}, and {@link #HEIGHT} is its height. An edge leads from the middle of the right side of
 * the one that is waited for over its {@link #bends} to the middle of the left side of the one that
 * waits. Where groups wait for each other, some edge leads from right to left, and takes the other
 * sides.
 */
public final class GraphLayout {

  /** How high a vertex is. */
  public static final float HEIGHT = 24;

  /** How many characters of a label a box has room for; of a longer one it has no more. */
  public static final int LONGEST_LABEL = 40;

  private static final float CHARACTER = 7;
  private static final float PADDING = 16; // of both sides
  private static final float SPACE = 32; // between parts
  private static final float SPARE = 8; // between rows of vertices without edges
  private static final float RATIO = 1.6f; // of width and height, about
  private static final int MOST_BENDS = 50_000;

  private final int[] layer;
  private final float[] x;
  private final float[] y;
  private final float[] boxes;
  private final float[][] bends;
  private float width;
  private float height;

  private GraphLayout(Adjacency before) {
    int vertices = before.rows();
    this.layer = new int[vertices];
    this.x = new float[vertices];
    this.y = new float[vertices];
    this.boxes = new float[vertices];
    this.bends = new float[vertices == 0 ? 0 : before.to(vertices - 1)][];
  }

  /**
   * Lays a graph out. What longer ways imply had better be left out.
   *
   * @param before vertex to those that it waits for, never itself
   * @param labels how many characters the label of each vertex has
   */
  public static GraphLayout of(Adjacency before, int[] labels) {
    GraphLayout layout = new GraphLayout(before);
    Layering layering = Layering.of(before);
    for (int v = 0; v < before.rows(); v++) {
      layout.layer[v] = layering.of(v);
      layout.boxes[v] = Math.min(labels[v], LONGEST_LABEL) * CHARACTER + PADDING;
    }
    int[] local = new int[before.rows()]; // the number of a vertex in its part
    List<PartDrawing> parts = new ArrayList<>();
    List<Integer> loose = new ArrayList<>();
    int longest = longest(layering);
    for (int[] part : parts(layering)) {
      if (part.length == 1) {
        loose.add(part[0]);
      } else {
        LayeredPart layered = new LayeredPart(part, local, layering, longest);
        parts.add(new PartDrawing(layered, layout.boxes));
      }
    }
    layout.place(parts, loose.stream().mapToInt(v -> v).toArray(), before, local);
    return layout;
  }

  /** The layer of a vertex, from 0; one that waits is behind those that it waits for. */
  public int layer(int vertex) {
    return layer[vertex];
  }

  /** The left side of a vertex. */
  public float x(int vertex) {
    return x[vertex];
  }

  /** The middle of a vertex, from the top. */
  public float y(int vertex) {
    return y[vertex];
  }

  /** How wide a vertex is. */
  public float width(int vertex) {
    return boxes[vertex];
  }

  /** How wide the whole is; 0 without vertices. */
  public float width() {
    return width;
  }

  /** How high the whole is; 0 without vertices. */
  public float height() {
    return height;
  }

  /**
   * The points at which an edge bends, from the one that is waited for to the one that waits: x and
   * y by turns; none where it leads straight. There are some {@value #MOST_BENDS} layers in all
   * that edges pass with bends; where there would be more, the longest edges lead straight, and may
   * pass below boxes.
   *
   * @param edge its index in the vertices' rows
   */
  public float[] bends(int edge) {
    return bends[edge].clone();
  }

  /** How many layers an edge may lead on, so that there are not too many bends. */
  private static int longest(Layering layering) {
    int[] edges = new int[layering.left().rows() + 1]; // by how many layers they lead on
    for (int v = 0; v < layering.left().rows(); v++) {
      for (int other : layering.left().row(v)) {
        edges[layering.of(v) - layering.of(other)]++;
      }
    }
    int longest = 1;
    long bends = 0;
    while (longest + 1 < edges.length
        && bends + (long) edges[longest + 1] * longest <= MOST_BENDS) {
      bends += (long) edges[longest + 1] * longest;
      longest++;
    }
    return longest;
  }

  /** The connected parts, the largest first; of equals, the one with the first vertex. */
  private static List<int[]> parts(Layering layering) {
    List<int[]> parts = new ArrayList<>();
    boolean[] met = new boolean[layering.left().rows()];
    int[] found = new int[met.length];
    for (int root = 0; root < met.length; root++) {
      int count = 0;
      if (!met[root]) {
        met[root] = true;
        found[count++] = root;
      }
      for (int k = 0; k < count; k++) {
        for (Adjacency side : List.of(layering.left(), layering.right())) {
          for (int e = side.from(found[k]); e < side.to(found[k]); e++) {
            if (!met[side.at(e)]) {
              met[side.at(e)] = true;
              found[count++] = side.at(e);
            }
          }
        }
      }
      if (count > 0) {
        int[] part = Arrays.copyOf(found, count);
        Arrays.sort(part);
        parts.add(part);
      }
    }
    parts.sort(Comparator.comparingInt(part -> -part.length));
    return parts;
  }

  /** Puts the parts on shelves, which have about the right width, and the others below. */
  private void place(List<PartDrawing> parts, int[] loose, Adjacency before, int[] local) {
    float cell = SPACE;
    for (int v : loose) {
      cell = Math.max(cell, boxes[v] + SPACE);
    }
    float most = 0;
    double area = (double) loose.length * cell * (HEIGHT + SPARE);
    for (PartDrawing part : parts) {
      most = Math.max(most, part.width());
      area += ((double) part.width() + SPACE) * (part.height() + SPACE);
    }
    most = Math.max(most, (float) Math.sqrt(RATIO * area));

    float right = 0;
    float top = 0;
    for (PartDrawing part : parts) {
      if (right > 0 && right + part.width() > most) {
        right = 0;
        top = height + SPACE;
      }
      place(part, right, top, before, local);
      width = Math.max(width, right + part.width());
      height = Math.max(height, top + part.height());
      right += part.width() + SPACE;
    }
    placeLoose(loose, Math.max(1, (int) (most / cell)), height > 0 ? height + SPACE : 0);
  }

  private void place(PartDrawing part, float left, float top, Adjacency before, int[] local) {
    for (int v : part.vertices()) {
      x[v] = left + part.x(local[v]);
      y[v] = top + part.y(local[v]);
      boxes[v] = part.width(local[v]);
      for (int e = before.from(v); e < before.to(v); e++) {
        int other = before.at(e);
        boolean turned = layer[other] > layer[v];
        float[] points =
            turned ? part.bends(local[v], local[other]) : part.bends(local[other], local[v]);
        for (int p = 0; p < points.length; p += 2) {
          points[p] += left;
          points[p + 1] += top;
        }
        bends[e] = turned ? turned(points) : points;
      }
    }
  }

  private static float[] turned(float[] points) {
    float[] turned = new float[points.length];
    for (int p = 0; p < points.length; p += 2) {
      turned[p] = points[points.length - 2 - p];
      turned[p + 1] = points[points.length - 1 - p];
    }
    return turned;
  }

  /** Vertices without edges: in rows, below each other in columns. */
  private void placeLoose(int[] loose, int columns, float top) {
    float left = 0;
    for (int c = 0; c < Math.min(columns, loose.length); c++) {
      float widest = 0;
      for (int k = c; k < loose.length; k += columns) {
        widest = Math.max(widest, boxes[loose[k]]);
      }
      for (int k = c; k < loose.length; k += columns) {
        x[loose[k]] = left;
        y[loose[k]] = top + k / columns * (HEIGHT + SPARE) + HEIGHT / 2;
        boxes[loose[k]] = widest;
        height = Math.max(height, y[loose[k]] + HEIGHT / 2);
      }
      width = Math.max(width, left + widest);
      left += widest + SPACE;
    }
  }
}
