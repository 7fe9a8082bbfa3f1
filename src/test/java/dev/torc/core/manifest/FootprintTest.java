package dev.torc.core.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.model.Graph;
import dev.torc.core.model.GraphBuilder;
import dev.torc.core.model.Job.Tool;
import dev.torc.front.buildfile.BuildFileLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a job depends on beside the build file: all that its manifest asks for. */
class FootprintTest {

  @TempDir Path folder;

  private Footprint of(String job, List<String> found, String jobs) throws Exception {
    Path file = Files.writeString(folder.resolve("torc.yaml"), "jobs:\n" + jobs.indent(2));
    Graph graph = GraphBuilder.build(BuildFileLoader.load(List.of(file), new TreeMap<>()));
    Footprint footprint = new Footprint();
    new Manifest(graph).describe(graph.jobId(job), found, footprint, footprint);
    lists = new TreeSet<>();
    footprint.lists().forEach(list -> lists.add(graph.list(list).written()));
    return footprint;
  }

  private Set<String> lists;

  @Test
  void everyKindOfNeedIsInIt() throws Exception {
    Footprint footprint =
        of(
            "a",
            List.of("found.h"),
            """
            m: { command: m, produces: m.out }
            n: { command: n, produces: n.out }
            a:
              command: a {needs}
              needs: [x, m.out, '*.c', d/, { job: n }, { data: m.k }]
              env: { CALLERS: , OWN: value, PATH: "tools:{env.ONE}:{env.TWO}" }
              tools: [gcc, t/fit]
              depfile: a.d
              produces: a.out
            """);
    assertEquals(Set.of("x", "m.out", "found.h"), new TreeSet<>(footprint.files()));
    assertEquals(Set.of("*.c", "d/", "job n"), lists);
    assertEquals(Set.of("CALLERS", "ONE", "TWO"), footprint.variables());
    assertEquals(List.of("gcc", "t/fit"), footprint.tools().stream().map(Tool::name).toList());
  }

  @Test
  void valuesOfTheBuildFileAreNotInIt() throws Exception {
    Footprint footprint =
        of("a", List.of(), "a: { command: [a, b], dir: d, env: { OWN: value }, produces: a.out }");
    assertEquals(List.of(), footprint.files());
    assertEquals(Set.of(), lists);
    assertEquals(Set.of(), footprint.variables());
  }

  @Test
  void aFileThatAJobMakesWithoutAPathToThisOneIsNotLookedAt() throws Exception {
    Footprint footprint =
        of(
            "a",
            List.of("made.h"),
            """
            h: { command: h, produces: made.h }
            a: { command: a, depfile: a.d, produces: a.out }
            """);
    assertEquals(List.of(), footprint.files());
  }

  @Test
  void theCallerDecidesTheFileOfAToolUnlessItHasAPath() throws Exception {
    assertEquals(
        Set.of("PATH"),
        of("a", List.of(), "a: { command: a, tools: gcc, env: { PATH: } }").variables());
    assertEquals(Set.of(), of("a", List.of(), "a: { command: a, tools: t/fit }").variables());
  }

  @Test
  void theMachineDecidesTheImageOfANameUnlessItIsAFile() throws Exception {
    String jobs = "a: { command: a, image: tools:1 }\nb: { command: b, image: ./x.sif }";
    assertEquals("tools:1", of("a", List.of(), jobs).images().getFirst().name());
    assertEquals(List.of(), of("b", List.of(), jobs).images());
  }

  @Test
  void aToolThatAJobMakesIsANeed() throws Exception {
    Footprint footprint =
        of(
            "a",
            List.of(),
            """
            m: { command: m, produces: [bin/fit, bin/see] }
            a: { command: a, tools: [bin/fit, see], env: { PATH: 'bin:{env.PATH}' } }
            """);
    assertEquals(List.of("bin/fit", "bin/see"), footprint.files());
    assertEquals(List.of(), footprint.tools());
  }
}
