package dev.torc.engine;

import dev.torc.hash.Digests;
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
public record Posts(List<String> texts, Failure bad) {

  static final Posts NONE = new Posts(List.of(), null);

  static Posts read(LinesFile file, Digests digests) throws IOException {
    List<String> lines;
    try {
      lines = file.lines(digests);
    } catch (Failure e) {
      return new Posts(List.of(asText(e.getMessage())), e);
    }
    List<String> texts = new ArrayList<>(lines.size());
    Failure bad = null;
    for (String line : lines) {
      if (line.isBlank()) {
        continue;
      }
      texts.add(object(line));
      if (bad == null && !JsonText.isObject(line)) {
        bad = file.unreadable(line, "each line is a JSON object");
      }
    }
    return new Posts(texts, bad);
  }

  /** A line as an object: itself, or one that holds it as its text. */
  public static String object(String line) {
    return JsonText.isObject(line) ? line.strip() : asText(line);
  }

  private static String asText(String line) {
    return JsonText.object(Map.of("text", JsonText.string(line)));
  }
}
