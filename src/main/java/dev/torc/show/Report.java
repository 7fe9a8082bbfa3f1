package dev.torc.show;

import dev.torc.engine.Event;
import dev.torc.machine.Series;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Shows a build. Events come from one thread, in order. Where the stream cannot be written, {@link
 * #accept} and {@link #close} throw {@link java.io.UncheckedIOException}.
 */
public interface Report extends Consumer<Event>, AutoCloseable {

  /** How much is said. */
  enum Detail {
    /** Failures, warnings and the last line. */
    QUIET,
    /** Also notes and what was retried, blocked or interrupted: what stands above live lines. */
    BRIEF,
    /** Also a line for each job that ended, with all that made it run, or that runs for long. */
    NORMAL,
    /**
     * Also a line for each job that starts, commands, what was up to date or not reached, CPU time
     * and memory; nothing shortened.
     */
    VERBOSE
  }

  /** Whether it shows how things stand, and so asks for {@link #follow}. */
  default boolean isLive() {
    return false;
  }

  /** Jobs may run from now on: what can be asked of the build meanwhile. */
  default void follow(Progress progress) {}

  /** Writes what is left. */
  @Override
  default void close() {}

  /** All events to each of the reports, in the order given. */
  static Report all(List<Report> reports) {
    return new Report() {
      @Override
      public void accept(Event event) {
        reports.forEach(report -> report.accept(event));
      }

      @Override
      public boolean isLive() {
        return reports.stream().anyMatch(Report::isLive);
      }

      @Override
      public void follow(Progress progress) {
        reports.forEach(report -> report.follow(progress));
      }

      @Override
      public void close() {
        reports.forEach(Report::close);
      }
    };
  }

  /**
   * What a report that moves asks of the build beside its events. Asked from the report's own
   * thread; an answer may take a moment, so no lock is held meanwhile.
   */
  public interface Progress {

    /** Nothing is known. */
    Progress NONE = new Progress() {};

    /** Nanoseconds that the build is likely to go on; negative unknown. */
    default long left() {
      return -1;
    }

    /** Nanoseconds that an attempt of a job is likely to take in all; negative unknown. */
    default long expected(String job) {
      return -1;
    }

    /** What running jobs used of late; those that were not looked at are not in. */
    default Map<String, Series.Point> uses() {
      return Map.of();
    }
  }
}
