package dev.torc.front.show;

import dev.torc.base.text.Palette;
import dev.torc.core.run.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Writes plain lines, without live lines: for events, and for jobs that have been running for a
 * long time. {@link EventText} makes the lines.
 */
class PlainReport implements Report {

  private static final long PERIOD = 1_000_000_000L;

  final EventText wording;
  private final Writer err;
  private final boolean waits;
  private Beat beat; // null until a job starts, and always unless waits

  /**
   * Reports to {@code err}, which stays open.
   *
   * @param here the absolute working directory: logs below it are named relative to it
   * @param terminal whether the lines go to a terminal: then a bar precedes the output of jobs
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  PlainReport(
      Writer err, Detail detail, Palette palette, Path here, boolean terminal, LongSupplier clock) {
    this.err = err;
    this.wording = new EventText(detail, palette, here, terminal, clock);
    this.waits = detail == Detail.NORMAL; // VERBOSE reports each start, QUIET none
  }

  @Override
  public final synchronized void accept(Event event) {
    if (beat != null) {
      beat.tellBroken(() -> {});
    }
    write(err, text(event));
    if (waits && beat == null && event instanceof Event.JobStarted) {
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

  final synchronized void reportLate() {
    write(err, harmless(wording.late()));
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
