package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.records.BuildLock;
import dev.torc.records.CachePlace;
import dev.torc.records.ThisHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code torc adopt}, and what rules 1 and 15 say of adopted products. */
class AdoptCommandTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void open() throws IOException {
    folder = new Folder(cwd).chain();
  }

  @Test
  void rule10WithNoWaitALockedProjectIsStatus75() throws IOException {
    folder.put("b.txt", "one\n");
    CachePlace place = CachePlace.find(cwd, Map.of(), ThisHost.system());
    try (BuildLock _ =
        BuildLock.tryAcquire(place, new BuildLock.Holder(1, "other", "torc build"), false)
            .orElseThrow()) {
      Run run = folder.run("adopt", "--no-wait", "first");
      assertEquals(75, run.exit());
      assertTrue(run.err().startsWith("another build is at work here"), run.err());
    }
    assertEquals(0, folder.run("adopt", "--no-wait", "first").exit());
  }
}
