package dev.torc.front.show;

import dev.torc.base.syntax.Hidden;
import dev.torc.base.text.Amount;
import dev.torc.base.text.LogExcerpt;
import dev.torc.base.text.Palette;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Adds a build to the summary page of a GitHub Actions run (also of Gitea and Forgejo): the counts,
 * the failed jobs with their logs, and the longest jobs. The Markdown is appended to the file that
 * {@code GITHUB_STEP_SUMMARY} names. An error here does not fail the build.
 */
final class StepSummary implements Report {

  /** The most bytes for one build; a step may have many builds. */
  static final int LIMIT = 64 << 10;

  /** The most bytes for a step: GitHub shows nothing of a larger file. */
  static final int FILE_LIMIT = 1 << 20;

  private static final int LONGEST = 5;
  private static final int FLAKY = 10;

  /** The most code points of a name; {@link #TAIL} is that of a log's excerpt. */
  private static final int NAME = 100;

  private static final int TAIL = 3000;

  private static final Comparator<Event.JobEnded> BY_TIME =
      Comparator.comparingLong(ended -> ended.details().wall());

  private final Path file;
  private final Path here;
  private final Hidden hidden;
  private final Consumer<String> warn;
  private final PriorityQueue<Event.JobEnded> longest = new PriorityQueue<>(BY_TIME);
  private final Recap recap = new Recap();
  private final FlakyJobs flaky = new FlakyJobs();
  private Event.Started started;
  private Event.Finished finished;

  /**
   * Begins the summary, which {@link #close} writes.
   *
   * @param file the runner's file, absolute
   * @param here the working directory: logs below it are named relative to it
   * @param warn takes a line if the file cannot be written
   */
  StepSummary(Path file, Path here, Hidden hidden, Consumer<String> warn) {
    this.hidden = hidden;
    this.file = file;
    this.here = here;
    this.warn = warn;
  }

  @Override
  public void accept(Event event) {
    flaky.accept(event);
    if (event instanceof Event.Started first) {
      started = first;
    } else if (event instanceof Event.Finished last) {
      finished = last;
    } else if (event instanceof Event.JobUndone undone) {
      recap.add(undone.failure());
    } else if (event instanceof Event.JobEnded ended) {
      if (ended.state() == JobState.FAILED) {
        recap.add(ended);
      }
      if (ended.state() == JobState.RAN || ended.state() == JobState.FAILED) {
        longest.add(ended);
        if (longest.size() > LONGEST) {
          longest.poll();
        }
      }
    }
  }

  @Override
  public void close() {
    if (started == null) {
      return; // the build was refused, with a message
    }
    byte[] text = hidden.text(text()).getBytes(StandardCharsets.UTF_8);
    try {
      long size = Files.exists(file) ? Files.size(file) : 0;
      if (size + text.length > FILE_LIMIT) {
        warn.accept("no summary of this step: with it the file would be larger than GitHub takes");
        return;
      }
      Files.write(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      warn.accept("cannot write the summary of this step: " + Refusal.line(e));
    }
  }

  /** Returns the summary; if it would be too long, some failures are only counted. */
  private String text() {
    String head = head();
    String tail = times();
    int room = LIMIT - bytes(head) - bytes(tail) - NAME;
    StringBuilder failures = new StringBuilder();
    int more = recap.more();
    for (Event.JobEnded each : recap.failed()) {
      String text = failure(each);
      if (bytes(text) <= room) {
        failures.append(text);
        room -= bytes(text);
      } else {
        more++;
      }
    }
    return head + failures + (more == 0 ? "" : "…and " + more + " more failed\n\n") + tail;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private String head() {
    Path root = started.root().getFileName();
    String where = root == null ? "" : name(root.toString()) + ", ";
    String end =
        finished == null
            ? "torc ended before it"
            : Summary.of(finished.counts(), flaky.names().size(), finished.nanos());
    return "**torc** "
        + where
        + "build "
        + started.build().number()
        + ": "
        + end
        + "\n\n"
        + flaky();
  }

  /** Returns the jobs that succeeded only on a retry, on one line; empty for none. */
  private String flaky() {
    List<String> names = flaky.names();
    String more = names.size() > FLAKY ? " and " + (names.size() - FLAKY) + " more" : "";
    return names.isEmpty()
        ? ""
        : names.stream()
            .limit(FLAKY)
            .map(job -> name(job) + flaky.attempt(job))
            .collect(Collectors.joining("; ", "*flaky*: ", more + "\n\n"));
  }

  private String failure(Event.JobEnded ended) {
    Event.Details details = ended.details();
    StringBuilder text = new StringBuilder();
    details.command().lines().forEach(line -> text.append("$ " + SafeText.line(line) + "\n"));
    if (details.log() != null) {
      Event.Log log = details.log();
      LogExcerpt.SHORT
          .readOrError(log.file(), log.from(), Palette.NONE)
          .forEach(line -> text.append(line).append('\n'));
      text.append("log: " + LogExcerpt.shown(log.file(), here) + "\n");
    }
    String said = SafeText.cut(text.toString().stripTrailing(), TAIL);
    // In Markdown, an empty line ends a block of HTML, unless that begins with <pre>.
    String failed = name(ended.job()) + (details.what().startsWith("failed ") ? " " : " failed: ");
    String why = escaped(SafeText.cut(SafeText.message(details.what()), NAME));
    return "<details><summary>%s</summary>\n\n<pre>\n%s\n</pre>\n\n</details>\n\n"
        .formatted(failed + why, SafeText.markup(said));
  }

  private String times() {
    if (longest.size() < 2) {
      return "";
    }
    return longest.stream()
        .sorted(BY_TIME.reversed())
        .map(
            ended ->
                "| %s | %s |\n".formatted(name(ended.job()), Amount.time(ended.details().wall())))
        .collect(Collectors.joining("", "| longest | |\n|---|---|\n", "\n"));
  }

  private static String name(String name) {
    return "<code>" + escaped(SafeText.cut(SafeText.name(name), NAME)) + "</code>";
  }

  /**
   * Escapes text for Markdown, in a table too: all but letters, digits, spaces and a few signs
   * become entities, which are never taken for markup, a link or a mention.
   */
  private static String escaped(String text) {
    return text.codePoints()
        .mapToObj(
            c ->
                Character.isLetterOrDigit(c) || " /=,-".indexOf(c) >= 0
                    ? Character.toString(c)
                    : "&#" + c + ";")
        .collect(Collectors.joining());
  }
}
