package dev.torc.posix;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The processes from which others descend, as far as the system knows them now. */
public final class Ancestry {

  private Ancestry() {}

  /**
   * Whether this process descends from another one: by its parents, or by those of the leader of
   * its process group, which it keeps when its own parents end.
   */
  public static boolean includes(long pid) {
    long self = ProcessHandle.current().pid();
    if (pid == self) {
      return false;
    }
    return of(self).contains(pid) || of(Terminal.ownGroup()).contains(pid);
  }

  /** A process and all that it descends from. */
  public static Set<Long> of(long pid) {
    Set<Long> pids = new HashSet<>();
    Optional<ProcessHandle> at = ProcessHandle.of(pid);
    while (at.isPresent() && pids.add(at.get().pid())) {
      at = at.get().parent();
    }
    return pids;
  }
}
