package dev.torc.front.show;

import dev.torc.base.machine.Series;
import dev.torc.core.run.Event;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

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

    /** Returns the latest samples of running jobs' use; a job without a sample yet is missing. */
    default Map<String, Series.Point> uses() {
      return Map.of();
    }
  }
}
