package dev.torc.report;

import static java.util.stream.Collectors.joining;

import dev.torc.engine.Event;
import dev.torc.engine.JobState;
import dev.torc.machine.Amount;
import dev.torc.machine.Refusal;
import dev.torc.machine.SafeText;
import dev.torc.report.Report.Detail;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Events as lines for people. The reports decide where the lines go, and what moves on a terminal.
 */
final class EventText {

  /** Jobs that are named where all of them are ended. */
  private static final int NAMED = 8;

  /** Code points of a command that is shown whole where not everything is. */
  private static final int COMMAND = 4096;

  private final Detail detail;
  private final Palette palette;
  private final Path here;
  private final boolean terminal;
  private final Recap recap = new Recap();

  /**
   * @param here the folder that the user stands in: logs below it are named relative to it
   * @param terminal whether people read it at once, and what jobs wrote is set off; elsewhere their
   *     lines begin as they were written, so that an editor finds {@code file:line:column}
   */
  EventText(Detail detail, Palette palette, Path here, boolean terminal) {
    this.detail = detail;
    this.palette = palette;
    this.here = here;
    this.terminal = terminal;
  }

  /** The lines of an event, each ended by a line feed; empty where this detail leaves it out. */
  String of(Event event) {
    if (event instanceof Event.JobEnded ended) {
      return ended.state() == JobState.FAILED ? head(ended) + body(ended.details()) : ended(ended);
    }
    if (event instanceof Event.JobStarted started) {
      return at(Detail.NORMAL) ? started(started) : "";
    }
    if (event instanceof Event.JobSubmitted out) {
      return at(Detail.NORMAL)
          ? SafeText.name(out.job()) + ": submitted to " + SafeText.line(out.where()) + "\n"
          : "";
    }
    if (event instanceof Event.Started started) {
      return at(Detail.VERBOSE) ? started(started) : "";
    }
    if (event instanceof Event.JobRetried retried) {
      return at(Detail.BRIEF) ? retried(retried) : "";
    }
    if (event instanceof Event.Ending ending) {
      return at(Detail.BRIEF) ? ending(ending) : "";
    }
    if (event instanceof Event.Fetching fetching) {
      return fetching.ended() || !at(Detail.BRIEF) ? "" : fetching(fetching) + "\n";
    }
    if (event instanceof Event.Note note) {
      return note(note);
    }
    if (event instanceof Event.JobRestored restored) {
      return restored(restored);
    }
    if (event instanceof Event.Changed changed) {
      return at(Detail.BRIEF) ? palette.bold(changed(changed)) + "\n" : "";
    }
    if (event instanceof Event.Watching watching) {
      return at(Detail.BRIEF)
          ? palette.dim("watching " + Amount.count(watching.files(), "file")) + "\n"
          : "";
    }
    if (event instanceof Event.Finished finished) {
      return recap.text(palette, this::shown)
          + palette.bold(Summary.of(finished.counts(), finished.nanos()))
          + "\n"
          + out(finished);
    }
    return "";
  }

  /** What is out, and how it goes on. */
  private static String out(Event.Finished finished) {
    int out = finished.counts().getOrDefault(JobState.SUBMITTED, 0);
    int rest = finished.counts().getOrDefault(JobState.NOT_REACHED, 0);
    return out == 0
        ? ""
        : "%s %s out%s; `torc` takes the results and goes on\n"
            .formatted(
                Amount.count(out, "job"),
                out == 1 ? "is" : "are",
                rest == 0 ? "" : ", and " + Amount.count(rest, "job") + " not reached yet");
  }

  /** The first line of a failure, told once: {@code work2 failed: exit 1 after 1.2 s}. */
  String head(Event.JobEnded ended) {
    Event.Details details = ended.details();
    recap.add(ended);
    return palette.red(SafeText.name(ended.job()) + " failed: " + SafeText.line(details.what()))
        + (timed(details) ? " after " + Amount.time(details.wall()) : "")
        + "\n";
  }

  /** Whether the time says something that the phrase does not say already. */
  private static boolean timed(Event.Details details) {
    return details.wall() > 0
        && !details.what().startsWith("timed out")
        && !details.what().startsWith("product ");
  }

  /** The rest of a failure: command, head and tail of the log, path of the log. */
  String body(Event.Details details) {
    StringBuilder out = new StringBuilder(command(details.command()));
    Event.Log log = details.log();
    if (log != null) {
      boolean whole = wantsAll(log);
      List<String> lines =
          lines(log.file(), whole ? LogExcerpt.WHOLE : LogExcerpt.SHORT, whole ? 0 : log.from());
      written(lines.isEmpty() ? List.of(palette.dim("(no output)")) : lines, out);
      out.append("  log: ").append(shown(log.file())).append('\n');
    }
    return out.toString();
  }

  private boolean wantsAll(Event.Log log) {
    return log.wanted() || at(Detail.VERBOSE);
  }

  /** What a job wrote that ended well, with nothing before or after it. */
  private String output(Event.Log log) {
    StringBuilder out = new StringBuilder();
    if (log != null && wantsAll(log) && at(Detail.BRIEF)) {
      written(lines(log.file(), LogExcerpt.WHOLE, 0), out);
    }
    return out.toString();
  }

  private void written(List<String> lines, StringBuilder out) {
    String bar = terminal ? palette.dim("  | ") : "";
    lines.forEach(line -> out.append(bar).append(line).append('\n'));
  }

  /** A command that can be pasted: one of several lines begins on a line of its own. */
  private String command(String command) {
    if (command.isEmpty()) {
      return "";
    }
    String text = at(Detail.VERBOSE) ? command : SafeText.cut(command, COMMAND);
    List<String> lines = text.lines().map(SafeText::line).toList();
    return lines.size() == 1
        ? "  command: " + lines.getFirst() + "\n"
        : "  command:\n    " + String.join("\n    ", lines) + "\n";
  }

