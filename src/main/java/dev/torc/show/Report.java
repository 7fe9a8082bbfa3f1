package dev.torc.show;

import dev.torc.engine.Event;
import dev.torc.machine.Series;
import dev.torc.posix.RandomId;
import dev.torc.text.Palette;
import java.io.Writer;
import java.nio.file.Path;
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
     * Also jobs that start, are up to date or not started; commands, CPU time and memory; nothing
     * shortened.
     */
    VERBOSE
  }

  /** Takes an event that happened so many nanoseconds ago. */
  default void accept(Event event, long age) {
    accept(event);
  }

  /** Takes the source of progress, before jobs run. */
  default void follow(Supplier<Progress> progress) {}

  /** Pauses the report before torc is stopped by Ctrl-Z, or continues it after; from any thread. */
  default void pause(boolean stop) {}

  @Override
  default void close() {}

  /**
   * Chooses a report by the caller's surroundings. It has begun, so it must be closed.
   *
   * @param json whether the events go to standard output, too
   */
  static Report open(Console console, Palette palette, Detail detail, boolean json) {
    Report people = people(console, palette, detail, json);
    return json ? all(List.of(new JsonReport(console.out()), people)) : people;
  }

  /** Returns the report for a step's summary page in GitHub Actions; null if there is none. */
  static Report ofStep(Console console) {
    String file = console.env().getOrDefault("GITHUB_STEP_SUMMARY", "");
    Path here = console.cwd();
    return file.isEmpty() ? null : new StepSummary(here.resolve(file), here, console::warn);
  }

  private static Report people(Console console, Palette palette, Detail detail, boolean json) {
    Path here = console.cwd();
    Writer err = console.err();
    Map<String, String> env = console.env();
    if ("true".equals(env.get("GITHUB_ACTIONS"))) {
      Path workspace = here.resolve(env.getOrDefault("GITHUB_WORKSPACE", ""));
      Supplier<String> token = () -> RandomId.next().replace("-", "");
      return new GithubReport(err, detail, palette, here, workspace, System::nanoTime, token);
    }
    String ci = env.getOrDefault("CI", "");
    boolean terminal = console.stderrTerminal();
    boolean moves =
        terminal
            && detail != Detail.QUIET
            && (ci.isEmpty() || ci.equals("false"))
            // Jupyter sets it: the terminal of a notebook shows no moving lines.
            && !env.containsKey("JPY_PARENT_PID")
            && !"dumb".equals(env.get("TERM"))
            // Events on the same screen would be torn apart.
            && !(json && console.stdoutTerminal());
    return moves
        ? new LiveReport(err, detail, palette, here, console.columns(), System::nanoTime).start()
        : new PlainReport(err, detail, palette, here, terminal, System::nanoTime);
  }

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
   * What a live report asks of the build, beside its events. The report's own thread asks without a
   * lock, since an answer may take its time.
   */
  public interface Progress {

    Progress NONE = new Progress() {};

    /** Returns nanoseconds that the build is likely to continue; negative if unknown. */
    default long left() {
      return -1;
    }

    /** Returns nanoseconds that an attempt is likely to take in all; negative if unknown. */
    default long expected(String job) {
      return -1;
    }

    /** Returns what running jobs used at the last look; without jobs not looked at yet. */
    default Map<String, Series.Point> uses() {
      return Map.of();
    }
  }
}
