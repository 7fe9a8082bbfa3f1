package dev.torc.base.syntax;

import dev.torc.base.syntax.Node.Entry;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a file of variables in the syntax that the dotenv libraries share: {@code NAME=VALUE} and
 * {@code export NAME=VALUE}, quotes, escapes in double quotes, and comments. Values are literal: a
 * {@code $NAME} in them is not expanded, since the libraries disagree about it. A library would not
 * say where an error is.
 */
public final class DotEnv {

  private static final String VALUE =
      "'(?<single>[^']*+)'"
          + "|\"(?<double>(?:[^\"\\\\]|\\\\[\\s\\S])*+)\""
          + "|(?<plain>(?![ \\t'\"])[^\\r\\n]*?)";

  private static final Pattern LINE =
      Pattern.compile(
          "[ \\t]*+(?:(?:export[ \\t]++)?+(?<name>[A-Za-z_][A-Za-z0-9_.-]*+)"
              + "[ \\t]*+(?:(?<is>=)[ \\t]*+(?:"
              + VALUE
              + ")?)?)?[ \\t]*+(?:(?<=[ \\t'\"]|^)#[^\\r\\n]*+)?(?:\\r?\\n|\\z)",
          Pattern.MULTILINE);

  private static final Pattern EXPANDED = Pattern.compile("(?<!\\\\)\\$\\{?[A-Za-z_]");

  private DotEnv() {}

  /**
   * Returns the variables of a file in the order written; a name without {@code =} has no value.
   */
  public static SequencedMap<String, Entry> read(byte[] bytes, String shown, Problems problems) {
    String text = SourceFile.decode(bytes, shown);
    SequencedMap<String, Entry> all = new LinkedHashMap<>();
    Matcher line = LINE.matcher(text);
    for (int at = 0; at < text.length(); at = line.end()) {
      Place place = SourceFile.behind(text.substring(0, at), shown);
      if (!line.region(at, text.length()).lookingAt()) {
        throw new BadInput(
            place,
            "not a variable; write NAME=VALUE, with quotes at both ends of the value or none");
      }
      String name = line.group("name");
      if (name == null) {
        continue;
      }
      String single = line.group("single");
      String twice = line.group("double");
      String plain = line.group("plain");
      String value = single != null ? single : twice != null ? unescaped(twice) : plain;
      String open = twice == null ? plain : twice; // no value in single quotes
      if (open != null && EXPANDED.matcher(open).find()) {
        problems.warn(
            place,
            "%s: a $ in a value is not expanded here; put the value in single quotes if it is one"
                .formatted(name));
      }
      boolean set = line.group("is") != null;
      Node.Scalar scalar = new Node.Scalar(place, value == null ? "" : value, set);
      all.put(name, new Entry(place, scalar)); // the last one counts, as for the libraries
    }
    return all;
  }

  private static String unescaped(String text) {
    return Pattern.compile("\\\\([nrt\"\\\\$])")
        .matcher(text)
        .replaceAll(
            found ->
                switch (found.group(1)) {
                  case "n" -> "\n";
                  case "r" -> "\r";
                  case "t" -> "\t";
                  default -> Matcher.quoteReplacement(found.group(1));
                });
  }
}
