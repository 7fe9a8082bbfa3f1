package dev.torc.front.show;

import dev.torc.base.machine.Series;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.attempt.Event;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Shows a build. Events come from one thread, in order. If the stream cannot be written, {@link
 * #accept} and {@link #close} throw {@link java.io.UncheckedIOException}.
 */
public interface Report extends Consumer<Event>, AutoCloseable {

  enum Detail {
    /** Failures, warnings and the last line. */
    QUIET,
    /** Also notes, and a line for each job that ended or runs for long, with its reasons. */
    NORMAL,
    /**
     * Also job starts, jobs that are up to date or not started, commands, CPU time and memory;
     * nothing is shortened.
     */
    VERBOSE
  }

  /**
   * How a build is reported.
   *
   * @param output when the output of all jobs is shown; null: as each job says
   * @param alive nanoseconds without a line after which a line tells what still runs; only where
   *     there are no live lines
   */
  record Style(Detail detail, Event.WhenShown output, long alive) {

    private static final long MINUTE = 60_000_000_000L;

    /** What an option can say about the output of jobs. */
    public static final List<String> OUTPUTS =
        Stream.of(Event.WhenShown.values()).map(w -> w.name().toLowerCase(Locale.ROOT)).toList();

    public static Style of(Detail detail) {
      return new Style(detail, null, MINUTE);
    }

    /**
     * Reads a style.
     *
     * @param output a constant of {@code WhenShown}, in lower case; null: as each job says
     * @param alive a duration; null for the default
     */
    public static Style of(Detail detail, String output, String alive) {
      return new Style(
          detail,
          output == null ? null : Event.WhenShown.valueOf(output.toUpperCase(Locale.ROOT)),
          alive == null ? MINUTE : Quantity.duration(alive));
    }
  }

  /** Takes an event that happened {@code age} nanoseconds ago. */
  default void accept(Event event, long age) {
    accept(event);
  }

  /** Takes the source of progress; called before jobs run. */
  default void follow(Supplier<Progress> progress) {}

  /**
   * Pauses the report before torc is stopped by Ctrl-Z, or continues it afterwards. Called on any
   * thread.
   */
  default void pause(boolean stop) {}

  @Override
  default void close() {}

  /** Returns a report that passes all events to each of the reports, in the order given. */
  static Report all(List<Report> reports) {
    return new Report() {
      @Override
      public void accept(Event event) {
        reports.forEach(report -> report.accept(event));
      }

      @Override
      public void follow(Supplier<Progress> progress) {
        reports.forEach(report -> report.follow(progress));
      }

      @Override
      public void pause(boolean stop) {
        reports.forEach(report -> report.pause(stop));
      }

      @Override
      public void close() {
        reports.forEach(Report::close);
      }
    };
  }

  /**
   * What a live report asks the build for, in addition to its events. The report's own thread asks
   * without a lock, since an answer may take long.
   */
  public interface Progress {

    Progress NONE = new Progress() {};

    /** Returns how many nanoseconds the build is likely to continue; negative if unknown. */
    default long remaining() {
      return -1;
    }

    /** Returns how many nanoseconds an attempt is likely to take in all; negative if unknown. */
    default long expected(String job) {
      return -1;
    }

    /** Returns how many jobs of a group may run in this build; 0 if unknown. */
    default int due(String group) {
      return 0;
    }

    /** Returns how far the download of a running job is; empty if it has none. */
    default String fetched(String job) {
      return "";
    }

    /** Returns the latest samples of running jobs' use; a job without a sample yet is missing. */
    default Map<String, Series.Point> uses() {
      return Map.of();
    }
  }
}
