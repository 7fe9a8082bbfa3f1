package dev.torc.front.show;

import dev.torc.base.bytes.WholeFile;
import dev.torc.base.syntax.Hidden;
import dev.torc.base.text.Amount;
import dev.torc.base.text.LogExcerpt;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.model.InstanceName;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Collects how each job ended, and writes a JUnit XML file for continuous integration. The build is
 * a suite and each job a case; a failure of torc itself is a case too. The format has no standard:
 * {@code testdata/junit.xsd} allows what Jenkins, GitLab and the GitHub actions all read.
 */
public final class JunitReport implements Report {

  /** The case that stands for torc itself. */
  static final String TORC = "torc";

  /** Characters that are not a Char in XML 1.0, section 2.2. */
  private static final Pattern NO_XML =
      Pattern.compile("[^\\t\\n\\r -\\x{d7ff}\\x{e000}-\\x{fffd}\\x{10000}-\\x{10ffff}]");

  private static final double SECOND = 1e9;
  private static final int WITHOUT_FRACTION = "2026-11-22T10:01:02".length();

  /** How a job or torc itself ended; the details have a command and log only if these are shown. */
  record Case(String name, JobState state, Event.Details details, boolean isTorc) {}

  private final long begun;
  private final List<Case> cases = new ArrayList<>();
  private final Set<String> running = new LinkedHashSet<>();
  private final List<String> said = new ArrayList<>();
  private Event.Started started;
  private final FlakyJobs flaky = new FlakyJobs();
  private Event.Finished finished;
  private int exit = -1;

  /** Begins the report; {@code begun} is in milliseconds since 1970. */
  public JunitReport(long begun) {
    this.begun = begun;
  }

  @Override
  public void accept(Event event) {
    flaky.accept(event);
    switch (event) {
      case Event.Started first -> started = first;
      case Event.JobStarted job -> running.add(job.job());
      case Event.JobEnded ended -> {
        running.remove(ended.job());
        cases.add(
            new Case(ended.job(), ended.state(), needed(ended.state(), ended.details()), false));
      }
      case Event.JobUndone undone ->
          cases.replaceAll(
              each ->
                  each.name.equals(undone.job())
                      ? new Case(each.name, JobState.FAILED, undone.details(), false)
                      : each);
      case Event.Note note -> {
        if (note.level() == Event.Level.ERROR) {
          said.add(SafeText.message(note.text()));
        }
      }
      case Event.Finished last -> finished = last;
      default -> {}
    }
  }

  /** Returns only the details that the file shows, to save memory for a large project. */
  private static Event.Details needed(JobState state, Event.Details of) {
    boolean logged =
        of.log() != null && (state != JobState.RAN || of.log().output() == Event.WhenShown.ALWAYS);
    String command = state == JobState.FAILED ? of.command() : "";
    return new Event.Details(of.what(), command, logged ? of.log() : null, of.wall(), -1, -1);
  }

  public void ended(int status) {
    exit = status;
  }

  /**
   * Adds torc's messages about why the build did not run or finish.
   *
   * @param lines torc's messages about this, safe for a terminal; empty if the terminal was gone
   */
  public void broken(List<String> lines) {
    said.addAll(lines);
  }

  /** Writes the file completely or leaves it unchanged; called once, at the end. */
  public void write(Path file, Hidden hidden) throws IOException {
    for (String job : running) {
      cases.add(new Case(job, JobState.INTERRUPTED, details("torc ended before it"), false));
    }
    if (exit != 0 && cases.stream().noneMatch(JunitReport::isBad)) {
      String ended = exit < 0 ? "torc was ended" : "torc ended with status " + exit;
      String what = said.isEmpty() ? ended : said.getFirst();
      cases.add(new Case(TORC, JobState.INTERRUPTED, details(what), true));
    }
    WholeFile.write(file, out -> hidden.write(out, this::xml));
  }

  private static boolean isBad(Case of) {
    return of.state == JobState.FAILED || of.state == JobState.INTERRUPTED;
  }

  private static Event.Details details(String what) {
    return new Event.Details(what, "", null, 0, -1, -1);
  }

  private void xml(Writer out) throws IOException {
    String moment = Amount.isoTime(begun).substring(0, WITHOUT_FRACTION);
    out.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.write("<testsuites" + counts(TORC, null, null) + ">\n");
    out.write("  <testsuite" + counts(suite(), count("skipped"), moment) + ">\n");
    if (started != null) {
      out.write("    <properties>\n");
      out.write(property("build", started.build().id()));
      out.write(property("number", Long.toString(started.build().number())));
      out.write(property("exit", exit < 0 ? "" : Integer.toString(exit)));
      out.write("    </properties>\n");
    }
    for (Case each : cases) {
      write(each, out);
    }
    out.write("  </testsuite>\n</testsuites>\n");
  }

