package dev.torc.front.ask;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class EventsAnswerTest {

  @Test
  void momentsAndTimesBackFromNow() {
    long now = 1_000_000_000_000L;
    assertEquals(now - 90 * 60_000, EventsAnswer.moment("1h30m", now));
    assertEquals(0, EventsAnswer.moment("1970-01-01T00:00:00Z", now));
    long local =
        LocalDateTime.of(2026, 11, 20, 10, 0)
            .atZone(ZoneId.systemDefault())
            .toInstant()
            .toEpochMilli();
    assertEquals(local, EventsAnswer.moment("2026-11-20T10:00", now));
    assertEquals(local - 10 * 3_600_000, EventsAnswer.moment("2026-11-20", now));
  }
}
