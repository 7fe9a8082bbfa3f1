package dev.torc.front.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.text.Palette;
import dev.torc.core.attempt.Event;
import dev.torc.front.show.Report.Detail;
import dev.torc.front.show.Report.Style;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportChoiceTest {

  private static Console console(
      boolean terminal, Map<String, String> env, StringWriter out, StringWriter err) {
    InputStream in = InputStream.nullInputStream();
    Path here = Path.of("/");
    return new Console(
        in,
        out,
        err,
        env,
        here,
        new Console.Terminals(terminal, terminal, () -> 80),
        System::nanoTime);
  }

  private static Class<?> chosen(boolean terminal, Detail detail, Map<String, String> env) {
    Console console = console(terminal, env, new StringWriter(), new StringWriter());
    try (Report report = console.report(Palette.NONE, Style.of(detail), false)) {
      return report.getClass();
    }
  }

  @Test
  void linesMoveOnlyOnATerminal() {
    assertEquals(LiveReport.class, chosen(true, Detail.NORMAL, Map.of("TERM", "xterm")));
    assertEquals(PlainReport.class, chosen(true, Detail.NORMAL, Map.of()));
    assertEquals(PlainReport.class, chosen(false, Detail.NORMAL, Map.of()));
    assertEquals(PlainReport.class, chosen(true, Detail.QUIET, Map.of("TERM", "xterm")));
    assertEquals(PlainReport.class, chosen(true, Detail.NORMAL, Map.of("TERM", "dumb")));
  }

  @Test
  void inCiLinesArePlain() {
    assertEquals(
        PlainReport.class, chosen(true, Detail.NORMAL, Map.of("TERM", "xterm", "CI", "true")));
    assertEquals(
        GithubReport.class,
        chosen(false, Detail.NORMAL, Map.of("CI", "true", "GITHUB_ACTIONS", "true")));
  }

  @Test
  void inNotebooksLinesArePlain() {
    assertEquals(
        PlainReport.class,
        chosen(true, Detail.NORMAL, Map.of("TERM", "xterm", "JPY_PARENT_PID", "4711")));
  }

  @Test
  void eventsGoToStandardOutputAndMessagesToStandardError() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = console(false, Map.of(), out, err);
    try (Report report = console.report(Palette.NONE, Style.of(Detail.NORMAL), true)) {
      report.accept(new Event.Note(Event.Level.WARNING, "beware"));
    }
    assertEquals(
        "{\"event\":\"note\",\"version\":1,\"level\":\"warning\",\"text\":\"beware\"}\n",
        out.toString());
    assertEquals("warning: beware\n", err.toString());
  }
}
