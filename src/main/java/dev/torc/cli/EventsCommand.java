package dev.torc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.cache.Cache;
import dev.torc.cache.PostedEvent;
import dev.torc.machine.SafeText;
import dev.torc.report.TimeText;
import dev.torc.session.Exit;
import dev.torc.session.ProjectFolder;
import dev.torc.syntax.Durations;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code torc events}: what the jobs posted, oldest first; following a build is {@link
 * EventFollower}'s. It works from the records where the build file is refused.
 */
final class EventsCommand extends Command {

  private final List<String> targets = new ArrayList<>();

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
    ProjectFolder site = site(console, false).withoutResults();
    List<String> wanted = new ArrayList<>(targets);
    wanted.addAll(jobs);
    List<PostedEvent> events = new ArrayList<>();
    Set<String> names = new HashSet<>();
    PostedEvent[] last = {null};
    try (Cache cache = Cache.look(site.place(), console::warn)) {
      cache.eachResult((job, _) -> names.add(job));
      cache.eachEvent(
          0,
          0,
          event -> {
            names.add(event.job());
            last[0] = event;
            if (event.time() >= from) {
              events.add(event);
            }
          });
    }
    JobQuery asked = JobQuery.of(site, wanted, names);
    events.removeIf(event -> !asked.has(event.job()));
    if (common.json() && !follow) {
      JsonPrinter.print(
          console,
          out -> {
            out.writeArrayFieldStart("events");
            for (PostedEvent event : events) {
              out.writeStartObject();
              fields(out, event);
              out.writeEndObject();
            }
            out.writeEndArray();
          });
      return Exit.DONE;
    }
    for (PostedEvent event : events) {
      print(console, event);
    }
    if (follow) {
      console.out().flush();
      new EventFollower(
              site.place(),
              last[0] == null ? 0 : last[0].build(),
              last[0] == null ? 0 : last[0].sequence() + 1,
              event -> {
                if (asked.has(event.job()) && event.time() >= from) {
                  print(console, event);
                  console.out().flush();
                }
              })
          .run();
    }
    return Exit.DONE;
  }

  private void print(Console console, PostedEvent event) throws IOException {
    if (common.json()) {
      JsonPrinter.print(console, out -> fields(out, event));
    } else {
      console.print(
          "%s build %d %s%s %s%n"
              .formatted(
                  TimeText.local(event.time()),
                  event.build(),
                  SafeText.name(event.job()),
                  event.attempt() > 1 ? " attempt " + event.attempt() : "",
                  SafeText.line(event.text())));
    }
  }

  private static void fields(JsonGenerator out, PostedEvent event) throws IOException {
    out.writeStringField("time", TimeText.iso(event.time()));
    out.writeNumberField("build", event.build());
    out.writeStringField("job", event.job());
    out.writeNumberField("attempt", event.attempt());
    out.writeFieldName("data");
    out.writeRawValue(event.text());
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
