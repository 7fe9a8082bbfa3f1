package dev.torc.core.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinNodesTest {

  @TempDir Path root;

  private Workflow flat(String jobs) throws IOException {
    Path file = root.resolve("torc.yaml");
    Files.writeString(file, "jobs:\n" + jobs.indent(2));
    return BuildFileLoader.load(List.of(file), new TreeMap<>());
  }

  private Graph graph(String jobs, Group... open) throws IOException {
    return GraphBuilder.build(Grouped.of(flat(jobs), open));
  }

  private static String lines(int count, IntFunction<String> line) {
    return IntStream.range(0, count).mapToObj(line).collect(Collectors.joining("\n", "", "\n"));
  }

  private static List<String> names(Graph graph, int[] nodes) {
    return Arrays.stream(nodes).mapToObj(graph::name).sorted().toList();
  }

  private static final String SWEEP =
      """
      train/lr=1,seed=1: { command: x, produces: out/a }
      train/lr=1,seed=2: { command: x, produces: out/b }
      train/lr=2,seed=1: { command: x, produces: out/c }
      """;

  @Test
  void aThousandReadersOfAThousandJobsCostThousandsOfEdges() throws IOException {
    for (String need : List.of("{ job: produce }", "'out/*'", "out/")) {
      Graph graph =
          graph(
              lines(1000, i -> "produce/i=%d: { command: x, produces: out/%d }".formatted(i, i))
                  + lines(1000, i -> "read%d: { command: x, needs: [%s] }".formatted(i, need)));
      assertEquals(2001, graph.nodes());
      assertEquals(2000, graph.before().to(graph.nodes() - 1));
      assertEquals(1, graph.lists());
      assertTrue(graph.precedes(graph.jobId("produce/i=999"), graph.jobId("read0")));
      assertFalse(graph.precedes(graph.jobId("read0"), graph.jobId("produce/i=999")));
    }
  }

  @Test
  void needsAndAfterShareAGate() throws IOException {
    Graph graph =
        graph(
            SWEEP + "a: { command: x, needs: [{ job: train }] }\nb: { command: x, after: train }");
    assertEquals(graph.jobs() + 1, graph.nodes());
    assertArrayEquals(new int[] {graph.jobs()}, graph.before().row(graph.jobId("a")));
    assertArrayEquals(new int[] {graph.jobs()}, graph.before().row(graph.jobId("b")));
  }

  @Test
  void aGateForOneJobIsNotMade() throws IOException {
    Graph graph = graph(SWEEP + "a: { command: x, needs: [{ job: train/lr=2 }] }");
    assertEquals(graph.jobs(), graph.nodes());
    assertEquals(
        List.of("train/lr=2,seed=1"), names(graph, Downstream.jobsBefore(graph, graph.jobId("a"))));
  }

  @Test
  void aNameMeansAJobAGroupAnInstanceOrAPartOfAGroup() throws IOException {
    Graph graph = graph(SWEEP + "a: { command: x }");
    assertEquals(List.of("a"), names(graph, graph.nodesOf("a")));
    assertEquals(3, graph.nodesOf("train").length);
    assertEquals(
        List.of("train/lr=1,seed=1", "train/lr=1,seed=2"),
        names(graph, graph.nodesOf("train/lr=1")));
    assertEquals(
        List.of("train/lr=1,seed=1", "train/lr=2,seed=1"),
        names(graph, graph.nodesOf("train/seed=1")));
    assertEquals(List.of("train/lr=1,seed=2"), names(graph, graph.nodesOf("train/seed=2,lr=1")));
    assertNull(graph.nodesOf("train/lr=7"));
    assertNull(graph.nodesOf("train/rate=1"));
  }

  @Test
  void aValueOfNoInstanceIsAnErrorThatSaysSo() {
    assertEquals(
        "no instance of train has lr=7",
        message(SWEEP + "a: { command: x, needs: [{ job: train/lr=7 }] }"));
    assertEquals(
        "train has no parameter rate; it has lr, seed",
        message(SWEEP + "a: { command: x, after: train/rate=1 }"));
    assertEquals(
        "no job trai; did you mean train?", message(SWEEP + "a: { command: x, after: trai }"));
  }

  private String message(String jobs) {
    BadInput refused = assertThrows(BadInput.class, () -> graph(jobs));
    return refused.diagnostics().getFirst().message();
  }

  @Test
  void aCycleThroughAGroupNamesTheGroup() {
    assertEquals(
        "dependency cycle: train/lr=1,seed=1 → a → train → train/lr=1,seed=1;"
            + " remove one of these needs",
        message(
            """
            train/lr=1,seed=1: { command: x, needs: [f] }
            train/lr=1,seed=2: { command: x }
            a: { command: x, needs: [{ job: train }], produces: f }
            """));
  }

  @Test
  void aGlobNeverMatchesProductsOfTheOwnGroup() throws IOException {
    Graph graph =
        graph(
            """
            make: { command: x, produces: out/0 }
            add/i=1: { command: x, needs: ['out/*'], produces: out/1 }
            add/i=2: { command: x, needs: ['out/*'], produces: out/2 }
            all: { command: x, needs: ['out/*'] }
            """);
    assertEquals(
        List.of("make"), names(graph, Downstream.jobsBefore(graph, graph.jobId("add/i=1"))));
    assertEquals(
        List.of("make"), names(graph, Downstream.jobsBefore(graph, graph.jobId("add/i=2"))));
    assertEquals(3, Downstream.jobsBefore(graph, graph.jobId("all")).length);
    assertEquals(2, graph.lists());
  }

  @Test
  void aGroupThatIsNotExpandedIsANodeThatItsReadersWaitFor() throws IOException {
    Group open =
        Grouped.group(
            "fold",
            Place.NONE,
            List.of("f"),
            List.of(),
            List.of("find"),
            List.of(new Ref.OfGlob(Place.NONE, "fold/*.out")));
    Graph graph =
        graph(
            """
            byGlob: { command: x, needs: ['fold/*.out'] }
            byFile: { command: x, needs: [fold/a.out] }
            byName: { command: x, needs: [{ job: fold }] }
            byPart: { command: x, after: fold/f=a }
            other: { command: x, needs: ['fold/*.txt'] }
            find: { command: x, produces: 'cand/*' }
            """,
            open);
    int fold = graph.nodesOf("fold")[0];
    assertTrue(graph.isOpen(fold));
    assertEquals("fold", graph.name(fold));
    for (String reader : List.of("byGlob", "byFile", "byName", "byPart")) {
      int[] before = graph.before().row(graph.jobId(reader));
      boolean direct = graph.isOpen(before[0]); // else a join node is between
      assertArrayEquals(new int[] {fold}, direct ? before : graph.before().row(before[0]), reader);
      assertEquals(1, before.length);
      assertTrue(graph.precedes(graph.jobId("find"), graph.jobId(reader)), reader);
      assertEquals(
          List.of("find"), names(graph, Downstream.jobsBefore(graph, graph.jobId(reader))));
    }
    assertEquals(0, graph.before().count(graph.jobId("other")));
    assertEquals(fold, graph.makerOf("fold/zzz.out"));
    assertTrue(graph.mayBeInstance("fold/f=zzz"));
  }

  @Test
  void theOrderHoldsForAllNodes() throws IOException {
    Graph graph = graph(SWEEP + "a: { command: x, after: train }\nb: { command: x, after: a }");
    boolean[] seen = new boolean[graph.nodes()];
    for (int place = 0; place < graph.nodes(); place++) {
      for (int before : graph.before().row(graph.inOrder(place))) {
        assertTrue(seen[before]);
      }
      seen[graph.inOrder(place)] = true;
    }
  }
}
