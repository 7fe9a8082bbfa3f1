package dev.torc.records;

import dev.torc.posix.FileSystems;
import dev.torc.posix.OwnUser;
import dev.torc.posix.SystemName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** This machine, beside others that see the same root. Tests replace it by other hosts. */
public interface ThisHost {

  /** Returns the machine itself, which it looks at only when asked. */
  static ThisHost system() {
    return new ThisHost() {};
  }

  /** Returns the network file system of a folder by name, such as NFS; empty for local ones. */
  default Optional<String> networkKind(Path folder) {
    return FileSystems.networkKind(folder);
  }

  /** Tells that locks on a folder stay on this host; empty if others see them, or if unknown. */
  default Optional<LocalLocks> localLocks(Path folder) {
    return LocalLocks.at(folder);
  }

  /** Returns its name in the network: never empty, without spaces and slashes. */
  default String name() {
    String name = firstLine(Path.of("/proc/sys/kernel/hostname"));
    if (name.isEmpty()) {
      name = System.getenv().getOrDefault("HOSTNAME", "");
    }
    return name.isEmpty() ? "localhost" : name.replaceAll("[\\s/]", "-");
  }

  /** Returns the id of this boot; empty except on Linux, and then nothing is distrusted. */
  default String boot() {
    return SystemName.boot();
  }

  /**
   * Returns the folder of the databases of network roots without {@code TORC_CACHE}: on a local
   * disk, with no other writers, and surviving a reboot.
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
