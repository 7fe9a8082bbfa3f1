package dev.torc.engine;

import dev.torc.hash.DigestMemo;
import dev.torc.hash.Stamp;
import dev.torc.syntax.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The events that a job posted in the file of {@code TORC_EVENTS}: a JSON object on each line. Any
 * other line becomes a text, with a warning ({@code odd}): events decide nothing.
 */
record PostedEvents(List<Post> posts, String odd) {

  /** A JSON object, and when it was written, in milliseconds since 1970. */
  record Post(long time, String text) {}

  static final PostedEvents NONE = new PostedEvents(List.of(), "");

  static PostedEvents read(LinesFile file, PostTimes times, DigestMemo digests) throws IOException {
    List<String> lines;
    try {
      lines = file.lines(digests);
    } catch (AttemptFailure e) {
      Post said = new Post(System.currentTimeMillis(), JsonText.objectOf(e.getMessage()));
      return new PostedEvents(List.of(said), e.getMessage());
    }
    if (!lines.isEmpty()) {
      times.look();
    }
    List<Post> posts = new ArrayList<>(lines.size());
    long end = 0; // bytes
    String odd = "";
    int more = 0;
    for (String line : lines) {
      end += line.getBytes(StandardCharsets.UTF_8).length + 1;
      if (line.isBlank()) {
        continue;
      }
      posts.add(new Post(times.of(end), JsonText.objectOf(line)));
      if (!JsonText.isObject(line)) {
        odd = odd.isEmpty() ? LinesFile.shown(line) : odd;
        more++;
      }
    }
    if (more > 0) {
      odd =
          file.name()
              + " has a line that is not a JSON object; it is recorded as text: "
              + odd
              + (more == 1 ? "" : " (" + (more - 1) + " more)");
    }
    return new PostedEvents(posts, odd);
  }

  /**
   * Finds out when a job appended the lines of a file, from occasional looks at its size and time;
   * never reads it. Any thread may call it.
   */
  static final class PostTimes {

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

    synchronized void look() throws IOException {
      Stamp now = digests.linkStamp(file.path().toString());
      seen.tailMap(now.size(), false).clear(); // it was written anew
      if (now.size() > 0 && !seen.containsKey(now.size())) {
        // Any program may set the time of a file.
        long time = Math.clamp(now.mtime() / 1_000_000, started, System.currentTimeMillis());
        seen.put(now.size(), time);
      }
    }

    /**
     * Returns when the line that ends at this byte was written, in milliseconds since 1970. All
     * lines between two looks have the time of the later one.
     */
    synchronized long of(long end) {
      Map.Entry<Long, Long> look = seen.ceilingEntry(end);
      return look == null ? System.currentTimeMillis() : look.getValue();
    }
  }
}
