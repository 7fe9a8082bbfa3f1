package dev.torc.front.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.Series;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.front.show.Report.Detail;
import dev.torc.front.show.Report.Progress;
import dev.torc.front.show.Report.Style;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("the threads of the process are listed")
class LiveReportTest {

  private static final String ESC = "\u001b";

  /** Each flush is one piece that the terminal gets. */
  private static final class Screen extends StringWriter {
    private final List<String> pieces = new ArrayList<>();

    @Override
    public void flush() {
      pieces.add(toString());
      getBuffer().setLength(0);
    }

    String next() {
      assertEquals(1, pieces.size(), () -> "pieces: " + pieces);
      return drawn().replaceFirst("\\[[█×▓░]+] ", "");
    }

    /** The next piece with its progress bar. */
    String drawn() {
      return pieces.removeFirst().replace(ESC, "^");
    }
  }

  private final Screen screen = new Screen();
  private long now = 10 * Events.SECOND;
  private int columns = 80;

  private LiveReport report(Detail detail) {
    return new LiveReport(
        screen, Style.of(detail), Palette.NONE, Path.of("/"), () -> columns, () -> now);
  }

  @Test
  void showsWhatRunsAndCounts() {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(3));
    report.accept(Events.ended("work1", JobState.UP_TO_DATE));
    report.accept(Events.jobStarted("work2"));
    now += 2 * Events.SECOND;
    assertTrue(screen.pieces.isEmpty());
    report.draw();
    assertEquals(
        "^[?7l  work2  2.0 s  need f2.json changed 3f2a91c → 88d01be^[K\n"
            + "1/3 done, 1 running, 2.0 s^[J^[?7h",
        screen.next());
  }

  @Test
  void aLongNameIsCutInTheMiddleSoThatItsTimeIsShown() {
    columns = 40;
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(1));
    String name = "train/a=1,b=2,c=3,d=4,e=5,f=6,g=7,h=8,i=9";
    report.accept(Events.jobStarted(name));
    now += 2 * Events.SECOND;
    report.draw();
    assertEquals(
        "^[?7l  train/a=…,h=8,i=9  2.0 s  need f2.js…^[K", screen.next().lines().findFirst().get());
    report.accept(Events.ended(name, JobState.RAN));
    report.draw();
    String ended = screen.next();
    assertTrue(ended.contains("train/a=1,b=2,c=3,d=…e=5,f=6,g=7,h=8,i=9:\n  ran in"), ended);
  }

  @Test
  void anImageThatIsFetchedHasALineWithTheLastWordOfItsRuntime(@TempDir Path temp)
      throws IOException {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(3));
    Path log = Files.writeString(temp.resolve("log"), "Trying\nCopying blob 1 of 7\n");
    report.accept(new Event.Fetching("bwa", "podman", log, false));
    now += 2 * Events.SECOND;
    report.draw();
    assertEquals(
        "fetching image bwa with podman\n"
            + "^[?7l  fetching image bwa with podman  2.0 s  Copying blob 1 of 7^[K\n"
            + "0/3 done, 0 running, 2.0 s^[J^[?7h",
        screen.next());
    report.accept(new Event.Fetching("bwa", "podman", log, true));
    report.draw();
    assertTrue(!screen.next().contains("bwa"));
  }

  /** Rule 11: stopped time is no job's; in the background nothing but messages is written. */
  @Test
  void aStoppedTorcLeavesTheScreenToTheShell() {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(3));
    report.accept(Events.jobStarted("a"));
    now += Events.SECOND;
    report.draw();
    screen.next();
    report.pause(true);
    assertEquals("\r^[1A^[J", screen.next());
    report.draw();
    now += 5 * Events.SECOND;
    columns = -1;
    report.pause(false);
    report.accept(new Event.Note(Event.Level.WARNING, "beware"));
    report.draw();
    assertEquals("warning: beware\n", screen.next());
    columns = 80;
    report.draw();
    assertTrue(screen.next().startsWith("^[?7l  a  1.0 s  "));
  }

  @Test
  void redrawsInPlaceWithoutClearingFirst() {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(3));
    report.accept(Events.jobStarted("a"));
    report.draw();
    screen.next();
    report.draw();
    String again = screen.next();
    assertTrue(again.startsWith("\r^[1A^[?7l  a"), again);
  }

  @Test
  void jobsThatEndedKeepTheirLinesAndManyQuickOnesShareOne() {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(60));
    for (int i = 1; i <= 8; i++) {
      ran(report, "job" + i, 1);
    }
    report.draw();
    assertTrue(screen.next().startsWith("job1: ran in 1.0 s: need f2.json changed 3f2a91c → 8"));
    for (int i = 1; i <= 40; i++) {
      ran(report, "train/seed=" + i, i == 20 ? 10 : 1);
    }
    ran(report, "fold", 1);
    report.draw();
    String shown = screen.next();
    assertTrue(
        shown.matches("(?s).*train/seed=1: ran.*\\ntrain/seed=2: ran.*\\ntrain/seed=20: ran.*"),
        shown);
    assertEquals(3, shown.split(": ran in ", -1).length - 1, shown);
    assertTrue(shown.contains("^[?7l… 38 more ran: train 37, fold^[K\n"), shown);
    report.accept(Events.finished(49, 0, 0, 0));
    assertTrue(
        screen
            .next()
            .endsWith(
                "^[J… 38 more ran: train 37, fold\n"
                    + "49 jobs: 49 ran, 0 up to date, 0 failed in 1.2 s\n"));
  }

  /** Blocked jobs are folded too, but what failed and what shows its output never is. */
  @Test
  void failuresAndOutputAreNotFolded(@TempDir Path temp) throws IOException {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(60));
    for (int i = 1; i <= 20; i++) {
      ran(report, "job" + i, 1);
      report.accept(Events.failed("bad" + i, "exit 1", "c", null));
      report.accept(Events.blocked("post" + i, "bad" + i));
    }
    report.accept(Events.wrote("cc", Files.writeString(temp.resolve("log"), "beware\n"), true));
    report.draw();
    String shown = screen.next();
    assertTrue(shown.contains("bad20 failed: exit 1\n"), shown);
    assertTrue(shown.contains("cc: ran in 1.2 s\n  | beware\n"), shown);
    assertTrue(
        shown.contains(
            "… 10 more ran: job11, job12, job13, job14, job15, job16, job17, job18 and"));
    assertTrue(shown.contains("… 10 more blocked: post11, "), shown);
  }

  @Test
  void aFoldedLineCountsOnlyTheJobsWithItsEnd() {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(30));
    report.follow(
        () ->
            new Report.Progress() {
              @Override
              public int due(String group) {
                return 30;
              }
            });
    for (int i = 1; i <= 20; i++) {
      ran(report, "train/seed=" + i, 1);
    }
    for (int i = 21; i <= 25; i++) {
      report.accept(Events.failed("train/seed=" + i, "exit 1", "c", null));
      report.accept(Events.ended("train/seed=" + (i + 5), JobState.NOT_REACHED));
    }
    report.draw();
    String shown = screen.next();
    assertTrue(shown.contains("… 10 more ran: train 20 of 30^["), shown);
  }

  private static void ran(LiveReport report, String job, int seconds) {
    report.accept(Events.jobStarted(job));
    report.accept(
        new Event.JobEnded(
            job, JobState.RAN, new Event.Details("", "", null, seconds * Events.SECOND, -1, -1)));
  }

  @Test
  void messagesStandAboveTheLinesInTheSamePiece() {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(2));
    report.draw();
    assertEquals("^[?7l0/2 done, 0 running, 0.0 s^[J^[?7h", screen.next());
    report.accept(new Event.Note(Event.Level.WARNING, "beware"));
    report.accept(Events.failed("j", "exit 1", "c", null));
    report.draw();
    assertEquals(
        "\r^[Jwarning: beware\nj failed: exit 1\n  command: c\n"
            + "^[?7l1/2 done, 0 running, 1 failed, 0.0 s^[J^[?7h",
        screen.next());
  }

  @Test
  void theEndLeavesNoLiveLine() {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(1));
    report.accept(Events.jobStarted("a"));
    report.draw();
    screen.next();
    report.accept(Events.ended("a", JobState.RAN));
    report.accept(Events.finished(1, 0, 0, 0));
    assertEquals(
        "\r^[1A^[Ja: ran in 1.2 s: need f2.json changed 3f2a91c → 88d01be\n"
            + "1 job: 1 ran, 0 up to date, 0 failed in 1.2 s\n",
        screen.next());
    report.close();
    assertTrue(screen.pieces.isEmpty());
  }

  @Test
  void thatJobsAreBeingEndedIsShownAtOnce() {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(2));
    report.accept(Events.jobStarted("a"));
    report.draw();
    screen.next();
    report.accept(new Event.Ending(List.of("a"), 5 * Events.SECOND));
    String drawn = screen.next();
    assertTrue(drawn.contains("^[Jstopping a; kill in 5.0 s, or now with another Ctrl-C\n"), drawn);
    assertTrue(drawn.contains("0/2 done, 1 running, 0.0 s, killed in 5.0 s"), drawn);
    now += 2 * Events.SECOND;
    report.draw();
    drawn = screen.next();
    assertTrue(drawn.contains("0/2 done, 1 running, 2.0 s, killed in 3.0 s"), drawn);
    report.accept(new Event.Ending(List.of("a"), 0));
    drawn = screen.next();
    assertTrue(drawn.contains("^[Jkilling a\n"), drawn);
    assertTrue(drawn.contains("2.0 s, being killed"), drawn);
  }

  @Test
  void whileAJobHasTheTerminalNothingIsDrawn() {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(1));
    report.accept(Events.jobStarted("edit"));
    report.draw();
    screen.next();
    report.accept(new Event.Terminal(true));
    assertEquals("\r^[1A^[J", screen.next());
    report.draw();
    assertTrue(screen.pieces.isEmpty());
    report.accept(new Event.Terminal(false));
    report.draw();
    assertTrue(screen.next().startsWith("^[?7l  edit"));
  }

  @Test
  void noLineIsWiderThanTheTerminalIsNow() {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(1));
    report.accept(Events.jobStarted("日本語".repeat(20)));
    for (int width : new int[] {80, 20, 5, 1, 200}) {
      columns = width;
      report.draw();
      String shown = screen.next().replaceAll("\\^\\[[?0-9]*[A-Za-z]|\r", "");
      shown.lines().forEach(line -> assertTrue(SafeText.width(line) < width, line));
    }
  }

  @Test
  void ofManyJobsTheOldestAreShown() {
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(100));
    for (int i = 1; i <= 20; i++) {
      report.accept(Events.jobStarted("j" + i));
    }
    report.draw();
    String shown = screen.next();
    assertEquals(LiveReport.JOBS + 1, shown.lines().count());
    assertTrue(shown.contains("  j7  "));
    assertTrue(shown.contains("  …and 13 more"));
    assertFalse(shown.contains("j8"));
  }

  /** Time left, the same duration for all jobs, and what job a uses. */
  private record Known(long remaining, long expected, Series.Point use) implements Progress {
    @Override
    public long expected(String job) {
      return expected;
    }

    @Override
    public Map<String, Series.Point> uses() {
      return Map.of("a", use);
    }

    @Override
    public String fetched(String job) {
      return job.equals("b") ? "1.4 MiB of 2.9 MiB, 0.5 MiB/s" : "";
    }
  }

  @Test
  void likelyAndUsedResourcesAreShown() {
    LiveReport report = report(Detail.NORMAL);
    columns = 200;
    report.accept(Events.started(2));
    report.accept(Events.jobStarted("a"));
    report.accept(Events.jobStarted("b"));
    Series.Point use = new Series.Point(1, 180, 300 << 20, -1, -1);
    report.follow(() -> new Known(65 * Events.SECOND, 90 * Events.SECOND, use));
    report.ask();
    now += 2 * Events.SECOND;
    report.draw();
    String shown = screen.next();
    String why = "  need f2.json changed 3f2a91c → 88d01be";
    assertTrue(shown.contains("  a  2.0 s of about 1 min 30 s  1.8 cpus, 300.0 MiB" + why), shown);
    assertTrue(
        shown.contains("  b  2.0 s of about 1 min 30 s  1.4 MiB of 2.9 MiB, 0.5 MiB/s" + why),
        shown);
    assertTrue(shown.contains(", 2.0 s so far, about 1 min 05 s left"), shown);
    report.accept(new Event.JobSubmitted("b", "slurm", "12"));
    now += 89 * Events.SECOND;
    report.draw();
    shown = screen.next();
    assertTrue(shown.contains("  a  1 min 31 s, longer than before  1.8 cpus"), shown);
    assertTrue(shown.contains("  b  1 min 29 s  submitted to slurm 12"), "its wait is no run");
  }

  @Test
  void theBarHasAPartForEachKindOfJob() {
    LiveReport report = report(Detail.NORMAL);
    columns = 120;
    report.accept(Events.started(10));
    report.accept(Events.ended("a", JobState.UP_TO_DATE));
    report.accept(Events.ended("b", JobState.RAN));
    report.accept(Events.failed("c", "exit 1", "c", null));
    report.accept(Events.ended("d", JobState.BLOCKED));
    report.accept(Events.jobStarted("e"));
    report.draw();
    String shown = screen.drawn();
    assertTrue(
        shown.contains(
            "[██████××××××▓▓▓░░░░░░░░░░░░░░░] 3/10 done, 1 running, 1 failed, 1 blocked, 0.0 s"),
        shown);
    columns = 45;
    report.draw();
    assertFalse(screen.drawn().contains("█"), "no room for it");
  }

  @Test
  void verboseKeepsALineForEachJob() {
    LiveReport report = report(Detail.VERBOSE);
    report.accept(Events.jobStarted("a"));
    report.close();
    assertTrue(screen.next().startsWith("a: need f2.json changed"));
  }

  @Test
  void theThreadRedrawsAndEndsWithTheReport() throws InterruptedException {
    CountDownLatch drawn = new CountDownLatch(3);
    AtomicInteger pieces = new AtomicInteger();
    Writer counting =
        new StringWriter() {
          @Override
          public void flush() {
            pieces.incrementAndGet();
            drawn.countDown();
          }
        };
    LiveReport report =
        new LiveReport(
            counting,
            Style.of(Detail.NORMAL),
            Palette.NONE,
            Path.of("/"),
            () -> 80,
            System::nanoTime);
    long began = System.nanoTime();
    report.start().accept(Events.started(1));
    drawn.await();
    report.close();
    long most = (System.nanoTime() - began) / LiveReport.PERIOD + 2;
    int after = pieces.get();
    assertTrue(after <= most, after + " pieces, at most " + most);
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().equals("torc-live") && thread.isAlive()));
  }

  @Test
  void aFailedWriteOfTheThreadIsToldOnce() throws InterruptedException {
    CountDownLatch tried = new CountDownLatch(1);
    Writer closed =
        new StringWriter() {
          @Override
          public void flush() {
            tried.countDown();
            throw new UncheckedIOException(new IOException("Broken pipe"));
          }
        };
    LiveReport report =
        new LiveReport(
            closed, Style.of(Detail.NORMAL), Palette.NONE, Path.of("/"), () -> 80, () -> 0);
    report.start().accept(Events.started(1));
    tried.await();
    assertThrows(UncheckedIOException.class, report::close);
    report.close();
  }

  /** Commands are for pasting and the output of jobs is theirs, so both stay whole. */
  @Test
  void linesBreakAtSpacesWhereTheTerminalIsNarrow(@TempDir Path temp) throws IOException {
    columns = 40;
    LiveReport report = report(Detail.NORMAL);
    report.accept(Events.started(3));
    report.accept(
        new Event.Note(Event.Level.WARNING, "the disk has less than 64 MiB free; free some"));
    Path log =
        Files.writeString(temp.resolve("log"), "a line of output that is wider than the screen\n");
    report.accept(Events.jobStarted("work2"));
    report.accept(
        new Event.JobEnded(
            "work2",
            JobState.FAILED,
            new Event.Details(
                "exit 0, but results/of/work2.txt was not written",
                "python3 work.py --from f2.json --to f4.json",
                new Event.Log(log, temp, 0, Event.WhenShown.FAILURE),
                Events.SECOND,
                -1,
                -1)));
    report.close();
    assertEquals(
        """
        warning: the disk has less than 64 MiB
          free; free some
        work2 failed after 1.0 s: exit 0, but
          results/of/work2.txt was not written
          reason: need f2.json changed 3f2a91c →
            88d01be
          command: python3 work.py --from f2.json --to f4.json
          | a line of output that is wider than the screen
          log: LOG
        """
            .replace("LOG", log.toString().substring(1)),
        String.join("", screen.pieces));
  }
}
