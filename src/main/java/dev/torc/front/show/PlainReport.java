package dev.torc.front.show;

import dev.torc.base.text.Palette;
import dev.torc.core.attempt.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Writes plain lines, without live lines: for events, and for jobs that have been running for a
 * long time. {@link EventText} makes the lines.
 */
class PlainReport implements Report {

  private static final long PERIOD = 1_000_000_000L;

  final EventText wording;
  private final Writer err;
  private final Style style;
  private final LongSupplier clock;
  private Beat beat; // null until a job starts
  private long written; // when the last line was written

  /**
   * Reports to {@code err}, which stays open.
   *
   * @param here the absolute working directory: logs below it are named relative to it
   * @param columns returns the terminal's width, as for {@link EventText}; null for no terminal
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  PlainReport(
      Writer err,
      Style style,
      Palette palette,
      Path here,
      IntSupplier columns,
      LongSupplier clock) {
    this.err = err;
    this.wording = new EventText(style, palette, here, columns, clock);
    this.style = style;
    this.clock = clock;
  }

  @Override
  public final synchronized void accept(Event event) {
    if (beat != null) {
      beat.tellBroken(() -> {});
    }
    write(text(event));
    if (beat == null && event instanceof Event.JobStarted) {
      written = clock.getAsLong();
      beat = new Beat("torc-lines", PERIOD, this::reportLate);
    }
  }

  String text(Event event) {
    return harmless(wording.lines(event));
  }

  /** Returns the text in a form that cannot act as a command where it is written. */
  String harmless(String text) {
    return text;
  }

  /**
   * Writes new output of live jobs, and lines about jobs that have run for long. With VERBOSE, each
   * start was reported already.
   */
  final synchronized void reportLate() {
    String late = style.detail() == Detail.NORMAL ? wording.late() : "";
    boolean silent = clock.getAsLong() - written >= style.alive();
    String lines = wording.live() + late;
    write(harmless(lines.isEmpty() && silent ? wording.alive() : lines));
  }

  private void write(String text) {
    if (!text.isEmpty()) {
      written = clock.getAsLong();
      write(err, text);
    }
  }

  @Override
  public final void close() {
    if (beat != null) {
      beat.close();
      beat.tellBroken(() -> {});
    }
  }

  /** Writes a text and flushes it. */
  static void write(Writer out, String text) {
    if (text.isEmpty()) {
      return;
    }
    try {
      out.write(text);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
