package dev.torc.cluster;

import dev.torc.text.SafeText;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command for sh with placeholders: {@code {name}}, {@code {name:format}}; {@code {{name}}} is
 * the text {@code {name}}, and {@code ${name}} is the shell's. Values come quoted, so a placeholder
 * stands outside all quotes. The values are known to {@link CommandScheduler}.
 *
 * @param text as the user wrote it
 */
public record CommandTemplate(String text) {

  /** What the command that submits can name of a script. */
  public static final Set<String> SCRIPT = Set.of("script", "name", "log");

  /** What it can name of resources; some of them have no value for some jobs. */
  public static final Set<String> RESOURCES =
      Set.of("cpus", "memory", "gpus", "nodes", "disk", "runtime", "runtime:hms", "runtime:min");

  /** What the commands that ask and cancel can name. */
  public static final String IDS = "ids";

  /** Group 1: what stands for itself. Group 2: a name with its format. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{(\\{\\w+(?::\\w+)?\\})\\}|(?<!\\$)\\{([A-Za-z_]\\w*(?::\\w+)?)\\}");

  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  /** The names that stand in it, with their formats, in their order. */
  public List<String> names() {
    return PLACEHOLDER
        .matcher(text)
        .results()
        .map(CommandTemplate::name)
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  private static String name(MatchResult placeholder) {
    return placeholder.group(2);
  }

  /**
   * The command with values.
   *
   * @param values by names with their formats, quoted; one for each of {@link #names}
   */
  String with(Map<String, String> values) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            each ->
                Matcher.quoteReplacement(
                    name(each) == null ? each.group(1) : values.get(name(each))));
  }

  /** A value as one word of sh. */
  static String quoted(String value) {
    return PLAIN.matcher(value).matches() ? value : SafeText.quoted(value);
  }
}
