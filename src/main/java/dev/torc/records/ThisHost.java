package dev.torc.records;

import dev.torc.posix.FileSystems;
import dev.torc.posix.OwnUser;
import dev.torc.posix.SystemName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * This machine beside others that see the same root: what it is called, which file systems it
 * shares with them, and where it keeps the databases of such roots. Tests put other hosts in its
 * place. It decides nothing.
 */
public interface ThisHost {

  /** Returns the machine itself. It asks the system for nothing before it is asked. */
  static ThisHost system() {
    return new ThisHost() {};
  }

  /**
   * Returns what kind of network file system a folder lies on.
   *
   * @param folder may be missing
   * @return a name for people, such as NFS; empty for local ones
   */
  default Optional<String> networkKind(Path folder) {
    return FileSystems.networkKind(folder);
  }

  /**
   * Returns whether locks on the file system of a folder stay on this host; empty where others see
   * them, and where it cannot be told.
   */
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

  /**
   * Returns the id of this boot: Linux has one; elsewhere empty, and then nothing is distrusted.
   */
  default String boot() {
    return SystemName.boot();
  }

  /**
   * Returns the folder for the databases of network roots where {@code TORC_CACHE} names none: on a
   * local disk, outlives a reboot, and no other user may write there.
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
