package dev.torc.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LayerPlacesTest {

  private static final float HEIGHT = 24;
  private static final float GAP = 8;

  private static LayeredPart random(Random random, int size) {
    Adjacency.Builder rows = new Adjacency.Builder();
    for (int v = 0; v < size; v++) {
      for (int k = v == 0 ? 0 : 1 + random.nextInt(3); k > 0; k--) {
        rows.add(random.nextInt(v));
      }
      rows.endRow(true);
    }
    int[] all = IntStream.range(0, size).toArray();
    return new LayeredPart(all, new int[size], Layering.of(rows.build()), size);
  }

  /** Whether edges cross each other on the right of a layer where both go from bend to bend. */
  private static boolean bendsCross(LayeredPart part, int[] layer, int[] place) {
    int last = -1;
    for (int item : layer) {
      int following = part.following(item);
      if (following >= 0 && place[following] < last) {
        return true;
      }
      last = following < 0 ? last : place[following];
    }
    return false;
  }

  @Test
  void atRandomLongEdgesAreStraightBetweenTheirEndsAndDistancesHold() {
    Random random = new Random(4718);
    int straight = 0;
    for (int round = 0; round < 200; round++) {
      LayeredPart part = random(random, 3 + random.nextInt(40));
      int[][] layers = LayerOrder.of(part);
      float[] y = LayerPlaces.of(part, layers, HEIGHT, GAP);
      int[] place = new int[part.size()];
      for (int[] layer : layers) {
        for (int p = 0; p < layer.length; p++) {
          place[layer[p]] = p;
        }
      }
      for (int[] layer : layers) {
        for (int p = 1; p < layer.length; p++) {
          int upper = layer[p - 1];
          float boxes = (part.isBend(upper) ? 0 : HEIGHT) + (part.isBend(layer[p]) ? 0 : HEIGHT);
          assertTrue(y[layer[p]] - y[upper] >= boxes / 2 + GAP - 0.01f, "round " + round);
        }
        for (int item : layer) {
          if (part.following(item) >= 0 && !bendsCross(part, layer, place)) {
            straight++;
            assertEquals(y[item], y[part.following(item)], "round " + round);
          }
        }
      }
    }
    assertTrue(straight > 1000, straight + " pairs of bends");
  }
}
