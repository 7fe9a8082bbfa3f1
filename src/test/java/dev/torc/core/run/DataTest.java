package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult.StoredValue;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stored values where a process outlives its attempt; stories test all else about values. */
class DataTest extends Harness {

  @Test
  void linesOfABackgroundChildOfAnEarlierAttemptDoNotCount() {
    given("train: { command: make train, retries: 1 }");
    Writer[] left = new Writer[1];
    job(
        "train",
        stub -> {
          Path output = Path.of(stub.env("TORC_OUTPUT"));
          if (stub.attempt() == 1) {
            left[0] = Files.newBufferedWriter(output);
            return stub.exit(1);
          }
          Files.writeString(output, "loss=2\n");
          left[0].write("loss=1 and more of it\n");
          left[0].close();
          return work(stub);
        });
    build();
    try (Cache cache = Cache.look(place(), _ -> {})) {
      assertEquals(List.of(new StoredValue("loss", "2")), cache.data("train"));
    }
  }
}
