package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Zombie;
import dev.torc.base.posix.Descriptor;
import dev.torc.base.posix.OpenFileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerFolderTest {

  @TempDir Path temp;

  /** A new server holds the lock, and what a killed one left is still there: it is not ready. */
  @Test
  void aKilledServerThatNobodyReapedIsNotReady() throws Exception {
    assumeTrue(Zombie.isShown(), "only /proc shows zombies");
    ServerFolder folder = ServerFolder.of(Map.of("XDG_RUNTIME_DIR", temp.toString()));
    folder.make();
    Descriptor.makeFifo(folder.ask().toString());
    try (Zombie killed = Zombie.make();
        OpenFileLock _ = OpenFileLock.flock(folder.lock()).orElseThrow()) {
      Files.writeString(folder.pid(), killed.pid() + "\n");
      assertEquals(OptionalLong.of(0), folder.server());
      assertFalse(folder.isReady());
      Files.writeString(folder.pid(), ProcessHandle.current().pid() + "\n");
      assertTrue(folder.isReady());
    }
  }
}
