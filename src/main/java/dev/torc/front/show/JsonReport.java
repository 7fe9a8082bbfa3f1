package dev.torc.front.show;

import dev.torc.base.posix.Io;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import java.io.StringWriter;
import java.io.Writer;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;

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
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", Json.kind(event));
    if (first) {
      fields.put("version", Json.VERSION);
      first = false;
    }
    put(event, fields);
    // Written in one piece, so that no partial line remains if the reader is gone.
    StringWriter line = new StringWriter();
    Io.unchecked(() -> Json.write(fields, line));
    PlainReport.write(out, line.toString());
  }

  private static void put(Event event, Map<String, Object> fields) {
    switch (event) {
      case Event.Started started -> {
        fields.put("build", started.build().id());
        fields.put("number", started.build().number());
        fields.put("root", started.root());
        fields.put("jobs", started.jobs());
      }
      case Event.JobStarted started -> {
        fields.putAll(Json.fields(started));
        Json.putJob(fields, started.job());
        fields.put("log", started.log() == null ? null : started.log().file());
      }
      case Event.JobEnded ended -> {
        Json.putJob(fields, ended.job());
        fields.put("state", ended.state());
        put(ended.details(), fields);
      }
      case Event.JobUndone undone -> {
        Json.putJob(fields, undone.job());
        fields.put("what", undone.details().what());
      }
      case Event.JobRetried retried -> {
        Json.putJob(fields, retried.job());
        fields.put("attempt", retried.attempt());
        put(retried.details(), fields);
        fields.put("delay", Json.seconds(retried.delay()));
      }
      case Event.Ending ending -> {
        fields.put("jobs", ending.jobs());
        fields.put("grace", Json.seconds(ending.grace()));
      }
      case Event.Note note -> {
        fields.put("level", note.level());
        fields.put("text", note.text());
      }
      case Event.Finished finished -> {
        fields.put("build", finished.build().id());
        Map<String, Integer> counts = new LinkedHashMap<>();
        EnumSet.allOf(JobState.class).stream()
            .filter(JobState::isFinal)
            .forEach(s -> counts.put(Json.lower(s), finished.counts().getOrDefault(s, 0)));
        fields.put("counts", counts);
        fields.put("seconds", Json.seconds(finished.nanos()));
        fields.put("exit", finished.exit());
      }
      default -> fields.putAll(Json.fields(event)); // its fields, unchanged
    }
  }

  private static void put(Event.Details details, Map<String, Object> fields) {
    fields.put("what", details.what());
    fields.put("command", details.command());
    fields.put("log", details.log() == null ? null : details.log().file());
    fields.put("seconds", Json.seconds(details.wall()));
    fields.put("cpu", Json.seconds(details.usage().cpu()));
    fields.put("memory", Json.known(details.usage().peak()));
    if (!details.leftOut().isEmpty()) {
      fields.put("without", details.leftOut());
    }
  }
}
