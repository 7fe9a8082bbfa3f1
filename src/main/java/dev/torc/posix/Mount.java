package dev.torc.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mounted file system, as a line of Linux's {@code /proc/self/mountinfo} has it; see proc(5). It
 * does not know what its options mean.
 *
 * @param line the whole line
 * @param point the folder where it is mounted
 * @param type as {@code nfs4} or {@code fuse.sshfs}
 * @param source what is mounted, as {@code /dev/sda1}; any text for a file system without a device
 * @param options the options of the mount and of the file system
 */
public record Mount(String line, String point, String type, String source, Set<String> options) {

  /**
   * The mount that holds a file.
   *
   * @param path real
   * @throws IOException where there is no such table, as on macOS and without {@code /proc}
   */
  public static Optional<Mount> of(Path path) throws IOException {
    byte[] table = Files.readAllBytes(Path.of("/proc/self/mountinfo"));
    return holding(new String(table, StandardCharsets.UTF_8), path.toString());
  }

  /**
   * The mount that holds a path: the deepest one in the tree; of several in one place, the last.
   *
   * @param table the text of the file; lines of any other form are skipped
   * @param path absolute, without links
   */
  public static Optional<Mount> holding(String table, String path) {
    return table
        .lines()
        .map(Mount::parsed)
        .filter(mount -> mount != null && mount.holds(path))
        .reduce((one, next) -> next.point.length() >= one.point.length() ? next : one);
  }

  private boolean holds(String path) {
    return path.equals(point) || path.startsWith(point.endsWith("/") ? point : point + "/");
  }

  /** Parses a line: six fields, others up to a hyphen, then type, source and options. */
  private static Mount parsed(String line) {
    int hyphen = line.indexOf(" - ");
    if (hyphen < 0) {
      return null;
    }
    String[] mount = line.substring(0, hyphen).split(" ");
    String[] system = line.substring(hyphen + 3).split(" ", 3); // the source may be empty
    if (mount.length < 6 || system.length < 3) {
      return null;
    }
    List<String> options = new ArrayList<>(List.of(mount[5].split(",")));
    options.addAll(List.of(system[2].split(",")));
    return new Mount(
        line, unescaped(mount[4]), unescaped(system[0]), unescaped(system[1]), Set.copyOf(options));
  }

  /** Blanks, tabs, line feeds, {@code #} and backslashes stand there as three octal digits. */
  private static String unescaped(String field) {
    return Pattern.compile("\\\\([0-3][0-7]{2})")
        .matcher(field)
        .replaceAll(
            it -> {
              String sign = String.valueOf((char) Integer.parseInt(it.group(1), 8));
              return Matcher.quoteReplacement(sign);
            });
  }
}
