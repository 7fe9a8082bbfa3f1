package dev.torc.cli;

import dev.torc.ask.EventsAnswer;
import dev.torc.session.Exit;
import dev.torc.syntax.Durations;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;

/**
 * {@code torc events}: what the jobs posted, oldest first. It works from the records where the
 * build file is refused.
 */
final class EventsCommand extends Command {

  private String since;
  private boolean follow;

  @Override
  void declare(Options options) {
    options.words("JOB", "jobs or groups; all without one", 0, targets::add);
    options.value("--job", "JOB", "the same", targets::add);
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
    EventsAnswer history = EventsAnswer.of(folder(console, false), targets, from, console::warn);
    if (!follow) {
      return print(console, history.answer());
    }
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
      if (text.endsWith("Z")) {
        return Instant.parse(text).toEpochMilli();
      }
      LocalDateTime moment = LocalDateTime.parse(text.indexOf('T') < 0 ? text + "T00:00" : text);
      return moment.atZone(ZoneId.systemDefault()).toInstant().toEpochMilli();
    } catch (DateTimeException e) {
      String write = ": write a moment as 2026-11-20T10:00, or 30m, 2h, 7d";
      throw CommonOptions.usage("--since " + SafeText.name(text) + write);
    }
  }
}
