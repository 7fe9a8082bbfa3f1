package dev.torc.front.ask;

import static java.util.stream.Collectors.toMap;

import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.Quantity;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.memory.AttemptRecord.PostedEvent;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.StartMark;
import dev.torc.core.memory.StartMarks;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.session.Exit;
import dev.torc.front.show.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code torc events}: the events that jobs posted. With {@code --follow}, it continues until the
 * running build ends, and prints each event as soon as a running attempt has written it to its file
 * or the build has stored it. It writes nothing.
 */
final class EventsAnswer {

  private record One(Instant time, long build, String job, int attempt, Json.Raw data)
      implements Answer {

    static One of(PostedEvent event) {
      Instant time = Instant.ofEpochMilli(event.time());
      Json.Raw data = new Json.Raw(event.text());
      return new One(time, event.build(), event.job(), event.attempt(), data);
    }

    @Override
    public String text(Palette palette) {
      String when = Amount.localTime(time.toEpochMilli());
      String who = SafeText.name(job) + (attempt > 1 ? " attempt " + attempt : "");
      return "%s build %d %s %s\n".formatted(when, build, who, SafeText.line(data.text()));
    }
  }

  private record Events(List<One> events) implements Answer {

    @Override
    public String text(Palette palette) {
      return events.stream().map(event -> event.text(palette)).collect(Collectors.joining());
    }
  }

  private record Try(String job, int attempt) {}

  private final Call call;
  private final CachePlace place;
  private final JobQuery asked;
  private final long from;
  private final List<PostedEvent> events = new ArrayList<>();
  private final Map<Try, Integer> printed = new HashMap<>();
  private long build;
  private long sequence;

  private EventsAnswer(Call call) throws IOException {
    String since = call.value("--since");
    this.call = call;
    this.from = since == null ? Long.MIN_VALUE : moment(since, System.currentTimeMillis());
    List<String> wanted = new ArrayList<>(call.values("--job"));
    wanted.addAll(call.targets());
    ProjectFolder folder = call.folder();
    this.place = folder.place();
    try (Cache cache = Cache.look(place, call::warn)) {
      cache.eachEvent(0, 0, events::add);
      List<String> posters = events.stream().map(PostedEvent::job).toList();
      this.asked = JobQuery.of(folder, wanted, posters, cache);
    }
    if (!events.isEmpty()) {
      build = events.getLast().build();
      sequence = events.getLast().sequence() + 1;
    }
  }

  /** Prints the events, oldest first. If the build file is refused, it works from the records. */
  static int run(Call call) throws IOException {
    EventsAnswer history = new EventsAnswer(call);
    if (!call.has("--follow")) {
      return call.print(
          new Events(history.events.stream().filter(history::wanted).map(One::of).toList()));
    }
    history.follow();
    return Exit.DONE;
  }

  /** Parses a moment, or a duration before {@code now}; returns milliseconds since 1970. */
  static long moment(String text, long now) {
    try {
      return now - Quantity.duration(text) / 1_000_000;
    } catch (IllegalArgumentException no) {
      // not a duration, so it must be a moment
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

  private boolean wanted(PostedEvent event) {
    return asked.has(event.job()) && event.time() >= from;
  }

  /** Prints the stored events, then new ones until the running build has ended. */
  private void follow() throws IOException {
    print(events);
    new BuildFollow(place).follow(this::printNew);
  }

  private void print(List<PostedEvent> some) throws IOException {
    for (PostedEvent event : some) {
      if (wanted(event)) {
        call.print(One.of(event));
        call.console().out().flush();
      }
    }
  }

  /** Prints what was stored since the last call, then what running attempts have written. */
  private boolean printNew(Cache cache, String id, boolean ended) throws IOException {
    List<PostedEvent> later = new ArrayList<>();
    cache.eachEvent(build, sequence, later::add);
    for (PostedEvent event : later) {
      build = event.build();
      sequence = event.sequence() + 1;
      Try of = new Try(event.job(), event.attempt());
      int toSkip = printed.getOrDefault(of, 0);
      if (toSkip > 0) {
        printed.put(of, toSkip - 1); // already printed from the attempt's file
      } else {
        print(List.of(event));
      }
    }
    if (!ended) {
      printRunning(cache, id);
    }
    return false;
  }

  private void printRunning(Cache cache, String id) throws IOException {
    List<BuildRecord> builds = cache.builds(1);
    if (builds.isEmpty() || !builds.getFirst().id().id().equals(id)) {
      return; // no job of this build has run yet
    }
    long number = builds.getFirst().id().number();
    Map<String, Integer> before = attempts(cache, id);
    Map<String, List<String>> written = new HashMap<>();
    for (String job : before.keySet()) {
      written.put(job, lines(new JobFiles(place, job).events()));
    }
    Map<String, Integer> after = attempts(cache, id);
    before.entrySet().retainAll(after.entrySet()); // otherwise, lines may be of another attempt
    for (var job : before.entrySet()) {
      Try of = new Try(job.getKey(), job.getValue());
      int known = printed.getOrDefault(of, 0);
      for (String line : written.get(of.job).stream().skip(known).toList()) {
        String text = JsonText.objectOf(line);
        long now = System.currentTimeMillis();
        print(List.of(new PostedEvent(number, -1, now, of.job, of.attempt, text)));
        printed.merge(of, 1, Integer::sum);
      }
    }
  }

  /**
   * Returns the running attempt of each job: it has begun and has no result in the cache. A job
   * with two such attempts is skipped, because the events of the first are not printed yet.
   */
  private Map<String, Integer> attempts(Cache cache, String id) {
    return StartMarks.live(StartMarks.read(place), cache).stream()
        .filter(mark -> mark.build().equals(id))
        .collect(toMap(StartMark::job, StartMark::attempt, (a, b) -> a.equals(b) ? a : null));
  }

  /** Returns the complete lines of a file that is still being written. */
  private static List<String> lines(Path file) throws IOException {
    String text;
    try {
      text = new String(OwnFile.read(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException none) {
      return List.of();
    }
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    return Stream.of(whole.split("\n")).filter(line -> !line.isBlank()).toList();
  }
}
