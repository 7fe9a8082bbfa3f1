package dev.torc.graph;

import java.util.Arrays;

/**
 * How far down each vertex and bend of a part stands, once the order in each layer is known; long
 * edges become straight but for their ends.
 *
 * <p>The method is that of Brandes and Köpf (Fast and simple horizontal coordinate assignment,
 * 2001): vertices are put in line with the median of their neighbours on one side, what is in line
 * becomes a block, blocks stand as close as they may. That is done from the left and the right and
 * from the top and the bottom, and the mean of the two middle places counts, so distances hold.
 * Blocks are pushed together by longest ways instead of by their classes, for which the paper has
 * an erratum (Brandes, Walter, Zink, 2020).
 */
final class LayerPlaces {

  private final LayeredPart part;
  private final int[][] layers;
  private final int[] place; // in its layer
  private final int[] turnsOut; // bends above this one in its layer that another bend follows
  private final int[] turnsIn; // bends above this one in its layer that follow another bend

  private LayerPlaces(LayeredPart part, int[][] layers) {
    this.part = part;
    this.layers = layers;
    this.place = new int[part.size()];
    this.turnsOut = new int[part.size()];
    this.turnsIn = new int[part.size()];
    for (int[] layer : layers) {
      int out = 0;
      int in = 0;
      for (int p = 0; p < layer.length; p++) {
        place[layer[p]] = p;
        turnsOut[layer[p]] = out;
        turnsIn[layer[p]] = in;
        out += part.following(layer[p]) < 0 ? 0 : 1;
        in += part.preceding(layer[p]) < 0 ? 0 : 1;
      }
    }
  }

  /**
   * The places: the middle of each vertex or bend, the smallest is 0.
   *
   * @param layers what {@link LayerOrder} found
   * @param height of a vertex; bends have none
   * @param gap between two of a layer
   */
  static float[] of(LayeredPart part, int[][] layers, float height, float gap) {
    LayerPlaces places = new LayerPlaces(part, layers);
    int[] all = Arrays.stream(layers).flatMapToInt(Arrays::stream).toArray();
    Adjacency right = part.left().reversed(all);
    Adjacency left = part.right().reversed(all);
    float[][] four = new float[4][];
    for (int k = 0; k < four.length; k++) {
      boolean down = k % 2 == 0;
      Blocks blocks = places.new Blocks(k < 2 ? left : right, k < 2, down);
      four[k] = blocks.places(height, gap);
    }
    return balanced(four);
  }

  /** Lays the four over the narrowest, and takes the mean of the two in the middle. */
  private static float[] balanced(float[][] four) {
    float[] least = new float[four.length];
    float[] most = new float[four.length];
    int narrowest = 0;
    for (int k = 0; k < four.length; k++) {
      least[k] = Float.POSITIVE_INFINITY;
      most[k] = Float.NEGATIVE_INFINITY;
      for (float y : four[k]) {
        least[k] = Math.min(least[k], y);
        most[k] = Math.max(most[k], y);
      }
      narrowest = most[k] - least[k] < most[narrowest] - least[narrowest] ? k : narrowest;
    }
    float[] shift = new float[four.length];
    for (int k = 0; k < four.length; k++) {
      shift[k] = k % 2 == 0 ? least[narrowest] - least[k] : most[narrowest] - most[k];
    }
    float[] places = new float[four[0].length];
    float[] each = new float[four.length];
    float first = Float.POSITIVE_INFINITY;
    for (int i = 0; i < places.length; i++) {
      for (int k = 0; k < four.length; k++) {
        each[k] = four[k][i] + shift[k];
      }
      Arrays.sort(each);
      places[i] = (each[1] + each[2]) / 2;
      first = Math.min(first, places[i]);
    }
    for (int i = 0; i < places.length; i++) {
      places[i] -= first;
    }
    return places;
  }

  /** Whether an edge crosses one between bends, or shares its beginning: then it is not in line. */
  private boolean givesWay(int leftOne, int rightOne) {
    int following = part.following(leftOne);
    return following >= 0 && following != rightOne
        || part.preceding(rightOne) < 0 && turnsOut[leftOne] != turnsIn[rightOne];
  }

