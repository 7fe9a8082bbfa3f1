package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.model.SchedulerSettings;
import dev.torc.core.model.SchedulerSettings.Fact;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import dev.torc.features.clusters.Scheduler.Submission;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that users write for schedulers, with stand-ins that answer as these do, or worse. */
class CommandSchedulerTest {

  private static final SchedulerResources MUCH =
      new SchedulerResources(4, (3 << 20) + 1, 2, 0, 3, 1 << 20, 3_661_000_000_001L);
  private static final SchedulerResources LITTLE = new SchedulerResources(1, 0, 0, 0, 1, 0, 0);

  @TempDir Path temp;
  private StandIn programs;

  @BeforeEach
  void programs() throws IOException {
    programs = new StandIn(Files.createDirectory(temp.resolve("bin")));
  }

  private static SchedulerSettings.Commands commands(String submit, String id) {
    return new SchedulerSettings.Commands(
        submit,
        "qstat -x {ids}",
        "qdel {ids}",
        id == null ? "" : id,
        " ",
        Map.of(
            Fact.RUNNING,
            List.of("R", "E"),
            Fact.WAITING,
            List.of("Q", "H"),
            Fact.GONE,
            List.of("F"),
            Fact.CANCELLED,
            List.of("C")),
        new TreeMap<>(Map.of("queue", "long one")));
  }

  private CommandScheduler scheduler(SchedulerSettings.Commands commands) {
    SchedulerSettings settings =
        new SchedulerSettings(
            "pbs",
            "{job}",
            "",
            SchedulerSettings.SbatchOptions.NONE,
            new SchedulerSettings.BatchBounds(500, 0, 0),
            0,
            commands);
    return new CommandScheduler(settings, temp, programs.env(), Duration.ofSeconds(60));
  }

  private Submission submit(String template, String id, SchedulerResources resources) {
    return scheduler(commands(template, id))
        .submit(
            new SubmissionRequest(
                Path.of("/p/it's a.sh"), "torc-1", 1, resources, Path.of("/p/log"), Map.of(), ""));
  }

  private Submission accepted(String id) {
    return new Submission.Accepted(List.of(id));
  }

  private SchedulerState state(String id) {
    SchedulerJob job = new SchedulerJob(id, "torc-1", null);
    return scheduler(commands("true", null)).states(List.of(job)).get(job);
  }

  private void qstat(String text, String more) throws IOException {
    programs.says("qstat", "/bin/cat <<'E'\n" + text + "\nE\n" + more);
  }

  @Test
  void placeholdersHaveTheValuesOfTheJobQuoted() throws IOException {
    programs.says("qsub", "echo 7.server");
    String template =
        "qsub -N {name} -l ncpus={cpus},mem={memory}mb,gpus={gpus},nodes={nodes},disk={disk} -W"
            + " {runtime} {runtime:hms} {runtime:min} -o {log} -q {queue} -x ${PWD} {{name}}"
            + " {} {script}";
    assertEquals(accepted("7.server"), submit(template, null, MUCH));
    assertEquals(
        "qsub -N torc-1 -l ncpus=4,mem=4mb,gpus=2,nodes=3,disk=1 -W 3662 01:01:02 62 -o /p/log -q"
            + " long one -x "
            + temp.toRealPath()
            + " {name} {} /p/it's a.sh",
        programs.calls().getFirst());
  }

  @Test
  void aNameIsCutToALengthAndKeepsWhatMakesItUnique() throws IOException {
    programs.says("qsub", "echo 7");
    String name = BatchName.of("{job}", List.of("alignment/s=1"), "u");
    scheduler(commands("qsub -N {name:15} -x {name} {script}", null))
        .submit(new SubmissionRequest(Path.of("/s"), name, 1, MUCH, Path.of("/log"), Map.of(), ""));
    String mark = name.substring(name.length() - 11);
    assertEquals(
        "qsub -N alig" + mark + " -x alignment-1" + mark + " /s", programs.calls().getFirst());
  }

