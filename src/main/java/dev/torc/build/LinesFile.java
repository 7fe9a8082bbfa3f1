package dev.torc.build;

import dev.torc.machine.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A file to which a job writes lines for torc: made empty before an attempt, read after it. What
 * the lines mean is for {@link Stored} and {@link Posts}.
 *
 * @param name the variable that names the file, for messages
 */
record LinesFile(String name, Path path) {

  /** The most that is read of one, in bytes. */
  static final int MAX = 16 << 20;

  /** Characters of a line that is quoted. */
  private static final int QUOTED = 80;

  /** A new file, so that what is left of an earlier attempt writes to another one. */
  void begin() throws IOException {
    Files.deleteIfExists(path);
    Files.createFile(path);
  }

  /** Takes the file away. */
  void end() throws IOException {
    Files.deleteIfExists(path);
  }

  /** The lines without their ends; of a file that the job took away, none. */
  List<String> lines() throws IOException {
    byte[] bytes;
    try {
      if (Files.size(path) == 0) {
        return List.of();
      }
      try (InputStream in = Files.newInputStream(path)) {
        bytes = in.readNBytes(MAX + 1);
      }
    } catch (NoSuchFileException gone) {
      return List.of();
    }
    if (bytes.length > MAX) {
      throw new Failure(name + " holds more than " + (MAX >> 20) + " MiB; write a product instead");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      // Only \n ends a line: a value may hold other characters that end lines elsewhere.
      return Arrays.stream(text.split("\n"))
          .map(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line)
          .toList();
    } catch (CharacterCodingException e) {
      throw new Failure(name + " holds what is no valid UTF-8");
    }
  }

  /** The failure of a job that wrote a line that cannot be read. */
  Failure unreadable(String line, String hint) {
    return new Failure(
        "%s has a line that cannot be read: %s (%s)"
            .formatted(name, Shown.line(line, QUOTED), hint));
  }
}
