package dev.torc.graph;

import java.util.Arrays;

/**
 * The order in each layer of a part of a picture, with few crossings of edges. It says who is above
 * whom; {@link LayerPlaces} says where.
 *
 * <p>It begins as a search in depth meets them, what is on the left first, so a tree has no
 * crossings. Then layers are sorted again and again, each vertex to the mean place of its
 * neighbours on one side (Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical
 * system structures, 1981), and the best order is kept; in it neighbours change places where that
 * saves crossings (Eades, Kelly: Heuristics for reducing crossings in 2-layered networks, 1986).
 * Crossings are counted as Barth, Mutzel and Jünger do (Simple and efficient bilayer cross
 * counting, 2004). The number of rounds has a bound, and nothing is drawn by lot.
 */
final class LayerOrder {

  private static final int MOST_ATTEMPTS = 12; // to begin elsewhere
  private static final int ENOUGH = 12_000; // vertices and bends in all attempts
  private static final int ROUNDS = 12; // to the right and back
  private static final int PATIENCE = 4; // rounds that make nothing better
  private static final int SWITCHES = 4; // looks at all layers

  private final LayeredPart part;
  private final int[][] layers; // top to bottom
  private final int[] place; // in its layer

  private LayerOrder(LayeredPart part) {
    this.part = part;
    this.layers = new int[part.layers()][];
    this.place = new int[part.size()];
  }

  /** The layers from left to right, the vertices and bends of each from top to bottom. */
  static int[][] of(LayeredPart part) {
    int attempts = Math.clamp(ENOUGH / Math.max(1, part.size()), 1, MOST_ATTEMPTS);
    int[][] best = null;
    long fewest = Long.MAX_VALUE;
    for (int k = 0; k < attempts && fewest > 0; k++) {
      LayerOrder order = new LayerOrder(part);
      order.begin((int) ((long) k * part.size() / attempts));
      if (order.improve() > 0) {
        order.exchange();
      }
      long crossings = order.crossings();
      if (crossings < fewest) {
        fewest = crossings;
        best = order.layers;
      }
    }
    return best;
  }

  /**
   * @param first where the search begins; 0 for the first that has nothing on its left
   */
  private void begin(int first) {
    int[] count = new int[layers.length];
    for (int i = 0; i < place.length; i++) {
      count[part.layer(i)]++;
    }
    for (int l = 0; l < layers.length; l++) {
      layers[l] = new int[count[l]];
      count[l] = 0;
    }
    boolean[] met = new boolean[place.length];
    int[] next = new int[place.length];
    int[] way = new int[place.length];
    for (int k = first == 0 ? 0 : -1; k < place.length; k++) {
      int root = k < 0 ? first : k;
      int steps = 0;
      if (!met[root] && (k < 0 || part.left().count(root) == 0)) {
        met[root] = true;
        way[steps++] = root;
      }
      while (steps > 0) {
        int i = way[steps - 1];
        if (next[i] == 0) {
          layers[part.layer(i)][count[part.layer(i)]++] = i;
        }
        int other = neighbour(i, next[i]++);
        if (other < 0) {
          steps--;
        } else if (!met[other]) {
          met[other] = true;
          way[steps++] = other;
        }
      }
    }
    for (int[] layer : layers) {
      number(layer);
    }
  }

  /** The neighbours of one by turns, those on its left first; then -1. */
  private int neighbour(int item, int turn) {
    int lefts = part.left().count(item);
    if (turn < lefts) {
      return part.left().at(part.left().from(item) + turn);
    }
    int turnRight = turn - lefts;
    return turnRight < part.right().count(item)
        ? part.right().at(part.right().from(item) + turnRight)
        : -1;
  }

  private void number(int[] layer) {
    for (int p = 0; p < layer.length; p++) {
      place[layer[p]] = p;
    }
  }

  /** Sorts the layers to the right and back, keeps the best; says how many crossings it has. */
  private long improve() {
    long best = crossings();
    int[][] kept = copy();
    int idle = 0;
    for (int round = 0; round < ROUNDS && idle < PATIENCE && best > 0; round++) {
      for (int l = 1; l < layers.length; l++) {
        sort(layers[l], part.left(), round % 2 == 1);
      }
      for (int l = layers.length - 2; l >= 0; l--) {
        sort(layers[l], part.right(), round % 2 == 1);
      }
      long now = crossings();
      idle = now < best ? 0 : idle + 1;
      if (now < best) {
        best = now;
        kept = copy();
      }
    }
    for (int l = 0; l < layers.length; l++) {
      System.arraycopy(kept[l], 0, layers[l], 0, kept[l].length);
      number(layers[l]);
    }
    return best;
  }

