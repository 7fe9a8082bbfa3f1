package dev.torc.posix;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A random id in the form of a UUID of version 4 (RFC 9562), right from the kernel: the JDK's way
 * first sets up its security providers, which every start would pay. The callers know what it
 * names.
 */
public final class RandomId {

  private static final Path SOURCE = Path.of("/dev/urandom");

  private RandomId() {}

  /** Returns an id that no other has. */
  public static String next() {
    try (DataInputStream random = new DataInputStream(Files.newInputStream(SOURCE))) {
      long high = random.readLong() & ~0xf000L | 0x4000L;
      long low = random.readLong() & ~(3L << 62) | 1L << 63;
      return new UUID(high, low).toString();
    } catch (IOException none) {
      return UUID.randomUUID().toString(); // a container may have no /dev
    }
  }
}
