package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.engine.Event;
import dev.torc.show.GithubReport;
import dev.torc.show.LiveReport;
import dev.torc.show.PlainReport;
import dev.torc.show.Report;
import dev.torc.show.Report.Detail;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportChoiceTest {

  private static Class<?> chosen(boolean terminal, Detail detail, Map<String, String> env) {
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new StringWriter(),
            new StringWriter(),
            env,
            Path.of("/"),
            terminal,
            terminal,
            () -> 80,
            System::nanoTime);
    try (Report report = ReportChoice.open(console, new CommonOptions(), detail)) {
      return report.getClass();
    }
  }

  @Test
  void linesMoveOnlyOnATerminal() {
    assertEquals(LiveReport.class, chosen(true, Detail.NORMAL, Map.of()));
    assertEquals(PlainReport.class, chosen(false, Detail.NORMAL, Map.of()));
    assertEquals(PlainReport.class, chosen(true, Detail.QUIET, Map.of()));
    assertEquals(PlainReport.class, chosen(true, Detail.NORMAL, Map.of("TERM", "dumb")));
  }

  @Test
  void inCiLinesArePlain() {
    assertEquals(PlainReport.class, chosen(true, Detail.NORMAL, Map.of("CI", "true")));
    assertEquals(
        GithubReport.class,
        chosen(false, Detail.NORMAL, Map.of("CI", "true", "GITHUB_ACTIONS", "true")));
  }

  @Test
  void inNotebooksLinesArePlain() {
    assertEquals(PlainReport.class, chosen(true, Detail.NORMAL, Map.of("JPY_PARENT_PID", "4711")));
  }

  @Test
  void eventsGoToStandardOutputAndMessagesToStandardError() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Command command = new BuildCommand();
    Options.of("build", command).parse(List.of("--json"));
    CommonOptions json = command.common;
    try (Report report =
        ReportChoice.open(Run.console(Path.of("/"), out, err, Map.of()), json, Detail.NORMAL)) {
      report.accept(new Event.Note(Event.Level.WARNING, "beware"));
    }
    assertEquals(
        "{\"event\":\"note\",\"version\":1,\"level\":\"warning\",\"text\":\"beware\"}\n",
        out.toString());
    assertEquals("warning: beware\n", err.toString());
  }
}
