package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Zombie;
import dev.torc.core.memory.Cache.CacheException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildLockTest {

  @TempDir Path root;

  private final BuildLock.Holder me =
      new BuildLock.Holder(ProcessHandle.current().pid(), "b1", "torc build a\nb");

  private CachePlace place() {
    return CachePlace.find(root, Map.of(), ThisHost.system());
  }

  @Test
  void rule10OneHolderAtATimeInOneProcess() {
    assertEquals(Optional.empty(), BuildLock.holder(place()));
    assertFalse(Files.exists(place().folder()), "asking creates nothing");
    try (var _ = BuildLock.tryAcquire(place(), me, false).orElseThrow()) {
      assertTrue(BuildLock.tryAcquire(place(), me, false).isEmpty());
      assertTrue(
          BuildLock.tryAcquire(place(), me, false).isEmpty(), "asking does not take it away");
      assertEquals(
          Optional.of(new BuildLock.Holder(me.pid(), "b1", "torc build a b")),
          BuildLock.holder(place()));
    }
    assertEquals(Optional.empty(), BuildLock.holder(place()));
    BuildLock.tryAcquire(place(), me, false).orElseThrow().close();
  }

  /** In a container whose first process reaps no orphans, a killed build is a zombie for ever. */
  @Test
  void rule10AKilledBuildThatNobodyReapedHoldsNothing() throws Exception {
    assumeTrue(Zombie.isShown(), "only /proc shows zombies");
    try (Zombie dead = Zombie.make()) {
      var killed = new BuildLock.Holder(dead.pid(), "b1", "torc build");
      try (var _ = BuildLock.tryAcquire(place(), killed, false).orElseThrow()) {
        assertEquals(Optional.empty(), BuildLock.holder(place()));
      }
    }
  }

  @Test
  void rule10AWaitingBuildGetsTheLockWhenItIsGivenBack() throws Exception {
    oneWaitsForTheOther(place(), place(), me);
  }

  /** A build at one place waits for a build at another, and gets the lock when that one ends. */
  static void oneWaitsForTheOther(CachePlace one, CachePlace other, BuildLock.Holder me)
      throws Exception {
    BuildLock first = BuildLock.tryAcquire(one, me, false).orElseThrow();
    CompletableFuture<BuildLock> second = new CompletableFuture<>();
    Thread waiter =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    second.complete(BuildLock.acquire(other, me, false));
                  } catch (InterruptedException e) {
                    second.completeExceptionally(e);
                  }
                });
    assertFalse(second.isDone());
    first.close();
    second.get(300, TimeUnit.SECONDS).close();
    waiter.join();
  }

  @Test
  void rule10AWaitingBuildCanBeInterrupted() throws Exception {
    try (var _ = BuildLock.tryAcquire(place(), me, false).orElseThrow()) {
      Thread.currentThread().interrupt();
      assertThrows(InterruptedException.class, () -> BuildLock.acquire(place(), me, false));
    }
  }

  @Test
  void rule10AnotherProcessHoldsItUntilItIsKilled() throws Exception {
    Process child = CacheChild.start("lock", root.toString());
    try {
      CacheChild.awaitLine(child, "locked");
      assertTrue(BuildLock.tryAcquire(place(), me, false).isEmpty());
      BuildLock.Holder holder = BuildLock.holder(place()).orElseThrow();
      assertEquals(child.pid(), holder.pid());
      assertEquals("child", holder.build());
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertEquals(Optional.empty(), BuildLock.holder(place()), "rule 9: no file is in the way");
    BuildLock.tryAcquire(place(), me, false).orElseThrow().close();
  }

  @Test
  void rule10TheLockMayBeRemovedByWhoHoldsIt() throws Exception {
    try (var _ = BuildLock.tryAcquire(place(), me, false).orElseThrow()) {
      Files.delete(place().lock());
      Files.delete(place().folder());
    }
    assertFalse(Files.exists(place().folder()), "clean --all leaves nothing behind");
    // A child of another test may have the removed file open for a moment: this waits for that.
    try (var _ = BuildLock.acquire(place(), me, false)) {
      assertTrue(BuildLock.tryAcquire(place(), me, false).isEmpty());
    }
  }

  @Test
  void rule10ALockWhoseFileWasRemovedIsStillHeld() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd")), "only /proc tells who has a file open");
    Process child = CacheChild.start("lock", root.toString());
    try {
      CacheChild.awaitLine(child, "locked");
      for (Path gone : List.of(place().lock(), place().folder())) {
        Files.deleteIfExists(place().lock());
        Files.deleteIfExists(gone);
        assertTrue(BuildLock.tryAcquire(place(), me, false).isEmpty());
        assertTrue(
            BuildLock.tryAcquire(place(), me, false).isEmpty(), "asking does not change that");
        BuildLock.Holder holder = BuildLock.holder(place()).orElseThrow();
        assertEquals(child.pid(), holder.pid());
      }
    } finally {
      child.destroyForcibly().waitFor();
    }
    BuildLock.acquire(place(), me, false).close();
  }

  @Test
  void rule10ALockThatWasEverHeldIsTakenWithoutLookingAtProcesses() throws IOException {
    BuildLock.tryAcquire(place(), me, false).orElseThrow().close();
    assertTrue(Files.size(place().lock()) > 0);
    assertEquals(Optional.empty(), BuildLock.holder(place()));
  }

  @Test
  void rule10AnUnreadableHolderIsNobody() throws IOException {
    Files.createDirectories(place().folder());
    Files.writeString(place().lock(), "\0\0 garbage\n\n\n");
    assertEquals(Optional.empty(), BuildLock.holder(place()));
    BuildLock.tryAcquire(place(), me, false).orElseThrow().close();
  }

  @Test
  void aFileInPlaceOfTheFolderIsOneLine() throws IOException {
    Files.writeString(place().folder(), "a file");
    String message =
        assertThrows(CacheException.class, () -> BuildLock.tryAcquire(place(), me, false))
            .getMessage();
    assertTrue(message.contains(".torc") && !message.contains("\n"), message);
  }
}
