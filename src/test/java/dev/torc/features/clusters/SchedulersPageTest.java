package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Page;
import dev.torc.core.model.Workflow.Executor;
import dev.torc.features.clusters.ForeignScheduler.Answer;
import dev.torc.features.clusters.ForeignScheduler.Truth;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import dev.torc.features.clusters.Scheduler.Submission;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import dev.torc.front.buildfile.BuildFileLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The settings that the page of schedulers shows, as it shows them, each with stand-ins for the
 * programs of its scheduler: some tell the true states, and some lose, delay, repeat and garble
 * them.
 */
class SchedulersPageTest {

  private static final SchedulerResources MUCH =
      new SchedulerResources(4, (3 << 20) + 1, 2, 0, 3, 1 << 20, 3_661_000_000_001L);

  private static final SubmissionRequest REQUEST =
      new SubmissionRequest(
          Path.of("/p/it's a.sh"), "torc-1", 1, MUCH, Path.of("/p/log"), Map.of(), "");

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir Path temp;
  private StandIn programs;

  @BeforeEach
  void programs() throws Exception {
    programs = new StandIn(Files.createDirectory(temp.resolve("bin")));
    programs.says("id", "echo me");
  }

  /** All executors that the page describes, by name. */
  private Map<String, Executor> shown() throws Exception {
    Map<String, Executor> shown = new LinkedHashMap<>();
    for (Page.Block block : Page.of("schedulers.md").blocks("yaml")) {
      Path file = Files.writeString(temp.resolve("torc.yaml"), block.text());
      BuildFileLoader.load(List.of(file), new TreeMap<>())
          .settings()
          .executors()
          .forEach(each -> shown.put(each.name(), each));
    }
    return shown;
  }

  private CommandScheduler scheduler(ForeignScheduler kind, Duration patience) throws Exception {
    Executor shown = shown().get(kind.executor());
    return new CommandScheduler(shown.settings(), temp, programs.env(), patience);
  }

  private void says(String program, Answer answer) throws Exception {
    Path out = Files.writeString(temp.resolve("out"), answer.out(), StandardCharsets.ISO_8859_1);
    Path err = Files.writeString(temp.resolve("err"), answer.err());
    programs.says(
        program, "/bin/cat %s; /bin/cat %s >&2; exit %d".formatted(out, err, answer.exit()));
  }

  private String lastCall() throws Exception {
    return programs.calls().stream().filter(call -> !call.startsWith("id ")).toList().getLast();
  }

  @Test
  void thereAreTheseSixAndOneForATry() throws Exception {
    TreeSet<String> known = new TreeSet<>(List.of("here"));
    for (ForeignScheduler kind : ForeignScheduler.values()) {
      known.add(kind.executor());
    }
    assertEquals(known, new TreeSet<>(shown().keySet()));
  }

  @ParameterizedTest
  @EnumSource
  void itSubmitsWithAllThatTheJobAsksFor(ForeignScheduler kind) throws Exception {
    CommandScheduler scheduler = scheduler(kind, PATIENCE);
    assertEquals(List.of(), scheduler.lacks(MUCH));
    String id = kind.id(7);
    Submission taken = new Submission.Accepted(List.of(id));
    says(kind.submitter(), new Answer(kind.taken(id), "", 0));
    assertEquals(taken, scheduler.submit(REQUEST));
    assertEquals(kind.submission(), lastCall());
    says(kind.submitter(), new Answer("Welcome, 2 notices\n" + kind.taken(id), "careful\n", 0));
    assertEquals(taken, scheduler.submit(REQUEST), "with more words");
  }

  @ParameterizedTest
  @EnumSource
  void aLostOrGarbledAnswerToASubmissionIsNone(ForeignScheduler kind) throws Exception {
    CommandScheduler scheduler = scheduler(kind, PATIENCE);
    String taken = kind.taken(kind.id(7));
    List<Answer> lies =
        List.of(
            new Answer("", "", 0),
            new Answer("", kind.unreachable(), 1),
            new Answer(taken, "killed\n", 1),
            new Answer(taken.substring(0, 1) + "\u00ff\u0000", "", 0),
            new Answer("please wait\n", "", 0));
    for (Answer lie : lies) {
      says(kind.submitter(), lie);
      assertInstanceOf(Submission.NoAnswer.class, scheduler.submit(REQUEST), "" + lie);
    }
    says(kind.submitter(), new Answer("", kind.refusal() + "\n", 1));
    assertInstanceOf(Submission.Refused.class, scheduler.submit(REQUEST));
    programs.says(kind.submitter(), "exec /bin/sleep 60");
    assertInstanceOf(
        Submission.NoAnswer.class, scheduler(kind, Duration.ofMillis(200)).submit(REQUEST));
  }

