package dev.torc.front.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.Series.Usage;
import dev.torc.base.text.Palette;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.Reason;
import dev.torc.front.show.Report.Detail;
import dev.torc.front.show.Report.Style;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlainReportTest {

  @TempDir Path here;
  private long now;

  private static final List<Reason> NEVER = List.of(Reason.of(Reason.Kind.NEVER_RAN));

  private String show(Detail detail, Event... events) {
    StringWriter err = new StringWriter();
    try (Report report =
        new PlainReport(err, Style.of(detail), Palette.NONE, here, null, () -> now)) {
      List.of(events).forEach(report);
    }
    return err.toString();
  }

  private Path log(String text) throws IOException {
    Path log = here.resolve("logs/work2.log");
    Files.createDirectories(log.getParent());
    return Files.writeString(log, text);
  }

  private Event[] build() throws IOException {
    return new Event[] {
      Events.started(5),
      new Event.Note(Event.Level.INFO, "old.txt moved to kept"),
      new Event.Note(Event.Level.WARNING, "no pipefail"),
      Events.ended("work1", JobState.UP_TO_DATE),
      Events.jobStarted("work2"),
      Events.ended("work2", JobState.RAN),
      Events.jobStarted("work3"),
      new Event.JobRetried(
          "work3", 1, new Event.Details("exit 1", "", null, 1, -1, -1), 5 * Events.SECOND),
      new Event.JobStarted("work3", 2, "c", NEVER),
      Events.failed("work3", "exit 1", "python3 work.py", log("one\ntwo\n")),
      Events.blocked("post", "work3"),
      Events.ended("other", JobState.NOT_REACHED),
      Events.finished(1, 1, 1, 1)
    };
  }

  @Test
  void endedJobsAreOneLine() {
    assertEquals(
        "stopping a; kill in 5.0 s, or now with another Ctrl-C\n",
        show(Report.Detail.NORMAL, new Event.Ending(List.of("a"), 5 * Events.SECOND)));
    List<String> many = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    assertEquals(
        "killing a, b, c, d, e, f, g, h and 2 more\n",
        show(Report.Detail.NORMAL, new Event.Ending(many, 0)));
    assertEquals("", show(Report.Detail.QUIET, new Event.Ending(many, 0)));
  }

  @Test
  void oneLineForEachJobThatEndedWithItsReason() throws IOException {
    assertEquals(
        """
        old.txt moved to kept
        warning: no pipefail
        work2: ran in 1.2 s: need f2.json changed 3f2a91c → 88d01be
        work3: attempt 1 failed after 0.0 s: exit 1; next in 5.0 s
        work3 failed after 1.2 s: exit 1
          reason: first run
          command: python3 work.py
        one
        two
          log: logs/work2.log
        post: blocked by work3
        failed:
          work3: exit 1, log logs/work2.log
        4 jobs: 1 ran, 1 up to date, 1 failed, 1 blocked in 1.2 s
        """,
        show(Detail.NORMAL, build()));
  }

  @Test
  void aJobThatStillRunsAfterTenSecondsOrIsSubmittedHasOneLineBefore() {
    StringWriter err = new StringWriter();
    try (PlainReport report =
        new PlainReport(err, Style.of(Detail.NORMAL), Palette.NONE, here, null, () -> now)) {
      report.accept(Events.jobStarted("long"));
      report.accept(Events.jobStarted("out"));
      report.accept(new Event.JobSubmitted("out", "slurm", "7"));
      now += 9 * Events.SECOND;
      report.accept(Events.jobStarted("later"));
      report.reportLate();
      assertEquals("out: submitted to slurm 7\n", err.toString());
      now += Events.SECOND;
      report.reportLate();
      now += 5 * Events.SECOND;
      report.reportLate();
      report.accept(new Event.Terminal(true));
      now += 9 * Events.SECOND;
      report.reportLate(); // a job has the terminal
      report.accept(Events.ended("later", JobState.RAN));
      report.accept(new Event.Terminal(false));
      report.reportLate();
      report.accept(Events.ended("long", JobState.RAN));
      report.accept(Events.ended("out", JobState.RAN));
    }
    String why = ": need f2.json changed 3f2a91c → 88d01be\n";
    assertEquals(
        "out: submitted to slurm 7\n"
            + "long: still runs after 10 s"
            + why
            + "later: ran in 1.2 s"
            + why
            + "long: ran in 1.2 s"
            + why
            + "out: ran in 1.2 s"
            + why,
        err.toString());
  }

  @ParameterizedTest
  @EnumSource(
      value = Detail.class,
      names = {"QUIET", "VERBOSE"})
  void noLineTellsOfTimeThatPassesWhereNoneIsWantedOrTheStartWasTold(Detail detail) {
    StringWriter err = new StringWriter();
    try (PlainReport report =
        new PlainReport(err, Style.of(detail), Palette.NONE, here, null, () -> now)) {
      report.accept(Events.jobStarted("long"));
      now += 20 * Events.SECOND;
    }
    assertFalse(err.toString().contains("still runs"), err.toString());
  }

  /** CI services end a build that is silent for minutes; -q is no exception. */
  @Test
  void afterASilentMinuteALineTellsWhatStillRuns() throws IOException {
    Path log = log("epoch 1\nepoch 2\n\n");
    StringWriter err = new StringWriter();
    try (PlainReport report =
        new PlainReport(err, Style.of(Detail.QUIET), Palette.NONE, here, null, () -> now)) {
      report.accept(started("fit", null, Event.WhenShown.FAILURE, log));
      report.accept(started("far", "slurm", Event.WhenShown.FAILURE, log));
      now += 59 * Events.SECOND;
      report.reportLate();
      assertEquals("", err.toString());
      now += Events.SECOND;
      report.reportLate();
      now += Events.SECOND;
      report.reportLate();
      report.accept(Events.ended("fit", JobState.RAN));
      now += 60 * Events.SECOND;
      report.reportLate();
      report.accept(new Event.JobSubmitted("far", "slurm", "7"));
      now += 60 * Events.SECOND;
      report.reportLate();
      report.accept(Events.ended("far", JobState.RAN));
      now += 60 * Events.SECOND;
      report.reportLate();
    }
    assertEquals(
        """
        fit: still runs after 1 min, and 1 more: epoch 2
        far: still waits for slurm after 2 min 01 s: epoch 2
        far: still is at slurm 7 after 3 min 01 s: epoch 2
        """,
        err.toString());
  }

  @Test
  void liveOutputIsShownAsItComesAndOnlyOnce() throws IOException {
    Path log = log("one\n\u001b[2Jtw");
    StringWriter err = new StringWriter();
    try (PlainReport report =
        new PlainReport(err, Style.of(Detail.NORMAL), Palette.NONE, here, null, () -> now)) {
      report.accept(started("fit", null, Event.WhenShown.LIVE, log));
      report.reportLate();
      assertEquals("one\n", err.toString());
      report.accept(started("b", null, Event.WhenShown.FAILURE, log));
      Files.writeString(log, "o\nthree\nfour", StandardOpenOption.APPEND);
      report.reportLate();
      assertEquals("one\nfit: two\nfit: three\n", err.toString());
      Event.Log seen = new Event.Log(log, here, 0, Event.WhenShown.LIVE);
      Event.Details how = new Event.Details("exit 1", "fit.sh", seen, 0, -1, -1);
      report.accept(new Event.JobEnded("fit", JobState.FAILED, how));
    }
    assertEquals(
        "one\nfit: two\nfit: three\nfit: four\nfit failed: exit 1\n  command: fit.sh\n  log: "
            + here.relativize(log)
            + "\n",
        err.toString().replaceFirst("  reason:.*\n", ""));
  }

  private static Event started(String job, String executor, Event.WhenShown when, Path log) {
    Event.Log out = new Event.Log(log, log.getParent(), 0, when);
    return new Event.JobStarted(job, 1, "", NEVER, executor, out);
  }

  @Test
  void theClockIsLookedAtWhileNothingIsToTell() throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    StringWriter err =
        new StringWriter() {
          @Override
          public void flush() {
            told.countDown();
          }
        };
    AtomicLong clock = new AtomicLong();
    try (Report report =
        new PlainReport(err, Style.of(Detail.NORMAL), Palette.NONE, here, null, clock::get)) {
      report.accept(Events.jobStarted("long"));
      clock.set(10 * Events.SECOND);
      assertTrue(told.await(300, TimeUnit.SECONDS));
    }
    assertTrue(err.toString().startsWith("long: still runs after 10 s: "));
  }

  @Test
  void quietShowsFailuresWarningsAndTheLastLine() throws IOException {
    assertEquals(
        """
        warning: no pipefail
        work3 failed after 1.2 s: exit 1
          command: python3 work.py
        one
        two
          log: logs/work2.log
        failed:
          work3: exit 1, log logs/work2.log
        4 jobs: 1 ran, 1 up to date, 1 failed, 1 blocked in 1.2 s
        """,
        show(Detail.QUIET, build()));
  }

  @Test
  void verboseShowsCommandsUsageAndWhatDidNotRun() throws IOException {
    assertEquals(
        """
        build 7 in /project: 5 jobs
        old.txt moved to kept
        warning: no pipefail
        work1: up to date
        work2: need f2.json changed 3f2a91c → 88d01be
          command: python3 work.py f2.json f4.json
        work2: ran in 1.2 s, cpu 1.0 s, memory 3.0 MiB: need f2.json changed 3f2a91c → 88d01be
        work3: need f2.json changed 3f2a91c → 88d01be
          command: python3 work.py f2.json f4.json
        work3: attempt 1 failed after 0.0 s: exit 1; next in 5.0 s
        work3: attempt 2
          command: c
        work3 failed after 1.2 s: exit 1
          reason: first run
          command: python3 work.py
        one
        two
          log: logs/work2.log
        post: blocked by work3
        other: not started
        failed:
          work3: exit 1, log logs/work2.log
        4 jobs: 1 ran, 1 up to date, 1 failed, 1 blocked in 1.2 s
        """,
        show(Detail.VERBOSE, build()));
  }

  @Test
  void theLastLineIsThatOfTheContractAndAddsUp() {
    assertEquals(
        "4 jobs: 2 ran, 2 up to date, 0 failed in 1.2 s\n",
        show(Detail.NORMAL, Events.finished(2, 2, 0, 0)));
    assertEquals(
        "1 job: 0 ran, 0 up to date, 1 failed in 2 min 05 s",
        Summary.of(Map.of(JobState.FAILED, 1), 0, 125 * Events.SECOND));
    assertEquals(
        "21 jobs: 1 ran, 2 up to date, 3 failed, 4 blocked, 5 interrupted, 6 not started in 0.0 s",
        Summary.of(
            Map.of(
                JobState.RAN, 1,
                JobState.UP_TO_DATE, 2,
                JobState.FAILED, 3,
                JobState.BLOCKED, 4,
                JobState.INTERRUPTED, 5,
                JobState.NOT_REACHED, 6),
            0,
            0));
  }

  private static String numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(i -> i + "\n").collect(Collectors.joining());
  }

  @Test
  void aFailureOfAnEarlierBuildSaysFailedOnce() {
    String what = "failed in build 7; skipped, nothing changed";
    Event.Details details = new Event.Details(what, "", null, 0, -1, -1);
    assertEquals(
        "fit " + what + "\n",
        show(Detail.NORMAL, new Event.JobEnded("fit", JobState.FAILED, details)));
  }

  @Test
  void theTimeOfAFailureFollowsTheEndOfTheProcess() throws IOException {
    String missing =
        show(Detail.NORMAL, Events.failed("j", "exit 0, but a was not written", "c", log("")));
    assertEquals(
        "j failed after 1.2 s: exit 0, but a was not written", missing.lines().findFirst().get());
    String killed = show(Detail.NORMAL, Events.failed("j", "exit 137 (KILL)", "c", log("")));
    assertEquals("j failed after 1.2 s: exit 137 (KILL)", killed.lines().findFirst().get());
    String other = show(Detail.NORMAL, Events.failed("j", "out of memory", "c", log("")));
    assertEquals("j failed after 1.2 s: out of memory", other.lines().findFirst().get());
  }

  @Test
  void aFailureShowsHeadAndTail() throws IOException {
    assertEquals(
        "j failed after 1.2 s: signal 9 (KILL)\n  command: c\n"
            + numbers(1, 10)
            + "… 70 lines left out\n"
            + numbers(81, 100)
            + "  log: logs/work2.log\n",
        show(Detail.NORMAL, Events.failed("j", "signal 9 (KILL)", "c", log(numbers(1, 100)))));
    assertTrue(
        show(Detail.NORMAL, Events.failed("j", "exit 1", "c", log(numbers(1, 31))))
            .contains("\n" + numbers(1, 31) + "  log: "));
    assertTrue(
        show(Detail.VERBOSE, Events.failed("j", "exit 1", "c", log(numbers(1, 100))))
            .contains("\n" + numbers(1, 100) + "  log: "));
    String large =
        show(Detail.NORMAL, Events.failed("j", "exit 1", "c", log(numbers(1, 1_000_000))));
    assertTrue(
        large.contains(
            numbers(1, 10) + "… much is left out\n" + numbers(999_981, 1_000_000) + "  log: "),
        large);
  }

  @Test
  void theLastAttemptIsTheOneThatFailed() throws IOException {
    String first = "one\n--- torc: attempt 2 ---\n";
    Event.Log log =
        new Event.Log(log(first + "two\n"), here, first.length(), Event.WhenShown.FAILURE);
    Event failed =
        new Event.JobEnded(
            "j", JobState.FAILED, new Event.Details("exit 1", "c", log, Events.SECOND, -1, -1));
    assertTrue(show(Detail.NORMAL, failed).contains("  command: c\ntwo\n  log: "));
    assertTrue(show(Detail.VERBOSE, failed).contains("  command: c\n" + first + "two\n  log: "));
  }

  @Test
  void goodJobsShowWhatTheyWroteWhereItIsWantedOrUnderV() throws IOException {
    Path log = log("main.c:3:1: warning: x\n");
    assertEquals(
        "cc: ran in 1.2 s\nmain.c:3:1: warning: x\n",
        show(Detail.NORMAL, Events.wrote("cc", log, true)));
    assertEquals("cc: ran in 1.2 s\n", show(Detail.NORMAL, Events.wrote("cc", log, false)));
    assertEquals(
        "cc: ran in 1.2 s\nmain.c:3:1: warning: x\n",
        show(Detail.VERBOSE, Events.wrote("cc", log, false)));
    assertEquals("", show(Detail.QUIET, Events.wrote("cc", log, true)));
    assertEquals(
        "cc: ran in 1.2 s\n",
        show(Detail.NORMAL, Events.wrote("cc", Files.writeString(log, ""), true)));
    StringWriter err = new StringWriter();
    new PlainReport(err, Style.of(Detail.NORMAL), Palette.NONE, here, () -> 0, () -> now)
        .accept(Events.wrote("cc", log("all\n".repeat(50)), true));
    assertEquals("cc: ran in 1.2 s\n" + "  | all\n".repeat(50), err.toString());
  }

  @Test
  void theEndTellsOfEachFailureOnceMore() throws IOException {
    Path log = log("");
    List<Event> events = new java.util.ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      events.add(Events.failed("j" + i, "exit " + i, "c", i == 2 ? null : log));
    }
    events.add(Events.finished(0, 0, 12, 0));
    String out = show(Detail.QUIET, events.toArray(Event[]::new));
    assertTrue(
        out.contains(
            "\nfailed:\n  j1: exit 1, log logs/work2.log\n  j2: exit 2\n  j3: exit 3, log "),
        out);
    assertTrue(
        out.endsWith(
            "  j10: exit 10, log logs/work2.log\n  …and 2 more\n"
                + "12 jobs: 0 ran, 0 up to date, 12 failed in 1.2 s\n"),
        out);
  }

  @Test
  void theEndMarksFailuresThatAreAllowed() {
    Event.Details lint = new Event.Details("exit 1", "c", null, 0, Usage.UNKNOWN, List.of(), true);
    String out =
        show(
            Detail.NORMAL,
            new Event.JobEnded("lint", JobState.FAILED, lint),
            Events.failed("test", "exit 2", "c", null),
            Events.finished(0, 0, 2, 0));
    assertTrue(
        out.contains("failed:\n  lint: exit 1 (allow_failure)\n  test: exit 2\n2 jobs: "), out);
  }

  @Test
  void binaryOutputIsBoundedAndHarmless() throws IOException {
    Path log = here.resolve("l");
    byte[] bytes = new byte[10_000_000];
    new java.util.Random(1).nextBytes(bytes);
    Files.write(log, bytes);
    String shown = show(Detail.NORMAL, Events.failed("j", "exit 1", "c", log));
    assertTrue(shown.length() < 30_000, "length " + shown.length());
    assertTrue(
        shown.codePoints().allMatch(c -> c == '\n' || c == '\t' || !Character.isISOControl(c)));
  }

  @Test
  void escapeSequencesGoWhereThereIsNoColour() throws IOException {
    Path log = log("\u001b[31mred\u001b[0m \u001b[2Jx\n");
    assertTrue(show(Detail.NORMAL, Events.failed("j", "exit 1", "c", log)).contains("\nred x\n"));
  }

  @Test
  void anEmptyAndAMissingLogAreSaid() throws IOException {
    assertTrue(
        show(Detail.NORMAL, Events.failed("j", "exit 1", "c", log("")))
            .contains("\n(no output)\n"));
    assertTrue(
        show(Detail.NORMAL, Events.failed("j", "exit 1", "c", here.resolve("none")))
            .contains("\n(the log cannot be read: "));
  }

  @Test
  void aLongCommandIsShortenedInTheMiddle() {
    String command = "a".repeat(3000) + "\n" + "b".repeat(3000);
    assertEquals(
        "j failed: exit 1\n  command: " + "a".repeat(2048) + "…" + "b".repeat(2047) + "\n",
        show(Detail.NORMAL, Events.failed("j", "exit 1", command, null)));
    assertTrue(
        show(Detail.VERBOSE, Events.failed("j", "exit 1", command, null))
            .contains("  command:\n    " + "a".repeat(3000) + "\n    " + "b".repeat(3000) + "\n"));
  }

  @Test
  void aJobsNameCannotForgeALine() {
    assertEquals(
        "$'a\\nb': first run\n  command: c\n",
        show(Detail.VERBOSE, new Event.JobStarted("a\nb", 1, "c", NEVER)));
    assertEquals(
        "$'a\\nb': ran in 1.2 s: first run\n",
        show(
            Detail.NORMAL,
            new Event.JobStarted("a\nb", 1, "c", NEVER),
            Events.ended("a\nb", JobState.RAN)));
  }

  @Test
  void coloursAreResetAtTheEndOfEachLine() {
    StringWriter err = new StringWriter();
    new PlainReport(err, Style.of(Detail.NORMAL), new Palette(true), here, null, () -> now)
        .accept(Events.failed("j", "exit 1", "c", null));
    assertTrue(err.toString().startsWith("\u001b[31mj failed: exit 1\u001b[0m\n"));
  }

  @Test
  void placesOfAFailureLeadToTheirFilesOnATerminalThatHasLinks() throws IOException {
    Files.writeString(here.resolve("a.c"), "x");
    Path log = log("a.c:1:2: error: x\n");
    for (boolean links : List.of(true, false)) {
      StringWriter err = new StringWriter();
      Event.Log of = new Event.Log(log, here, 0, Event.WhenShown.FAILURE);
      new PlainReport(
              err, Style.of(Detail.NORMAL), new Palette(true, links), here, () -> 80, () -> now)
          .accept(
              new Event.JobEnded(
                  "j", JobState.FAILED, new Event.Details("exit 1", "c", of, 1, -1, -1)));
      String place = here.resolve("a.c").toUri() + "#1\u001b\\a.c:1:2\u001b]8;;\u001b\\: error: x";
      assertEquals(links, err.toString().contains("\u001b]8;;" + place), err.toString());
    }
  }

  @Test
  void aStreamThatCannotBeWrittenIsToldToTheCaller() {
    Writer full =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Report report =
        new PlainReport(full, Style.of(Detail.NORMAL), Palette.NONE, here, null, () -> now);
    assertThrows(UncheckedIOException.class, () -> report.accept(Events.finished(0, 0, 0, 0)));
  }

  @Test
  void invalidUtf8IsReplaced() throws IOException {
    Path log = here.resolve("l");
    Files.write(log, "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(show(Detail.NORMAL, Events.failed("j", "x", "c", log)).contains("\ncaf\ufffd\n"));
  }
}
