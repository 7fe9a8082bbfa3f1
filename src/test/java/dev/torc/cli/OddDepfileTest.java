package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a job leaves in place of its depfile is never waited for. */
class OddDepfileTest {

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"mkfifo d.d", "mkdir e; ln -s e d.d", "mkdir d.d"})
  @Timeout(60)
  void isToldAndTheJobFails(String command) throws IOException {
    Folder folder = new Folder(temp.toRealPath());
    folder.put("torc.yaml", "jobs: { j: { command: '" + command + "', depfile: d.d } }\n");
    for (int times = 0; times < 2; times++) {
      Run run = folder.run();
      assertEquals(1, run.exit(), run.err());
      assertTrue(run.err().matches("(?s).* d\\.d(:.*)? is .*"), run.err());
    }
  }
}
