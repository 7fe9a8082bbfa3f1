package dev.torc.features.posts;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.core.attempt.LinesFile;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Estimates when a job appended the lines of a file, from occasional samples of the file's size and
 * time; never reads the file. Any thread may call it.
 */
final class PostTimes {

  private final LinesFile file;
  private final DigestMemo digests;
  private final long started;

  /** By size: when the file had grown to that size, in milliseconds since 1970. */
  private final TreeMap<Long, Long> seen = new TreeMap<>();

  PostTimes(LinesFile file, DigestMemo digests, long started) {
    this.file = file;
    this.digests = digests;
    this.started = started;
  }

  synchronized void noteTime() throws IOException {
    Stamp now = digests.linkStamp(file.path().toString());
    seen.tailMap(now.size(), false).clear(); // the file was rewritten
    if (now.size() > 0 && !seen.containsKey(now.size())) {
      // Any program may set a file's time, so it is limited to the attempt.
      long time = Math.clamp(now.mtime() / 1_000_000, started, System.currentTimeMillis());
      seen.put(now.size(), time);
    }
  }

  /**
   * Returns when the line that ends at this offset was written, in milliseconds since 1970. All
   * lines between two samples have the time of the later one.
   */
  synchronized long of(long end) {
    Map.Entry<Long, Long> look = seen.ceilingEntry(end);
    return look == null ? System.currentTimeMillis() : look.getValue();
  }
}
