package dev.torc.front.show;

import dev.torc.base.text.Amount;
import dev.torc.base.text.LineBreaks;
import dev.torc.base.text.LogExcerpt;
import dev.torc.base.text.Palette;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.Event.WhenShown;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.Reason;
import dev.torc.front.show.Report.Detail;
import dev.torc.front.show.Report.Style;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Turns events into lines of text. The reports decide where the lines go. */
final class EventText {

  /** The most jobs that are named when running jobs are ended. */
  private static final int NAMED = 8;

  /** A job that has run for this many nanoseconds gets a line before it ends. */
  static final long LATE = 10_000_000_000L;

  /** The most code points of a command that is not shortened; verbose output shortens none. */
  private static final int COMMAND = 4096;

  private final Style style;
  private final Palette palette;
  private final Path here;
  private final IntSupplier columns;
  private final LongSupplier clock;
  private final Recap recap = new Recap();
  private final FlakyJobs flaky = new FlakyJobs();
  private final SequencedMap<String, Begun> begun = new LinkedHashMap<>();
  private final LiveOutput live = new LiveOutput();
  private final Set<String> skipped = new HashSet<>(0); // "needs a" for each a with a line
  private AlikeFailures alike; // null before the first failure
  private boolean lent; // a job has the terminal

  /**
   * A running job.
   *
   * @param told whether a line has reported that it runs
   * @param state what a line says that the job does: it runs, waits for a scheduler, or is at one
   */
  private record Begun(List<Reason> reasons, long since, boolean told, String state) {

    Begun tell() {
      return new Begun(reasons, since, true, state);
    }
  }

  /**
   * @param here the working directory: logs below it are named relative to it
   * @param columns returns the width of the terminal that gets the lines, at which they are broken,
   *     and where a bar precedes the output of jobs; null for no terminal: there the output is
   *     unchanged, so that an editor finds {@code file:line:column}
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  EventText(Style style, Palette palette, Path here, IntSupplier columns, LongSupplier clock) {
    this.style = style;
    this.palette = palette;
    this.here = here;
    this.columns = columns;
    this.clock = clock;
  }

  /** Returns the lines of an event, each with its line feed; empty if the detail omits them. */
  String lines(Event event) {
    flaky.accept(event);
    if (event instanceof Event.JobEnded ended) {
      String rest = live.end(ended.job(), palette.on());
      return rest + (ended.state() == JobState.FAILED ? failed(ended) : ended(ended));
    }
    if (event instanceof Event.JobStarted started) {
      boolean again = started.attempt() > 1; // its earlier failure was reported
      String state =
          started.executor() == null ? "runs" : "waits for " + SafeText.line(started.executor());
      begun.put(started.job(), new Begun(started.reasons(), clock.getAsLong(), again, state));
      live.start(started.job(), started.log(), isLive(started.log()));
      return shows(Detail.VERBOSE) ? started(started) : "";
    }
    if (event instanceof Event.JobSubmitted out) {
      String where = SafeText.line(out.where());
      begun.computeIfPresent(
          out.job(), (_, job) -> new Begun(job.reasons, job.since, true, "is at " + where));
      return line(Detail.NORMAL, name(out.job()) + ": submitted to " + where);
    }
    if (event instanceof Event.Started started) {
      return shows(Detail.VERBOSE) ? started(started) : "";
    }
    if (event instanceof Event.JobRetried retried) {
      begun.remove(retried.job());
      String rest = live.end(retried.job(), palette.on());
      return shows(Detail.NORMAL) ? rest + retried(retried) : rest;
    }
    if (event instanceof Event.Terminal to) {
      lent = to.lent();
      return "";
    }
    if (event instanceof Event.Ending ending) {
      return shows(Detail.NORMAL) ? ending(ending) : "";
    }
    if (event instanceof Event.Fetching fetching) {
      return fetching.ended() ? "" : line(Detail.NORMAL, fetching(fetching));
    }
    if (event instanceof Event.Note note) {
      return note(note);
    }
    if (event instanceof Event.JobRestored restored) {
      return restored(restored);
    }
    if (event instanceof Event.Changed changed) {
      return line(Detail.NORMAL, palette.bold(changed(changed)));
    }
    if (event instanceof Event.Watching watching) {
      return line(Detail.NORMAL, palette.dim("watching " + Amount.count(watching.files(), "file")));
    }
    if (event instanceof Event.JobUndone undone) {
      return head(undone.failure());
    }
    if (event instanceof Event.Finished finished) {
      return broken(
          (alike == null ? "" : alike.lines())
              + recap.text(palette, this::shown)
              + palette.bold(Summary.of(finished.counts(), flaky.names().size(), finished.nanos()))
              + "\n"
              + out(finished));
    }
    return "";
  }

