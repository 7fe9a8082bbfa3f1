package dev.torc.report;

import dev.torc.posix.RandomId;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that the user asked for by name: whoever reads it finds all of it, or what was there
 * before. What is torc's own is for {@code OwnFile}.
 */
final class WholeFile {

  /** What writes the text. */
  interface Text {
    void write(Writer out) throws IOException;
  }

  private WholeFile() {}

  /**
   * Writes it under another name beside it, and renames that. Its folders are made. A link to a
   * file stays, and leads to the new one; a device or a FIFO is written as it is.
   *
   * @param file absolute
   */
  static void write(Path file, Text text) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "a folder stands there");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (Writer out = Files.newBufferedWriter(file, StandardOpenOption.WRITE)) {
        text.write(out);
      }
      return;
    }
    Path place = Files.exists(file) ? file.toRealPath() : file;
    Files.createDirectories(place.getParent());
    Path fresh = place.resolveSibling("." + RandomId.next() + ".torc-new");
    try {
      try (BufferedWriter out =
          Files.newBufferedWriter(
              fresh,
              StandardCharsets.UTF_8,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE)) {
        text.write(out);
      }
      Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (UncheckedIOException e) {
      Files.deleteIfExists(fresh);
      throw e.getCause();
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
  }
}
