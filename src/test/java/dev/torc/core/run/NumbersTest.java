package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.model.Graph;
import dev.torc.core.model.GrownGraph;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Numbers are handed out once: jobs and files that are known before a group is expanded have the
 * same numbers after it, and what the expansion adds gets new ones. {@link Harness} asserts this
 * for every build of every test.
 */
class NumbersTest extends Harness {

  /** A group that is written first and known last, between jobs that are known from the start. */
  private static final String JOBS =
      """
      report: { command: r, needs: [{ job: fold }, out/b.txt, 'out/*'], produces: r.txt }
      fold: { command: 'f {n}', parameters: { n: { lines: names } }, produces: 'out/{n}.txt' }
      again: { command: 'g {n}', parameters: { n: { values: fold.n } }, needs: ['out/{n}.txt'] }
      find: { command: find, produces: names }
      other: { command: o, needs: [in], produces: o.txt, after: fold }
      """;

  private void find(String names) {
    scripts.put(
        "find",
        stub -> {
          stub.write("names", names);
          return stub.exit(0);
        });
  }

  @Test
  void numbersAreHandedOutOnce() {
    edit("in", "0");
    find("a\nb\n");
    given(JOBS);
    build().ran("find", "fold/n=a", "fold/n=b", "again/n=a", "again/n=b", "report", "other");
    Graph last = running.context().graph();
    assertNotSame(graph, last);
    GrownGraph.keepsNumbers(graph, last);
    for (String known : List.of("report", "find", "other")) {
      assertEquals(graph.jobId(known), last.jobId(known), known);
    }
    assertTrue(last.jobId("fold/n=a") >= graph.nodes());
    for (String known : List.of("r.txt", "names", "in", "o.txt", "out/b.txt")) {
      assertEquals(graph.fileId(known), last.fileId(known), known);
    }
    settled();
  }

  @Test
  void aGraphThatGrewIsTheOneThatWouldHaveBeenBuilt() {
    edit("in", "0");
    find("a\nb\n");
    given(JOBS);
    build();
    GrownGraph.isAsBuiltAnew(running.context().graph());
    edit("more", "0");
    find("c\n");
    given(JOBS.replace("command: find", "command: find, needs: [more]").replace("out/b", "out/c"));
    build().ran("find", "fold/n=c", "again/n=c", "report");
    GrownGraph.isAsBuiltAnew(running.context().graph());
  }
}
