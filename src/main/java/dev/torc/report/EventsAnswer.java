package dev.torc.report;

import dev.torc.cache.PostedEvent;
import dev.torc.machine.SafeText;
import java.util.List;
import java.util.stream.Collectors;

/** What {@code torc events} says: what jobs posted, oldest first. */
public record EventsAnswer(List<EventAnswer> events) implements Answer {

  /** An event that a job posted, by itself: a line, or a document. */
  public record EventAnswer(PostedEvent event) implements Answer {

    @Override
    public String text(Palette palette) {
      return "%s build %d %s%s %s%n"
          .formatted(
              TimeText.local(event.time()),
              event.build(),
              SafeText.name(event.job()),
              event.attempt() > 1 ? " attempt " + event.attempt() : "",
              SafeText.line(event.text()));
    }

    @Override
    public void json(JsonWriter out) {
      out.text("time", TimeText.iso(event.time()))
          .number("build", event.build())
          .text("job", event.job())
          .number("attempt", event.attempt())
          .value("data", event.text());
    }
  }

  @Override
  public String text(Palette palette) {
    return events.stream().map(event -> event.text(palette)).collect(Collectors.joining());
  }

  @Override
  public void json(JsonWriter out) {
    out.objects("events", events, event -> event.json(out));
  }
}
