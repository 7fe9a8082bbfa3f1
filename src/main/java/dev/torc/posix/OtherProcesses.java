package dev.torc.posix;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Other processes, as the system tells of them: from which ones this one descends, and which have a
 * file open. Without {@code /proc} nothing is known of them. The caller decides what follows.
 */
public final class OtherProcesses {

  private static final NativeCall GETPGID = NativeCall.of("getpgid");

  private OtherProcesses() {}

  /**
   * Whether a process descends from another one: by its own parents, or by the parents of the
   * leader of its process group, which stays the same when its own parents end.
   */
  public static boolean descends(long process, long from) {
    return from != process
        && (ancestors(process).contains(from) || ancestors(GETPGID.call(process)).contains(from));
  }

  /** Returns a process and all that it descends from, as far as the system knows them now. */
  public static Set<Long> ancestors(long pid) {
    Set<Long> pids = new HashSet<>();
    Optional<ProcessHandle> at = ProcessHandle.of(pid);
    while (at.isPresent() && pids.add(at.get().pid())) {
      at = at.get().parent();
    }
    return pids;
  }

  /**
   * A process, this one included, that has a file open which was removed from this place.
   *
   * @param place its folder exists, but may be another one than that from which the file went
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

  /**
   * Returns whether a process has the file of this place open; true where it cannot be looked at.
   */
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