  /** Returns a line for each job that has run for {@link #LATE} and has had no line yet. */
  String late() {
    StringBuilder out = new StringBuilder();
    if (!lent) {
      long now = clock.getAsLong();
      begun.replaceAll(
          (name, job) -> {
            if (job.told || now - job.since < LATE) {
              return job;
            }
            String why = because(": ", job.reasons);
            out.append(name(name) + ": still " + job.state + " after 10 s" + why + "\n");
            return job.tell();
          });
    }
    return broken(out.toString());
  }

  /** Returns the new output of jobs that show it while they run. */
  String live() {
    return lent ? "" : live.lines(palette.on());
  }

  /** Returns a line about the job that has run longest and its last output; empty if none runs. */
  String alive() {
    if (begun.isEmpty() || lent) {
      return "";
    }
    String name = begun.firstEntry().getKey();
    Begun job = begun.firstEntry().getValue();
    Path log = live.log(name);
    String last = log == null ? "" : LogExcerpt.lastLine(log);
    int more = begun.size() - 1;
    String time = Amount.time(clock.getAsLong() - job.since);
    String others = more == 0 ? "" : ", and " + more + " more";
    String said = last.isEmpty() ? "" : ": " + last;
    return broken(name(name) + ": still " + job.state + " after " + time + others + said + "\n");
  }

  private WhenShown when(Event.Log log) {
    return style.output() == null ? log.output() : style.output();
  }

  private boolean isLive(Event.Log log) {
    return log != null && when(log) == WhenShown.LIVE && shows(Detail.NORMAL);
  }

  /** Returns how many jobs are still at a scheduler and how to continue; empty for none. */
  private static String out(Event.Finished finished) {
    int out = finished.counts().getOrDefault(JobState.SUBMITTED, 0);
    int rest = finished.counts().getOrDefault(JobState.NOT_REACHED, 0);
    String jobs = Amount.count(out, "job") + (out == 1 ? " is" : " are");
    String more = rest == 0 ? "" : ", and " + Amount.count(rest, "job") + " not started yet";
    String next = "; run `torc` to collect the results and continue\n";
    return out == 0 ? "" : jobs + " at a scheduler" + more + next;
  }

  private String failed(Event.JobEnded ended) {
    alike = alike == null ? new AlikeFailures() : alike;
    if (shows(Detail.VERBOSE) || !alike.folds(ended)) {
      return head(ended) + body(ended);
    }
    recap.add(ended);
    begun.remove(ended.job());
    return "";
  }

  /**
   * Returns the first line of a failure, {@code work2 failed after 1.2 s: exit 1}, and adds the
   * failure to the recap. Call it only once for a failure.
   */
  String head(Event.JobEnded ended) {
    Event.Details details = ended.details();
    recap.add(ended);
    return broken(palette.red(SafeText.name(ended.job()) + " " + failed(details)) + "\n");
  }

  /**
   * Returns why a job ran, after {@code word}; empty if that is not shown or the job did not run.
   */
  private String why(String word, String job) {
    Begun ran = begun.remove(job);
    return ran == null || !shows(Detail.NORMAL) ? "" : because(word, ran.reasons);
  }

  /** Returns the reasons after {@code word}; empty if none are known, as for another torc's job. */
  private static String because(String word, List<Reason> reasons) {
    return reasons.isEmpty() ? "" : word + ReasonText.brief(reasons);
  }

