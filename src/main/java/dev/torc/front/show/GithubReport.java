package dev.torc.front.show;

import dev.torc.base.text.LogExcerpt;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.front.show.ErrorPlaces.Blamed;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Writes plain lines for the log of a GitHub Actions run. The output of a failed job is a group
 * that the reader can open, and the first failures are annotations at the file and line that the
 * log names. {@code stop-commands} disables workflow commands in the output of jobs
 * (docs.github.com, "Workflow commands for GitHub Actions").
 */
final class GithubReport extends PlainReport {

  /** GitHub shows ten errors of a step; the tenth is its own, that the step failed. */
  static final int ANNOTATIONS = 9;

  /** Folders of packages that others wrote. */
  private static final Pattern INSTALLED =
      Pattern.compile("(?:^|/)(?:site-packages|node_modules|\\.venv)/");

  private final Path workspace;
  private final Supplier<String> token;
  private int annotations;

  /**
   * Reports to {@code err}, which stays open.
   *
   * @param here the absolute working directory: logs below it are named relative to it
   * @param workspace the checked-out repository; GitHub names files relative to it
   * @param clock nanoseconds, as {@link System#nanoTime}
   * @param token returns at each call a new word of letters and digits that no job can guess
   */
  GithubReport(
      Writer err,
      Style style,
      Palette palette,
      Path here,
      Path workspace,
      LongSupplier clock,
      Supplier<String> token) {
    super(err, style, palette, here, null, clock);
    this.workspace = workspace;
    this.token = token;
  }

  @Override
  String text(Event told) {
    Event event = told instanceof Event.JobUndone undone ? undone.failure() : told;
    return event instanceof Event.JobEnded ended && ended.state() == JobState.FAILED
        ? failure(ended)
        : super.text(event);
  }

  private String failure(Event.JobEnded ended) {
    Event.Details details = ended.details();
    String name = SafeText.name(ended.job());
    String head = "::group::" + escape(name + ": command and log") + "\n";
    return (annotations++ < ANNOTATIONS ? annotation(name, details) : "")
        + harmless(wording.head(ended))
        + head
        + harmless(wording.body(ended))
        + "::endgroup::\n";
  }

  private String annotation(String name, Event.Details details) {
    Event.Log log = details.log();
    Optional<Blamed> found = log == null ? Optional.empty() : findError(log);
    String at = property(name + " failed") + found.map(GithubReport::place).orElse("");
    String error = found.map(each -> ": " + escape(each.message())).orElse("");
    String file = log == null ? "" : escape(", log " + wording.shown(log.file()));
    String what = escape(SafeText.message(details.what()));
    return "::error title=" + at + "::" + what + error + file + "\n";
  }

  /** Finds the first error in a failed job's log that is about a file of the repository. */
  private Optional<Blamed> findError(Event.Log log) {
    try {
      return new ErrorPlaces(name -> own(log, name))
          .first(LogExcerpt.WHOLE.read(log.file(), log.from(), false));
    } catch (IOException e) {
      // The annotation then has no place; the text of the failure says why the log cannot be read.
      return Optional.empty();
    }
  }

  /** Returns a file that a log names relative to the repository; null if it is not one of it. */
  private Path own(Event.Log log, String name) {
    Path file = ErrorPlaces.file(log.dir(), name);
    return file != null
            && file.startsWith(workspace)
            && !INSTALLED.matcher(workspace.relativize(file).toString()).find()
        ? workspace.relativize(file)
        : null;
  }

  private static String place(Blamed at) {
    String place = ",file=" + property(at.file().toString()) + ",line=" + at.line();
    return at.column() == null ? place : place + ",col=" + at.column();
  }

  private static String property(String text) {
    return escape(text).replace(":", "%3A").replace(",", "%2C");
  }

  /** Returns the text, between stop and resume commands if it could contain a workflow command. */
  @Override
  String harmless(String text) {
    if (!text.contains("::") && !text.contains("##[")) {
      return text;
    }
    String word = token.get();
    return "::stop-commands::" + word + "\n" + text + "::" + word + "::\n";
  }

  private static String escape(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }
}