  @Test
  void aPlaceholderWithoutAValueIsNamed() {
    String template = "qsub -m {memory} -t {runtime:hms} -d {disk} -c {cpus} {script}";
    assertEquals(
        List.of("{memory}", "{runtime:hms}", "{disk}"),
        scheduler(commands(template, null)).lacks(LITTLE));
    assertEquals(List.of(), scheduler(commands(template, null)).lacks(MUCH));
  }

  /** The settings on disk are enough for jobs that are out, but not for handing out more. */
  @Test
  void aLaterTorcReadsHowToAskForWhatIsOut() throws IOException {
    SchedulerSettings asked =
        new SchedulerSettings(
            "pbs",
            "",
            "",
            SchedulerSettings.SbatchOptions.NONE,
            new SchedulerSettings.BatchBounds(1, 0, 0),
            5,
            commands("", null));
    StringBuilder lines = new StringBuilder();
    SettingsLines.write(asked, lines);
    Path file = Files.write(temp.resolve("jobs"), BatchWord.whole(lines.toString()));
    assertEquals(asked, BatchWord.read(file, SettingsLines::read));
  }

  @Test
  void theIdIsTheLastWordOrWhatTheUserSays() throws IOException {
    programs.says("qsub", "echo 'Job <12> is submitted to queue <normal>.'");
    assertEquals(accepted("12"), submit("qsub", "<(\\d+)>", LITTLE));
    assertEquals(accepted("<normal>."), submit("qsub", null, LITTLE));
    assertEquals(
        new Submission.NoAnswer("submit gave no id: Job <12> is submitted to queue <normal>."),
        submit("qsub", "^(\\d+)", LITTLE));
    programs.says("qsub", "echo 'please wait'; echo; echo; echo 77");
    assertEquals(accepted("77"), submit("qsub", null, LITTLE));
    programs.says("qsub", "");
    assertEquals(new Submission.NoAnswer("submit gave no id"), submit("qsub", null, LITTLE));
    programs.says("qsub", "echo -- --all"); // a command would read it as an option
    assertInstanceOf(Submission.NoAnswer.class, submit("qsub", null, LITTLE));
    programs.says("qsub", "printf '7\\0007'");
    assertInstanceOf(Submission.NoAnswer.class, submit("qsub", null, LITTLE));
  }

  @Test
  void aRefusalIsNoSubmissionAndNoAnswerMayBeOne() throws IOException {
    programs.says("qsub", "echo 'qsub: Unknown queue' >&2; exit 170");
    assertEquals(new Submission.Refused("qsub: Unknown queue"), submit("qsub", null, LITTLE));
    programs.says("qsub", "exit 3");
    assertEquals(new Submission.Refused("exit 3"), submit("qsub", null, LITTLE));
    assertInstanceOf(Submission.Refused.class, submit("nosuch", null, LITTLE));
    for (String said :
        List.of(
            "qsub: cannot connect to server head (errno=111)",
            "LSF is down. Please wait ...",
            "Unable to run job: unable to send message to qmaster using port 6444",
            "ERROR: Failed to connect to local queue manager",
            "ERROR: Can'\\''t find address of local schedd",
            "flux-submit: ERROR: Unable to connect to Flux: broker socket /x was not found",
            "No running instance of HQ found at /x",
            "Connection refused")) {
      programs.says("qsub", "echo '" + said + "' >&2; exit 1");
      assertInstanceOf(Submission.NoAnswer.class, submit("qsub", null, LITTLE), said);
    }
    programs.says("qsub", "echo 12.server; echo 'qsub: killed' >&2; exit 1");
    assertEquals(
        new Submission.NoAnswer("qsub: killed"), submit("qsub", "^(\\d+)", LITTLE), "an id");
    assertEquals(new Submission.Refused("qsub: killed"), submit("qsub", "^(x\\d+)", LITTLE));
  }

