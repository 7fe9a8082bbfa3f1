package dev.torc.features.pace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.BadInput;
import dev.torc.core.attempt.Event;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * {@code -l}, {@code --deadline} and the end of an allocation (rule 12), with a clock of its own.
 */
class PaceTest {

  private static final ZonedDateTime NOON = ZonedDateTime.parse("2026-11-28T12:00:00+01:00");

  private double load;
  private long clock;
  private int later;
  private final LoadLimit limit = new LoadLimit(2, () -> load, () -> clock, () -> later++);

  private void start() {
    limit.follow(new Event.JobStarted("a", 1, "", List.of()));
  }

  @Test
  void oneJobAlwaysStartsAndOthersWhileTheLoadIsNotAbove() {
    load = 9;
    assertTrue(limit.mayStart());
    start();
    assertFalse(limit.mayStart());
    assertEquals(1, later, "the loop asks again");
    load = 2;
    assertFalse(limit.mayStart(), "within a second the load is not read again");
    clock += LoadLimit.SECOND;
    assertTrue(limit.mayStart());
    start();
    assertFalse(limit.mayStart(), "a job that has just started counts");
    load = 9;
    clock += LoadLimit.SECOND;
    assertFalse(limit.mayStart());
    limit.noteRun(null, null);
    assertFalse(limit.mayStart(), "one still runs");
    limit.noteRun(null, null);
    assertTrue(limit.mayStart());
  }

  private static long minutes(Pace pace) {
    return (pace.end() - NOON.toInstant().toEpochMilli()) / 60_000;
  }

  private static Pace deadline(String text) {
    return Pace.of(null, text, Map.of(), NOON);
  }

  @Test
  void aTimeThatHasPassedMeansTomorrow() {
    assertEquals(6 * 60, minutes(deadline("18:00")));
    assertEquals(21 * 60, minutes(deadline("9:00")));
    assertEquals(24 * 60, minutes(deadline("12:00")));
    assertEquals(1, minutes(deadline("12:01:30")));
    for (String bad : List.of("", "18", "25:00", "tomorrow", "12:60")) {
      assertThrows(BadInput.class, () -> deadline(bad), bad);
    }
  }

  @Test
  void theEndOfAnAllocationCountsIfItComesFirst() {
    Map<String, String> slurm = Map.of("SLURM_JOB_END_TIME", "" + (NOON.toEpochSecond() + 3600));
    assertEquals(60, minutes(Pace.of(null, null, slurm, NOON)));
    assertEquals(30, minutes(Pace.of(null, "12:30", slurm, NOON)));
    assertEquals(60, minutes(Pace.of(null, "18:00", slurm, NOON)));
    assertEquals(Pace.ANY, Pace.of(null, null, Map.of("SLURM_JOB_END_TIME", "?"), NOON));
  }

  @Test
  void aLoadIsANumber() {
    assertEquals(2.5, Pace.of("2.5", null, Map.of(), NOON).load());
    assertEquals(0, Pace.of("0", null, Map.of(), NOON).load());
    for (String bad : List.of("", "-1", "x", "1e9", "NaN")) {
      assertThrows(BadInput.class, () -> Pace.of(bad, null, Map.of(), NOON), bad);
    }
  }
}
