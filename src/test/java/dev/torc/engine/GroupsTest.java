package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.buildfile.BuildFileLoader;
import dev.torc.graph.Graph;
import dev.torc.graph.GraphBuilder;
import dev.torc.graph.Grouped;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.session.Project;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Jobs that need a group, and what targets mean instances. */
class GroupsTest extends Harness {

  @Override
  Project load() throws IOException {
    Workflow flat = BuildFileLoader.load(List.of(root.resolve("torc.yaml")), new TreeMap<>());
    Graph grouped = GraphBuilder.build(Grouped.of(flat));
    return new Project(
        caller(),
        options(List.of()),
        grouped,
        place(),
        List.of(),
        _ -> grouped.workflow(),
        null,
        null,
        (_, _, _) -> null);
  }

  private void sweep(String... more) {
    given(
        """
        train/lr=1,seed=1: { command: a, needs: [in], produces: out/1-1 }
        train/lr=1,seed=2: { command: b, needs: [in], produces: out/1-2 }
        train/lr=2,seed=1: { command: c, needs: [in], produces: out/2-1 }
        best: { command: 'x {needs}', needs: [{ job: train }], produces: best }
        one: { command: y, needs: [{ job: train/lr=1 }], produces: one }
        """
            + String.join("\n", more));
    edit("in", "1");
  }

  @Test
  void aReaderOfAGroupSeesTheProductsOfAllInstancesSortedByPath() {
    sweep();
    StringBuilder seen = new StringBuilder();
    job(
        "best",
        stub -> {
          seen.append(String.join(" ", stub.needs()));
          return work(stub);
        });
    build();
    assertEquals("out/1-1 out/1-2 out/2-1", seen.toString());
    settled();
  }

  @Test
  void reasonsForAGroupNameTheFiles() {
    sweep();
    build();
    failing("train/lr=1,seed=2");
    delete("out/2-1");
    job(
        "train/lr=2,seed=1",
        stub -> {
          stub.write("out/2-1", "other");
          return stub.exit(0);
        });
    build().ran("train/lr=2,seed=1", "best");
    assertEquals("need changed out/2-1", why("best"));
    given(
        """
        train/lr=1,seed=1: { command: a, needs: [in], produces: out/1-1 }
        train/lr=2,seed=1: { command: c, needs: [in], produces: out/2-1 }
        train/lr=3,seed=1: { command: d, needs: [in], produces: out/3-1 }
        best: { command: 'x {needs}', needs: [{ job: train }], produces: best }
        """);
    build().ran("train/lr=3,seed=1", "best");
    assertEquals("need added out/3-1; need removed out/1-2", why("best"));
    settled();
  }

  @Test
  void aPartOfAGroupIsThatPart() {
    sweep();
    build();
    delete("out/2-1");
    job(
        "train/lr=2,seed=1",
        stub -> {
          stub.write("out/2-1", "other");
          return stub.exit(0);
        });
    build().ran("train/lr=2,seed=1", "best");
    delete("out/1-2");
    job(
        "train/lr=1,seed=2",
        stub -> {
          stub.write("out/1-2", "other");
          return stub.exit(0);
        });
    build().ran("train/lr=1,seed=2", "best", "one");
  }

  @Test
  void instancesWithoutProductsCountByTheirManifests() {
    given(
        """
        test/i=1: { command: a, needs: [in] }
        test/i=2: { command: b, needs: [in2] }
        all: { command: x, needs: [{ job: test }], produces: all }
        """);
    edit("in", "1");
    edit("in2", "1");
    build();
    edit("in2", "2");
    build().ran("test/i=2", "all");
    assertEquals("need changed job test/i=2", why("all"));
    settled();
  }

  @Test
  void aFailedInstanceBlocksTheReadersOfItsGroupAndNothingElse() {
    sweep();
    failing("train/lr=2,seed=1");
    build();
    assertEquals(JobState.BLOCKED, state("best"));
    assertEquals("train/lr=2,seed=1", what("best"));
    assertEquals(JobState.RAN, state("one"));
    assertEquals(1, exit);
  }

  @Test
  void targetsAreGroupsInstancesPartsAndGlobsOverInstances() {
    sweep("tagged: { command: z, tags: [best2] }");
    build("train/lr=1").ran("train/lr=1,seed=1", "train/lr=1,seed=2");
    edit("in", "2");
    build("train/*seed=2*").ran("train/lr=1,seed=2");
    edit("in", "3");
    build("train/seed=1,lr=2").ran("train/lr=2,seed=1");
    edit("in", "4");
    build("train").ran("train/lr=1,seed=1", "train/lr=1,seed=2", "train/lr=2,seed=1");
    build("best2").ran("tagged");
    build("out/1-1").ran();
    build("one").ran("one");
  }

  @Test
  void beforeTheBuildReadersOfAGroupMayRun() {
    sweep();
    build();
    edit("in", "2");
    Map<String, String> said = look();
    assertEquals("may run: train/lr=1,seed=1", said.get("best"));
    assertEquals("may run: train/lr=1,seed=1", said.get("one"));
  }

  /** What a build without work looks at does not grow with m times n. */
  @Test
  void aNoOpLooksAtEachProductOfAGroupOnceHoweverManyNeedTheGroup() {
    int size = 60;
    StringBuilder jobs = new StringBuilder();
    for (int i = 0; i < size; i++) {
      jobs.append("produce/i=%d: { command: a, produces: out/%d }\n".formatted(i, i));
      jobs.append(
          "use%d: { command: b, needs: [{ job: produce }], produces: u%d }\n".formatted(i, i));
    }
    given(jobs.toString());
    build();
    AtomicInteger looks = new AtomicInteger();
    StampSource plain = stamps;
    stamps =
        new StampSource() {
          @Override
          public Stamp stamp(Path path) throws IOException {
            looks.addAndGet(path.getParent().endsWith("out") ? 1 : 0);
            return plain.stamp(path);
          }

          @Override
          public Stamp linkStamp(Path path) throws IOException {
            return plain.linkStamp(path);
          }
        };
    build().ran();
    assertTrue(looks.get() <= 2 * size, () -> looks + " looks");
    assertEquals(size, graph.before().count(graph.nodes() - 1));
    assertEquals(2 * size, graph.before().to(graph.nodes() - 1));
  }
}
