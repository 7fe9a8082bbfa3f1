package dev.torc.store;

import dev.torc.posix.FileTimes;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/** How a product comes to its place: whole files, folders and links. It knows no digests. */
final class Placing {

  private Placing() {}

  /**
   * Moves what nobody else has; from one file system to another it is copied, and what was there
   * stays.
   */
  static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException another) {
      copy(from, to); // what is torn is found by its digest
    }
  }

  /** Copies it with its bits and times; the file system shares the bytes where it can. */
  static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectory(to.resolve(from.relativize(at).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path at, BasicFileAttributes attributes)
              throws IOException {
            Path target = at.equals(from) ? to : to.resolve(from.relativize(at).toString());
            Files.copy(at, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Other tools go by times: what was restored is newer than what stood there before. */
  static void touch(Path file, boolean isFolder) throws IOException {
    if (!isFolder) {
      FileTimes.now(file.toString());
      return;
    }
    try (Stream<Path> all = Files.walk(file)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        FileTimes.now(each.toString());
      }
    }
  }
}
