package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.Series.Usage;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The phrase for an exit status. */
class FailurePhraseTest {

  @ParameterizedTest
  @CsvSource({
    "3,exit 3",
    "128,exit 128",
    "137,exit 137 (KILL)",
    "141,exit 141 (PIPE)",
    "154,exit 154",
    "255,exit 255"
  })
  void anExitStatusAboveThoseOfProgramsNamesTheSignal(int code, String phrase) {
    ProcessEnd end = new ProcessEnd(ProcessEnd.How.EXITED, code, 0, Usage.NOTHING, "");
    assertEquals(phrase, AttemptOutcome.phrase(end, 0, 0));
  }

  @Test
  void processesThatCannotBeEndedAreTold() {
    String phrase = "timed out after 1.0 s";
    assertEquals(phrase, AttemptOutcome.phrase(timeout(""), 1_000_000_000, 0));
    assertEquals(
        phrase + "; processes that cannot be ended: [7]",
        AttemptOutcome.phrase(timeout("processes that cannot be ended: [7]"), 1_000_000_000, 0));
  }

  @Test
  void aSchedulersOwnWordsStandBesideTheCause() {
    for (ProcessEnd.How how : List.of(How.TIMEOUT, How.MEMORY, How.CANCELLED)) {
      ProcessEnd end = new ProcessEnd(how, 0, 0, Usage.NOTHING, "far: its own words");
      String phrase = AttemptOutcome.phrase(end, 1_000_000_000, 1 << 20);
      assertTrue(
          phrase.matches("(timed out.*|out of memory|cancelled); far: its own words"), phrase);
    }
  }

  @Test
  void memoryIsToldInTheUnitInWhichItWasAsked() {
    Usage used = Usage.NOTHING.withPeak(4L << 30);
    ProcessEnd end = new ProcessEnd(How.MEMORY, 0, 0, used, "");
    assertEquals(
        "out of memory (killed by the kernel)",
        AttemptOutcome.phrase(new ProcessEnd(How.MEMORY, 0, 0, used, ProcessEnd.BY_KERNEL), 0, 0));
    assertEquals(
        "out of memory: it took 4.3 GB of 4.0 GB", AttemptOutcome.phrase(end, 0, 4_000_000_000L));
    assertEquals(
        "out of memory: it took 4.0 GiB of 3.0 GiB", AttemptOutcome.phrase(end, 0, 3L << 30));
    assertEquals(
        "out of memory: it took 4.0 GiB of 4.0 GiB", AttemptOutcome.phrase(end, 0, 4L << 30));
  }

  private static ProcessEnd timeout(String message) {
    return new ProcessEnd(ProcessEnd.How.TIMEOUT, 0, 0, Usage.NOTHING, message);
  }
}
