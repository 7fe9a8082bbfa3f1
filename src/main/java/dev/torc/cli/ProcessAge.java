package dev.torc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * How long torc has been at work, the launcher and the start of Java included. On Linux the
 * launcher has noted the kernel's clock: the start of the process is no use there, since it may be
 * that of a script that gave way to torc ({@code exec}), and Java knows it to a second only.
 */
final class ProcessAge {

  /** Where the launcher left what {@code /proc/uptime} said. */
  private static final String NOTED = "torc.began";

  private static final Path CLOCK = Path.of("/proc/uptime");

  private ProcessAge() {}

  /** When torc began, by {@link System#nanoTime}; to 10 ms. */
  static long began() {
    return System.nanoTime() - since(System.getProperty(NOTED, ""));
  }

  /** Nanoseconds since the kernel's clock stood at this. */
  static long since(String noted) {
    try {
      if (!noted.isEmpty()) {
        String now = Files.readString(CLOCK);
        return 10_000_000 * Math.max(0, ticks(now.substring(0, now.indexOf(' '))) - ticks(noted));
      }
      return Files.exists(CLOCK) ? 0 : ofProcess();
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException noClock) {
      return 0;
    }
  }

  /** Hundredths of a second, of seconds with two digits behind the point. */
  private static long ticks(String seconds) {
    return Long.parseLong(seconds.replace(".", ""));
  }

  private static long ofProcess() {
    return ProcessHandle.current()
        .info()
        .startInstant()
        .map(start -> Duration.between(start, Instant.now()).toNanos())
        .orElse(0L);
  }
}