  private static String property(String name, String value) {
    return "      <property" + attributes("name", name, "value", value) + "/>\n";
  }

  /** Returns attributes from alternating names and values, without those whose value is null. */
  private static String attributes(String... attributes) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < attributes.length; i += 2) {
      if (attributes[i + 1] != null) {
        out.append(" %s=\"%s\"".formatted(attributes[i], clean(attributes[i + 1])));
      }
    }
    return out.toString();
  }

  /** Returns the name of the suite: that of the root's folder. */
  private String suite() {
    Path name = started == null ? null : started.root().getFileName();
    return name == null ? TORC : SafeText.name(name.toString());
  }

  private String counts(String name, String skipped, String moment) {
    String time = seconds(finished == null ? 0 : finished.nanos());
    return attributes("name", name, "tests", "" + cases.size(), "failures", count("failure"))
        + attributes("errors", count("error"), "skipped", skipped, "time", time)
        + attributes("timestamp", moment);
  }

  private String count(String kind) {
    return "" + cases.stream().filter(each -> kind(each.state).equals(kind)).count();
  }

  /** Returns the XML element that says what is wrong; empty for a case that passed. */
  private static String kind(JobState state) {
    return switch (state) {
      case RAN, RESTORED, UP_TO_DATE, FROZEN -> "";
      case FAILED -> "failure";
      case INTERRUPTED -> "error";
      default -> "skipped"; // jobs that did not run
    };
  }

  private void write(Case of, Writer out) throws IOException {
    String group = InstanceName.parse(of.name).group();
    String suite = group.equals(of.name) ? suite() : suite() + "." + SafeText.name(group);
    String time = of.details.wall() < 0 ? null : seconds(of.details.wall());
    String name = SafeText.name(of.name);
    out.write("    <testcase" + attributes("name", name, "classname", suite, "time", time) + ">\n");
    String kind = kind(of.state);
    if (!kind.isEmpty()) {
      String type = kind.equals("skipped") ? null : of.isTorc ? TORC : Json.lower(of.state);
      String said = attributes("message", message(of), "type", type);
      out.write("      <%s%s>%s</%1$s>\n".formatted(kind, said, clean(text(of))));
    }
    for (Event.JobRetried failed : flaky.failedAttempts(of.name)) { // the form of Surefire's schema
      String said = attributes("message", SafeText.line(failed.details().what()), "type", "failed");
      String attempt = "attempt " + failed.attempt();
      out.write("      <flakyFailure%s>\n".formatted(said));
      out.write("        <stackTrace>%s</stackTrace>\n".formatted(attempt));
      out.write("      </flakyFailure>\n");
    }
    String output =
        switch (of.state) {
          case UP_TO_DATE -> "up to date, not run\n";
          case FROZEN -> "frozen, not run\n";
          case RESTORED -> "restored, not run\n";
          default -> output(of);
        };
    if (!output.isEmpty()) {
      out.write("      <system-out>" + clean(output) + "</system-out>\n");
    }
    out.write("    </testcase>\n");
  }

  private static String message(Case of) {
    String what = of.details.what();
    return switch (of.state) {
      case BLOCKED -> "blocked" + (what.isEmpty() ? "" : " by " + SafeText.name(what));
      case SKIPPED -> "skipped" + (what.isEmpty() ? "" : ": " + SafeText.message(what));
      case SUBMITTED -> "submitted: it is still out";
      case NOT_REACHED -> "not started: the build ended first";
      case INTERRUPTED ->
          what.isEmpty() || what.equals("interrupted")
              ? "interrupted after " + Amount.time(of.details.wall())
              : SafeText.message(what);
      default -> SafeText.message(what);
    };
  }

  private String text(Case of) {
    if (of.isTorc) {
      return said.isEmpty() ? "" : String.join("\n", said) + "\n";
    }
    StringBuilder out = new StringBuilder();
    of.details
        .command()
        .lines()
        .forEach(line -> out.append("command: ").append(SafeText.line(line)).append('\n'));
    if (of.details.log() != null) {
      out.append("log: ")
          .append(LogExcerpt.shown(of.details.log().file(), started.root()))
          .append('\n');
    }
    return out.toString();
  }

  private static String output(Case of) {
    Event.Log log = of.details.log();
    if (log == null) {
      return "";
    }
    List<String> lines = LogExcerpt.SHORT.readOrError(log.file(), log.from(), Palette.NONE);
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f", Math.max(0, nanos) / SECOND);
  }

  /** Returns a text for XML, with escapes for characters that XML 1.0 forbids. */
  private static String clean(String text) {
    return SafeText.markup(
        NO_XML.matcher(text).replaceAll(it -> "\\\\u%04x".formatted(it.group().codePointAt(0))));
  }
}
