package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsCommandTest {

  @TempDir Path cwd;

  private Folder posting() throws IOException {
    return new Folder(cwd)
        .put(
            "torc.yaml",
            """
            jobs:
              a: { command: "echo '{\\"result\\": 2.158}' >> $TORC_EVENTS" }
              b:
                command: echo '{"try":'{attempt}'}' >> $TORC_EVENTS && test {attempt} = 2
                after: a
                retries: 1
              c: { command: echo no object >> $TORC_EVENTS; exit 3, after: b }
            """);
  }

  /** Without the times. */
  private static String lines(Run run) {
    return run.out().replaceAll("(?m)^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d ", "");
  }

  @Test
  void itPrintsWhatJobsPosted() throws IOException {
    Folder folder = posting();
    folder.run("build");
    Run all = folder.run("events");
    assertEquals(
        """
        build 1 a {"result": 2.158}
        build 1 b {"try":1}
        build 1 b attempt 2 {"try":2}
        build 1 c {"text":"no object"}
        """,
        lines(all));
    assertEquals("", all.err());
    assertEquals("build 1 a {\"result\": 2.158}\n", lines(folder.run("events", "a")));
    assertEquals("build 1 a {\"result\": 2.158}\n", lines(folder.run("events", "--job", "a")));
    assertEquals("torc: no job x; `torc list` shows the jobs\n", folder.run("events", "x").err());
    assertEquals(all, folder.run("events", "--follow"), "no build is at work");
  }

  @Test
  void onlyLaterOnesAreShownWhereThatIsAsked() throws IOException {
    Folder folder = posting();
    folder.run("build");
    assertEquals(4, folder.run("events", "--since", "7d").out().lines().count());
    assertEquals(4, folder.run("events", "--since", "2001-01-01").out().lines().count());
    assertEquals("", folder.run("events", "--since", "2999-01-01T00:00").out());
    assertEquals(
        "torc: --since yesterday: write a moment as 2026-11-20T10:00, or 30m, 2h, 7d\n",
        folder.run("events", "--since", "yesterday").err());
  }

  @Test
  void momentsAndTimesBackFromNow() {
    long now = 1_000_000_000_000L;
    assertEquals(now - 90 * 60_000, EventsCommand.moment("1h30m", now));
    assertEquals(0, EventsCommand.moment("1970-01-01T00:00:00Z", now));
    long local =
        LocalDateTime.of(2026, 11, 20, 10, 0)
            .atZone(ZoneId.systemDefault())
            .toInstant()
            .toEpochMilli();
    assertEquals(local, EventsCommand.moment("2026-11-20T10:00", now));
    assertEquals(local - 10 * 3_600_000, EventsCommand.moment("2026-11-20", now));
  }

  @Test
  void jsonHasTheObjects() throws IOException {
    Folder folder = posting();
    folder.run("build");
    String out = folder.run("events", "--json", "a").out();
    assertTrue(
        out.matches(
            "\\{\"version\":1,\"events\":\\[\\{\"time\":\"[^\"]*Z\",\"build\":1,\"job\":\"a\","
                + "\"attempt\":1,\"data\":\\{\"result\": 2.158}}]}\n"),
        out);
  }
}