  /** Returns how a job failed, after its time unless the failure's words have it. */
  private static String failed(Event.Details details) {
    String what = SafeText.message(details.what());
    boolean timed = details.wall() > 0 && !what.matches("(timed out|failed ).*");
    return timed
        ? "failed after " + Amount.time(details.wall()) + ": " + what
        : AttemptText.failed(what);
  }

  /** Returns whether the disk was full: then an empty log means nothing. */
  private static boolean isFull(Event.Details details) {
    return details.what().endsWith(Refusal.FULL);
  }

  /** Returns the rest of a failure: reasons, command, start and end of the log, the log's path. */
  String body(Event.JobEnded ended) {
    Event.Details details = ended.details();
    String why = why("  reason: ", ended.job());
    StringBuilder out = new StringBuilder(why.isEmpty() ? "" : broken(why + "\n"));
    out.append(command(details.command()));
    Event.Log log = details.log();
    if (isLive(log)) {
      out.append("  log: ").append(shown(log.file())).append('\n');
    } else if (log != null) {
      List<String> lines =
          wantsAll(log)
              ? LogExcerpt.WHOLE.readOrError(log.file(), 0, palette)
              : LogExcerpt.SHORT.readOrError(log.file(), log.from(), palette);
      if (columns != null && palette.links()) {
        lines = ErrorPlaces.linked(lines, log.dir());
      }
      boolean silent = lines.isEmpty() && !isFull(details);
      out.append(written(silent ? List.of(palette.dim("(no output)")) : lines));
      out.append("  log: ").append(shown(log.file())).append('\n');
    }
    return out.toString();
  }

  private boolean wantsAll(Event.Log log) {
    return when(log) == WhenShown.ALWAYS || shows(Detail.VERBOSE) && !isLive(log);
  }

  /** Returns the output of a job that succeeded, with nothing before or after it. */
  private String output(Event.Log log) {
    return log != null && wantsAll(log) && shows(Detail.NORMAL)
        ? written(LogExcerpt.WHOLE.readOrError(log.file(), 0, palette))
        : "";
  }

  private String written(List<String> lines) {
    String bar = columns != null ? palette.dim("  | ") : "";
    return lines.stream().map(line -> bar + line + "\n").collect(Collectors.joining());
  }

  /** Returns a command for pasting: one with several lines starts on a new line. */
  private String command(String command) {
    if (command.isEmpty()) {
      return "";
    }
    String text = shows(Detail.VERBOSE) ? command : SafeText.cut(command, COMMAND);
    List<String> lines = text.lines().map(SafeText::line).toList();
    return lines.size() == 1
        ? "  command: " + lines.getFirst() + "\n"
        : "  command:\n    " + String.join("\n    ", lines) + "\n";
  }

  String shown(Path log) {
    return LogExcerpt.shown(log, here);
  }

  private static String started(Event.Started started) {
    String root = SafeText.name(started.root().toString());
    String jobs = Amount.count(started.jobs(), "job");
    return "build " + started.build().number() + " in " + root + ": " + jobs + "\n";
  }

  private String started(Event.JobStarted started) {
    String name = palette.bold(name(started.job()));
    int attempt = started.attempt();
    String why = attempt > 1 ? "attempt " + attempt : ReasonText.all(started.reasons());
    return broken(name + ": " + why + "\n") + command(started.command());
  }

  private String restored(Event.JobRestored restored) {
    if (!shows(Detail.NORMAL)) {
      return "";
    }
    List<Reason> reasons = restored.reasons();
    String why = shows(Detail.VERBOSE) ? ReasonText.all(reasons) : ReasonText.brief(reasons);
    String from = ": restored from " + AttemptText.origin(restored.from());
    return broken(palette.green(name(restored.job())) + from + ": " + why + "\n");
  }

