package dev.torc.report;

import dev.torc.machine.SafeText;
import java.util.List;
import java.util.Map;

/**
 * What {@code torc clean} says at its end.
 *
 * @param kept path to why it stays
 * @param well whether all went that should
 * @param out whether nothing went since a job is out that makes it
 */
public record CleanAnswer(
    boolean dry, List<String> removed, Map<String, String> kept, boolean well, boolean out)
    implements Answer {

  /** Nothing is left to say: each path had its line as it went. */
  @Override
  public String text(Palette palette) {
    return "";
  }

  /** The line on a path, as it goes. */
  public static String removed(boolean dry, String path) {
    return (dry ? "would remove " : "removed ") + SafeText.name(path) + "\n";
  }

  @Override
  public void json(JsonWriter out) {
    out.flag("dry_run", dry)
        .texts("removed", removed)
        .objects(
            "kept",
            kept.entrySet(),
            entry -> out.text("path", entry.getKey()).text("why", entry.getValue()));
  }
}
