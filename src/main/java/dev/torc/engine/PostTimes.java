package dev.torc.engine;

import dev.torc.hash.DigestMemo;
import dev.torc.hash.Stamp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * When the lines of a file that a job appends to were written, from what was seen of its size and
 * time now and then. It never reads the file. Threads take turns.
 */
final class PostTimes {

  /**
   * What was seen.
   *
   * @param size bytes
   * @param time milliseconds since 1970 of the last line in them
   */
  private record Seen(long size, long time) {}

  private final LinesFile file;
  private final DigestMemo digests;
  private final long started;
  private final List<Seen> seen = new ArrayList<>();

  /**
   * @param started milliseconds since 1970; nothing was written before
   */
  PostTimes(LinesFile file, DigestMemo digests, long started) {
    this.file = file;
    this.digests = digests;
    this.started = started;
  }

  /** Sees how large the file is by now. */
  synchronized void look() throws IOException {
    Stamp now = digests.linkStamp(file.path().toString());
    while (!seen.isEmpty() && now.size() < seen.getLast().size) {
      seen.removeLast(); // it was written anew
    }
    if (now.size() > (seen.isEmpty() ? 0 : seen.getLast().size)) {
      // The time of a file is anybody's to set.
      long time = Math.clamp(now.mtime() / 1_000_000, started, System.currentTimeMillis());
      seen.add(new Seen(now.size(), time));
    }
  }

  /**
   * When what ends at this byte was written: the time of the last line of those that came between
   * two looks. In milliseconds since 1970.
   */
  synchronized long of(long end) {
    for (Seen each : seen) {
      if (end <= each.size) {
        return each.time;
      }
    }
    return System.currentTimeMillis();
  }
}
