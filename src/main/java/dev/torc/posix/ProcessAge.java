package dev.torc.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long this process has lived, from before it became a JVM. Java itself can only tell it by the
 * time of the system's boot, which Linux rounds to seconds.
 */
public final class ProcessAge {

  /** Nanoseconds; of {@code USER_HZ}, which is 100 on every Linux that has a Java. */
  private static final long TICK = 10_000_000;

  private ProcessAge() {}

  /** Nanoseconds, to 10 ms; nothing where the system does not say. */
  public static Optional<Long> now() {
    ProcessHandle self = ProcessHandle.current();
    if (!ProcessTable.present()) {
      return self.info()
          .startInstant()
          .map(start -> Duration.between(start, Instant.now()).toNanos());
    }
    return ProcessTable.of((int) self.pid()).flatMap(process -> since(process.start()));
  }

  private static Optional<Long> since(long start) {
    try {
      String seconds = Files.readString(Path.of("/proc/uptime")).split(" ")[0];
      long up = Math.round(Double.parseDouble(seconds) * 100);
      return Optional.of(Math.max(0, up - start) * TICK);
    } catch (IOException hidden) {
      return Optional.empty();
    }
  }
}
