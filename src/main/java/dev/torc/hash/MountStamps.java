package dev.torc.hash;

import dev.torc.hash.StampSource.StampPaths;
import dev.torc.posix.RandomId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What mounts add to stamps, and by which clock these count (rule 4). Any thread may call it. */
final class MountStamps {

  /**
   * What counts for a mount: a number that changes inodes in stamps if ctime is not reliable, and
   * the clock for the window of rule 4; null for the root's.
   */
  record Mounted(long salt, FileClock clock) {
    private FileClock trusted() {
      return this == Unknown.MOUNT ? null : clock;
    }
  }

  private static final Mounted USUAL = new Mounted(0, null);

  /** A file that is always read: no stored stamp has this number, and no moment has passed. */
  private static final class Unknown {
    static final Mounted MOUNT = new Mounted(salt(RandomId.next()), FileClock.none());
  }

  private final StampPaths paths;
  private final Map<Long, Mounted> known = new ConcurrentHashMap<>();
  private volatile long usual; // a mount where nothing else counts; 0 is none's number
  private volatile boolean odd; // whether anything else counts for any file

  MountStamps(StampPaths paths) {
    this.paths = paths;
    this.odd = !paths.never().isEmpty();
  }

  /** Returns whether nothing special counts for any file seen so far. */
  boolean allUsual() {
    return !odd;
  }

  /** Returns whether nothing special counts for a mount, as far as is known. */
  boolean isUsual(long mount) {
    return mount == usual;
  }

  Mounted of(long mount, String file) throws IOException {
    Boolean counts = paths.counts(file);
    if (counts != null && !counts) {
      return Unknown.MOUNT;
    }
    Mounted seen = known.get(mount);
    if (seen == null) {
      MountTimes times = MountTimes.of(file, mount);
      if (times == null) {
        return Unknown.MOUNT;
      }
      seen = of(times);
      known.put(mount, seen);
      odd |= seen != USUAL;
      usual = seen == USUAL && paths.never().isEmpty() ? mount : usual;
    }
    return counts == null || seen.salt() == 0 ? seen : new Mounted(0, seen.trusted());
  }

  private static Mounted of(MountTimes times) {
    FileClock clock = times.byKernel() ? null : FileClock.observed();
    if (times.keepsCtime()) {
      return times.byKernel() ? USUAL : new Mounted(0, clock);
    }
    return times.identity().isEmpty() ? Unknown.MOUNT : new Mounted(salt(times.identity()), clock);
  }

  /** Returns what changes the inode in a file's stamp; its mount's clock observes the ctime. */
  long salt(long mount, long ctime, String file) throws IOException {
    if (isUsual(mount)) {
      return 0;
    }
    Mounted of = of(mount, file);
    if (of.clock() != null) {
      of.clock().observe(ctime);
    }
    return of.salt();
  }

  private static long salt(String text) {
    return ByteBuffer.wrap(Digest.ofText(text).bytes()).getLong();
  }
}