  @Test
  void eachListingIsReadByTheIdAtTheBeginAndTheFirstKnownWord() throws IOException {
    qstat(
        """
        Job id            Name             User              Time Use S Queue
        ----------------  ---------------- ----------------  -------- - -----
        12.server         torc-1           me                00:00:01 R workq
        13.serv           torc-1           me                       0 Q E
        14.server         torc-1           me                00:00:01 F workq
        15.server         torc-1           me                       0 X workq
        16
        | 17 | torc-1 | H |\
        """,
        "");
    assertEquals(Phase.RUNNING, state("12.server").kind());
    assertEquals(Phase.RUNNING, state("12").kind());
    assertEquals(new SchedulerState(Phase.WAITING, "Q"), state("13.server.far"));
    assertEquals(new SchedulerState(Phase.GONE, "F"), state("14.server"));
    assertEquals(
        new SchedulerState(Phase.UNCLEAR, "15.server torc-1 me 0 X workq"),
        state("15.server"),
        "an unknown word");
    assertEquals(new SchedulerState(Phase.UNCLEAR, "16"), state("16"));
    assertEquals(new SchedulerState(Phase.WAITING, "H"), state("17"));
    assertEquals(SchedulerState.GONE, state("1"));
    assertEquals(SchedulerState.GONE, state("torc-1"));
  }

  @Test
  void ofTwoStatesTheLivelierCounts() throws IOException {
    qstat("7 F\n7 R\n8 Q\n8 Q\n9 R\n9 F", "");
    assertEquals(Phase.RUNNING, state("7").kind());
    assertEquals(new SchedulerState(Phase.WAITING, "Q"), state("8"));
    assertEquals(Phase.RUNNING, state("9").kind());
  }

  @Test
  void aJobCancelledByAUserIsToldAsCancelled() throws IOException {
    qstat("7 C\n8 F\n8 C\n9 C\n9 Q\n10 C\n10 R", "");
    SchedulerState cancelled = new SchedulerState(Phase.CANCELLED, "C");
    assertEquals(cancelled, state("7"));
    assertEquals(cancelled, state("8"));
    assertEquals(new SchedulerState(Phase.WAITING, "Q"), state("9"));
    assertEquals(Phase.RUNNING, state("10").kind());
  }

  @Test
  void onlyAWholeAnswerMakesAJobGone() throws IOException {
    qstat("7 R", "echo 'qstat: Unknown Job Id 8.server' >&2; exit 153");
    assertEquals(Phase.RUNNING, state("7").kind());
    assertEquals(SchedulerState.GONE, state("8.server"), "it is named");
    assertEquals(
        new SchedulerState(Phase.NO_ANSWER, "qstat: Unknown Job Id 8.server"),
        state("9"),
        "it is not");
    qstat("", "echo 'cannot connect to server head (errno=7)' >&2; exit 1");
    assertEquals(
        new SchedulerState(Phase.NO_ANSWER, "cannot connect to server head (errno=7)"), state("7"));
    qstat("", "exit 1");
    assertEquals(new SchedulerState(Phase.NO_ANSWER, "exit 1"), state("7"));
    qstat("", "exit 0");
    assertEquals(SchedulerState.GONE, state("7"));
    programs.says("qstat", "printf '8 R\\000\\377'");
    assertEquals(new SchedulerState(Phase.NO_ANSWER, "states prints no text"), state("7"));
  }

  /** PBS without a history, asked for it, exits with 0 and says of each job that it cannot tell. */
  @Test
  void aComplaintThatNamesAJobSaysThatItIsGoneOnlyInSuchWords() throws IOException {
    String none = "qstat: PBS is not configured to maintain job history 8.server";
    qstat("7 R", "echo '" + none + "' >&2");
    assertEquals(Phase.RUNNING, state("7").kind());
    assertEquals(new SchedulerState(Phase.NO_ANSWER, none), state("8.server"));
    assertEquals(SchedulerState.GONE, state("9"), "of that nothing is said at all");
    qstat("", "echo 'sh: 1: qstat: not found' >&2; exit 127");
    assertEquals(new SchedulerState(Phase.NO_ANSWER, "sh: 1: qstat: not found"), state("1"));
    qstat("", "echo 'qstat: Unauthorized Request 8.server' >&2; exit 159");
    assertEquals(
        new SchedulerState(Phase.NO_ANSWER, "qstat: Unauthorized Request 8.server"), state("8"));
    qstat("7 R", "echo 'qstat: Server busy 8' >&2; echo 'qstat: Unknown Job Id 8' >&2; exit 1");
    assertEquals(
        new SchedulerState(Phase.NO_ANSWER, "qstat: Server busy 8"),
        state("8"),
        "of two words the sadder");
    for (String over :
        List.of(
            "qstat: 8.server Job has finished, use -x or -H to obtain historical job information",
            "Job <8> is not found",
            "JobID 8 unknown")) {
      qstat("", "echo '" + over + "' >&2; exit 1");
      assertEquals(SchedulerState.GONE, state("8"), over);
      assertEquals(Phase.NO_ANSWER, state("9").kind(), over);
    }
  }

