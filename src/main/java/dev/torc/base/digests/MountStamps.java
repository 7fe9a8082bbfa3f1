package dev.torc.base.digests;

import dev.torc.base.digests.StampSource.StampPaths;
import dev.torc.base.posix.RandomId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Decides how mounts change stamps, and which clocks apply (rule 4). Any thread may call it. */
final class MountStamps {

  /**
   * The rules for a mount. {@code salt} changes the inodes in stamps if ctime is not reliable, and
   * is otherwise 0. {@code clock} is the clock for the racy window; null means the root's clock.
   */
  record Mounted(long salt, FileClock clock) {
    private FileClock trusted() {
      return this == Unknown.MOUNT ? null : clock;
    }
  }

  private static final Mounted USUAL = new Mounted(0, null);

  /** The rules for a file that is always read: a random salt, and a clock that never moves. */
  private static final class Unknown {
    static final Mounted MOUNT = new Mounted(salt(RandomId.next()), FileClock.none());
  }

  private final StampPaths paths;
  private final Map<Long, Mounted> known = new ConcurrentHashMap<>();
  private volatile long usual; // a mount without special rules; 0 is not the number of a mount
  private volatile boolean odd; // whether any file has special rules

  MountStamps(StampPaths paths) {
    this.paths = paths;
    this.odd = !paths.never().isEmpty();
  }

  /** Returns whether no file seen so far has special rules. */
  boolean allUsual() {
    return !odd;
  }

  /** Returns whether a mount is known to have no special rules. */
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

  /** Returns the salt for the inode in a file's stamp; the mount's clock observes the ctime. */
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
