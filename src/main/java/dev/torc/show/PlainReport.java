package dev.torc.show;

import dev.torc.engine.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Lines one after the other, where no live ones are wanted: those of events, and those of jobs that
 * run for long, as time passes. It does not make the words.
 */
public class PlainReport implements Report {

  /** Nanoseconds between two looks at the clock. */
  private static final long PERIOD = 1_000_000_000L;

  final EventText wording;
  private final Writer err;
  private final boolean waits;
  private Beat beat; // null while no job began

  /**
   * Reports to {@code err}, which stays open.
   *
   * @param here the absolute folder that the user stands in: logs below it are named relative to it
   * @param terminal whether people read it at once: what jobs wrote is set off then
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  public PlainReport(
      Writer err, Detail detail, Palette palette, Path here, boolean terminal, LongSupplier clock) {
    this.err = err;
    this.wording = new EventText(detail, palette, here, terminal, clock);
    this.waits = detail == Detail.NORMAL; // else the begin of a job is told, or nothing is
  }

  @Override
  public final synchronized void accept(Event event) {
    tellBroken();
    write(err, text(event));
    if (waits && beat == null && event instanceof Event.JobStarted) {
      beat = new Beat("torc-lines", PERIOD, this::look);
    }
  }

  /** The lines of an event. */
  String text(Event event) {
    return harmless(wording.of(event));
  }

  /** The text as it may be written here. */
  String harmless(String text) {
    return text;
  }

  /** Tells of jobs that run for long by now. */
  final synchronized void look() {
    write(err, harmless(wording.late()));
  }

  @Override
  public final void close() {
    if (beat != null) {
      beat.close();
      tellBroken();
    }
  }

  /** What befell the other thread is thrown where the caller can see it. */
  private void tellBroken() {
    RuntimeException e = beat == null ? null : beat.broken();
    if (e != null) {
      throw e;
    }
  }

  /** Writes a text in one go. */
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
