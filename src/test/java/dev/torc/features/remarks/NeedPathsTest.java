package dev.torc.features.remarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.model.Graph;
import dev.torc.core.model.GraphBuilder;
import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeedPathsTest {

  private static final int JOBS = 40;

  @TempDir Path temp;

  /** Jobs that need random earlier jobs; with {@code more} some have an {@code after} as well. */
  private Graph graph(boolean more) throws IOException {
    Random random = new Random(14);
    StringBuilder text = new StringBuilder("jobs:\n");
    for (int i = 0; i < JOBS; i++) {
      text.append("  j").append(i).append(": { command: x, produces: f").append(i).append(", ");
      int need = random.nextInt(JOBS);
      String[] ways = {"f%d", "'f{%d,x}'", "{ job: j%d }", "{ data: j%d.x }"};
      if (need < i) {
        text.append("needs: [").append(ways[i % 4].formatted(need)).append("], ");
      }
      int after = random.nextInt(JOBS);
      text.append(more && after < i ? "after: j" + after + " }\n" : "}\n");
    }
    Path yaml = Files.writeString(temp.resolve("torc.yaml"), text);
    return GraphBuilder.build(BuildFileLoader.load(List.of(yaml), new TreeMap<>()));
  }

  @Test
  void afterAddsNoPathAndTakesNone() throws IOException {
    Graph plain = graph(false);
    Graph ordered = graph(true);
    NeedPaths paths = new NeedPaths(ordered, Long.MAX_VALUE);
    int apart = 0;
    for (int a = 0; a < JOBS; a++) {
      for (int b = 0; b < JOBS; b++) {
        boolean needs = a != b && plain.precedes(plain.jobId("j" + a), plain.jobId("j" + b));
        int from = ordered.jobId("j" + a);
        int to = ordered.jobId("j" + b);
        assertEquals(needs, paths.lead(from, to), "j" + a + " to j" + b);
        apart += ordered.precedes(from, to) && !needs ? 1 : 0;
      }
    }
    assertTrue(apart > JOBS, "only " + apart);
  }

  @Test
  void questionsBeyondTheStepsAreAnsweredWithYes() throws IOException {
    String text =
        """
        jobs:
          first: { command: x, produces: a }
          other: { command: x, produces: b }
          last: { command: x, needs: b, after: first }
        """;
    Path yaml = Files.writeString(temp.resolve("torc.yaml"), text);
    Graph graph = GraphBuilder.build(BuildFileLoader.load(List.of(yaml), new TreeMap<>()));
    int first = graph.jobId("first");
    int last = graph.jobId("last");
    assertFalse(new NeedPaths(graph, 1).lead(first, last));
    assertTrue(new NeedPaths(graph, 0).lead(first, last));
    NeedPaths twice = new NeedPaths(graph, 1);
    assertFalse(twice.lead(first, last));
    assertTrue(twice.lead(first, last), "the steps are those of all questions");
  }
}
