package dev.torc.features.clusters;

import dev.torc.base.text.SafeText;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command for sh with placeholders: {@code {name}}, {@code {name:format}}. {@code {{name}}}
 * stands for the text {@code {name}}, and {@code ${name}} is left to the shell. Values are inserted
 * quoted, so a placeholder must be outside all quotes. {@link CommandScheduler} knows the values.
 */
public record CommandTemplate(String text) {

  /** The placeholders for a script, in the command that submits. */
  public static final Set<String> SCRIPT = Set.of("script", "name", "log");

  /** The placeholder for a name of at most so many characters. */
  public static final Pattern NAME = Pattern.compile("name(?::(\\d{1,4}))?");

  /** The placeholders for resources, in the command that submits; some jobs lack some values. */
  public static final Set<String> RESOURCES =
      Set.of("cpus", "memory", "gpus", "nodes", "disk", "runtime", "runtime:hms", "runtime:min");

  /** The placeholder for ids, in the commands that ask and cancel. */
  public static final String IDS = "ids";

  /** Group 1 is the text that doubled braces stand for; group 2 is a name with its format. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{(\\{\\w+(?::\\w+)?\\})\\}|(?<!\\$)\\{([A-Za-z_]\\w*(?::\\w+)?)\\}");

  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  /** Returns the names of the placeholders in the text, with their formats, in order. */
  public List<String> names() {
    return PLACEHOLDER
        .matcher(text)
        .results()
        .map(each -> each.group(2))
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /** Returns the command with a quoted value for each of {@link #names}. */
  String with(Map<String, String> values) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            each ->
                Matcher.quoteReplacement(
                    each.group(1) != null ? each.group(1) : values.get(each.group(2))));
  }

  /** Returns a value as one word of sh. */
  static String quoted(String value) {
    return PLAIN.matcher(value).matches() ? value : SafeText.quoted(value);
  }
}
