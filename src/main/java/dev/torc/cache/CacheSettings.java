package dev.torc.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What the cache takes from outside, and tests set; it decides nothing else.
 *
 * @param mapSize bytes, of address space only
 * @param eager files of so many bytes are checked in whole when they are opened; of larger ones
 *     only what every build reads, and the rest before its first use (100 MB take 30 ms)
 * @param boot id of the system's boot
 * @param clock milliseconds since 1970
 */
record CacheSettings(long mapSize, long eager, String boot, LongSupplier clock) {
  static CacheSettings system() {
    return new CacheSettings(4L << 30, 32 << 20, CommitNote.thisBoot(), System::currentTimeMillis);
  }

  Set<RecordTree> atOnce(CachePlace place) throws IOException {
    return Files.size(place.data()) <= eager ? Cache.ALL : Cache.ALWAYS;
  }
}
