package dev.torc.report;

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
 *
 * @param here the folder that the user stands in: logs below it are named relative to it
 */
record EventText(Detail detail, Palette palette, Path here) {

  /** Jobs that are named where all of them are ended. */
  private static final int NAMED = 8;

  /** Code points of a command that is shown whole after a failure. */
  private static final int COMMAND = 200;

  /** The lines of an event, each ended by a line feed; empty where this detail leaves it out. */
  String of(Event event) {
    if (event instanceof Event.JobEnded ended) {
      return ended.state() == JobState.FAILED ? head(ended) + body(ended.details()) : ended(ended);
    }
    if (event instanceof Event.JobStarted started) {
      return at(Detail.NORMAL) ? started(started) : "";
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
    if (event instanceof Event.Note note) {
      return note(note);
    }
    if (event instanceof Event.Finished finished) {
      return palette.bold(Summary.of(finished.counts(), finished.nanos())) + "\n";
    }
    return "";
  }

  /** The first line of a failure: {@code work2 failed: exit 1 after 1.2 s}. */
  String head(Event.JobEnded ended) {
    Event.Details details = ended.details();
    return palette.red(SafeText.name(ended.job()) + " failed: " + SafeText.line(details.what()))
        + (timed(details) ? " after " + Amount.time(details.wall()) : "")
        + "\n";
  }

  /** Whether the time says something that the phrase does not say already. */
  private static boolean timed(Event.Details details) {
    return details.log() != null
        && !details.what().startsWith("timed out")
        && !details.what().startsWith("product ");
  }

  /** The rest of a failure: command, tail of the log, path of the log. */
  String body(Event.Details details) {
    StringBuilder out = new StringBuilder();
    if (!details.command().isEmpty()) {
      String command =
          at(Detail.VERBOSE)
              ? SafeText.line(details.command())
              : SafeText.line(details.command(), COMMAND);
      out.append("  command: ").append(command).append('\n');
    }
    if (details.log() != null) {
      String bar = palette.dim("  | ");
      lines(details.log()).forEach(line -> out.append(bar).append(line).append('\n'));
      out.append("  log: ").append(shown(details.log())).append('\n');
    }
    return out.toString();
  }

  /** A log's path as it is shown. */
  String shown(Path log) {
    Path path =
        log.getFileSystem() == here.getFileSystem() && log.startsWith(here)
            ? here.relativize(log)
            : log;
    return SafeText.name(path.toString());
  }

  private List<String> lines(Path log) {
    try {
      List<String> lines = LogTail.of(log, palette.on());
      return lines.isEmpty() ? List.of(palette.dim("(no output)")) : lines;
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
      return name + ": attempt " + started.attempt() + "\n" + command(started.command());
    }
    String why =
        at(Detail.VERBOSE)
            ? ReasonText.all(started.reasons())
            : ReasonText.brief(started.reasons());
    return name + ": " + why + "\n" + command(started.command());
  }

  private String command(String command) {
    return at(Detail.VERBOSE) && !command.isEmpty()
        ? palette.dim("  command: " + SafeText.line(command)) + "\n"
        : "";
  }

  private String ended(Event.JobEnded ended) {
    if (ended.state() == JobState.UP_TO_DATE && !at(Detail.VERBOSE)) {
      return ""; // before anything else: of a large project that is nearly every job
    }
    Event.Details details = ended.details();
    String name = SafeText.name(ended.job());
    return switch (ended.state()) {
      case RAN ->
          at(Detail.NORMAL)
              ? palette.green(name)
                  + ": ran in "
                  + Amount.time(details.wall())
                  + use(details)
                  + "\n"
              : "";
      case UP_TO_DATE -> palette.dim(name + ": up to date") + "\n";
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
      case NOT_REACHED -> at(Detail.VERBOSE) ? palette.dim(name + ": not reached") + "\n" : "";
      case FAILED, WAITING, READY, RUNNING ->
          throw new IllegalArgumentException("no end of a job: " + ended.state());
    };
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