  @ParameterizedTest
  @EnumSource
  void eachWordThatItSaysIsTakenForWhatItMeans(ForeignScheduler kind) throws Exception {
    CommandScheduler scheduler = scheduler(kind, PATIENCE);
    Map<SchedulerJob, Truth> jobs = new LinkedHashMap<>();
    Map<String, String> words = new LinkedHashMap<>();
    for (Truth truth : Truth.values()) {
      for (String word : kind.words(truth)) {
        String id = kind.id(jobs.size());
        words.put(id, word);
        jobs.put(new SchedulerJob(id, "torc-" + jobs.size(), null), truth);
      }
    }
    says(kind.lister(), kind.listing(words));
    Map<SchedulerJob, SchedulerState> states = scheduler.states(List.copyOf(jobs.keySet()));
    jobs.forEach(
        (job, truth) -> {
          Phase expected =
              switch (truth) {
                case WAITING -> Phase.WAITING;
                case RUNNING -> Phase.RUNNING;
                case OVER ->
                    kind.tellsCancelled(words.get(job.id())) ? Phase.CANCELLED : Phase.GONE;
              };
          assertEquals(expected, states.get(job).kind(), job.id() + " " + words.get(job.id()));
        });
    String asked = lastCall();
    assertTrue(asked.startsWith(kind.question()), asked);
    if (kind.namesIds()) {
      assertTrue(asked.endsWith(String.join(" ", words.keySet())), asked);
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancellingWhatIsOverIsNoTrouble(ForeignScheduler kind) throws Exception {
    CommandScheduler scheduler = scheduler(kind, PATIENCE);
    List<SchedulerJob> jobs =
        List.of(
            new SchedulerJob(kind.id(1), "torc-1", null),
            new SchedulerJob(kind.id(2), "torc-2", null));
    says(kind.canceller(), kind.tooLate(kind.id(1)));
    assertEquals("", scheduler.cancel(jobs));
    assertEquals(kind.cancelling(kind.id(1), kind.id(2)), lastCall());
    says(kind.canceller(), new Answer("", kind.unreachable(), 1));
    assertTrue(!scheduler.cancel(jobs).isEmpty());
  }

  /** A state may come late, never early: no job runs before its begin or is gone before its end. */
  @ParameterizedTest
  @EnumSource
  void garbledAnswersNeverGiveAWrongState(ForeignScheduler kind) throws Exception {
    CommandScheduler scheduler = scheduler(kind, PATIENCE);
    Random random = new Random(kind.ordinal());
    for (int walk = 0; walk < 4; walk++) {
      List<SchedulerJob> jobs = new ArrayList<>();
      Map<String, Truth> truths = new LinkedHashMap<>();
      for (int i = 0; i < 6; i++) {
        jobs.add(new SchedulerJob(kind.id(i), "torc-" + i, null));
        truths.put(kind.id(i), Truth.WAITING);
      }
      List<Answer> earlier = new ArrayList<>();
      for (int look = 0; look < 12; look++) {
        truths.replaceAll((_, truth) -> random.nextInt(5) == 0 ? truth.next() : truth);
        Map<String, String> words = new LinkedHashMap<>();
        truths.forEach(
            (id, truth) -> {
              List<String> some = kind.words(truth);
              words.put(id, some.get(random.nextInt(some.size())));
            });
        earlier.add(kind.listing(words));
        Answer lie = lie(kind, earlier, random);
        says(kind.lister(), lie);
        scheduler
            .states(jobs)
            .forEach(
                (job, state) -> {
                  Truth truth = truths.get(job.id());
                  boolean late =
                      Set.of(Phase.NO_ANSWER, Phase.WAITING, Phase.UNCLEAR).contains(state.kind());
                  boolean right =
                      state.is(Phase.RUNNING) ? truth != Truth.WAITING : truth == Truth.OVER;
                  assertTrue(late || right, job.id() + " is " + truth + ": " + state + "\n" + lie);
                });
      }
    }
    programs.says(kind.lister(), "exec /bin/sleep 60");
    SchedulerJob job = new SchedulerJob(kind.id(1), "torc-1", null);
    assertEquals(
        Phase.NO_ANSWER,
        scheduler(kind, Duration.ofMillis(200)).states(List.of(job)).get(job).kind(),
        "an answer that does not come");
  }

  /** The last of these answers, an older one, or a garbled one; a program that is cut off fails. */
  private static Answer lie(ForeignScheduler kind, List<Answer> answers, Random random) {
    Answer last = answers.getLast();
    Answer old = answers.get(random.nextInt(answers.size()));
    return switch (random.nextInt(10)) {
      case 0 -> last;
      case 1 -> old;
      case 2 -> new Answer(cut(last.out(), random), last.err(), 1);
      case 3 -> new Answer(last.out(), cut(last.err(), random), 1);
      case 4 -> new Answer(lines(last.out(), random, 0.5), lines(last.err(), random, 0.5), 1);
      case 5 -> new Answer(lines(last.out() + last.out(), random, 1), last.err(), last.exit());
      case 6 -> new Answer(lines(last.out() + old.out(), random, 0.8), "", 1);
      case 7 ->
          new Answer(
              "please wait 8 s\n\n" + last.out() + "\n3 notices\n",
              "warning: 7 hosts are down\n" + last.err(),
              last.exit());
      case 8 -> new Answer(cut(last.out(), random) + "\u0000\u00fe" + last.out(), "", 0);
      default -> new Answer("", random.nextBoolean() ? kind.unreachable() : "", 137);
    };
  }

  private static String cut(String text, Random random) {
    return text.substring(0, random.nextInt(text.length() + 1));
  }

  /** Some of the lines, in another order. */
  private static String lines(String text, Random random, double part) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    lines.removeIf(_ -> random.nextDouble() > part);
    Collections.shuffle(lines, random);
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}
