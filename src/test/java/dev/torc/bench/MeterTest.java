package dev.torc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The usage of a run is that of the command and all that it started, and of nothing else. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the benchmark measures on Linux only")
@Isolated("orphans of all tests are children of this process while it measures")
class MeterTest {

  @TempDir Path dir;

  private Usage run(String... command) throws Exception {
    try (Meter meter = new Meter()) {
      return meter.run(dir, dir.resolve("log"), List.of(command));
    }
  }

  @Test
  void thePeakIsNotThatOfTheJvmWhichStartedIt() throws Exception {
    long ours =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
            .findFirst()
            .orElseThrow();
    long peak = run("cat", "/dev/null").peak();
    assertTrue(peak > 0 && peak < ours / 2, peak + " of " + ours);
  }

  @Test
  void theTimeOfChildrenIsCountedAndToldApart() throws Exception {
    Usage busy = run("sh", "-c", "sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'; :");
    assertTrue(busy.cpu() >= 10_000_000, busy.toString()); // no sh counts to 100000 in 10 ms
    assertTrue(busy.own() <= busy.cpu() / 2, busy.toString());
  }

  @Test
  void itRunsInTheFolderAndKeepsTheOutput() throws Exception {
    run("sh", "-c", "pwd -P; echo more >&2");
    assertEquals(
        List.of(dir.toRealPath().toString(), "more"), Files.readAllLines(dir.resolve("log")));
  }

  @Test
  void aCommandThatFailsIsToldWithItsOutput() {
    IOException failed = assertThrows(IOException.class, () -> run("sh", "-c", "echo no; exit 3"));
    assertTrue(failed.getMessage().contains("ended with 3"), failed.getMessage());
    assertTrue(failed.getMessage().contains("no"), failed.getMessage());
  }
}
