package dev.torc.graph;

/**
 * Which layer each vertex of a picture stands in, from the left: behind all that it waits for, and
 * no farther from its neighbours than it must. {@link GraphLayout} asks for it; where in its layer
 * a vertex stands is not decided here.
 *
 * <p>Layers are those of the longest way (Eades, Sugiyama: How to draw a directed graph, 1990).
 * Then each vertex moves one way or the other if that makes its edges shorter in sum: a source
 * comes to its readers. The network simplex of Gansner and others (A technique for drawing directed
 * graphs, 1993) finds the least sum, and takes much longer. Where groups wait for each other, the
 * edges that a search in depth meets as steps back point to the left.
 */
final class Layering {

  private final Adjacency left;
  private final Adjacency right;
  private final int[] layer;

  private Layering(Adjacency left) {
    this.left = left;
    this.right = left.reversed();
    this.layer = new int[left.rows()];
  }

  /**
   * Finds them.
   *
   * @param before vertex to those that it waits for
   */
  static Layering of(Adjacency before) {
    int[] order = new int[before.rows()];
    int[] place = places(before, order);
    Layering layers = new Layering(withoutCycles(before, place));
    layers.assign(order);
    return layers;
  }

  /** Vertex to those that stand on its left and have an edge with it, ascending. */
  Adjacency left() {
    return left;
  }

  /** Vertex to those that stand on its right and have an edge with it, ascending. */
  Adjacency right() {
    return right;
  }

  /** The layer of a vertex, from 0 in each connected part. */
  int of(int vertex) {
    return layer[vertex];
  }

  /**
   * The place of each vertex in an order in which it comes after those that it waits for, as far as
   * there are no cycles.
   *
   * @param order takes that order
   */
  private static int[] places(Adjacency before, int[] order) {
    int[] place = new int[order.length]; // from 1; -1 on the way
    int[] next = new int[order.length]; // edge
    int[] way = new int[order.length];
    int placed = 0;
    for (int root = 0; root < order.length; root++) {
      int steps = 0;
      if (place[root] == 0) {
        way[steps++] = root;
      }
      while (steps > 0) {
        int v = way[steps - 1];
        if (place[v] == 0) {
          place[v] = -1;
          next[v] = before.from(v);
        }
        if (next[v] < before.to(v)) {
          int other = before.at(next[v]++);
          if (place[other] == 0) {
            way[steps++] = other;
          }
        } else {
          order[placed++] = v;
          place[v] = placed;
          steps--;
        }
      }
    }
    return place;
  }

  /** The edges, of which those that lead back in the order are turned. */
  private static Adjacency withoutCycles(Adjacency before, int[] place) {
    Adjacency.Builder turned = new Adjacency.Builder();
    for (int v = 0; v < place.length; v++) {
      for (int other : before.row(v)) {
        if (place[other] > place[v]) {
          turned.add(other);
        }
      }
      turned.endRow(true);
    }
    Adjacency back = turned.build().reversed();
    Adjacency.Builder left = new Adjacency.Builder();
    for (int v = 0; v < place.length; v++) {
      for (int other : before.row(v)) {
        if (place[other] < place[v]) {
          left.add(other);
        }
      }
      for (int other : back.row(v)) {
        left.add(other);
      }
      left.endRow(true);
    }
    return left.build();
  }

  private void assign(int[] order) {
    for (int v : order) {
      layer[v] = afterLeft(v);
    }
    for (int i = order.length - 1; i >= 0; i--) {
      int v = order[i];
      if (right.count(v) > 0 && left.count(v) <= right.count(v)) {
        layer[v] = beforeRight(v);
      }
    }
    for (int v : order) {
      if (left.count(v) > 0 && left.count(v) >= right.count(v)) {
        layer[v] = afterLeft(v);
      }
    }
  }

  private int afterLeft(int vertex) {
    int first = 0;
    for (int e = left.from(vertex); e < left.to(vertex); e++) {
      first = Math.max(first, layer[left.at(e)] + 1);
    }
    return first;
  }

  private int beforeRight(int vertex) {
    int last = Integer.MAX_VALUE;
    for (int e = right.from(vertex); e < right.to(vertex); e++) {
      last = Math.min(last, layer[right.at(e)] - 1);
    }
    return last;
  }
}
