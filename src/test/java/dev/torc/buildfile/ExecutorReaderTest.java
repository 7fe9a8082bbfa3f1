package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.buildfile.ParsedBuildFile.Overrides;
import dev.torc.buildfile.ParsedBuildFile.ResultSource;
import dev.torc.cluster.SchedulerSettings;
import dev.torc.syntax.BadInput;
import dev.torc.workflow.Workflow;
import dev.torc.workflow.Workflow.Executor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schedulers of other machines, as the build file describes them. */
class ExecutorReaderTest {

  private static final String PBS =
      "kind: commands, submit: 'qsub {script}', states: 'qstat {ids}', cancel: 'qdel {ids}'";

  @TempDir Path temp;

  private Workflow read(String... files) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (String text : files) {
      paths.add(Files.writeString(temp.resolve("torc" + paths.size() + ".yaml"), text));
    }
    return ParsedBuildFile.read(paths, null, Overrides.NONE).expand(ResultSource.nothing());
  }

  @Test
  void whatIsNotSaidHasItsDefault() throws IOException {
    Executor executor = read("executors: { s: { kind: slurm } }\n").executors().getFirst();
    assertTrue(executor.trace());
    SchedulerSettings slurm = executor.settings();
    assertEquals("s", slurm.name());
    assertNull(slurm.commands());
    assertEquals(500, slurm.maxJobs());
    assertEquals(120_000_000_000L, slurm.batch());
    assertEquals(60_000_000_000L, slurm.latency());
    assertEquals(0, slurm.maxRuntime());
    assertEquals("", slurm.before() + slurm.account() + slurm.partition());
    assertEquals(List.of(), slurm.args());
  }

  @Test
  void oneIsLikeAnotherOverAsManyAsThereAre() throws IOException {
    List<Executor> all =
        read("""
        executors:
          c: { like: b, account: z }
          b: { like: a, partition: gpu, max_jobs: 3 }
          a: { kind: slurm, account: x, partition: short, args: [--qos=low] }
        """)
            .executors();
    assertEquals(List.of("c", "b", "a"), all.stream().map(Executor::name).toList());
    assertEquals("z gpu 3 [--qos=low]", shown(all.get(0)));
    assertEquals("x gpu 3 [--qos=low]", shown(all.get(1)));
    assertEquals("x short 500 [--qos=low]", shown(all.get(2)));
  }

  private static String shown(Executor executor) {
    SchedulerSettings e = executor.settings();
    return e.account() + " " + e.partition() + " " + e.maxJobs() + " " + e.args();
  }

  @Test
  void aSiteFileDescribesThemAndTheBuildFileNamesThem() throws IOException {
    Workflow both =
        read(
            "jobs: { a: { command: x, executor: far }, b: { command: x, executor: local } }\n",
            "executors: { far: { kind: slurm } }\ndefaults: { executor: far }\n");
    assertEquals("far", both.jobs().get(0).executor());
    assertNull(both.jobs().get(1).executor());
  }

  @Test
  void theCommandLineSendsJobsThatNameNoExecutorAndAllToThisMachine() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("torc.yaml"),
            """
            executors: { far: { kind: slurm }, deep: { like: far } }
            defaults: { executor: deep }
            jobs:
              a: { command: x }
              b: { command: x, executor: deep }
              c: { command: x, interactive: true }
              d: { command: x, executor: local }
            """);
    assertEquals(Arrays.asList("deep", "deep", null, null), executors(file, null));
    assertEquals(Arrays.asList("far", "deep", null, null), executors(file, "far"));
    assertEquals(Arrays.asList(null, null, null, null), executors(file, "local"));
    assertEquals(
        "--on fra: no executor fra; did you mean far?",
        assertThrows(BadInput.class, () -> executors(file, "fra")).diagnostics().getFirst() + "");
  }

  private static List<String> executors(Path file, String on) throws IOException {
    Overrides over = new Overrides(Overrides.NONE.defines(), true, on);
    List<String> all = new ArrayList<>();
    ParsedBuildFile.read(List.of(file), null, over)
        .expand(ResultSource.nothing())
        .jobs()
        .forEach(job -> all.add(job.executor()));
    return all;
  }

  @Test
  void theTextsOfCommandsStayAsTheyAre() throws IOException {
    SchedulerSettings.Commands pbs =
        read("""
        vars: { q: long }
        executors:
          pbs:
            kind: commands
            submit: "qsub -q {queue} -l walltime={runtime:hms} ${USER} {script}"
            states: "qstat {ids}"
            cancel: "qdel {ids}"
            id: "^(\\\\d{1,9})"
            words: { running: [R, E], gone: F, cancelled: [C] }
            settings: { queue: "{q}" }
        """)
            .executors()
            .getFirst()
            .settings()
            .commands();
    assertEquals("qsub -q {queue} -l walltime={runtime:hms} ${USER} {script}", pbs.submit());
    assertEquals("^(\\d{1,9})", pbs.id());
    assertEquals(" ", pbs.separator());
    assertEquals(
        Map.of(
            SchedulerSettings.Word.RUNNING, List.of("R", "E"),
            SchedulerSettings.Word.WAITING, List.of(),
            SchedulerSettings.Word.GONE, List.of("F"),
            SchedulerSettings.Word.CANCELLED, List.of("C")),
        pbs.words());
    assertEquals(Map.of("queue", "long"), pbs.settings());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "local: { kind: slurm } | :2:3: local is this machine, which limits describes; name the"
            + " scheduler else",
        "s: { kind: slrum } | :2:14: no kind of scheduler is called slrum; did you mean slurm?",
        "s: { kind: lsf } | :2:14: no kind of scheduler is called lsf; known are slurm, commands",
        "s: { account: x } | :2:3: the executor s has no kind: write kind: slurm, or commands",
        "s: { like: t } | :2:14: no executor t",
        "s: { like: s } | :2:14: executor s is like itself",
        "s: { kind: slurm, submit: x } | :2:21: unknown key submit in the executor s of kind slurm",
        "s: { kind: slurm, max_jobs: 0 } | :2:31: max_jobs must be",
        "s: { kind: slurm, batch: 2 } | :2:28: ",
        "s: { PBS, partition: x } | :2:94: unknown key partition in the executor s of kind"
            + " commands",
        "s: { kind: commands } | :2:3: the executor s of kind commands has no submit",
        "s: { PBS, id: 'x' } | :2:98: the pattern x has no group (…) for the id",
        "s: { PBS, id: '(' } | :2:98: no pattern: Unclosed group",
        "s: { PBS, args: [-q] } | :2:94: unknown key args in the executor s of kind commands",
        "s: { PBS, settings: { script: x } } | :2:106: {script} is torc's own; give the setting"
            + " another name",
        "s: { PBS, settings: { my-queue: x } } | :2:106: my-queue is no name for a placeholder:"
            + " write letters, digits and _",
        "s: { PBS, words: { runing: R } } | :2:103: unknown key runing in words",
      })
  void whatIsWrongHasItsPlaceAndTheNextStep(String executor, String expected) {
    String text = "executors:\n  " + executor.replace("PBS", PBS) + "\n";
    String said = assertThrows(BadInput.class, () -> read(text)).diagnostics().getFirst() + "";
    assertTrue(said.startsWith("torc0.yaml" + expected), said);
  }

  /** The places are those of the three commands, which stand in one line. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "qsub -l mem={memry} {script} | q {ids} | d {ids} | :2:32: {memry} has no value in submit;"
            + " did you mean memory?",
        "qsub {script} {cpus:hms} | q {ids} | d {ids} | :2:32: {cpus:hms} has no value in submit",
        "qsub {script} {runtime:days} | q {ids} | d {ids} | :2:32: {runtime:days} has no value in"
            + " submit; did you mean runtime:hms?",
        "qsub {script} {ids} | q {ids} | d {ids} | :2:32: {ids} has no value in submit",
        "qsub it | q {ids} | d {ids} | :2:32: submit has no {script}",
        "qsub ${script} {{script}} | q {ids} | d {ids} | :2:32: submit has no {script}",
        "qsub {script} | q {name} | d {ids} | {name} has no value in states; known are ids",
        "qsub {script} | q | d | cancel has no {ids}",
        "qsub {script} | q | d {id} | {id} has no value in cancel; did you mean ids?",
      })
  void aPlaceholderThatNoJobHasAValueForIsAnErrorOfTheBuildFile(
      String submit, String states, String cancel, String expected) {
    String text =
        "executors:\n  s: { kind: commands, submit: '%s', states: '%s', cancel: '%s' }\n"
            .formatted(submit, states, cancel);
    String said = assertThrows(BadInput.class, () -> read(text)).diagnostics().getFirst() + "";
    assertTrue(said.contains(expected), said);
  }

  @Test
  void aListingNeedsNoIdsAndSettingsAreKnownInAllCommands() throws IOException {
    SchedulerSettings.Commands all =
        read("""
        executors:
          s:
            kind: commands
            submit: "qsub -q {queue} -c {cpus} -t {runtime:min} -- {script} {log} {name}"
            states: qstat -q {queue}
            cancel: "qdel -q {queue} {ids}"
            settings: { queue: long }
        """)
            .executors()
            .getFirst()
            .settings()
            .commands();
    assertEquals("qstat -q {queue}", all.states());
  }

  /** The job, the defaults and the command line say the nearest name. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jobs: { a: { command: x, executor: slrm } } | :2:36: no executor slrm; did you mean"
            + " slurm?",
        "defaults: { executor: slrm } ⏎jobs: { a: { command: x } } | :2:23: no executor slrm; did"
            + " you mean slurm?",
        "jobs: { a: { command: x, executor: pbs } } | :2:36: no executor pbs; known are slurm,"
            + " local",
        "jobs: { a: { command: x, executer: slurm } } | :2:26: unknown key executer in the job a;"
            + " did you mean executor?",
      })
  void anExecutorThatIsNotThereIsNamedWithTheNearest(String more, String expected) {
    String text = "executors: { slurm: { kind: slurm } }\n" + more.replace('⏎', '\n') + "\n";
    String said = assertThrows(BadInput.class, () -> read(text)).diagnostics().getFirst() + "";
    assertTrue(said.contains(expected), said);
  }
}
