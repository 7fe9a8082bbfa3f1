package dev.torc.base.machine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Tells whether the kernel killed a process for lack of memory, from the counter of the memory
 * cgroup of torc and its jobs. The counter does not say which process, so ask only when a job died
 * by KILL. Without a memory cgroup, there is no counter. Safe for several threads.
 */
public final class OomKills {

  private static final String COUNTER = "oom_kill ";

  private final Path file; // null if there is no counter
  private long last;

  public OomKills(Path system) {
    this.file = file(system);
    this.last = count();
  }

  private static Path file(Path system) {
    Path groups = system.resolve("sys/fs/cgroup");
    for (String line : Limits.lines(system.resolve("proc/self/cgroup"))) { // ID:CONTROLLERS:PATH
      String[] parts = line.split(":", 3);
      Path file = null;
      if (parts[1].isEmpty()) {
        file = Limits.group(groups, parts[2]).resolve("memory.events");
      } else if (List.of(parts[1].split(",")).contains("memory")) { // version 1
        file = Limits.group(groups.resolve("memory"), parts[2]).resolve("memory.oom_control");
      }
      if (file != null && Files.exists(file)) {
        return file;
      }
    }
    return null;
  }

  private long count() {
    for (String line : file == null ? List.<String>of() : Limits.lines(file)) {
      if (line.startsWith(COUNTER)) {
        return Long.parseLong(line.substring(COUNTER.length()).strip());
      }
    }
    return 0;
  }

  /**
   * Takes a kill that no caller has taken yet, since each kill ends one job; returns false if there
   * is none.
   */
  public synchronized boolean takeKill() {
    boolean any = count() > last;
    last += any ? 1 : 0;
    return any;
  }
}
