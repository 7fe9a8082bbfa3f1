package dev.torc.base.syntax;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import com.fasterxml.jackson.dataformat.toml.TomlReadFeature;
import dev.torc.base.syntax.Node.Entry;
import java.io.IOException;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Reads JSON into the same tree as {@link YamlReader}, with the place of every key and value. It
 * refuses duplicate keys and anything after the document; numbers keep their text.
 */
final class JsonReader {

  private static final List<JsonReadFeature> JSON5 =
      List.of(
          JsonReadFeature.ALLOW_JAVA_COMMENTS,
          JsonReadFeature.ALLOW_SINGLE_QUOTES,
          JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES,
          JsonReadFeature.ALLOW_TRAILING_COMMA,
          JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER,
          JsonReadFeature.ALLOW_LEADING_DECIMAL_POINT_FOR_NUMBERS,
          JsonReadFeature.ALLOW_TRAILING_DECIMAL_POINT_FOR_NUMBERS,
          JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS);

  private final String shown;
  private final String text;
  private final JsonParser parser;
  private int line = 1;
  private int column = 1;
  private int offset;
  private long written;

  private JsonReader(String text, String shown, JsonParser parser) {
    this.shown = shown;
    this.text = text;
    this.parser = parser;
  }

  private static JsonParser parser(String text, boolean json5) throws IOException {
    JsonFactoryBuilder factory =
        new JsonFactoryBuilder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // as Python writes them
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(YamlReader.MAX_DEPTH).build());
    for (JsonReadFeature feature : JSON5) {
      factory.configure(feature, json5);
    }
    return factory.build().createParser(text);
  }

  /**
   * Reads one document. If {@code json5}, accepts JSON5 except hexadecimal numbers, keys with
   * characters that Java's names cannot have, and strings that a backslash continues on the next
   * line.
   */
  static Node read(String text, String shown, boolean json5) throws IOException {
    return new JsonReader(text, shown, parser(text, json5)).document();
  }

  /** Reads TOML, whose values have no places. Its dates and times are no texts. */
  static Node toml(String text, String shown) throws IOException {
    try {
      TomlFactory factory = TomlFactory.builder().enable(TomlReadFeature.PARSE_JAVA_TIME).build();
      return new JsonReader(text, shown, factory.createParser(text)).document();
    } catch (StreamReadException e) {
      Place at = new Place(shown, e.getLocation().getLineNr(), e.getLocation().getColumnNr());
      throw new BadInput(at, SourceFile.oneLine(e.getOriginalMessage()));
    }
  }

  private Node document() throws IOException {
    try (parser) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return new Node.Scalar(new Place(shown, 1, 1), "", false);
      }
      Node node = value(first, 0);
      if (parser.nextToken() != null) {
        throw new BadInput(place(), "something follows the end of the document");
      }
      return node;
    } catch (StreamConstraintsException e) {
      throw new BadInput(
          place(), "nested more than " + YamlReader.MAX_DEPTH + " deep, or a value too long");
    } catch (JsonParseException e) {
      Place at = place(e.getLocation().getCharOffset());
      throw new BadInput(at, SourceFile.oneLine(e.getOriginalMessage()));
    }
  }

  private Node value(JsonToken token, int depth) throws IOException {
    Place place = place();
    SourceFile.count(++written, place);
    return switch (token) {
      case START_OBJECT -> {
        SequencedMap<String, Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          Place at = place();
          String key = SourceFile.clean(parser.currentName(), at);
          Entry.add(entries, key, at, value(parser.nextToken(), depth + 1), depth);
        }
        yield new Node.Mapping(place, entries);
      }
      case START_ARRAY -> {
        List<Node> items = new ArrayList<>();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
          items.add(value(t, depth + 1));
        }
        yield new Node.Sequence(place, items);
      }
      case VALUE_EMBEDDED_OBJECT ->
          new Node.Scalar(place, time((TemporalAccessor) parser.getEmbeddedObject()), false);
      default ->
          new Node.Scalar(
              place, SourceFile.clean(parser.getText(), place), token == JsonToken.VALUE_STRING);
    };
  }

  /** Returns a date or time as RFC 3339 writes it, with seconds even if they are zero. */
  private static String time(TemporalAccessor value) {
    boolean day = value.isSupported(ChronoField.DAY_OF_MONTH);
    boolean hour = value.isSupported(ChronoField.HOUR_OF_DAY);
    DateTimeFormatter format =
        !hour
            ? DateTimeFormatter.ISO_DATE
            : day ? DateTimeFormatter.ISO_DATE_TIME : DateTimeFormatter.ISO_TIME;
    return format.format(value);
  }

  private Place place() {
    return place(parser.currentTokenLocation().getCharOffset());
  }

  /** Returns the place of an offset. Offsets only increase, so the text is read only once. */
  private Place place(long at) {
    for (; offset < at && offset < text.length(); offset++) {
      char c = text.charAt(offset);
      if (c == '\n') {
        line++;
        column = 1;
      } else if (!Character.isLowSurrogate(c)) {
        column++;
      }
    }
    return new Place(shown, line, column);
  }
}
