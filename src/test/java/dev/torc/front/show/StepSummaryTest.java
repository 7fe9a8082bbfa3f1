package dev.torc.front.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.Hidden;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepSummaryTest {

  @TempDir Path here;
  private final List<String> warnings = new ArrayList<>();

  /** What a build of these events adds to the file. */
  private String summary(Event... events) throws Exception {
    Path file = here.resolve("summary.md");
    long before = Files.exists(file) ? Files.size(file) : 0;
    try (Report report = new StepSummary(file, here, new Hidden(), warnings::add)) {
      for (Event event : events) {
        report.accept(event);
      }
    }
    byte[] all = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    return new String(all, (int) before, all.length - (int) before, StandardCharsets.UTF_8);
  }

  private static Event ran(String job, long seconds) {
    return new Event.JobEnded(
        job, JobState.RAN, new Event.Details("", "c", null, seconds * Events.SECOND, -1, -1));
  }

  @Test
  void aBuildInWhichNothingRanIsOneLine() throws Exception {
    assertEquals(
        "**torc** <code>project</code>, build 7: 3 jobs: 0 ran, 3 up to date, 0 failed in 1.2"
            + " s\n\n",
        summary(Events.started(3), Events.finished(0, 3, 0, 0)));
  }

  @Test
  void aJobThatSucceededOnlyOnARetryIsFlaky() throws Exception {
    Event.Details exit = new Event.Details("exit 1", "c", null, 1, -1, -1);
    assertEquals(
        """
        **torc** <code>project</code>, build 7: 2 jobs: 1 ran (1 after retries), 0 up to date,\
         1 failed in 1.2 s

        *flaky*: <code>late</code>, at the third attempt

        """,
        summary(
                Events.started(2),
                new Event.JobRetried("late", 1, exit, 0),
                new Event.JobRetried("never", 1, exit, 0),
                new Event.JobRetried("late", 2, exit, 0),
                ran("late", 3),
                Events.failed("never", "exit 1", "c", null),
                Events.finished(1, 0, 1, 0))
            .replaceAll("(?s)(<details|\\| longest).*", ""));
  }

  @Test
  void failuresComeWithCauseAndLogAndTheLongestJobsWithTheirTimes() throws Exception {
    Path log = Files.writeString(here.resolve("l.log"), "one\n\n<b>two</b> & </pre>\n");
    assertEquals(
        """
        **torc** <code>project</code>, build 7: 3 jobs: 2 ran, 0 up to date, 1 failed in 1.2 s

        <details><summary><code>bad</code> failed: exit 4</summary>

        <pre>
        $ cat &lt; x
        one

        &lt;b&gt;two&lt;/b&gt; &amp; &lt;/pre&gt;
        log: l.log
        </pre>

        </details>

        | longest | |
        |---|---|
        | <code>slow</code> | 1 min 10 s |
        | <code>quick</code> | 2.0 s |
        | <code>bad</code> | 1.2 s |

        """,
        summary(
            Events.started(3),
            ran("quick", 2),
            ran("slow", 70),
            Events.failed("bad", "exit 4", "cat < x", log),
            Events.finished(2, 0, 1, 0)));
  }

  /** As GitHub's Markdown reads it: no entity is taken for markup. */
  @Test
  void aNameIsTextWhateverItIs() throws Exception {
    for (String name :
        List.of(
            "a|b",
            "`x`",
            "*x*_y_~~z~~",
            "[x](http://a.b)",
            "<script>alert(1)</script>",
            "@octocat",
            "#1",
            "www.example.com",
            "two\nlines",
            ":tada:",
            "a&amp;b",
            "\\|",
            "<!--")) {
      String text =
          summary(Events.started(2), ran(name, 2), ran("b", 1), Events.finished(2, 0, 0, 0));
      String row = text.lines().filter(l -> l.endsWith("| 2.0 s |")).findFirst().orElse(text);
      assertTrue(
          row.matches("\\| <code>([\\p{L}\\p{Nd} /=,-]|&#\\d+;)+</code> \\| 2.0 s \\|"), row);
    }
  }

  @Test
  void eachBuildAddsToTheFile() throws Exception {
    String first = summary(Events.started(3), Events.finished(0, 3, 0, 0));
    String second = summary(Events.started(3), Events.finished(0, 3, 0, 0));
    assertEquals(first + second, Files.readString(here.resolve("summary.md")));
  }

  @Test
  void itStaysSmallWhateverFailed() throws Exception {
    Path log =
        Files.writeString(here.resolve("l.log"), ("<&>" + "\u00e9".repeat(3000) + "\n").repeat(40));
    List<Event> events = new ArrayList<>(List.of(Events.started(1000)));
    for (int i = 0; i < 1000; i++) {
      events.add(Events.failed("😀".repeat(300) + i, "<".repeat(500), "<&>".repeat(50_000), log));
    }
    events.add(Events.finished(0, 0, 1000, 0));
    String text = summary(events.toArray(Event[]::new));
    int size = text.getBytes(StandardCharsets.UTF_8).length;
    assertTrue(size <= StepSummary.LIMIT, size + " bytes");
    int shown = text.split("<details>", -1).length - 1;
    assertTrue(shown > 0 && text.contains("…and " + (1000 - shown) + " more failed\n"), text);
  }

  @Test
  void aFileThatCannotBeWrittenIsAWarning() throws Exception {
    Files.createDirectory(here.resolve("summary.md"));
    try (Report report =
        new StepSummary(here.resolve("summary.md"), here, new Hidden(), warnings::add)) {
      report.accept(Events.started(1));
      report.accept(Events.finished(1, 0, 0, 0));
    }
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().startsWith("cannot write the summary of this step: "));
  }

  /** A step whose file is too large has no summary at all, and fails on some runners. */
  @Test
  void aFileThatIsFullStaysAsItIs() throws Exception {
    Files.write(here.resolve("summary.md"), new byte[StepSummary.FILE_LIMIT - 10]);
    assertEquals("", summary(Events.started(3), Events.finished(0, 3, 0, 0)));
    assertEquals(1, warnings.size());
  }

  @Test
  void ifNothingBeganNothingIsWritten() throws Exception {
    assertEquals("", summary());
    assertFalse(Files.exists(here.resolve("summary.md")));
    assertTrue(summary(Events.started(1)).contains("torc ended before it"));
  }
}
