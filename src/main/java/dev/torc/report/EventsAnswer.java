package dev.torc.report;

import java.util.List;
import java.util.stream.Collectors;

/** What {@code torc events} says: what jobs posted, oldest first. */
public record EventsAnswer(List<EventAnswer> events) implements Answer {

  @Override
  public String text(Palette palette) {
    return events.stream().map(event -> event.text(palette)).collect(Collectors.joining());
  }

  @Override
  public void json(JsonWriter out) {
    out.objects("events", events, event -> event.json(out));
  }
}
