package dev.torc.posix;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * Which processes have a file open, as {@code /proc} tells of the processes that this one may look
 * at; none where there is no {@code /proc}. The caller decides what that means.
 */
public final class OpenFiles {

  private OpenFiles() {}

  /**
   * A process, this one included, that has a file open which was removed from this place.
   *
   * @param place its folder exists, and may be another one than the file's
   */
  public static OptionalInt removed(Path place) {
    String name = real(place) + " (deleted)";
    for (String pid : list("/proc")) {
      if (Character.isDigit(pid.charAt(0)) && anyOpen(pid, name::equals)) {
        return OptionalInt.of(Integer.parseInt(pid));
      }
    }
    return OptionalInt.empty();
  }

  /** Whether a process has the file of this place open, or may have: it cannot be looked at. */
  public static boolean mayHave(long pid, Path place) {
    String name = real(place);
    String folder = "/proc/" + pid + "/fd";
    return new File(folder).list() == null
        || anyOpen(
            Long.toString(pid), open -> open.equals(name) || open.equals(name + " (deleted)"));
  }

  private static boolean anyOpen(String pid, Predicate<String> which) {
    String folder = "/proc/" + pid + "/fd";
    for (String number : list(folder)) {
      try {
        if (which.test(Files.readSymbolicLink(Path.of(folder, number)).toString())) {
          return true;
        }
      } catch (IOException closed) {
        // in the meantime: then it is not open
      }
    }
    return false;
  }

  private static String[] list(String folder) {
    String[] names = new File(folder).list();
    return names == null ? new String[0] : names;
  }

  private static String real(Path place) {
    try {
      return place.getParent().toRealPath().resolve(place.getFileName()).toString();
    } catch (IOException gone) {
      return place.toAbsolutePath().toString();
    }
  }
}
