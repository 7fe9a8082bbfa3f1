package dev.torc.ask;

import dev.torc.cache.PostedEvent;
import dev.torc.machine.SafeText;
import dev.torc.report.Palette;
import dev.torc.report.TimeText;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** {@code torc events}: what jobs posted, oldest first. */
record EventsAnswer(List<One> events) implements Answer {

  /** An event by itself: a line, or a document. */
  record One(Instant time, long build, String job, int attempt, Json.Raw data) implements Answer {

    static One of(PostedEvent event) {
      Instant time = Instant.ofEpochMilli(event.time());
      Json.Raw data = new Json.Raw(event.text());
      return new One(time, event.build(), event.job(), event.attempt(), data);
    }

    @Override
    public String text(Palette palette) {
      String when = TimeText.local(time.toEpochMilli());
      String who = SafeText.name(job) + (attempt > 1 ? " attempt " + attempt : "");
      return "%s build %d %s %s\n".formatted(when, build, who, SafeText.line(data.text()));
    }
  }

  @Override
  public String text(Palette palette) {
    return events.stream().map(event -> event.text(palette)).collect(Collectors.joining());
  }
}
