package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.front.cli.Main.ProcessAge;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcessAgeTest {

  private static final Path CLOCK = Path.of("/proc/uptime");

  @Test
  void countsFromWhatTheLauncherNoted() throws Exception {
    assumeTrue(Files.exists(CLOCK));
    String now = Files.readString(CLOCK).split(" ")[0];
    String earlier = String.format("%.2f", Double.parseDouble(now) - 7.5);
    long first = ProcessAge.since(earlier);
    assertTrue(first >= 7_490_000_000L, first + " ns");
    assertTrue(ProcessAge.since(earlier) >= first);
  }

  @Test
  void withoutThatItBeginsNow() {
    assumeTrue(Files.exists(CLOCK));
    assertEquals(0, ProcessAge.since(""));
    assertEquals(0, ProcessAge.since("?"));
  }
}
