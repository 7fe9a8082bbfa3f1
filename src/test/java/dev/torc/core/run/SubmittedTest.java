package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.attempt.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Very many jobs for schedulers are not all prepared at a time, and none is forgotten. */
class SubmittedTest {

  private final LoopLock lock = new LoopLock();
  private final List<Event> told = new ArrayList<>();
  private final Submitted out =
      new Submitted(lock, new EventSender(null, Map.of(), false, told::add), 2);

  @Test
  void oneTooManyWaitsUntilAnotherIsOver() {
    for (int job : List.of(0, 1)) {
      assertFalse(out.holds(job, "far"));
      out.begin(job, "far");
    }
    assertTrue(out.holds(2, "far"));
    assertTrue(out.holds(3, "far"));
    assertEquals(2, out.prepared());
    assertEquals(OptionalInt.of(2), out.ended(1));
    assertEquals(OptionalInt.of(3), out.ended(0));
    assertEquals(0, out.prepared());
  }

  @Test
  void jobsThatRunHereNeitherWaitNorCount() {
    out.begin(0, "far");
    out.begin(1, "far");
    assertFalse(out.holds(2, null));
    out.begin(2, null);
    assertEquals(2, out.prepared());
    assertTrue(out.holds(3, "far"));
    assertEquals(OptionalInt.empty(), out.ended(2));
  }

  @Test
  void oneThatIsAskedForAndDoesNotBeginTakesNoPlace() {
    for (int asked = 0; asked < 5; asked++) {
      assertFalse(out.holds(0, "far"));
    }
    assertEquals(0, out.prepared());
  }

  @Test
  void oneThatComesBackByItselfIsNotGivenBackAsWell() {
    out.begin(0, "far");
    out.begin(1, "far");
    assertTrue(out.holds(2, "far"));
    assertTrue(out.holds(2, "far"));
    assertTrue(out.holds(3, "far"));
    assertEquals(OptionalInt.of(2), out.ended(0));
    assertFalse(out.holds(3, "far"));
    out.begin(3, "far");
    assertEquals(OptionalInt.empty(), out.ended(1));
  }

  @Test
  void allAreOutOnceEachIsToldOfAndNoneIsHeld() throws Exception {
    Event.JobSubmitted where = new Event.JobSubmitted("a", "far", "7");
    out.begin(0, "far");
    out.submitted(0, where);
    lock.takeTurn();
    lock.await(0L, () -> {});
    assertEquals(List.of(where), told);
    assertTrue(out.has(0));
    assertTrue(out.isAll(1));
    assertFalse(out.isAll(2));
    out.begin(1, "far");
    assertTrue(out.holds(2, "far"));
    assertEquals(OptionalInt.of(2), out.ended(1));
    assertTrue(out.isAll(1));
    lock.endTurn();
  }
}
