package dev.torc.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A trace of a build in the Trace Event Format of Chrome, for chrome://tracing and Perfetto: lanes
 * with a name, and what lasted some time in each. What that was is the profile's.
 *
 * @param file torc's own
 * @param began when the trace begins, in nanoseconds
 */
record TraceFile(Path file, long began) {

  private static final double MICROSECOND = 1e3;
  private static final double SECOND = 1e9;

  /** The one process of a trace. */
  private static final int TORC = 1;

  /**
   * What lasted some time; what is in the same lane never lasts at the same time.
   *
   * @param lane from 0
   * @param from nanoseconds
   * @param attempt null where it is no attempt of a job
   */
  record Span(String name, String kind, int lane, long from, long to, Attempt attempt) {}

  /**
   * What is told of an attempt.
   *
   * @param number from 1
   * @param outcome a final state of the job, {@code retried}, or {@code cut_off}
   * @param what how it failed, empty where it did not
   * @param reasons why it ran
   * @param where executor and id, empty for this machine
   * @param cpu nanoseconds, -1 unknown
   * @param peak bytes, -1 unknown
   */
  record Attempt(
      int number, String outcome, String what, String reasons, String where, long cpu, long peak) {}

  /**
   * Writes it.
   *
   * @param lanes their names
   */
  void write(List<String> lanes, List<Span> spans) throws IOException {
    OwnFile.folder(file.getParent());
    OwnFile.remove(file); // another member's could not be written
    try (OutputStream out =
            OwnFile.out(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("displayTimeUnit", "ms");
      json.writeArrayFieldStart("traceEvents");
      named(json, "process_name", 0, "torc");
      for (int lane = 0; lane < lanes.size(); lane++) {
        named(json, "thread_name", lane, lanes.get(lane));
        begin(json, "thread_sort_index", "M", lane);
        json.writeObjectFieldStart("args");
        json.writeNumberField("sort_index", lane);
        json.writeEndObject();
        json.writeEndObject();
      }
      for (Span span : spans) {
        write(json, span);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  /** Metadata: a name of the process or of a lane. */
  private static void named(JsonGenerator json, String what, int lane, String name)
      throws IOException {
    begin(json, what, "M", lane);
    json.writeObjectFieldStart("args");
    json.writeStringField("name", name);
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void begin(JsonGenerator json, String name, String phase, int lane)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("ph", phase);
    json.writeNumberField("pid", TORC);
    json.writeNumberField("tid", lane);
  }

  /** A complete event: begin and duration in one. */
  private void write(JsonGenerator json, Span span) throws IOException {
    begin(json, span.name, "X", span.lane);
    json.writeStringField("cat", span.kind);
    json.writeNumberField("ts", (span.from - began) / MICROSECOND);
    json.writeNumberField("dur", (span.to - span.from) / MICROSECOND);
    Attempt attempt = span.attempt;
    if (attempt != null) {
      json.writeObjectFieldStart("args");
      json.writeNumberField("attempt", attempt.number);
      json.writeStringField("outcome", attempt.outcome);
      text(json, "what", attempt.what);
      text(json, "reasons", attempt.reasons);
      text(json, "submitted", attempt.where);
      if (attempt.cpu >= 0) {
        json.writeNumberField("cpu_seconds", attempt.cpu / SECOND);
      }
      if (attempt.peak >= 0) {
        json.writeNumberField("memory_bytes", attempt.peak);
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void text(JsonGenerator json, String name, String text) throws IOException {
    if (!text.isEmpty()) {
      json.writeStringField(name, text);
    }
  }
}
