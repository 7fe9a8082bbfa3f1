package dev.torc.base.syntax;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes JSON values as texts that are equal exactly if the values are: keys are sorted, there are
 * no spaces, and escapes have one form. Numbers keep their digits, so {@code 1.10} is not {@code
 * 1.1}. NaN, Infinity and -Infinity also count as numbers.
 */
public final class JsonText {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(200)
                  .maxNumberLength(1 << 20)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(1 << 20)
                  .build())
          .build();

  /** The numbers that JSON lacks, as Python's {@code json} writes and reads them. */
  private static final Set<String> NON_FINITE = Set.of("NaN", "Infinity", "-Infinity");

  /** Matches a string, or a number in {@link #NON_FINITE} outside strings. */
  private static final Pattern STRING_OR_NON_FINITE =
      Pattern.compile("\"(?:[^\"\\\\]++|\\\\.)*+\"|NaN|-?Infinity");

  private JsonText() {}

  /** Returns the value of a text that is JSON; any other text becomes a string. */
  public static String of(String text) {
    String value = parse(text);
    return value == null ? string(text) : value;
  }

  /** Returns the value of a text; null if it is not JSON or has a duplicate key. */
  private static String parse(String text) {
    try (JsonParser parser = JSON.createParser(text)) {
      JsonToken first = parser.nextToken();
      String value = first == null ? null : value(parser, first);
      return parser.nextToken() == null ? value : null;
    } catch (IOException no) {
      return null;
    }
  }

  /** Returns the members of a text that is a JSON object, each as JSON. */
  public static SortedMap<String, String> members(String object) {
    try (JsonParser parser = JSON.createParser(object)) {
      parser.nextToken();
      return members(parser);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SortedMap<String, String> members(JsonParser parser) throws IOException {
    SortedMap<String, String> members = new TreeMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      members.put(parser.currentName(), value(parser, parser.nextToken()));
    }
    return members;
  }

  private static String value(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> object(members(parser));
      case START_ARRAY -> {
        StringJoiner items = new StringJoiner(",", "[", "]");
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
          items.add(value(parser, t));
        }
        yield items.toString();
      }
      case VALUE_STRING -> string(parser.getText());
      default -> {
        if (parser.isNaN() && !NON_FINITE.contains(parser.getText())) {
          throw new JsonParseException(parser, "a number that only this parser knows");
        }
        yield parser.getText();
      }
    };
  }

  /**
   * Returns a line that is a JSON object as it is; any other line becomes an object with the line
   * as {@code text}.
   */
  public static String objectOf(String line) {
    String text = line.replaceFirst("\r$", "");
    return isObject(text) ? text.strip() : object(Map.of("text", string(text)));
  }

  /** Returns a value that every JSON parser can read: NaN and the infinities become strings. */
  public static String strict(String value) {
    return value.contains("NaN") || value.contains("Infinity")
        ? STRING_OR_NON_FINITE
            .matcher(value)
            .replaceAll(
                each ->
                    Matcher.quoteReplacement(
                        each.group().startsWith("\"") ? each.group() : '"' + each.group() + '"'))
        : value;
  }

  public static String string(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, out);
    // Half a surrogate pair cannot be written in UTF-8.
    Matcher half = SourceFile.HALF_PAIR.matcher(out.append('"'));
    return half.find()
        ? half.replaceAll(each -> "\\\\u%04X".formatted((int) each.group().charAt(0)))
        : out.toString();
  }

  /** Returns an object with sorted keys; the values of {@code members} must be JSON already. */
  public static String object(Map<String, String> members) {
    StringJoiner out = new StringJoiner(",", "{", "}");
    new TreeMap<>(members).forEach((key, value) -> out.add(string(key) + ":" + value));
    return out.toString();
  }

  /** Returns a value for a program: a string without its quotes, any other value as JSON. */
  public static String plain(String value) {
    if (!value.startsWith("\"")) {
      return value;
    }
    try (JsonParser parser = JSON.createParser(value)) {
      return parser.nextTextValue();
    } catch (IOException e) {
      throw new IllegalArgumentException("no JSON: " + value, e);
    }
  }

  public static boolean isObject(String text) {
    return text.stripLeading().startsWith("{") && parse(text) != null;
  }
}
