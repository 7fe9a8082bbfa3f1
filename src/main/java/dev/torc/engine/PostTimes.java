package dev.torc.engine;

import dev.torc.hash.DigestMemo;
import dev.torc.hash.Stamp;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds out when a job appended the lines of a file, from occasional looks at its size and time;
 * never reads it. Any thread may call it.
 */
final class PostTimes {

  private final LinesFile file;
  private final DigestMemo digests;
  private final long started;

  /** By a size of the file: when it grew to that size, in milliseconds since 1970. */
  private final TreeMap<Long, Long> seen = new TreeMap<>();

  PostTimes(LinesFile file, DigestMemo digests, long started) {
    this.file = file;
    this.digests = digests;
    this.started = started;
  }

  synchronized void noteTime() throws IOException {
    Stamp now = digests.linkStamp(file.path().toString());
    seen.tailMap(now.size(), false).clear(); // it was written anew
    if (now.size() > 0 && !seen.containsKey(now.size())) {
      // Any program may set the time of a file.
      long time = Math.clamp(now.mtime() / 1_000_000, started, System.currentTimeMillis());
      seen.put(now.size(), time);
    }
  }

  /**
   * Returns when the line that ends at this byte was written, in milliseconds since 1970. All lines
   * between two looks have the time of the later one.
   */
  synchronized long of(long end) {
    Map.Entry<Long, Long> look = seen.ceilingEntry(end);
    return look == null ? System.currentTimeMillis() : look.getValue();
  }
}
