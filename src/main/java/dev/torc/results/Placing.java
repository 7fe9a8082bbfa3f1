package dev.torc.results;

import dev.torc.hash.ParallelShares;
import dev.torc.posix.FileTimes;
import dev.torc.posix.FileTree;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

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
      FileTree.copy(from, to); // what is torn is found by its digest
    }
  }

  /**
   * Other tools go by times: what was restored, a folder with all that is in it, is newer than what
   * stood there before.
   *
   * @return the bytes of the files in a folder; 0 of anything else
   */
  static long touch(Path file, boolean isFolder) throws IOException {
    if (!isFolder) {
      FileTimes.now(file.toString());
      return 0;
    }
    List<String> all = new ArrayList<>();
    long[] sum = {0};
    Files.walkFileTree(
        file,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) {
            all.add(at.toString());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path at, BasicFileAttributes attributes) {
            all.add(at.toString());
            sum[0] += attributes.isRegularFile() ? attributes.size() : 0;
            return FileVisitResult.CONTINUE;
          }
        });
    ParallelShares.each(all.size(), i -> FileTimes.now(all.get(i)));
    return sum[0];
  }
}
