package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.attempt.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The events that are sent when the loop is done. */
class EventSenderTest {

  private final List<Event> told = new ArrayList<>();
  private final EventSender sender = new EventSender(null, Map.of(), false, told::add);

  @Test
  void sendingAboveASecondHasALineOfItsOwn() {
    sender.sent(0);
    sender.sent(1_000_000_000);
    assertEquals(List.of(), told);
    sender.sent(4_200_000_000L);
    String text = "sending results to shared stores took 4.2 s";
    assertEquals(List.of(new Event.Note(Event.Level.INFO, text)), told);
  }
}
