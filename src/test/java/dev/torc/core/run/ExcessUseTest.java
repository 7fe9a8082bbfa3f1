package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.machine.Series.Usage;
import dev.torc.core.here.ProcessEnd;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A build warns once of jobs that used far more than they asked for. */
class ExcessUseTest extends Harness {

  private static final long SECOND = 1_000_000_000L;

  private void uses(String job, long wall, long cpu, long peak) {
    scripts.put(
        job,
        stub -> {
          ProcessEnd end = work(stub);
          Usage used = new Usage(cpu, 0, peak, 0, 0);
          return new ProcessEnd(end.how(), end.code(), wall, used, "");
        });
  }

  @Test
  void cpusAreToldOnceForAll() {
    given("a: { command: a, produces: a }\nb: { command: b, produces: b, after: a }");
    uses("a", 20 * SECOND, 39 * SECOND * 2, -1);
    uses("b", 20 * SECOND, 60 * SECOND, -1);
    build();
    assertEquals(
        List.of(
            "a kept 3.9 cpus busy and asked for 1, and 1 other job too much: `torc list"
                + " --resources` shows what to ask for"),
        notes());
    build();
    assertEquals(List.of(), notes(), "nothing ran");
  }

  @Test
  void memoryThatWasNotAskedForIsTold() {
    given("a: { command: a, produces: a }");
    uses("a", 20 * SECOND, SECOND, 3L << 30); // of the machine's 4 GiB for 4 cpus
    build();
    assertEquals(
        List.of(
            "a used 3.0 GiB of memory and asked for none: `torc list --resources` shows what to ask"
                + " for"),
        notes());
  }

  @Test
  void shortRunsAndWhatWasAskedForAreNotTold() {
    given(
        """
        a: { command: a, produces: a }
        b: { command: b, produces: b, resources: { cpus: 3, memory: 4GiB } }
        """);
    uses("a", 5 * SECOND, 20 * SECOND, 3L << 30);
    uses("b", 20 * SECOND, 100 * SECOND, 3L << 30);
    build();
    assertEquals(List.of(), notes());
  }
}