  @Test
  void aJobThatIsOverIsNoTroubleToCancel() throws IOException {
    SchedulerJob job = new SchedulerJob("7", "torc-1", null);
    CommandScheduler scheduler = scheduler(commands("true", null));
    for (String over :
        List.of(
            "qdel: Unknown Job Id 7.server",
            "qdel: Job has finished 7.server",
            "Job <7>: Job has already finished",
            "Job <7>: No matching job found",
            "denied: job \"7\" does not exist",
            "Couldn'\\''t find/remove all jobs in cluster 7",
            "flux-cancel: ERROR: 7: job is inactive")) {
      programs.says("qdel", "echo '" + over + "' >&2; exit 1");
      assertEquals("", scheduler.cancel(List.of(job)), over);
      programs.says("qdel", "echo '" + over + "' >&2; echo 'not yours' >&2; exit 1");
      assertEquals("not yours", scheduler.cancel(List.of(job)), over);
    }
    programs.says("qdel", "exit 1");
    assertEquals("exit 1", scheduler.cancel(List.of(job)));
  }

  /** If the template names no ids, one listing serves for all jobs. */
  @Test
  void aListingOfAllIsAskedForOnce() throws IOException {
    programs.says("qstat", "echo 7 R");
    SchedulerSettings.Commands listing =
        new SchedulerSettings.Commands(
            "true",
            "qstat",
            "qdel {ids}",
            "",
            " ",
            Map.of(
                Fact.RUNNING,
                List.of("R"),
                Fact.WAITING,
                List.of(),
                Fact.GONE,
                List.of(),
                Fact.CANCELLED,
                List.of()),
            new TreeMap<>(Map.of("queue", "long one")));
    List<SchedulerJob> jobs =
        IntStream.range(0, 2500)
            .mapToObj(i -> new SchedulerJob("" + i, "torc-" + i, null))
            .toList();
    assertEquals(Phase.RUNNING, scheduler(listing).states(jobs).get(jobs.get(7)).kind());
    assertEquals(List.of("qstat "), programs.calls());
    scheduler(commands("true", null)).states(jobs);
    assertEquals(4, programs.calls().size(), "and a thousand at a time by their ids");
  }

  @Test
  void manyAreAskedForAndCancelledAtOnce() throws IOException {
    qstat("7 R\n8 Q", "");
    programs.says("qdel", "");
    SchedulerJob one = new SchedulerJob("7", "torc-1", null);
    SchedulerJob two = new SchedulerJob("8[1];x", "torc-2", null);
    SchedulerJob lost = new SchedulerJob(null, "torc-3", null);
    CommandScheduler scheduler = scheduler(commands("true", null));
    assertEquals(
        Map.of(
            one, new SchedulerState(Phase.RUNNING, "R"),
            two, SchedulerState.GONE,
            lost, new SchedulerState(Phase.NO_ANSWER, "its id is not known")),
        scheduler.states(List.of(one, two, lost)));
    assertEquals("", scheduler.cancel(List.of(one, two)));
    assertEquals(List.of("qstat -x 7 8[1];x", "qdel 7 8[1];x"), programs.calls());
    assertEquals("the id of torc-3 is not known", scheduler.cancel(List.of(lost)));
    programs.says("qdel", "echo 'qdel: not yours' >&2; exit 1");
    assertEquals("qdel: not yours", scheduler.cancel(List.of(one)));
    assertTrue(scheduler.states(List.of()).isEmpty());
    assertEquals(3, programs.calls().size(), "nobody is asked about nothing");
  }
}
