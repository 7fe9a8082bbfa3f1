package dev.torc.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What workflow files are refused, what is said of others, and small rules of the translation. */
class ImportedTest {

  @TempDir Path root;

  private Imported of(String text) throws IOException {
    Path file = root.resolve("w.yaml");
    Files.writeString(file, text);
    return Imported.of(file, "w.yaml", root);
  }

  private String refused(String text) {
    return assertThrows(BadInput.class, () -> of(text)).getMessage();
  }

  /** The part of the build file from {@code jobs:} on, of a workflow of these jobs and files. */
  private String jobs(String text) throws IOException {
    String made = of("name: w\n" + text).text();
    return made.substring(made.indexOf("jobs:\n") + 6);
  }

  private List<String> said(String text) throws IOException {
    return of("name: w\n" + text).notes().stream().map(Object::toString).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|w.yaml:1:1: no workflow: it must be a map with name and jobs",
        "jobs: []|w.yaml:1:1: a workflow needs name",
        "{name: w, jobs: {a: b}}|w.yaml:1:17: jobs must be a list",
        "{name: w, jobs: [a]}|w.yaml:1:18: a job must be a map",
        "{name: w, jobs: [{name: a}]}|w.yaml:1:18: a job needs command",
        "{name: w, jobs: [{name: a, command: [x]}]}|w.yaml:1:37: command must be a text, not a"
            + " list",
        "{name: w, jobs: [{name: a, comand: x}]}|w.yaml:1:18: a job needs command\\n"
            + "w.yaml:1:28: unknown key comand in a job; did you mean command?",
        "{name: w, jobs: [{name: a, command: x, depends_on: [b]}]}|w.yaml:1:53: no job b",
        "{name: w, jobs: [{name: a, command: x, input_files: [b]}]}|w.yaml:1:54: no file b",
        "{name: w, jobs: [{name: a, command: 'x ${files.input.b}'}]}|w.yaml:1:37: no file b",
        "{name: w, jobs: [{name: a, command: x, depends_on_regexes: ['b.*']}]}|"
            + "w.yaml:1:61: no job has a name that matches b.*",
        "{name: w, jobs: [{name: a, command: x, depends_on_regexes: ['(']}]}|"
            + "w.yaml:1:61: no regular expression: (: Unclosed group",
        "{name: w, jobs: [{name: a, command: x, input_user_data_regexes: ['(']}]}|"
            + "w.yaml:1:66: no regular expression: (: Unclosed group",
        "{name: w, jobs: [{name: a, command: x}, {name: a, command: y}]}|"
            + "w.yaml:1:48: a second job a, first at w.yaml:1:25",
        "{name: w, jobs: [{name: a, command: x, resource_requirements: big}]}|"
            + "w.yaml:1:63: no resource_requirements big",
        "{name: w, jobs: [{name: a, command: x, failure_handler: h}]}|"
            + "w.yaml:1:57: no failure handler h",
        "{name: w, jobs: [{name: a, command: x, input_user_data: [u]}]}|w.yaml:1:58: no user data"
            + " u",
        "{name: w, jobs: [{name: 'a{i}', command: x, parameters: {i: '1:x'}}]}|"
            + "w.yaml:1:61: i: to must be a number, not x",
        "{name: w, jobs: [{name: 'a{i}', command: x, parameters: {i: '1:2', j: '1:3'},"
            + " parameter_mode: zip}]}|w.yaml:1:95: zip needs as many values of each, but i has 2"
            + " and j has 3",
        "{name: w, jobs: [{name: a, command: x, parameters_file: t.csv}]}|w.yaml:1:57:"
            + " parameters_file is not read by torc import; put the values into parameters, or"
            + " write the job by hand with table: FILE",
        "{name: w, jobs: [], resource_requirements: [{name: r, num_cpus: two, memory: lots}]}|"
            + "w.yaml:1:65: cpus must be a whole number, not two\\n"
            + "w.yaml:1:78: memory is a number with k, m, g or t behind it, not lots",
      })
  void whatIsNoWorkflowIsRefusedWithPlace(String text, String message) {
    assertEquals(message.replace("\\n", "\n"), refused(text));
  }

  @Test
  void manyMistakesAreToldAtOnceAndCapped() {
    StringBuilder text = new StringBuilder("name: w\njobs:\n");
    for (int i = 0; i < 30; i++) {
      text.append("  - { name: a").append(i).append(", command: x, depends_on: [none] }\n");
    }
    String[] lines = refused(text.toString()).split("\n");
    assertEquals(21, lines.length);
    assertEquals("w.yaml: and 10 more", lines[20]);
  }

  @Test
  void keysOfLaterVersionsAndUnknownOnesAreSaid() throws IOException {
    assertEquals(
        List.of(
            "w.yaml:2:1: metadata is not carried: torc keeps none",
            "w.yaml:3:1: unknown key frobnicate in a workflow is not carried",
            "w.yaml:5:41: label is not carried: there is only this machine; tags are selectable"),
        said(
            """
            metadata: { a: b }
            frobnicate: 7
            jobs:
              - { name: a, command: x, priority: 3, label: gpu, stdio: null }
            """));
  }

  @Test
  void variablesEnvironmentAndPrioritiesAreCarried() throws IOException {
    assertEquals(
        """
          a:
            command: run 2020 "$MODE"
            priority: 3
            env:
              MODE: fast {{x}}
        """,
        jobs(
            """
            variables: { year: 2020 }
            jobs:
              - { name: a, command: 'run {year} "$MODE"', priority: 3, env: { MODE: 'fast {x}' } }
            """));
  }

  @Test
  void aRegularExpressionWithAParameterBecomesAPartOfTheGroup() throws IOException {
    assertEquals(
        """
          s:
            command: echo {m} {i}
            parameters:
              m: [a.b, axb]
              i: { from: 1, to: 2 }

          t:
            command: echo {m}
            parameters:
              m: [a.b, axb]
            needs: { job: "s/m={m}" }
        """,
        jobs(
            """
            jobs:
              - { name: 's_{m}_{i}', command: 'echo {m} {i}', parameters: { m: '[a.b,axb]', i: '1:2' } }
              - { name: 't_{m}', command: 'echo {m}', depends_on_regexes: ['^s_{m}_'], parameters: { m: '[a.b,axb]' } }
            """));
  }

  @Test
  void parametersOfOtherNamesFollowTheirValues() throws IOException {
    assertEquals(
        """
          make:
            command: touch {k}
            parameters:
              k: { from: 1, to: 3 }
            produces: out/{k:02d}.txt

          use:
            command: cat {needs}
            parameters:
              i: { from: 1, to: 3 }
              prev: [1, 2, 3]
            mode: zip
            needs: out/{i:02d}.txt
        """,
        jobs(
            """
            jobs:
              - { name: 'make_{k}', command: 'touch {k}', output_files: ['o_{k}'], parameters: { k: '1:3' } }
              - name: 'use_{i}_{prev}'
                command: cat ${files.input.o_{i}}
                parameters: { i: '1:3', prev: '[1,2,3]' }
                parameter_mode: zip
            files: [{ name: 'o_{n}', path: 'out/{n:02d}.txt', parameters: { n: '1:3' } }]
            """));
  }

  @Test
  void someOfAGroupThatNoRuleTellsAreListed() throws IOException {
    assertTrue(
        jobs("""
        jobs:
          - { name: 'g_{i}', command: 'x {i}', parameters: { i: '1:4' } }
          - { name: h, command: y, depends_on: [g_1, g_3] }
        """)
            .endsWith("needs: [{ job: g/i=1 }, { job: g/i=3 }]\n"));
  }

  @Test
  void aJobWhoseNeedsFollowNoRuleIsWrittenOneByOne() throws IOException {
    String text =
        """
        jobs:
          - { name: 'g_{i}', command: 'x {i}', parameters: { i: '1:4' } }
          - { name: 'h_{j}', command: 'y {j:02d}', depends_on_regexes: ['g_[1{j}]$'], parameters: { j: '1:2' } }
        """;
    assertTrue(
        jobs(text)
            .endsWith(
                """
                  h_1:
                    command: y 01
                    needs: { job: g/i=1 }

                  h_2:
                    command: y 02
                    needs: [{ job: g/i=1 }, { job: g/i=2 }]
                """),
        jobs(text));
    assertEquals(
        List.of(
            "w.yaml:4:13: h_{j} is no group here but 2 jobs: what they depend on follows no rule"
                + " for a group"),
        said(text));
  }

  @Test
  void aChainOfFilesIsAGroup() throws IOException {
    String made =
        jobs(
            """
            jobs:
              - { name: step_0, command: 'x > s0', output_files: [s_0] }
              - name: 'step_{i}'
                command: 'x ${files.input.s_{prev}} > ${files.output.s_{i}}'
                parameters: { i: '1:2', prev: '0:1' }
                parameter_mode: zip
                depends_on: ['step_{prev}']
            files: [{ name: 's_{n}', path: 's{n}', parameters: { n: '0:2' } }]
            """);
    assertTrue(
        made.endsWith(
            """
              step:
                command: x {needs} > {produces}
                parameters:
                  i: { from: 1, to: 2 }
                  prev: { from: 0, to: 1 }
                mode: zip
                needs: s{prev}
                produces: s{i}
            """),
        made);
  }

  @Test
  void aChainOfJobsIsWrittenOneByOne() throws IOException {
    String made =
        jobs(
            """
            jobs:
              - { name: step_0, command: 'x 0' }
              - name: 'step_{i}'
                command: 'x {i}'
                parameters: { i: '1:2', prev: '0:1' }
                parameter_mode: zip
                depends_on: ['step_{prev}']
            """);
    assertTrue(
        made.endsWith(
            """
              step_2:
                command: x 2
                needs: { job: step_1 }
            """),
        made);
  }

  @Test
  void whereEvenThatCannotBeTheyWaitForAllOfThemAndThatIsSaid() throws IOException {
    String text =
        """
        jobs:
          - { name: 'g_{i}', command: 'x {i}', parameters: { i: '1:4' } }
          - { name: 'h_{j}', command: 'y {j}', depends_on_regexes: ['g_[1{j}]$'], parameters: { j: '1:300' } }
        """;
    assertTrue(jobs(text).endsWith("needs: { job: g }\n"), jobs(text));
    assertEquals(1, said(text).size());
    assertTrue(
        said(text).getFirst().startsWith("w.yaml:4:13: job h_{j} waits for all of g here: "));
  }

  @Test
  void aReferenceToSeveralFilesKeepsTheJobAGroup() throws IOException {
    String made =
        jobs(
            """
            jobs:
              - { name: 'g_{i}', command: 'x {i}', parameters: { i: '1:4' } }
              - { name: 'h_{j}', command: 'y ${files.input.f_{j}_{s}}', depends_on_regexes: ['g_[1{j}]$'], parameters: { j: '1:2', s: '1:2' } }
            files: [{ name: 'f_{j}_{s}', path: 'f{j}_{s}', parameters: { j: '1:2', s: '1:2' } }]
            """);
    assertTrue(made.endsWith("needs:\n      f: f{j}_*\n      others: { job: g }\n"), made);
  }

  @Test
  void sourcesOfASweepAreListedOneByOne() throws IOException {
    assertTrue(
        jobs("""
        jobs:
          - { name: all, command: 'cat *', input_files: ['in_{i}'], parameters: { i: '1:3' } }
        files: [{ name: 'in_{i}', path: 'in/{i}.txt', parameters: { i: '1:3' } }]
        """)
            .endsWith("needs: [in/1.txt, in/2.txt, in/3.txt]\n"));
  }

  /** By a pattern, or by their names where the pattern would match others too. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"out/a{i}.txt|out/a*.txt", "out/{i}.txt|[out/1.txt, out/2.txt, out/3.txt]"})
  void ofSeveralProductsOnlyTheWantedOnesAreNeeded(String path, String needs) throws IOException {
    String made =
        jobs(
            """
            jobs:
              - { name: 'g_{i}', command: 'x {i}', output_files: ['a_{i}', 'b_{i}'], parameters: { i: '1:3' } }
              - { name: all, command: y, input_file_regexes: ['^a_'] }
            files:
              - { name: 'a_{i}', path: '%s', parameters: { i: '1:3' } }
              - { name: 'b_{i}', path: 'out/b{i}.txt', parameters: { i: '1:3' } }
            """
                .formatted(path));
    assertTrue(made.endsWith("needs: " + needs + "\n"), made);
  }

  @Test
  void productsOutsideOfTheRootAreAllowedByRoots() throws IOException {
    String made =
        of("""
        name: w
        jobs:
          - { name: 'g_{i}', command: 'x {i}', output_files: ['a_{i}', b], parameters: { i: '1:1' } }
        files:
          - { name: 'a_{i}', path: '/scratch/deep/{i}/x.txt', parameters: { i: '1:1' } }
          - { name: b, path: /scratch/b.txt }
        """)
            .text();
    assertTrue(made.contains("\nroots: [/scratch]\n"), made);
  }

  @Test
  void whatIsSpecialInAPathStandsForItself() throws IOException {
    String made =
        jobs(
            """
            jobs: [{ name: a, command: x, input_files: [f, g, h] }]
            files:
              - { name: f, path: 'a[1]{x}.txt' }
              - { name: g, path: '!b $x.txt' }
              - { name: h, path: 'c,d.txt' }
            """);
    assertTrue(made.contains("a\\[1\\]\\{x\\}.txt"), made);
    assertTrue(made.contains("\\!b \\$x.txt"), made);
    assertTrue(made.contains("c,d.txt"), made);
  }

  @ParameterizedTest
  @CsvSource({
    "512k,PT90S,512KiB,1m30s",
    "3m,PT1H,3MiB,1h",
    "2g,P1D,2GiB,24h",
    "1t,P0DT1H30M,1TiB,1h30m",
    "1024,P2W,1024B,14d"
  })
  void memoryIsBinaryAndTimesAreForPeople(String memory, String runtime, String here, String limit)
      throws IOException {
    String made =
        of("""
        name: w
        jobs: []
        resource_requirements:
          - { name: r, num_cpus: 2, num_nodes: 3, memory: %s, runtime: %s }
        """
                .formatted(memory, runtime))
            .text();
    assertTrue(
        made.contains("  r: { cpus: 2, memory: %s, nodes: 3, runtime: %s }".formatted(here, limit)),
        made);
  }

  @Test
  void aRangeOfOneValueThatLooksLikeACountIsSaid() throws IOException {
    assertEquals(
        List.of(
            "w.yaml:3:56: the range of lr is one value, 0.0001: what stands last is the step; if a"
                + " number of values was meant, write them as a list"),
        said(
            """
            jobs:
              - { name: 'a_{lr}', command: 'x {lr}', parameters: { lr: '0.0001:0.01:10' } }
            """));
  }

  @Test
  void aReferenceToWhatTheJobStoresIsTheNameOfIt() throws IOException {
    String text =
        """
        jobs: [{ name: a, command: 'put ${user_data.output.my key}' }]
        user_data: [{ name: my key }]
        """;
    assertEquals("  a:\n    command: put my_key\n", jobs(text));
    assertEquals(3, said(text).size());
  }

  @Test
  void theSameFileGivesTheSameText() throws IOException {
    String text = Files.readString(Path.of("testdata/imports/sweep.yaml"));
    assertEquals(of(text), of(text));
  }
}
