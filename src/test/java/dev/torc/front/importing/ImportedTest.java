package dev.torc.front.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests which workflow files are refused, what the notes about other files say, and small rules of
 * the translation.
 */
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
      })
  void otherFilesThanWorkflowsAreRefusedWithPlace(String text, String message) {
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

  @ParameterizedTest
  @CsvSource({"512k,512KiB", "3m,3MiB", "2g,2GiB", "1 tb,1TiB", "4GiB,4GiB", "1024,1024B"})
  void memoryIsBinary(String memory, String here) throws IOException {
    String made =
        of("""
        name: w
        jobs: []
        resource_requirements:
          - { name: r, num_cpus: 2, num_nodes: 3, memory: %s, runtime: PT90S }
        """
                .formatted(memory))
            .text();
    String amounts = "  r: {cpus: 2, memory: %s, nodes: 3, runtime: PT90S}".formatted(here);
    assertTrue(made.contains(amounts), made);
  }

  @Test
  void aReferenceToWhatTheJobStoresIsTheNameOfIt() throws IOException {
    String text =
        """
        jobs: [{ name: a, command: 'put ${user_data.output.my key}' }]
        user_data: [{ name: my key }]
        """;
    assertEquals("  a:\n    command: put my_key\n", jobs(text));
    assertEquals(2, said(text).size());
  }

  @Test
  void theSameFileGivesTheSameText() throws IOException {
    String text = Files.readString(Path.of("testdata/imports/sweep.yaml"));
    assertEquals(of(text), of(text));
  }
}
