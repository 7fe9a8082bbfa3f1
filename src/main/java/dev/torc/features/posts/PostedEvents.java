package dev.torc.features.posts;

import dev.torc.core.run.LinesFile;
import dev.torc.core.run.AttemptFailure;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.syntax.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The events that a job wrote to the file of {@code TORC_EVENTS}: a JSON object on each line. Any
 * other line is recorded as text, with {@code odd} as the warning; it is not an error.
 */
record PostedEvents(List<Post> posts, String odd) {

  /** A JSON object, and when it was written, in milliseconds since 1970. */
  record Post(long time, String text) {}

  static PostedEvents read(LinesFile file, PostTimes times, DigestMemo digests) throws IOException {
    List<String> lines;
    try {
      lines = file.lines(digests);
    } catch (AttemptFailure e) {
      Post said = new Post(System.currentTimeMillis(), JsonText.objectOf(e.getMessage()));
      return new PostedEvents(List.of(said), e.getMessage());
    }
    if (!lines.isEmpty()) {
      times.noteTime();
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
}
