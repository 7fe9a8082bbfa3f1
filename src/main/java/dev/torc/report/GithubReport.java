package dev.torc.report;

import dev.torc.engine.Event;
import dev.torc.engine.JobState;
import dev.torc.machine.SafeText;
import java.io.Writer;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Plain lines for a log of GitHub Actions: what a failed job printed is a group that opens, and the
 * first failures are annotations. Workflow commands in what others wrote are switched off by {@code
 * stop-commands} (docs.github.com, "Workflow commands for GitHub Actions").
 */
public final class GithubReport implements Report {

  /** GitHub shows ten errors of a step; the tenth is its own, that the step failed. */
  static final int ANNOTATIONS = 9;

  private final Writer err;
  private final EventText wording;
  private final Supplier<String> token;
  private int annotations;

  /**
   * Reports to {@code err}, which stays open.
   *
   * @param here the absolute folder that the user stands in: logs below it are named relative to it
   * @param token gives a new word of letters and digits that no job can guess at each call
   */
  public GithubReport(
      Writer err, Detail detail, Palette palette, Path here, Supplier<String> token) {
    this.err = err;
    this.wording = new EventText(detail, palette, here, false);
    this.token = token;
  }

  @Override
  public void accept(Event event) {
    PlainReport.write(
        err,
        event instanceof Event.JobEnded ended && ended.state() == JobState.FAILED
            ? failure(ended)
            : harmless(wording.of(event)));
  }

  private String failure(Event.JobEnded ended) {
    Event.Details details = ended.details();
    String name = SafeText.name(ended.job());
    StringBuilder out = new StringBuilder();
    if (annotations < ANNOTATIONS) {
      annotations++;
      String log = details.log() == null ? "" : ", log " + wording.shown(details.log().file());
      out.append("::error title=")
          .append(escape(name + " failed").replace(":", "%3A").replace(",", "%2C"))
          .append("::")
          .append(escape(SafeText.line(details.what()) + log))
          .append('\n');
    }
    return out.append(harmless(wording.head(ended)))
        .append("::group::")
        .append(escape(name + ": command and log"))
        .append('\n')
        .append(harmless(wording.body(details)))
        .append("::endgroup::\n")
        .toString();
  }

  /** The text, between stop and resume where it could be read as a command of either syntax. */
  private String harmless(String text) {
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
