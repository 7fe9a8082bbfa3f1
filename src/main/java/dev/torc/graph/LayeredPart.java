package dev.torc.graph;

import java.util.Arrays;

/**
 * One connected part of a picture, with its edges cut so that each leads from a layer to the next:
 * where an edge passes a layer stands a <em>bend</em>. The edges of one vertex share their bends
 * until they have to part. Vertices have the first numbers, in the order given; the bends of a
 * vertex follow one another. {@link LayerOrder} and {@link LayerPlaces} read it; it decides nothing
 * about places.
 */
final class LayeredPart {

  private final int[] vertices;
  private final int[] layer; // of a vertex or bend
  private final int[] bend; // of a vertex: its first; the last entry: behind the last of all
  private final Adjacency left;
  private final Adjacency right;
  private final int layers;

  /**
   * @param vertices of one connected part
   * @param local takes the number here of each vertex
   * @param longest how many layers an edge may go; longer ones are left out
   */
  LayeredPart(int[] vertices, int[] local, Layering layering, int longest) {
    this.vertices = vertices;
    this.bend = new int[vertices.length + 1];
    bend[0] = vertices.length;
    int count = 0;
    for (int i = 0; i < vertices.length; i++) {
      local[vertices[i]] = i;
      int here = layering.of(vertices[i]);
      count = Math.max(count, here + 1);
      int far = here + 1;
      for (int other : layering.right().row(vertices[i])) {
        if (layering.of(other) - here <= longest) {
          far = Math.max(far, layering.of(other));
        }
      }
      bend[i + 1] = bend[i] + far - here - 1;
    }
    this.layers = count;
    this.layer = new int[bend[vertices.length]];
    this.right = rows(local, layering, longest);
    this.left = right.reversed();
  }

  /** What is on the right of each; fills the layers. */
  private Adjacency rows(int[] local, Layering layering, int longest) {
    Adjacency.Builder near = new Adjacency.Builder();
    Adjacency.Builder far = new Adjacency.Builder();
    for (int i = 0; i < vertices.length; i++) {
      layer[i] = layering.of(vertices[i]);
      int end = bend[i + 1];
      int[] readers = readers(vertices[i], layering, longest);
      int next = 0;
      for (int b = bend[i] - 1; b < end; b++) {
        int here = layer[i] + 1 + b - bend[i];
        Adjacency.Builder rows = b < bend[i] ? near : far; // the vertex, then its bends
        for (; next < readers.length && layering.of(readers[next]) == here + 1; next++) {
          rows.add(local[readers[next]]);
        }
        if (b + 1 < end) {
          rows.add(b + 1);
          layer[b + 1] = here + 1;
        }
        rows.endRow(true);
      }
    }
    Adjacency bends = far.build();
    for (int b = 0; b < bends.rows(); b++) {
      near.copyRow(bends, b);
    }
    return near.build();
  }

  /** Those on the right of a vertex to which its edges go, the nearest first. */
  private static int[] readers(int vertex, Layering layering, int longest) {
    long[] readers = new long[layering.right().count(vertex)];
    int count = 0;
    for (int other : layering.right().row(vertex)) {
      if (layering.of(other) - layering.of(vertex) <= longest) {
        readers[count++] = (long) layering.of(other) << Integer.SIZE | other;
      }
    }
    Arrays.sort(readers, 0, count);
    return Arrays.stream(readers, 0, count).mapToInt(reader -> (int) reader).toArray();
  }

  /** How many vertices and bends there are. */
  int size() {
    return layer.length;
  }

  /** How many layers there are. */
  int layers() {
    return layers;
  }

  /** The vertices, at their numbers here; not to be changed. */
  int[] vertices() {
    return vertices;
  }

  /** Whether a number is that of a bend. */
  boolean isBend(int item) {
    return item >= vertices.length;
  }

  /** The layer of a vertex or bend. */
  int layer(int item) {
    return layer[item];
  }

  /** The first bend of a vertex; it stands in the next layer, and the others follow. */
  int firstBend(int vertex) {
    return bend[vertex];
  }

  /** To what is next on the left. */
  Adjacency left() {
    return left;
  }

  /** To what is next on the right. */
  Adjacency right() {
    return right;
  }

  /** The bend that goes on with a bend, -1 if it is the last. */
  int following(int item) {
    // It has the greatest number of all that are on the right of a bend.
    int last = right.count(item) == 0 ? -1 : right.at(right.to(item) - 1);
    return isBend(item) && isBend(last) ? last : -1;
  }

  /** The bend with which a bend goes on, -1 if it is the first. */
  int preceding(int item) {
    int only = isBend(item) ? left.at(left.from(item)) : -1;
    return isBend(only) ? only : -1;
  }
}
