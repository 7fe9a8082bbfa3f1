package dev.torc.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.engine.Event;
import dev.torc.engine.JobState;
import dev.torc.machine.JsonOut;
import dev.torc.plan.Reason;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;

/**
 * Events for machines: one JSON object per line, nothing shortened. {@code json.md} of the user
 * documentation describes them; what is there may grow, and changes its meaning only together with
 * {@link #VERSION}.
 */
public final class JsonReport implements Report {

  /** Version of the form of the events; stands in the first one. */
  public static final int VERSION = 1;

  private static final double SECOND = 1e9;

  private final JsonFactory json = new JsonFactory();
  private final Writer out;
  private boolean first = true;

  /** Reports to {@code out}, which stays open and is flushed after each event. */
  public JsonReport(Writer out) {
    this.out = new JsonOut(out);
  }

  @Override
  public void accept(Event event) {
    StringWriter line = new StringWriter();
    try (JsonGenerator object = json.createGenerator(line)) {
      object.writeStartObject();
      object.writeStringField("event", name(event));
      if (first) {
        object.writeNumberField("version", VERSION);
        first = false;
      }
      fields(event, object);
      object.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    PlainReport.write(out, line.append('\n').toString());
  }

  @Override
  public void close() {}

  /** Reasons as an array of objects, all of them and with full digests, as every command has it. */
  public static void reasons(JsonGenerator object, List<Reason> reasons) throws IOException {
    object.writeStartArray();
    for (Reason reason : reasons) {
      object.writeStartObject();
      object.writeStringField("kind", lower(reason.kind()));
      object.writeStringField("name", reason.name());
      object.writeStringField("old", reason.old());
      object.writeStringField("now", reason.now());
      object.writeEndObject();
    }
    object.writeEndArray();
  }

  private static String name(Event event) {
    return switch (event) {
      case Event.Started _ -> "started";
      case Event.Expanded _ -> "expanded";
      case Event.JobStarted _ -> "job_started";
      case Event.JobReleased _ -> "job_released";
      case Event.JobEnded _ -> "job_ended";
      case Event.JobRetried _ -> "job_retried";
      case Event.Ending _ -> "ending";
      case Event.Terminal _ -> "terminal";
      case Event.Note _ -> "note";
      case Event.Finished _ -> "finished";
    };
  }

  private static void fields(Event event, JsonGenerator object) throws IOException {
    switch (event) {
      case Event.Started started -> {
        object.writeStringField("build", started.build().id());
        object.writeNumberField("number", started.build().number());
        object.writeStringField("root", started.root().toString());
        object.writeNumberField("jobs", started.jobs());
      }
      case Event.Expanded expanded -> object.writeNumberField("jobs", expanded.jobs());
      case Event.JobStarted started -> {
        object.writeStringField("job", started.job());
        object.writeNumberField("attempt", started.attempt());
        object.writeStringField("command", started.command());
        object.writeFieldName("reasons");
        reasons(object, started.reasons());
      }
      case Event.JobReleased released -> object.writeStringField("job", released.job());
      case Event.JobEnded ended -> {
        object.writeStringField("job", ended.job());
        object.writeStringField("state", lower(ended.state()));
        details(ended.details(), object);
      }
      case Event.JobRetried retried -> {
        object.writeStringField("job", retried.job());
        object.writeNumberField("attempt", retried.attempt());
        details(retried.details(), object);
        object.writeNumberField("delay", retried.delay() / SECOND);
      }
      case Event.Ending ending -> {
        object.writeArrayFieldStart("jobs");
        for (String job : ending.jobs()) {
          object.writeString(job);
        }
        object.writeEndArray();
        object.writeNumberField("grace", ending.grace() / SECOND);
      }
      case Event.Terminal terminal -> object.writeBooleanField("lent", terminal.lent());
      case Event.Note note -> {
        object.writeStringField("level", lower(note.level()));
        object.writeStringField("text", note.text());
      }
      case Event.Finished finished -> {
        object.writeStringField("build", finished.build().id());
        object.writeObjectFieldStart("counts");
        for (JobState state : JobState.values()) {
          if (state.isFinal()) {
            object.writeNumberField(lower(state), finished.counts().getOrDefault(state, 0));
          }
        }
        object.writeEndObject();
        object.writeNumberField("seconds", finished.nanos() / SECOND);
        object.writeNumberField("exit", finished.exit());
      }
    }
  }

  private static void details(Event.Details details, JsonGenerator object) throws IOException {
    object.writeStringField("what", details.what());
    object.writeStringField("command", details.command());
    object.writeStringField("log", details.log() == null ? null : details.log().toString());
    object.writeNumberField("seconds", details.wall() / SECOND);
    if (details.cpu() < 0) {
      object.writeNullField("cpu");
    } else {
      object.writeNumberField("cpu", details.cpu() / SECOND);
    }
    if (details.peak() < 0) {
      object.writeNullField("memory");
    } else {
      object.writeNumberField("memory", details.peak());
    }
  }

  /** A constant's name as it stands in JSON. */
  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
