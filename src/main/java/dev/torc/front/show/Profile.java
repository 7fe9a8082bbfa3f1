package dev.torc.front.show;

import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.Hidden;
import dev.torc.core.attempt.Event;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Measures where a build spends its time: a line with its phases, and a trace of phases and jobs.
 * It measures only phases and events, nothing inside them. Not thread-safe.
 */
public final class Profile implements Report {

  private static final double SECOND = 1e9;
  private static final double MICROSECOND = 1e3;

  /** The lane of the phases in the trace; the lanes of jobs come after it. */
  private static final int PHASES = 0;

  /**
   * An attempt that has not ended.
   *
   * @param released when its processes had ended and the scan of its products began; -1 before that
   * @param where executor and id there; empty for this machine
   */
  private record Open(
      int lane, long from, long released, int number, String reasons, String where) {
    Open at(String place) {
      return new Open(lane, from, released, number, reasons, place);
    }

    Open releasedAt(long now) {
      return new Open(lane, from, now, number, reasons, where);
    }
  }

  private final LongSupplier clock;
  private final Writer err;
  private final Path file;
  private final Hidden hidden;
  private final long began;
  private final List<Map<String, Object>> spans = new ArrayList<>();
  private final Map<String, Long> phases = new LinkedHashMap<>();
  private final Map<String, Open> open = new HashMap<>();
  private final BitSet lanes = new BitSet(); // in use
  private int highest = PHASES;
  private String phase;
  private long since;
  private int attempts;
  private long cpu;

  /**
   * Begins with the phase {@code start}.
   *
   * @param clock nanoseconds since any moment
   * @param began when torc was started, by that clock
   * @param err takes the line, and stays open
   * @param file takes the trace, written by {@link #close}
   * @param hidden what the trace masks
   */
  public Profile(LongSupplier clock, long began, Writer err, Path file, Hidden hidden) {
    this.clock = clock;
    this.err = err;
    this.file = file;
    this.hidden = hidden;
    this.began = began;
    this.phase = "start";
    this.since = began;
    lanes.set(PHASES);
  }

  /** Begins a phase and ends the current one. */
  public void phase(String next) {
    phase(next, clock.getAsLong());
  }

  /** Begins a phase at the moment {@code now}, which may be in the past. */
  public void phase(String next, long now) {
    phases.merge(phase, now - since, Long::sum);
    span(phase, "phase", PHASES, since, now, Map.of());
    phase = next;
    since = now;
  }

  @Override
  public void accept(Event event) {
    switch (event) {
      case Event.Started _ -> phase("run");
      case Event.Finished _ -> phase("record");
      case Event.JobStarted job -> {
        int lane = lanes.nextClearBit(0);
        lanes.set(lane);
        highest = Math.max(highest, lane);
        String reasons = ReasonText.brief(job.reasons());
        open.put(job.job(), new Open(lane, clock.getAsLong(), -1, job.attempt(), reasons, ""));
      }
      case Event.JobSubmitted out ->
          open.computeIfPresent(out.job(), (_, each) -> each.at(out.where()));
      case Event.JobReleased released ->
          open.computeIfPresent(released.job(), (_, each) -> each.releasedAt(clock.getAsLong()));
      case Event.JobRetried retried -> end(retried.job(), "retried", retried.details());
      case Event.JobEnded ended -> end(ended.job(), Json.lower(ended.state()), ended.details());
      default -> {}
    }
  }

  private void end(String job, String outcome, Event.Details details) {
    Open over = open.remove(job);
    if (over == null) {
      return; // it did not run
    }
    attempts++;
    cpu += Math.max(0, details.usage().cpu());
    lanes.clear(over.lane);
    long now = clock.getAsLong();
    Map<String, Object> attempt = new LinkedHashMap<>();
    attempt.put("attempt", over.number);
    attempt.put("outcome", outcome);
    attempt.put("what", details.what());
    attempt.put("reasons", over.reasons);
    attempt.put("submitted", over.where);
    attempt.put("cpu_seconds", Json.seconds(details.usage().cpu()));
    attempt.put("memory_bytes", Json.known(details.usage().peak()));
    attempt.values().removeIf(each -> each == null || each.equals(""));
    long released = over.released < 0 ? now : over.released;
    long from = over.from;
    if (!over.where.isEmpty()) { // the rest of the time, it was queued
      from = Math.max(from, released - Math.max(0, details.wall()));
      span(job, "queued", over.lane, over.from, from, attempt);
    }
    span(job, "job", over.lane, from, released, attempt);
    if (over.released >= 0) {
      span(job, "products", over.lane, released, now, attempt);
    }
  }

  /** Writes the trace and the line. */
  @Override
  public void close() {
    for (String job : List.copyOf(open.keySet())) {
      end(job, "cut_off", new Event.Details("", "", null, 0, -1, -1));
    }
    phase("over");
    StringBuilder line = new StringBuilder("profile:");
    phases.forEach(
        (name, nanos) -> line.append(' ').append(name).append(seconds(nanos)).append(','));
    line.append(" %d attempts took%s of CPU; trace in %s".formatted(attempts, seconds(cpu), file));
    try {
      write();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the trace " + file, e);
    }
    PlainReport.write(err, line.append('\n').toString());
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, " %.3f s", nanos / SECOND);
  }

  /** Adds a span of time in nanoseconds; spans in one lane never overlap. */
  private void span(String name, String kind, int lane, long from, long to, Map<String, ?> args) {
    Map<String, Object> span = event(name, "X", lane, args);
    span.put("cat", kind);
    span.put("ts", (from - began) / MICROSECOND);
    span.put("dur", (to - from) / MICROSECOND);
    spans.add(span);
  }

  private void write() throws IOException {
    List<Map<String, Object>> all = new ArrayList<>();
    all.add(event("process_name", "M", 0, Map.of("name", "torc")));
    for (int lane = PHASES; lane <= highest; lane++) {
      String name = lane == PHASES ? "torc" : "slot " + lane;
      all.add(event("thread_name", "M", lane, Map.of("name", name)));
      all.add(event("thread_sort_index", "M", lane, Map.of("sort_index", lane)));
    }
    all.addAll(spans);
    OwnFile.folder(file.getParent());
    OwnFile.remove(file); // another user's file could not be overwritten
    try (Writer out =
        new OutputStreamWriter(
            OwnFile.out(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING),
            StandardCharsets.UTF_8)) {
      Map<String, Object> trace =
          new TreeMap<>(Map.of("displayTimeUnit", "ms", "traceEvents", all));
      hidden.write(out, to -> Json.write(trace, to));
    }
  }

  /** Returns an event of the trace; all belong to one process. */
  private static Map<String, Object> event(
      String name, String phase, int lane, Map<String, ?> args) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("name", name);
    event.put("ph", phase);
    event.put("pid", 1);
    event.put("tid", lane);
    if (!args.isEmpty()) {
      event.put("args", args);
    }
    return event;
  }
}
