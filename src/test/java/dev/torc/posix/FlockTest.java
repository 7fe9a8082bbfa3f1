package dev.torc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("a descriptor is compared by its number")
class FlockTest {

  /**
   * A process that is just being started holds a copy of each descriptor until its program runs.
   */
  @Test
  void itIsFreeAtOnceWhileACopyOfItsDescriptorIsOpen(@TempDir Path folder) throws IOException {
    Path open = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(open), "without /proc the descriptor cannot be found");
    Path file = Files.createFile(folder.resolve("lock")).toRealPath();
    int copy;
    try (OpenFileLock _ = OpenFileLock.flock(file).orElseThrow()) {
      List<Path> found;
      try (var all = Files.list(open)) {
        found = all.filter(fd -> Files.exists(fd) && same(fd, file)).toList();
      }
      assertEquals(1, found.size());
      int descriptor = Integer.parseInt(found.getFirst().getFileName().toString());
      copy = NativeCall.of("dup").call(descriptor);
      assertTrue(copy > descriptor);
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
