package dev.torc.core.memory;

import dev.torc.base.posix.FileSystems;
import dev.torc.base.posix.LocalLocks;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.posix.SystemName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** This machine, as one of the hosts that see a root. Tests replace it with other hosts. */
public interface ThisHost {

  /** Returns this machine, whose properties are read only when they are needed. */
  static ThisHost system() {
    return new ThisHost() {};
  }

  /** Returns the name of a folder's network file system, such as NFS; empty for a local one. */
  default Optional<String> networkKind(Path folder) {
    return FileSystems.networkKind(folder);
  }

  /** Returns why other hosts do not see locks on a folder; empty if they do, or if unknown. */
  default Optional<LocalLocks> localLocks(Path folder) {
    return LocalLocks.at(folder);
  }

  /** Returns the host name, which is never empty and has no spaces and slashes. */
  default String name() {
    String name = firstLine(Path.of("/proc/sys/kernel/hostname"));
    if (name.isEmpty()) {
      name = System.getenv().getOrDefault("HOSTNAME", "");
    }
    return name.isEmpty() ? "localhost" : name.replaceAll("[\\s/]", "-");
  }

  /** Returns the id of this boot; empty except on Linux. Without an id, no stamp is distrusted. */
  default String boot() {
    return SystemName.boot();
  }

  /**
   * Returns the folder for the databases of network roots if {@code TORC_CACHE} is not set. It is
   * on a local disk, survives a reboot, and is written by no other user.
   */
  default Path databases() {
    return Path.of("/var/tmp/torc-" + Integer.toUnsignedString(OwnUser.number()));
  }

  private static String firstLine(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException none) {
      return "";
    }
  }
}
