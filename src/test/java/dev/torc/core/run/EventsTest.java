package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.core.memory.Cache;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** The times of events; stories test what jobs append to the file of TORC_EVENTS. */
class EventsTest extends Harness {

  @Test
  void anEventHasTheTimeAtWhichItWasWrittenThoughTheJobGoesOn() throws IOException {
    Looks looks = new Looks();
    stamps = looks;
    given("a: { command: make a }");
    List<Long> times = new ArrayList<>();
    job(
        "a",
        stub -> {
          for (int n = 0; n < 2; n++) {
            looks.await(); // for a look that saw the line before, and is over
            Path file = Path.of(stub.env("TORC_EVENTS"));
            Files.writeString(file, "{}\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            times.add(Files.getLastModifiedTime(file).toMillis());
            waitPast(times.getLast() + 10);
          }
          return stub.exit(0);
        });
    build();
    List<Long> told = new ArrayList<>();
    try (Cache cache = Cache.look(place(), _ -> {})) {
      cache.eachEvent(0, 0, event -> told.add(event.time()));
      assertEquals(times, told);
      cache.eachEvent(1, 1, event -> told.add(event.time()));
      assertEquals(times.get(1), told.get(2), "from the second one on");
      assertEquals(3, told.size());
    }
    assertTrue(times.get(1) - times.get(0) > 10);
  }

  /** Lets a job wait until the file of its events was looked at. */
  private static final class Looks implements StampSource {
    private final StampSource real = StampSource.of(FileSystems.getDefault());
    private final Semaphore seen = new Semaphore(0);

    void await() {
      seen.drainPermits();
      seen.acquireUninterruptibly(2); // the first may have begun before
    }

    @Override
    public Stamp at(Path folder, String path, boolean follow) throws IOException {
      Stamp stamp = real.at(folder, path, follow);
      if (!follow && folder.resolve(path).toString().endsWith("events")) {
        seen.release();
      }
      return stamp;
    }
  }

  private static void waitPast(long millis) {
    while (System.currentTimeMillis() <= millis) {
      Thread.onSpinWait();
    }
  }
}
