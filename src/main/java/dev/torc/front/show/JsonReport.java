package dev.torc.front.show;

import dev.torc.base.posix.Io;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.Reason;
import dev.torc.core.manifest.LeftOut;
import dev.torc.front.show.Json.Named;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes each event as a JSON object on one line, with nothing shortened. {@code json.md} in the
 * user documentation describes the objects. Fields may be added at any time, but their meaning
 * changes only with the version.
 */
final class JsonReport implements Report {

  private final Writer out;
  private boolean first = true;

  /** Reports to {@code out}, which stays open and is flushed after each event. */
  JsonReport(Writer out) {
    this.out = out;
  }

  @Override
  public void accept(Event event) {
    Optional<Integer> version = first ? Optional.of(Json.VERSION) : Optional.empty();
    first = false;
    Map<String, Object> fields = Json.fields(new Head(Json.kind(event), version));
    fields.putAll(Json.fields(body(event)));
    // Written in one piece, so that no partial line remains if the reader is gone.
    StringWriter line = new StringWriter();
    Io.unchecked(() -> Json.write(fields, line));
    PlainReport.write(out, line.toString());
  }

  private record Head(String event, Optional<Integer> version) {}

  private record Started(String build, long number, Path root, int jobs) {}

  private record JobStarted(
      Named name, int attempt, String command, List<Reason> reasons, String executor, Path log) {}

  private record JobEnded(Named name, JobState state, Details details) {}

  private record JobUndone(Named name, String what) {}

  private record JobRetried(Named name, int attempt, Details details, Double delay) {}

  private record Ending(List<String> jobs, Double grace) {}

  private record Note(Event.Level level, String text) {}

  private record Finished(String build, Map<String, Integer> counts, Double seconds, int exit) {}

  private record Details(
      String what,
      String command,
      Path log,
      Double seconds,
      Double cpu,
      Long memory,
      Optional<List<LeftOut>> without)
      implements Json.Inline {
    static Details of(Event.Details of) {
      return new Details(
          of.what(),
          of.command(),
          file(of.log()),
          Json.seconds(of.wall()),
          Json.seconds(of.usage().cpu()),
          Json.known(of.usage().peak()),
          Json.unlessEmpty(of.leftOut()));
    }
  }

  private static Path file(Event.Log log) {
    return log == null ? null : log.file();
  }

  private static Object body(Event event) {
    return switch (event) {
      case Event.Started e -> new Started(e.build().id(), e.build().number(), e.root(), e.jobs());
      case Event.JobStarted e ->
          new JobStarted(
              Named.of(e.job()),
              e.attempt(),
              e.command(),
              e.reasons(),
              e.executor(),
              file(e.log()));
      case Event.JobEnded e -> new JobEnded(Named.of(e.job()), e.state(), Details.of(e.details()));
      case Event.JobUndone e -> new JobUndone(Named.of(e.job()), e.details().what());
      case Event.JobRetried e ->
          new JobRetried(
              Named.of(e.job()), e.attempt(), Details.of(e.details()), Json.seconds(e.delay()));
      case Event.Ending e -> new Ending(e.jobs(), Json.seconds(e.grace()));
      case Event.Note e -> new Note(e.level(), e.text());
      case Event.Finished e ->
          new Finished(e.build().id(), counts(e), Json.seconds(e.nanos()), e.exit());
      default -> event; // its fields, unchanged
    };
  }

  private static Map<String, Integer> counts(Event.Finished finished) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    EnumSet.allOf(JobState.class).stream()
        .filter(JobState::isFinal)
        .forEach(s -> counts.put(Json.lower(s), finished.counts().getOrDefault(s, 0)));
    return counts;
  }
}
