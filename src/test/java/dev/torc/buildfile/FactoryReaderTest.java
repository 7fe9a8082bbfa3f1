package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.workflow.GroupTest;
import dev.torc.workflow.Job;
import dev.torc.workflow.Workflow;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code factories} and {@code dependencies}, in the form of the seed. */
class FactoryReaderTest {

  private static Workflow seed(String name) throws Exception {
    return BuildFileLoader.load(List.of(Path.of("testdata/seeds", name)), new TreeMap<>());
  }

  private static List<String> names(Workflow workflow) {
    return workflow.jobs().stream().map(Job::name).toList();
  }

  @Test
  void severalFactoriesOfTheSeed() throws Exception {
    Workflow workflow = seed("multiple-job-factories.json");
    assertEquals("multiple-job-factories", workflow.name());
    assertEquals(
        List.of(
            "renderA/frame=1",
            "renderA/frame=2",
            "renderA/frame=3",
            "renderA/frame=4",
            "renderB/frame=1",
            "renderB/frame=2",
            "renderB/frame=3"),
        names(workflow));
    Job job = workflow.jobs().getLast();
    assertEquals("busybox", job.steps().getFirst().image().name());
    assertEquals("echo B $frame", Written.command(job));
    assertEquals("3", job.steps().getFirst().env().get("frame").orElseThrow().declared());
    assertEquals(1, job.resources().cpus());
    assertEquals(1_000_000_000L, job.resources().memory());
    assertEquals(10_000_000_000L, job.resources().disk());
  }

  @Test
  void aFactoryWithDependenciesOfTheSeed() throws Exception {
    Workflow workflow = seed("factory-dag-workflow.json");
    assertEquals(List.of("process/id=1", "process/id=2", "process/id=3", "merge"), names(workflow));
    // The parents' result is needed, not only their end.
    assertEquals("[{process}]", GroupTest.paths(workflow.jobs().getLast().needs()).toString());
    assertEquals(List.of(), workflow.jobs().getLast().after());
  }

  @Test
  void aSweepMayHaveAnyNumberOfDimensionsWithTheEndIncluded() {
    Workflow workflow =
        Written.yaml(
                "jobs: [{name: a, command: x}]",
                "factories:",
                "  - type: parameterSweep",
                "    jobs: [a]",
                "    parameters:",
                "      - {name: x, start: 1, end: 4, step: 1}",
                "      - {name: y, start: 2, end: 5, step: 1}",
                "      - {name: z, start: 3, end: 6, step: 0.5}")
            .load();
    assertEquals(112, workflow.jobs().size());
    assertEquals("a/x=1,y=2,z=3", names(workflow).getFirst());
    assertEquals("a/x=1,y=2,z=3.5", names(workflow).get(1));
    assertEquals("a/x=4,y=5,z=6", names(workflow).getLast());
  }

  @Test
  void zipAndRepeat() {
    Workflow workflow =
        Written.yaml(
                "jobs: {a: {command: x}, b: {command: x, needs: {in: f}}, c: {command: x}}",
                "factories:",
                "  - {type: zip, jobs: [a], parameters: [{name: p, values: [u, v]},"
                    + " {name: q, values: [1, 2]}]}",
                "  - {name: r, type: repeat, jobs: [b, c], number: 2}",
                "dependencies: {a: [b, c]}")
            .load();
    assertEquals(
        List.of("a/p=u,q=1", "a/p=v,q=2", "b/repeat=1", "b/repeat=2", "c/repeat=1", "c/repeat=2"),
        names(workflow));
    assertEquals("[f, {a}]", GroupTest.paths(workflow.jobs().get(2).needs()).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'factories: [{type: sweep, jobs: [a]}]'|2:13: the type of a factory is parameterSweep, zip"
            + " or repeat",
        "'factories: [{type: repeat, jobs: [ab], number: 1}]'|2:35: no job ab; did you mean a?",
        "'factories: [{type: repeat, jobs: [a, a], number: 1}]'|2:38: the job a has parameters"
            + " already, here or by a factory",
        "'factories: [{type: repeat, jobs: [a]}]'|2:13: a factory needs number",
        "'factories: [{type: zip, jobs: [a], parameters: [{name: p}]}]'|2:49: a parameter of a zip"
            + " needs values",
        "'factories: [{typ: zip}]'|2:14: unknown key typ in a factory; did you mean type?",
        "'factories: {a: b}'|2:12: factories must be a list of {name, type, jobs, parameters}",
        "'dependencies: {a: [x]}'|2:20: no job x",
        "'dependencies: {x: [a]}'|2:16: no job x",
        "'dependencies: [a]'|2:15: dependencies must be a map",
      })
  void whatIsRefused(String line, String message) {
    String told = Written.yaml("jobs: {a: {command: x}}", line).refused();
    assertTrue(told.lines().toList().contains("torc.yaml:" + message), told);
  }
}
