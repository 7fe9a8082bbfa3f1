package dev.torc.cli;

import dev.torc.machine.SafeText;
import dev.torc.report.EventsAnswer.EventAnswer;
import dev.torc.session.EventHistory;
import dev.torc.session.Exit;
import dev.torc.session.RecordSession;
import dev.torc.syntax.Durations;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torc events}: what the jobs posted, oldest first. It works from the records where the
 * build file is refused.
 */
final class EventsCommand extends Command {

  private final List<String> jobs = new ArrayList<>();

  private String since;
  private boolean follow;

  @Override
  String description() {
    return "print the events that jobs posted";
  }

  @Override
  void declare(Options options) {
    options.words("JOB", "jobs or groups; all without one", 0, targets::add);
    options.value("--job", "JOB", "the same", jobs::add);
    options.value(
        "--since",
        "WHEN",
        "only later ones: a moment (2026-11-20T10:00) or a time back from now (30m)",
        given -> since = given);
    options.flag("--follow", "go on with what is posted until the build ends", () -> follow = true);
  }

  @Override
  int run(Console console) throws IOException {
    long from = since == null ? Long.MIN_VALUE : moment(since, System.currentTimeMillis());
    List<String> wanted = new ArrayList<>(targets);
    wanted.addAll(jobs);
    EventHistory history =
        RecordSession.of(folder(console, false), console::warn).events(wanted, from);
    if (!follow) {
      print(console, history.answer());
      return Exit.DONE;
    }
    for (EventAnswer event : history.answer().events()) {
      print(console, event);
    }
    console.out().flush();
    history.follow(
        event -> {
          print(console, event);
          console.out().flush();
        });
    return Exit.DONE;
  }

  /** Milliseconds since 1970 of a moment, or of a time back from now. */
  static long moment(String text, long now) {
    try {
      return now - Durations.parse(text) / 1_000_000;
    } catch (IllegalArgumentException no) {
      // then it is a moment
    }
    try {
      if (text.indexOf('T') < 0) {
        return LocalDate.parse(text)
            .atStartOfDay(ZoneId.systemDefault())
            .toInstant()
            .toEpochMilli();
      }
      return text.endsWith("Z")
          ? Instant.parse(text).toEpochMilli()
          : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant().toEpochMilli();
    } catch (DateTimeException e) {
      throw CommonOptions.usage(
          "--since "
              + SafeText.name(text)
              + ": write a moment as 2026-11-20T10:00, or 30m, 2h, 7d");
    }
  }
}
