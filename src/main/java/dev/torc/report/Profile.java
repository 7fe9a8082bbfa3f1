package dev.torc.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.engine.Event;
import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Where the time of a build went: its phases in one line, and a trace of phases and jobs in the
 * Trace Event Format of Chrome, for chrome://tracing and Perfetto. It goes by when it is told of
 * things; it measures nothing inside of them. Safe for the one thread at a time that a report has.
 */
public final class Profile implements Report {

  private static final double MICROSECOND = 1e3;
  private static final double SECOND = 1e9;

  /** Lanes in the trace: that of the phases, and before those of the jobs. */
  private static final int PHASES = 0;

  private record Span(String name, String kind, int lane, long from, long to) {}

  /** What is not over: a job's attempt, or the look at its products. */
  private record Open(String kind, int lane, long from) {}

  private final LongSupplier clock;
  private final Writer err;
  private final Path trace;
  private final String shown;
  private final long began;
  private final Map<String, Long> phases = new LinkedHashMap<>();
  private final List<Span> spans = new ArrayList<>();
  private final Map<String, Open> open = new HashMap<>();
  private final BitSet lanes = new BitSet();
  private String phase;
  private long since;
  private int attempts;
  private long cpu;

  /**
   * Begins with the phase {@code start}.
   *
   * @param clock nanoseconds from any moment on
   * @param began when torc was started, by that clock
   * @param err takes the line, and stays open
   * @param trace the file for the trace, written by {@link #close}
   * @param shown its name for people
   */
  public Profile(LongSupplier clock, long began, Writer err, Path trace, String shown) {
    this.clock = clock;
    this.err = err;
    this.trace = trace;
    this.shown = shown;
    this.began = began;
    this.phase = "start";
    this.since = began;
    lanes.set(PHASES);
  }

  /** What torc does from now on; the phase before is over. */
  public void phase(String next) {
    phase(next, clock.getAsLong());
  }

  /** The same from an earlier moment on, by the clock. */
  public void phase(String next, long now) {
    phases.merge(phase, now - since, Long::sum);
    spans.add(new Span(phase, "phase", PHASES, since, now));
    phase = next;
    since = now;
  }

  @Override
  public void accept(Event event) {
    switch (event) {
      case Event.Started _ -> phase("run");
      case Event.Finished _ -> phase("record");
      case Event.JobStarted started -> {
        int lane = lanes.nextClearBit(0);
        lanes.set(lane);
        open.put(started.job(), new Open("job", lane, clock.getAsLong()));
      }
      case Event.JobReleased released -> {
        Open job = end(released.job());
        lanes.set(job.lane);
        open.put(released.job(), new Open("products", job.lane, clock.getAsLong()));
      }
      case Event.JobRetried retried -> end(retried.job(), retried.details());
      case Event.JobEnded ended -> end(ended.job(), ended.details());
      case Event.Expanded _,
          Event.Ending _,
          Event.Terminal _,
          Event.Fetching _,
          Event.Note _,
          Event.JobSubmitted _ -> {}
    }
  }

  private void end(String job, Event.Details details) {
    if (end(job) != null) { // else it did not run
      attempts++;
      cpu += Math.max(0, details.cpu());
    }
  }

  private Open end(String job) {
    Open over = open.remove(job);
    if (over != null) {
      lanes.clear(over.lane);
      spans.add(new Span(job, over.kind, over.lane, over.from, clock.getAsLong()));
    }
    return over;
  }

  /** Writes the trace and the line. */
  @Override
  public void close() {
    phase("over");
    StringBuilder line = new StringBuilder("profile:");
    phases.forEach((name, nanos) -> line.append(' ').append(name).append(seconds(nanos)));
    line.append(" %d attempts took%s of CPU; trace in %s".formatted(attempts, cpu(), shown));
    try {
      write();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the trace " + shown, e);
    }
    PlainReport.write(err, line.append('\n').toString());
  }

  private String cpu() {
    return String.format(Locale.ROOT, " %.3f s", cpu / SECOND);
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, " %.3f s,", nanos / SECOND);
  }

  private void write() throws IOException {
    OwnFile.folder(trace.getParent());
    OwnFile.remove(trace); // another member's could not be written
    try (OutputStream out =
            OwnFile.out(trace, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("displayTimeUnit", "ms");
      json.writeArrayFieldStart("traceEvents");
      for (Span span : spans) {
        json.writeStartObject();
        json.writeStringField("name", span.name);
        json.writeStringField("cat", span.kind);
        json.writeStringField("ph", "X"); // complete: begin and duration in one
        json.writeNumberField("ts", (span.from - began) / MICROSECOND);
        json.writeNumberField("dur", (span.to - span.from) / MICROSECOND);
        json.writeNumberField("pid", 1);
        json.writeNumberField("tid", span.lane);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }
}
