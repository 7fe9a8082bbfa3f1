package dev.torc.ask;

import dev.torc.cache.PostedEvent;
import dev.torc.machine.SafeText;
import dev.torc.report.Palette;
import dev.torc.report.TimeText;
import java.util.List;
import java.util.stream.Collectors;

/** {@code torc events}: what jobs posted, oldest first. */
record EventsAnswer(List<PostedEvent> posted) implements Answer {

  @Override
  public String text(Palette palette) {
    return posted.stream().map(each -> new One(each).text(palette)).collect(Collectors.joining());
  }

  private record Fields(String time, long build, String job, int attempt, Json.Raw data) {}

  private record All(List<Object> events) {}

  @Override
  public Object json() {
    return new All(posted.stream().map(each -> new One(each).json()).toList());
  }

  /** An event by itself: a line, or a document. */
  record One(PostedEvent event) implements Answer {

    @Override
    public String text(Palette palette) {
      String again = event.attempt() > 1 ? " attempt " + event.attempt() : "";
      return "%s build %d %s%s %s\n"
          .formatted(
              TimeText.local(event.time()),
              event.build(),
              SafeText.name(event.job()),
              again,
              SafeText.line(event.text()));
    }

    @Override
    public Object json() {
      return new Fields(
          TimeText.iso(event.time()),
          event.build(),
          event.job(),
          event.attempt(),
          new Json.Raw(event.text()));
    }
  }
}
