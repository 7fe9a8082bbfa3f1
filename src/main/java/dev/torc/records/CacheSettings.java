package dev.torc.records;

import java.util.function.LongSupplier;

/**
 * What the cache takes from outside, and tests set; it decides nothing else.
 *
 * @param mapSize bytes, of address space only
 * @param boot id of the system's boot
 * @param clock milliseconds since 1970
 */
record CacheSettings(long mapSize, String boot, LongSupplier clock) {
  static CacheSettings system() {
    return new CacheSettings(4L << 30, CommitNote.thisBoot(), System::currentTimeMillis);
  }
}
