package dev.torc.engine;

import dev.torc.hash.DigestMemo;
import dev.torc.syntax.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The events that a job posted in the file of {@code TORC_EVENTS}: a JSON object on each line. What
 * cannot be read is kept as a text, and is a failure of an attempt that ended well.
 *
 * @param texts JSON objects
 * @param bad why not all could be read, null where they could
 */
public record PostedLines(List<String> texts, AttemptFailure bad) {

  static final PostedLines NONE = new PostedLines(List.of(), null);

  static PostedLines read(LinesFile file, DigestMemo digests) throws IOException {
    List<String> lines;
    try {
      lines = file.lines(digests);
    } catch (AttemptFailure e) {
      return new PostedLines(List.of(asText(e.getMessage())), e);
    }
    List<String> texts = new ArrayList<>(lines.size());
    AttemptFailure bad = null;
    for (String line : lines) {
      if (line.isBlank()) {
        continue;
      }
      texts.add(object(line));
      if (bad == null && !JsonText.isObject(line)) {
        bad = file.unreadable(line, "each line is a JSON object");
      }
    }
    return new PostedLines(texts, bad);
  }

  /** A line as an object: itself, or one that holds it as its text. */
  public static String object(String line) {
    return JsonText.isObject(line) ? line.strip() : asText(line);
  }

  private static String asText(String line) {
    return JsonText.object(Map.of("text", JsonText.string(line)));
  }
}
