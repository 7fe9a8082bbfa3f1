package dev.torc.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jgrapht.Graphs;
import org.jgrapht.alg.cycle.CycleDetector;
import org.jgrapht.graph.SimpleDirectedGraph;
import org.jgrapht.traverse.TopologicalOrderIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JgraphtViewTest {

  @TempDir Path root;

  private Graph random(Random random, int jobs) throws IOException {
    StringBuilder text = new StringBuilder("jobs:\n");
    for (int j = 0; j < jobs; j++) {
      List<String> after = new ArrayList<>();
      for (int k = 0; k < j; k++) {
        if (random.nextInt(4) == 0) {
          after.add("j" + k);
        }
      }
      text.append("  j%d: { command: x, after: %s }\n".formatted(j, after));
    }
    Path file = root.resolve("torc.yaml");
    Files.writeString(file, text);
    return GraphBuilder.build(BuildFileLoader.load(List.of(file), new TreeMap<>()));
  }

  @Test
  void itIsTheGraphThatJGraphTWouldStore() throws IOException {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      Graph graph = random(random, 1 + random.nextInt(12));
      BitSet jobs = new BitSet();
      for (int j = 0; j < graph.jobs(); j++) {
        jobs.set(j, random.nextInt(5) > 0);
      }
      JgraphtView view = new JgraphtView(graph.before(), jobs);
      SimpleDirectedGraph<Integer, Integer> stored = new SimpleDirectedGraph<>(null, null, false);
      jobs.stream().forEach(stored::addVertex);
      int edge = 0;
      for (int j = 0; j < graph.jobs(); j++) {
        for (int before : graph.before().row(j)) {
          if (jobs.get(j) && jobs.get(before)) {
            stored.addEdge(before, j, edge);
          } else {
            assertFalse(view.containsEdge(edge));
          }
          edge++;
        }
      }
      assertEquals(stored.vertexSet(), view.vertexSet());
      assertEquals(stored.edgeSet(), view.edgeSet());
      for (int e : stored.edgeSet()) {
        assertEquals(stored.getEdgeSource(e), view.getEdgeSource(e));
        assertEquals(stored.getEdgeTarget(e), view.getEdgeTarget(e));
        assertTrue(view.containsEdge(e));
      }
      for (int v : stored.vertexSet()) {
        assertEquals(stored.incomingEdgesOf(v), view.incomingEdgesOf(v));
        assertEquals(stored.outgoingEdgesOf(v), view.outgoingEdgesOf(v));
        assertEquals(stored.edgesOf(v), view.edgesOf(v));
        assertEquals(stored.degreeOf(v), view.degreeOf(v));
        assertEquals(Graphs.successorListOf(stored, v), Graphs.successorListOf(view, v));
        for (int w : stored.vertexSet()) {
          assertEquals(stored.getEdge(v, w), view.getEdge(v, w));
          assertEquals(stored.getAllEdges(v, w), view.getAllEdges(v, w));
        }
      }
    }
  }

  @Test
  void algorithmsWorkOnIt() throws IOException {
    Graph graph = random(new Random(7), 12);
    BitSet all = new BitSet();
    all.set(0, 12);
    JgraphtView view = new JgraphtView(graph.before(), all);
    assertFalse(new CycleDetector<>(view).detectCycles());
    List<Integer> order = new ArrayList<>();
    new TopologicalOrderIterator<>(view).forEachRemaining(order::add);
    assertEquals(12, order.size());
    for (int e : view.edgeSet()) {
      assertTrue(order.indexOf(view.getEdgeSource(e)) < order.indexOf(view.getEdgeTarget(e)));
    }
  }

  @Test
  void itCannotBeChanged() throws IOException {
    Graph graph = random(new Random(1), 3);
    BitSet two = new BitSet();
    two.set(0, 2);
    JgraphtView view = new JgraphtView(graph.before(), two);
    assertThrows(UnsupportedOperationException.class, () -> view.addVertex(2));
    assertThrows(UnsupportedOperationException.class, () -> view.removeVertex(0));
    assertThrows(UnsupportedOperationException.class, () -> view.vertexSet().remove(0));
    assertThrows(IllegalArgumentException.class, () -> view.edgesOf(2));
    assertNull(view.getAllEdges(0, 2));
    assertEquals(Set.of(0, 1), view.vertexSet());
  }
}
