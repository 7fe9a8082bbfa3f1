package dev.torc.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.cache.JobResult;
import dev.torc.cache.RunDetails;
import dev.torc.machine.JsonOut;
import dev.torc.report.TimeText;
import java.io.IOException;
import java.util.Collection;
import java.util.Locale;

/** Writes the one JSON document of a command. What stands in it is the command's business. */
final class JsonPrinter {

  /** Version of the form of all documents; it changes when a field changes its meaning. */
  private static final int VERSION = 1;

  private static final double SECOND = 1e9;

  /** Writes the fields of an object. */
  interface Fields {
    void write(JsonGenerator out) throws IOException;
  }

  private JsonPrinter() {}

  /** Prints an object with a version, on one line. */
  static void print(Console console, Fields fields) throws IOException {
    try (JsonGenerator out = new JsonFactory().createGenerator(new JsonOut(console.out()))) {
      out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      out.writeStartObject();
      out.writeNumberField("version", VERSION);
      fields.write(out);
      out.writeEndObject();
    }
    console.print("\n");
  }

  /** An array of texts. */
  static void texts(JsonGenerator out, String name, Collection<String> texts) throws IOException {
    out.writeArrayFieldStart(name);
    for (String text : texts) {
      out.writeString(text);
    }
    out.writeEndArray();
  }

  /** A constant's name as it stands in JSON. */
  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** A job's last run as an object, null if it never ran. */
  static void lastRun(JsonGenerator out, JobResult result, RunDetails details, Fields more)
      throws IOException {
    if (result == null || details == null) {
      out.writeNullField("last");
      return;
    }
    out.writeObjectFieldStart("last");
    out.writeStringField("outcome", lower(result.outcome()));
    out.writeStringField("what", details.what());
    out.writeNumberField("build", details.number());
    out.writeStringField("started", details.started() > 0 ? TimeText.iso(details.started()) : null);
    out.writeNumberField("seconds", result.wall() / SECOND);
    number(out, "exit", details.exit(), details.exit() >= 0);
    number(out, "signal", details.signal(), details.signal() > 0);
    seconds(out, "cpu", details.cpu());
    number(out, "memory", details.peak(), details.peak() >= 0);
    out.writeNumberField("attempts", details.attempts());
    more.write(out);
    out.writeEndObject();
  }

  /** A number, or null where it is not known. */
  static void number(JsonGenerator out, String name, long value, boolean known) throws IOException {
    if (known) {
      out.writeNumberField(name, value);
    } else {
      out.writeNullField(name);
    }
  }

  /** Nanoseconds as seconds, or null where they are negative. */
  static void seconds(JsonGenerator out, String name, long nanos) throws IOException {
    if (nanos >= 0) {
      out.writeNumberField(name, nanos / SECOND);
    } else {
      out.writeNullField(name);
    }
  }
}
