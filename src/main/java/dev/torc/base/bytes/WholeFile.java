package dev.torc.base.bytes;

import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.RandomId;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes files that the user asked for by name. {@link OwnFile} writes torc's own files. */
public final class WholeFile {

  private WholeFile() {}

  /**
   * Writes a new file next to its path and renames it, so that a reader finds all of it or the old
   * file. Makes missing folders. A link to a file stays and leads to the new file; a device or a
   * FIFO is written to directly. The path must be absolute.
   */
  public static void write(Path file, Io.Take<Writer> text) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a folder");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (Writer out = Files.newBufferedWriter(file, StandardOpenOption.WRITE)) {
        text.take(out);
      }
      return;
    }
    Path place = Files.exists(file) ? file.toRealPath() : file;
    Files.createDirectories(place.getParent());
    Path fresh = place.resolveSibling("." + RandomId.next() + ".torc-new");
    OwnFile.replace(
        place,
        fresh,
        out -> {
          Writer writer =
              new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8.newEncoder()));
          text.take(writer);
          writer.flush();
        });
  }
}
