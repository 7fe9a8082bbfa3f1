package dev.torc.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux tells of this process in {@code /proc/self/status}: see proc(5). */
public final class OwnStatus {

  private OwnStatus() {}

  /**
   * The value of a line.
   *
   * @param key as it stands there, such as {@code Umask}
   * @return empty where there is no such line, or no Linux
   */
  public static String of(String key) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith(key + ":")) {
          return line.substring(key.length() + 1).strip();
        }
      }
    } catch (IOException e) {
      return ""; // no Linux
    }
    return "";
  }
}
