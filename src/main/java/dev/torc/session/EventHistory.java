package dev.torc.session;

import dev.torc.cache.CachePlace;
import dev.torc.cache.PostedEvent;
import dev.torc.report.EventAnswer;
import dev.torc.report.EventsAnswer;
import java.io.IOException;
import java.util.List;

/**
 * The events that jobs posted, and on request those that follow; see {@link RecordSession#events}.
 */
public final class EventHistory {

  /** Takes an event. */
  public interface Sink {
    void take(EventAnswer event) throws IOException;
  }

  private final CachePlace place;
  private final JobQuery asked;
  private final long from;
  private final List<PostedEvent> events;

  /**
   * @param from milliseconds since 1970 of the first one that is wanted
   * @param events all that there are
   */
  EventHistory(CachePlace place, JobQuery asked, long from, List<PostedEvent> events) {
    this.place = place;
    this.asked = asked;
    this.from = from;
    this.events = events;
  }

  /** Those that were asked for. */
  public EventsAnswer answer() {
    return new EventsAnswer(events.stream().filter(this::wanted).map(EventAnswer::new).toList());
  }

  private boolean wanted(PostedEvent event) {
    return asked.has(event.job()) && event.time() >= from;
  }

  /** Hands over those that come after them until the build that is at work has ended. */
  public void follow(Sink sink) throws IOException {
    PostedEvent last = events.isEmpty() ? null : events.getLast();
    new EventFollower(
            place,
            last == null ? 0 : last.build(),
            last == null ? 0 : last.sequence() + 1,
            event -> {
              if (wanted(event)) {
                sink.take(new EventAnswer(event));
              }
            })
        .run();
  }
}
