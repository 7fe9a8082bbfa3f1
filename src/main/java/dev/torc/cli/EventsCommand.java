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
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torc events}: what the jobs posted, oldest first. It works from the records where the
 * build file is refused.
 */
final class EventsCommand {
  private EventsCommand() {}

  static int run(Call call) throws IOException {
    String since = call.value("--since");
    long from = since == null ? Long.MIN_VALUE : moment(since, System.currentTimeMillis());
    List<String> jobs = new ArrayList<>(call.values("--job"));
    jobs.addAll(call.targets());
    EventsAnswer history = EventsAnswer.of(call.folder(), jobs, from, call.console::warn);
    if (!call.has("--follow")) {
      return call.print(history.answer());
    }
    history.follow(
        event -> {
          call.print(event);
          call.console.out().flush();
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
      throw Call.usage("--since " + SafeText.name(text) + write);
    }
  }
}
