package dev.torc.exec;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * How much stands in the place of a product, counted alike by the script on its node and by torc,
 * which so sees when all of it has arrived.
 *
 * @param files regular files in it: 1 for a file; -1 unknown
 * @param bytes of them together; -1 unknown
 */
public record ProductSize(Kind kind, long files, long bytes) {

  /** What stands there; a link counts as what it leads to. */
  public enum Kind {
    FILE,
    FOLDER,
    /** A device, a FIFO, a link that leads nowhere. */
    OTHER,
    MISSING
  }

  /** What a script says: the kind, then numbers. */
  static ProductSize of(String line) {
    String[] words = line.split(" ");
    return switch (words[0]) {
      case "file" -> {
        long bytes = BatchWord.count(words[1]);
        yield new ProductSize(Kind.FILE, 1, bytes);
      }
      case "folder" ->
          new ProductSize(Kind.FOLDER, BatchWord.count(words[1]), BatchWord.count(words[2]));
      case "other" -> new ProductSize(Kind.OTHER, 0, 0);
      case "missing" -> new ProductSize(Kind.MISSING, 0, 0);
      default -> throw new IllegalArgumentException("no size: " + line);
    };
  }

  /** What stands there now, as far as this host sees. */
  public static ProductSize of(Path place) throws IOException {
    if (Files.isDirectory(place)) {
      Count count = new Count();
      Files.walkFileTree(place.toRealPath(), count);
      return new ProductSize(Kind.FOLDER, count.files, count.bytes);
    }
    if (Files.isRegularFile(place)) {
      return new ProductSize(Kind.FILE, 1, Files.size(place));
    }
    boolean there = Files.exists(place) || Files.isSymbolicLink(place);
    return new ProductSize(there ? Kind.OTHER : Kind.MISSING, 0, 0);
  }

  /** Whether this is what was told, as far as anything was. */
  public boolean agrees(ProductSize told) {
    return kind == told.kind
        && (told.files < 0 || files == told.files)
        && (told.bytes < 0 || bytes == told.bytes);
  }

  private static final class Count extends SimpleFileVisitor<Path> {
    long files;
    long bytes;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()) {
        files++;
        bytes += attributes.size();
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
