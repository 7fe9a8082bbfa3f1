package dev.torc.base.posix;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Makes random UUIDs (version 4, RFC 9562) without the JDK's security providers, which start
 * slowly.
 */
public final class RandomId {

  private static final Path SOURCE = Path.of("/dev/urandom");

  private RandomId() {}

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
