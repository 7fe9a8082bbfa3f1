package dev.torc.cluster;

import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of a job's products as its node saw them at the end of the job: by absolute path, and
 * more than its products where a pattern may match less. A folder that is a product has a slash
 * behind its path. Names with a line end are not told.
 */
public record MadeFiles(Map<String, Made> files) {

  /**
   * One file.
   *
   * @param time of its last change, in seconds since 1970
   * @param digest SHA-256 in hexadecimal digits; null where that is not known, as of a large one
   */
  public record Made(long bytes, long time, String digest) {}

  /** What a file of so many bytes says; null where it is not here, or not whole. */
  static MadeFiles read(Path file, long length) {
    Map<String, Made> files = new TreeMap<>();
    try {
      byte[] bytes = OwnFile.read(file);
      if (bytes.length != length) {
        return null;
      }
      for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
        String[] words = line.split(" ", 4);
        switch (words[0]) {
          case "size" ->
              files.merge(
                  words[3],
                  new Made(Long.parseLong(words[1]), Long.parseLong(words[2]), null),
                  (old, now) -> old);
          case "digest" -> {
            String path = line.substring(words[0].length() + words[1].length() + 2);
            files.computeIfPresent(path, (_, of) -> new Made(of.bytes, of.time, words[1]));
          }
          case "end" -> {
            return new MadeFiles(files);
          }
          default -> throw new IllegalArgumentException(line);
        }
      }
      return null;
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException notYet) {
      return null;
    }
  }
}