  private int[][] copy() {
    return Arrays.stream(layers).map(int[]::clone).toArray(int[][]::new);
  }

  /**
   * Sorts a layer by the mean places of neighbours; who has none stays in its place.
   *
   * @param turn whether equals change their order, which may open a better way
   */
  private void sort(int[] layer, Adjacency side, boolean turn) {
    long[] keys = new long[layer.length];
    int count = 0;
    for (int p = 0; p < layer.length; p++) {
      if (side.count(layer[p]) > 0) {
        // The bits of floats that are not negative have the order of the floats.
        long mean = Float.floatToIntBits(mean(layer[p], side));
        keys[count++] = mean << Integer.SIZE | (turn ? layer.length - p : p);
      }
    }
    Arrays.sort(keys, 0, count);
    int[] old = layer.clone();
    int next = 0;
    for (int p = 0; p < layer.length; p++) {
      if (side.count(old[p]) > 0) {
        int from = (int) keys[next++];
        layer[p] = old[turn ? layer.length - from : from];
      }
    }
    number(layer);
  }

  private float mean(int item, Adjacency side) {
    long sum = 0;
    for (int e = side.from(item); e < side.to(item); e++) {
      sum += place[side.at(e)];
    }
    return (float) sum / side.count(item);
  }

  /** How many pairs of edges cross. */
  private long crossings() {
    int[] all = new int[place.length];
    int count = 0;
    for (int[] layer : layers) {
      System.arraycopy(layer, 0, all, count, layer.length);
      count += layer.length;
    }
    Adjacency right = part.left().reversed(all); // its rows go from top to bottom
    long crossings = 0;
    for (int l = 0; l + 1 < layers.length; l++) {
      crossings += crossings(layers[l], right, layers[l + 1].length);
    }
    return crossings;
  }

  /** How many cross on the right of a layer: a tree of sums knows how many ends are below one. */
  private long crossings(int[] layer, Adjacency right, int size) {
    int[] sums = new int[size + 1];
    int ends = 0;
    long crossings = 0;
    for (int item : layer) {
      for (int e = right.from(item); e < right.to(item); e++) {
        int end = place[right.at(e)] + 1;
        crossings += ends;
        for (int i = end; i > 0; i &= i - 1) {
          crossings -= sums[i]; // as far down as this one, or less
        }
        ends++;
        for (int i = end; i <= size; i += i & -i) {
          sums[i]++;
        }
      }
    }
    return crossings;
  }

  /** Lets neighbours in a layer change places where that saves crossings. */
  private void exchange() {
    boolean better = true;
    for (int look = 0; look < SWITCHES && better; look++) {
      better = false;
      for (int[] layer : layers) {
        int[][] lefts = ends(layer, part.left());
        int[][] rights = ends(layer, part.right());
        for (int p = 0; p + 1 < layer.length; p++) {
          if (saved(lefts[p], lefts[p + 1]) + saved(rights[p], rights[p + 1]) > 0) {
            exchange(lefts, p);
            exchange(rights, p);
            int upper = layer[p];
            layer[p] = layer[p + 1];
            layer[p + 1] = upper;
            better = true;
          }
        }
        number(layer);
      }
    }
  }

  private static void exchange(int[][] rows, int upper) {
    int[] row = rows[upper];
    rows[upper] = rows[upper + 1];
    rows[upper + 1] = row;
  }

  /** The places of the neighbours of each in a layer, from top to bottom. */
  private int[][] ends(int[] layer, Adjacency side) {
    int[][] ends = new int[layer.length][];
    for (int p = 0; p < layer.length; p++) {
      ends[p] = side.row(layer[p]);
      for (int i = 0; i < ends[p].length; i++) {
        ends[p][i] = place[ends[p][i]];
      }
      Arrays.sort(ends[p]);
    }
    return ends;
  }

  /** How many crossings two save if they change places. */
  private static long saved(int[] upper, int[] lower) {
    long saved = 0;
    int above = 0; // ends of the lower one that are above the upper one's end
    int upTo = 0; // with those at the same place
    for (int end : upper) {
      while (above < lower.length && lower[above] < end) {
        above++;
      }
      while (upTo < lower.length && lower[upTo] <= end) {
        upTo++;
      }
      saved += above - (lower.length - upTo);
    }
    return saved;
  }
}
