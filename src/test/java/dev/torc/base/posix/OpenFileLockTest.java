package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.JavaChild;
import dev.torc.base.posix.OpenFileLock.Unlockable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The two kinds of locks on open files: the lock on all bytes, and flock in the last test. */
@Isolated("a descriptor is compared by its number")
class OpenFileLockTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void known() {
    assumeTrue(OpenFileLock.hasBytes(), "only Linux has such locks");
    file = folder.resolve("lock");
  }

  /** Starts a process that holds the lock until it is told to go on, or killed. */
  private Process holder() throws IOException {
    Process child =
        new ProcessBuilder(JavaChild.command(OpenFileLockTest.class, file.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals("locked", child.inputReader().readLine());
    return child;
  }

  public static void main(String[] arguments) throws IOException {
    OpenFileLock lock = OpenFileLock.bytes(Path.of(arguments[0])).orElseThrow();
    System.out.println("locked");
    System.in.read();
    lock.close();
    System.out.println("free");
    System.in.read();
  }

  @Test
  void oneHolderAtATimeInOneProcess() throws IOException {
    try (var _ = OpenFileLock.bytes(file).orElseThrow()) {
      assertTrue(OpenFileLock.bytes(file).isEmpty());
      assertTrue(OpenFileLock.bytes(file).isEmpty(), "closing another one does not drop it");
      Files.readAllBytes(file);
      assertTrue(OpenFileLock.bytes(file).isEmpty(), "nor does reading the file");
    }
    OpenFileLock.bytes(file).orElseThrow().close();
  }

  @Test
  void anotherProcessHoldsItUntilItGivesItBack() throws Exception {
    Process child = holder();
    try {
      assertTrue(OpenFileLock.bytes(file).isEmpty());
      assertTrue(OpenFileLock.bytesMayBeHeld(file));
      child.getOutputStream().write('\n');
      child.getOutputStream().flush();
      assertEquals("free", child.inputReader().readLine());
      assertFalse(OpenFileLock.bytesMayBeHeld(file));
      OpenFileLock.bytes(file).orElseThrow().close();
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void anotherProcessHoldsItUntilItIsKilled() throws Exception {
    Process child = holder();
    try {
      assertTrue(OpenFileLock.bytes(file).isEmpty());
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertFalse(OpenFileLock.bytesMayBeHeld(file));
    OpenFileLock.bytes(file).orElseThrow().close();
  }

  @Test
  void lookingTakesAndCreatesNothing() throws IOException {
    assertFalse(OpenFileLock.bytesMayBeHeld(file));
    assertFalse(Files.exists(file));
    Files.createFile(file);
    assertFalse(OpenFileLock.bytesMayBeHeld(file));
    try (var _ = OpenFileLock.bytes(file).orElseThrow()) {
      assertTrue(OpenFileLock.bytesMayBeHeld(file));
    }
    assertFalse(OpenFileLock.bytesMayBeHeld(file));
  }

  @Test
  void aLockThatCannotBeLookedAtMayBeHeld() throws IOException {
    Files.createSymbolicLink(file, folder.resolve("elsewhere"));
    assertTrue(OpenFileLock.bytesMayBeHeld(file), "no link is followed");
  }

  @Test
  void aHolderMayRemoveTheFile() throws IOException {
    try (var _ = OpenFileLock.bytes(file).orElseThrow()) {
      Files.delete(file);
      OpenFileLock.bytes(file).orElseThrow().close();
    }
  }

  @Test
  void itIsNeitherAFlockNorInTheWayOfOne() throws IOException {
    try (var _ = OpenFileLock.bytes(file).orElseThrow();
        var _ = OpenFileLock.flock(file).orElseThrow()) {
      assertTrue(OpenFileLock.bytes(file).isEmpty());
      assertTrue(OpenFileLock.flock(file).isEmpty());
    }
  }

  @Test
  void aFolderInItsPlaceIsToldByName() throws IOException {
    Files.createDirectory(file);
    FileSystemException e = assertThrows(FileSystemException.class, () -> OpenFileLock.bytes(file));
    assertTrue(
        e.getMessage().startsWith(file + ": a folder is in the place of one of torc's own files"),
        e.getMessage());
  }

  @Test
  void answersOfTheSystemAboutALockHaveTheirMeaning() {
    for (int errno : List.of(Libc.ENOSYS, Libc.EOPNOTSUPP)) {
      Unlockable e = (Unlockable) OpenFileLock.unlockable(file, errno);
      assertTrue(e.getReason().startsWith("the file system has no locks ("), e.getReason());
      assertEquals("mount it with locks", e.next());
      assertEquals(file.toString(), e.getFile());
    }
    Unlockable none = (Unlockable) OpenFileLock.unlockable(file, Libc.ENOLCK);
    assertEquals("the file system gives no locks now (no locks available)", none.getReason());
    assertTrue(none.next().contains("rpc.statd"), none.next());
    IOException other = OpenFileLock.unlockable(file, 5);
    assertFalse(other instanceof Unlockable);
    assertEquals(file + ": cannot be locked: input/output error", other.getMessage());
  }

  /**
   * A process that is just being started holds a copy of each descriptor until its program runs.
   */
  @Test
  void aFlockIsFreeAtOnceWhileACopyOfItsDescriptorIsOpen() throws IOException {
    Path open = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(open), "without /proc the descriptor cannot be found");
    file = Files.createFile(folder.toRealPath().resolve("lock"));
    int copy;
    try (OpenFileLock _ = OpenFileLock.flock(file).orElseThrow()) {
      List<Path> found;
      try (var all = Files.list(open)) {
        found = all.filter(fd -> Files.exists(fd) && same(fd, file)).toList();
      }
      assertEquals(1, found.size());
      int descriptor = Integer.parseInt(found.getFirst().getFileName().toString());
      copy = NativeCall.of("dup").call(descriptor);
      assertTrue(copy >= 0); // not always above it: other tests close files
      assertTrue(OpenFileLock.flock(file).isEmpty());
    }
    try (OpenFileLock _ = OpenFileLock.flock(file).orElseThrow()) {
      assertTrue(OpenFileLock.flock(file).isEmpty());
    } finally {
      Libc.close(copy);
    }
  }

  private static boolean same(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException closed) {
      return false;
    }
  }
}
