package dev.torc.base.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Names the kind of system that programs run on, since their output may depend on it although no
 * file that they read does. A batch script names its node's system in the same way.
 */
public final class SystemName {

  private static final String HERE =
      System.getProperty("os.name") + " " + architecture() + " " + library();

  private static final String BOOT = readBoot();

  private SystemName() {}

  /** Returns kernel, architecture and C library, such as {@code Linux x86_64 glibc 2.36}. */
  public static String here() {
    return HERE;
  }

  /** Returns the id of this boot; empty if the system has none, as outside Linux. */
  public static String boot() {
    return BOOT;
  }

  private static String readBoot() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException none) {
      return "";
    }
  }

  public static String architecture() {
    String name = System.getProperty("os.arch");
    return name.equals("amd64") ? "x86_64" : name;
  }

  private static String library() {
    if (Libc.MAC) {
      return System.getProperty("os.version"); // each version has its own C library
    }
    Optional<NativeCall> version = NativeCall.find("gnu_get_libc_version");
    return version.isEmpty()
        ? "musl"
        : "glibc " + new String(Memory.textAt(version.get().pointer()), StandardCharsets.US_ASCII);
  }
}
