package dev.torc.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LayerOrderTest {

  private static LayeredPart part(List<Set<Integer>> before) {
    Adjacency.Builder rows = new Adjacency.Builder();
    for (Set<Integer> row : before) {
      row.forEach(rows::add);
      rows.endRow(true);
    }
    int[] all = IntStream.range(0, before.size()).toArray();
    return new LayeredPart(all, new int[all.length], Layering.of(rows.build()), before.size());
  }

  /** How many pairs of edges cross between two layers, by a look at each pair. */
  private static int crossings(LayeredPart part, int[] left, int[] right) {
    int[] place = new int[part.size()];
    for (int p = 0; p < right.length; p++) {
      place[right[p]] = p;
    }
    int crossings = 0;
    for (int lower = 0; lower < left.length; lower++) {
      for (int upper = 0; upper < lower; upper++) {
        for (int a : part.right().row(left[upper])) {
          for (int b : part.right().row(left[lower])) {
            crossings += place[b] < place[a] ? 1 : 0;
          }
        }
      }
    }
    return crossings;
  }

  private static int crossings(LayeredPart part, int[][] layers) {
    int crossings = 0;
    for (int l = 0; l + 1 < layers.length; l++) {
      crossings += crossings(part, layers[l], layers[l + 1]);
    }
    return crossings;
  }

  private static List<int[]> permutations(int[] items) {
    List<int[]> all = new ArrayList<>();
    permute(items.clone(), 0, all);
    return all;
  }

  private static void permute(int[] items, int from, List<int[]> all) {
    if (from == items.length) {
      all.add(items.clone());
    }
    for (int k = from; k < items.length; k++) {
      exchange(items, from, k);
      permute(items, from + 1, all);
      exchange(items, from, k);
    }
  }

  private static void exchange(int[] items, int one, int two) {
    int item = items[one];
    items[one] = items[two];
    items[two] = item;
  }

  @Test
  void twoLayersHaveHardlyMoreCrossingsThanTheyMust() {
    Random random = new Random(4716);
    int found = 0;
    int fewest = 0;
    for (int round = 0; round < 40; round++) {
      List<Set<Integer>> before = new ArrayList<>();
      for (int v = 0; v < 10; v++) {
        before.add(new TreeSet<>());
      }
      for (int v = 0; v < 5; v++) { // each has an edge
        before.get(v + 5).add(random.nextInt(5));
        before.get(random.nextInt(5) + 5).add(v);
      }
      LayeredPart part = part(before);
      int[][] layers = LayerOrder.of(part);
      int least = Integer.MAX_VALUE;
      for (int[] left : permutations(layers[0])) {
        for (int[] right : permutations(layers[1])) {
          least = Math.min(least, crossings(part, left, right));
        }
      }
      assertEquals(2, layers.length);
      found += crossings(part, layers);
      fewest += least;
    }
    assertTrue(found >= fewest && fewest > 10, fewest + " at least");
    assertTrue(found <= fewest * 1.1, found + " instead of " + fewest);
  }

  /** Graphs that can be drawn without crossings, in a bad order of numbers. */
  @Test
  void layersThatNeedFewCrossingsHaveFew() {
    Random random = new Random(4717);
    int found = 0;
    int without = 0;
    for (int round = 0; round < 40; round++) {
      int wide = 12;
      List<Integer> names = new ArrayList<>(IntStream.range(0, 4 * wide).boxed().toList());
      Collections.shuffle(names, random);
      List<Set<Integer>> before = new ArrayList<>();
      names.forEach(_ -> before.add(new TreeSet<>()));
      for (int l = 1; l < 4; l++) {
        int left = 0;
        int right = 0;
        while (left < wide && right < wide) {
          before.get(names.get(l * wide + right)).add(names.get((l - 1) * wide + left));
          boolean step = random.nextBoolean();
          left += step || right == wide - 1 ? 1 : 0;
          right += step || left == wide - 1 ? 0 : 1;
        }
      }
      LayeredPart part = part(before);
      found += crossings(part, LayerOrder.of(part));
      int[][] byNumber = new int[part.layers()][];
      for (int l = 0; l < byNumber.length; l++) {
        int layer = l;
        byNumber[l] = IntStream.range(0, part.size()).filter(i -> part.layer(i) == layer).toArray();
      }
      without += crossings(part, byNumber);
    }
    assertTrue(found * 100 < without, found + " from " + without);
  }

  @Test
  void eachVertexAndBendStandsOnceInItsLayer() {
    List<Set<Integer>> before =
        List.of(Set.of(), Set.of(0), Set.of(1), Set.of(0, 2), Set.of(0, 3), Set.of(4, 1));
    LayeredPart part = part(before);
    assertEquals(6 + 3 + 3, part.size()); // the two long edges of 0 share theirs
    List<Integer> all = new ArrayList<>();
    int[][] layers = LayerOrder.of(part);
    for (int l = 0; l < layers.length; l++) {
      for (int item : layers[l]) {
        assertEquals(l, part.layer(item));
        all.add(item);
      }
    }
    Collections.sort(all);
    assertEquals(Arrays.stream(all.toArray()).distinct().count(), all.size());
    assertEquals(part.size(), all.size());
  }
}
