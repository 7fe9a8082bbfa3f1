package dev.torc.graph;

import java.util.Arrays;

/**
 * One connected part of a picture with the places of all in it, from a corner of its own: a column
 * for each layer, and the bends of edges. {@link GraphLayout} puts the parts together.
 */
final class PartDrawing {

  private static final float GAP = 8; // between two that stand in one column
  private static final float LEAST_WAY = 40; // from column to column
  private static final float MOST_WAY = 240;
  private static final float STEEPEST = 8; // down for each step to the right, up to that way

  private final LayeredPart part;
  private final float[] left; // of each column
  private final float[] width; // of each column
  private final float[] y; // the middle of each vertex and bend
  private final float height;

  /**
   * @param widths what each vertex of the picture needs
   */
  PartDrawing(LayeredPart part, float[] widths) {
    this.part = part;
    int[][] order = LayerOrder.of(part);
    this.y = LayerPlaces.of(part, order, GraphLayout.HEIGHT, GAP);
    float bottom = 0;
    float top = Float.POSITIVE_INFINITY;
    for (int i = 0; i < y.length; i++) {
      float half = part.isBend(i) ? 0 : GraphLayout.HEIGHT / 2;
      top = Math.min(top, y[i] - half);
      bottom = Math.max(bottom, y[i] + half);
    }
    for (int i = 0; i < y.length; i++) {
      y[i] -= top;
    }
    this.height = bottom - top;
    this.left = new float[order.length];
    this.width = new float[order.length];
    for (int i = 0; i < part.vertices().length; i++) {
      int layer = part.layer(i);
      width[layer] = Math.max(width[layer], widths[part.vertices()[i]]);
    }
    for (int l = 1; l < left.length; l++) {
      left[l] = left[l - 1] + width[l - 1] + way(order[l - 1]);
    }
  }

  /** How far it is from a column to the next: farther where edges are steep. */
  private float way(int[] column) {
    float steepest = 0;
    for (int item : column) {
      for (int e = part.right().from(item); e < part.right().to(item); e++) {
        steepest = Math.max(steepest, Math.abs(y[part.right().at(e)] - y[item]));
      }
    }
    return Math.clamp(steepest / STEEPEST, LEAST_WAY, MOST_WAY);
  }

  /** The vertices, by their numbers in the picture; not to be changed. */
  int[] vertices() {
    return part.vertices();
  }

  float width() {
    return left[left.length - 1] + width[width.length - 1];
  }

  float height() {
    return height;
  }

  /** The left side of a vertex. */
  float x(int vertex) {
    return left[part.layer(vertex)];
  }

  /** The middle of a vertex. */
  float y(int vertex) {
    return y[vertex];
  }

  /** The width of a vertex, which is that of its column. */
  float width(int vertex) {
    return width[part.layer(vertex)];
  }

  /**
   * Where the edge between two vertices bends, from left to right: x and y by turns. It goes
   * through the columns on its way at one height, and a point between two others at the same height
   * is left out.
   */
  float[] bends(int from, int to) {
    int between = part.layer(to) - part.layer(from) - 1;
    int first = part.firstBend(from);
    if (between == 0 || first + between > part.firstBend(from + 1)) {
      return new float[0]; // it is too long, and leads straight
    }
    float[] points = new float[4 * between];
    int count = 0;
    for (int k = 0; k < between; k++) {
      int column = part.layer(from) + 1 + k;
      float here = y[first + k];
      if (y[k == 0 ? from : first + k - 1] != here) {
        points[count++] = left[column];
        points[count++] = here;
      }
      if (y[k == between - 1 ? to : first + k + 1] != here) {
        points[count++] = left[column] + width[column];
        points[count++] = here;
      }
    }
    return Arrays.copyOf(points, count);
  }
}
