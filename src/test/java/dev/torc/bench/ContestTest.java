package dev.torc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.FreshProgram;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Figures count only where a tool has run the right jobs and made the right bytes. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the benchmark measures on Linux only")
@Isolated("orphans of all tests are children of this process while it measures")
class ContestTest {

  private static final String RIGHT =
      "cp chain/start.in chain/000000.out; cp chain/000000.out chain/000001.out";

  @TempDir Path dir;

  /** Plays a full build of a chain of two between two scripts that stand for tools. */
  private Result play(String one, String other) throws Exception {
    SequencedMap<Tool, String> programs = new LinkedHashMap<>();
    programs.put(Tool.NINJA, script("one", one));
    programs.put(Tool.MAKE, script("other", other));
    Case full = new Case("full", "full", Shapes.chain(2), Case.Step.FULL, 2, List.of());
    try (Meter meter = new Meter()) {
      Path work = dir.toRealPath().resolve("work");
      return new Contest(meter, programs, null, 1, work, _ -> {}).play(List.of(full)).getFirst();
    }
  }

  private String script(String name, String text) throws Exception {
    Path file = dir.toRealPath().resolve(name);
    return FreshProgram.write(file, "#!/bin/sh\n" + text + "\n").toString();
  }

  @Test
  void ifBothDoTheSameEveryRoundCounts() throws Exception {
    Result result = play(RIGHT, RIGHT);
    assertEquals(List.of(), result.faults());
    assertEquals(Map.of("ninja", 2, "make", 2), result.jobs());
    assertEquals(List.of("ninja", "make"), List.copyOf(result.series().keySet()));
    result.series().values().forEach(series -> assertEquals(2, series.size()));
  }

  @Test
  void aToolThatRunsTooLittleIsAFault() throws Exception {
    Result result = play(RIGHT, "cp chain/start.in chain/000000.out");
    assertEquals("make ran 1 jobs in round 1 where 2 had to run", result.faults().getFirst());
  }

  @Test
  void otherBytesAreAFault() throws Exception {
    Result result = play(RIGHT, RIGHT + "; echo more >> chain/000001.out");
    assertEquals(List.of("the products of ninja and make differ"), result.faults());
  }

  @Test
  void aToolThatFailsIsAFaultWithItsWords() throws Exception {
    Result result = play(RIGHT, "echo no rule >&2; exit 2");
    String fault = result.faults().getFirst();
    assertTrue(fault.contains("ended with 2") && fault.contains("no rule"), fault);
  }
}