  /** What is in line, seen from one side and one end. */
  private final class Blocks {
    private final boolean toRight;
    private final boolean down;
    private final int[] root; // the first of its block
    private final int[] next; // in its block, the last one has the first

    Blocks(Adjacency side, boolean toRight, boolean down) {
      this.toRight = toRight;
      this.down = down;
      this.root = new int[place.length];
      this.next = new int[place.length];
      for (int i = 0; i < root.length; i++) {
        root[i] = i;
        next[i] = i;
      }
      for (int l = 1; l < layers.length; l++) {
        align(toRight ? layers[l] : layers[layers.length - 1 - l], side);
      }
    }

    private void align(int[] layer, Adjacency side) {
      int free = down ? 0 : Integer.MAX_VALUE; // the first neighbour that may be in line
      for (int p = 0; p < layer.length; p++) {
        int item = layer[down ? p : layer.length - 1 - p];
        int count = side.count(item);
        int first = side.from(item) + (down ? (count - 1) / 2 : count / 2);
        int second = side.from(item) + (down ? count / 2 : (count - 1) / 2);
        int bend = toRight ? part.preceding(item) : part.following(item);
        for (int turn = 0; turn < 2 && count > 0 && next[item] == item; turn++) {
          int median = bend >= 0 ? bend : side.at(turn == 0 ? first : second);
          boolean isFree = down ? place[median] >= free : place[median] <= free;
          if (isFree && !(toRight ? givesWay(median, item) : givesWay(item, median))) {
            root[item] = root[median];
            next[median] = item;
            next[item] = root[item];
            free = place[median] + (down ? 1 : -1);
          }
        }
      }
    }

    /** The neighbour below, or above where the look is from the bottom; -1 at the end. */
    private int beyond(int item) {
      int[] layer = layers[part.layer(item)];
      int p = place[item] + (down ? 1 : -1);
      return p < 0 || p == layer.length ? -1 : layer[p];
    }

    float[] places(float height, float gap) {
      int[] order = order();
      float[] at = new float[root.length]; // of a block, at its first one
      for (int block : order) {
        int item = block;
        do {
          int other = beyond(item);
          if (other >= 0) {
            float distance = distance(item, other, height, gap);
            at[root[other]] = Math.max(at[root[other]], at[block] + distance);
          }
          item = next[item];
        } while (item != block);
      }
      // Now away from the beginning, so that no block stands far from the one behind it.
      for (int k = order.length - 1; k >= 0; k--) {
        int block = order[k];
        float most = Float.POSITIVE_INFINITY;
        int item = block;
        do {
          int other = beyond(item);
          if (other >= 0) {
            most = Math.min(most, at[root[other]] - distance(item, other, height, gap));
          }
          item = next[item];
        } while (item != block);
        at[block] = most < Float.POSITIVE_INFINITY ? Math.max(at[block], most) : at[block];
      }
      float[] places = new float[root.length];
      for (int i = 0; i < places.length; i++) {
        places[i] = down ? at[root[i]] : -at[root[i]];
      }
      return places;
    }

    private float distance(int item, int other, float height, float gap) {
      float heights = (part.isBend(item) ? 0 : height) + (part.isBend(other) ? 0 : height);
      return heights / 2 + gap;
    }

    /** The blocks, each before those beyond it. Lines do not cross, so there is such an order. */
    private int[] order() {
      int[] waits = new int[root.length];
      int blocks = 0;
      for (int i = 0; i < root.length; i++) {
        blocks += root[i] == i ? 1 : 0;
        int other = beyond(i);
        if (other >= 0) {
          waits[root[other]]++;
        }
      }
      int[] order = new int[blocks];
      int count = 0;
      for (int i = 0; i < root.length; i++) {
        if (root[i] == i && waits[i] == 0) {
          order[count++] = i;
        }
      }
      for (int k = 0; k < count; k++) {
        int item = order[k];
        do {
          int other = beyond(item);
          if (other >= 0 && --waits[root[other]] == 0) {
            order[count++] = root[other];
          }
          item = next[item];
        } while (item != order[k]);
      }
      return order;
    }
  }
}
