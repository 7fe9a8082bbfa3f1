package dev.torc.records;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A mounted file system, as a line of Linux's {@code /proc/self/mountinfo} has it; see proc(5). It
 * does not know what its options mean.
 *
 * @param point the folder where it is mounted
 * @param type as {@code nfs4} or {@code fuse.sshfs}
 * @param options those of the mount and those of the file system
 */
record Mount(String point, String type, Set<String> options) {

  /**
   * The mount that holds a path: the one deepest in the tree, of several at one place the last.
   *
   * @param table the text of the file; lines that are none of it are passed over
   * @param path absolute, without links
   */
  static Optional<Mount> holding(String table, String path) {
    Mount found = null;
    for (String line : table.split("\n")) {
      Mount mount = of(line);
      if (mount != null
          && mount.holds(path)
          && (found == null || mount.point.length() >= found.point.length())) {
        found = mount;
      }
    }
    return Optional.ofNullable(found);
  }

  private boolean holds(String path) {
    return path.equals(point) || path.startsWith(point.endsWith("/") ? point : point + "/");
  }

  /** A line: six fields, others up to a hyphen, then type, source and options. */
  private static Mount of(String line) {
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
    return new Mount(unescaped(mount[4]), unescaped(system[0]), Set.copyOf(options));
  }

  /** Blanks, tabs, line feeds, {@code #} and backslashes are told by three octal digits. */
  private static String unescaped(String field) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      String digits =
          field.substring(Math.min(i + 1, field.length()), Math.min(i + 4, field.length()));
      if (field.charAt(i) == '\\' && digits.matches("[0-3][0-7]{2}")) {
        text.append((char) Integer.parseInt(digits, 8));
        i += 3;
      } else {
        text.append(field.charAt(i));
      }
    }
    return text.toString();
  }
}