  /** A log's path as it is shown. */
  String shown(Path log) {
    Path path =
        log.getFileSystem() == here.getFileSystem() && log.startsWith(here)
            ? here.relativize(log)
            : log;
    return SafeText.name(path.toString());
  }

  private List<String> lines(Path log, LogExcerpt excerpt, long from) {
    try {
      return excerpt.of(log, from, palette.on());
    } catch (IOException e) {
      return List.of(palette.dim("(the log cannot be read: " + Refusal.line(e) + ")"));
    }
  }

  private static String started(Event.Started started) {
    return "build %d in %s: %s\n"
        .formatted(
            started.build().number(),
            SafeText.name(started.root().toString()),
            Amount.count(started.jobs(), "job"));
  }

  private String started(Event.JobStarted started) {
    String name = palette.bold(SafeText.name(started.job()));
    if (started.attempt() > 1) {
      return name + ": attempt " + started.attempt() + "\n" + ran(started.command());
    }
    String why =
        at(Detail.VERBOSE)
            ? ReasonText.all(started.reasons())
            : ReasonText.brief(started.reasons());
    return name + ": " + why + "\n" + ran(started.command());
  }

  private String restored(Event.JobRestored restored) {
    if (!at(Detail.NORMAL)) {
      return "";
    }
    String why =
        at(Detail.VERBOSE)
            ? ReasonText.all(restored.reasons())
            : ReasonText.brief(restored.reasons());
    return palette.green(SafeText.name(restored.job()))
        + ": restored from "
        + OriginText.of(restored.origin())
        + ": "
        + why
        + "\n";
  }

  private String ran(String command) {
    return at(Detail.VERBOSE) ? command(command) : "";
  }

  private String ended(Event.JobEnded ended) {
    if (ended.state() == JobState.UP_TO_DATE && !at(Detail.VERBOSE)) {
      return ""; // before anything else: of a large project that is nearly every job
    }
    Event.Details details = ended.details();
    String name = SafeText.name(ended.job());
    return switch (ended.state()) {
      case RAN -> {
        String output = output(details.log());
        yield at(Detail.NORMAL) || !output.isEmpty()
            ? palette.green(name)
                + ": ran in "
                + Amount.time(details.wall())
                + use(details)
                + without(details)
                + "\n"
                + output
            : "";
      }
      case RESTORED -> output(details.log());
      case UP_TO_DATE -> palette.dim(name + ": up to date" + without(details)) + "\n";
      case BLOCKED ->
          at(Detail.BRIEF)
              ? palette.yellow(name)
                  + ": blocked"
                  + (details.what().isEmpty() ? "" : " by " + SafeText.name(details.what()))
                  + "\n"
              : "";
      case INTERRUPTED ->
          at(Detail.BRIEF)
              ? palette.yellow(name) + ": interrupted after " + Amount.time(details.wall()) + "\n"
              : "";
      case SUBMITTED -> at(Detail.VERBOSE) ? palette.dim(name + ": is still out") + "\n" : "";
      case NOT_REACHED -> at(Detail.VERBOSE) ? palette.dim(name + ": not reached") + "\n" : "";
      case FAILED, WAITING, READY, RUNNING ->
          throw new IllegalArgumentException("no end of a job: " + ended.state());
    };
  }

  private static String without(Event.Details details) {
    return details.leftOut().isEmpty() ? "" : ", " + LeftOutText.of(details.leftOut());
  }

  private String use(Event.Details details) {
    if (!at(Detail.VERBOSE)) {
      return "";
    }
    return (details.cpu() < 0 ? "" : ", cpu " + Amount.time(details.cpu()))
        + (details.peak() < 0 ? "" : ", memory " + Amount.size(details.peak()));
  }

  private String retried(Event.JobRetried retried) {
    return palette.yellow(SafeText.name(retried.job()))
        + ": attempt "
        + retried.attempt()
        + " failed: "
        + SafeText.line(retried.details().what())
        + "; next "
        + (retried.delay() > 0 ? "in " + Amount.time(retried.delay()) : "at once")
        + "\n";
  }

  private String ending(Event.Ending ending) {
    List<String> jobs = ending.jobs();
    List<String> named = jobs.stream().limit(NAMED).map(SafeText::name).toList();
    return palette.yellow(ending.grace() > 0 ? "ending " : "killing ")
        + String.join(", ", named)
        + (jobs.size() > NAMED ? " and " + (jobs.size() - NAMED) + " more" : "")
        + (ending.grace() > 0
            ? ": killed in " + Amount.time(ending.grace()) + ", at once by another Ctrl-C"
            : "")
        + "\n";
  }

  /** {@code changed: src/a.c and 2 more}; all of them where nothing is shortened. */
  private String changed(Event.Changed changed) {
    int shown = at(Detail.VERBOSE) ? changed.files().size() : 1;
    int more = changed.files().size() - shown;
    return "changed: "
        + changed.files().stream().limit(shown).map(SafeText::name).collect(joining(", "))
        + (more == 0 ? "" : " and " + more + " more");
  }

  /** What is being fetched, and with what. */
  static String fetching(Event.Fetching fetching) {
    return "fetching image " + SafeText.name(fetching.image()) + " with " + fetching.runtime();
  }

  private String note(Event.Note note) {
    String text = SafeText.line(note.text());
    return switch (note.level()) {
      case INFO -> at(Detail.BRIEF) ? text + "\n" : "";
      case WARNING -> palette.yellow("warning:") + " " + text + "\n";
      case ERROR -> palette.red("error:") + " " + text + "\n";
    };
  }

  private boolean at(Detail least) {
    return detail.compareTo(least) >= 0;
  }
}