  private String ended(Event.JobEnded ended) {
    boolean still = ended.state() == JobState.UP_TO_DATE || ended.state() == JobState.FROZEN;
    if (still && !shows(Detail.VERBOSE)) {
      return ""; // checked first: true for most jobs of a large project
    }
    Event.Details details = ended.details();
    String name = name(ended.job());
    String why = why(": ", ended.job());
    return switch (ended.state()) {
      case RAN -> {
        String output = output(details.log());
        String ran = ": ran in " + Amount.time(details.wall()) + flaky.attempt(ended.job());
        yield line(Detail.NORMAL, palette.green(name) + ran + use(details) + why + without(details))
            + output;
      }
      case RESTORED -> output(details.log());
      case UP_TO_DATE, FROZEN ->
          palette.dim(name + ": " + AttemptText.words(ended.state()) + without(details)) + "\n";
      case SKIPPED -> {
        String what = SafeText.message(details.what());
        boolean own = details.log() != null || details.wall() > 0; // else because of a need
        String by = what.isEmpty() ? ", nothing changed" : ": " + what;
        boolean told = own || skipped.contains(details.what()); // and not as in earlier builds
        if (told) {
          skipped.add("needs " + ended.job());
        }
        yield line(
            told ? Detail.NORMAL : Detail.VERBOSE, palette.dim(name + ": skipped") + by + why);
      }
      case BLOCKED -> {
        String by = details.what().isEmpty() ? "" : " by " + SafeText.name(details.what());
        yield line(Detail.NORMAL, palette.yellow(name) + ": blocked" + by);
      }
      case INTERRUPTED -> {
        String after = ": interrupted after " + Amount.time(details.wall());
        yield line(Detail.NORMAL, palette.yellow(name) + after + why);
      }
      case SUBMITTED -> line(Detail.VERBOSE, palette.dim(name + ": is still out"));
      default -> line(Detail.VERBOSE, palette.dim(name + ": not started"));
    };
  }

  private static String without(Event.Details details) {
    return details.leftOut().isEmpty() ? "" : ", " + ReasonText.without(details.leftOut());
  }

  private String use(Event.Details details) {
    if (!shows(Detail.VERBOSE)) {
      return "";
    }
    return (details.usage().cpu() < 0 ? "" : ", cpu " + Amount.time(details.usage().cpu()))
        + (details.usage().peak() < 0 ? "" : ", memory " + Amount.size(details.usage().peak()));
  }

  private String retried(Event.JobRetried retried) {
    String next = retried.delay() > 0 ? "in " + Amount.time(retried.delay()) : "at once";
    String how = ": attempt " + retried.attempt() + " " + failed(retried.details());
    return broken(palette.yellow(name(retried.job())) + how + "; next " + next + "\n");
  }

  private String ending(Event.Ending ending) {
    String jobs = SafeText.names(ending.jobs(), NAMED);
    return broken(
        ending.grace() > 0
            ? "%s%s; kill in %s, or now with another Ctrl-C\n"
                .formatted(palette.yellow("stopping "), jobs, Amount.time(ending.grace()))
            : palette.yellow("killing ") + jobs + "\n");
  }

  /** Returns {@code changed: src/a.c and 2 more}; verbose output has all files. */
  private String changed(Event.Changed changed) {
    int shown = shows(Detail.VERBOSE) ? changed.files().size() : 1;
    return "changed: " + SafeText.names(changed.files(), shown);
  }

  static String fetching(Event.Fetching fetching) {
    return "fetching image " + SafeText.name(fetching.image()) + " with " + fetching.runtime();
  }

  private String note(Event.Note note) {
    return switch (note.level()) {
      case INFO -> line(Detail.NORMAL, SafeText.message(note.text()));
      case WARNING -> line(Detail.QUIET, note.said().line(palette.yellow("warning:")));
      case ERROR -> line(Detail.QUIET, note.said().line(palette.red("error:")));
    };
  }

  /** Returns a text as a line; empty if the detail is below {@code least}. */
  private String line(Detail least, String text) {
    return shows(least) ? broken(text + "\n") : "";
  }

  /** Returns a job's name; of one that is wider than the terminal, its middle is left out. */
  private String name(String job) {
    String name = SafeText.name(job);
    boolean whole = columns == null || shows(Detail.VERBOSE) || columns.getAsInt() <= 0;
    return whole ? name : SafeText.fitMiddle(name, columns.getAsInt());
  }

  /** Returns lines of prose, broken to the width of a terminal. */
  String broken(String lines) {
    return columns == null ? lines : LineBreaks.at(lines, columns.getAsInt());
  }

  private boolean shows(Detail least) {
    return style.detail().compareTo(least) >= 0;
  }
}
