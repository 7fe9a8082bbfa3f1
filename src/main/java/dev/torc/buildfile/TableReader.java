package dev.torc.buildfile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.torc.buildfile.Axis.Row;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Place;
import dev.torc.syntax.PlaceholderFormat;
import dev.torc.syntax.SourceFile;
import dev.torc.text.Amount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads a file of lines or rows into {@link Row}s: plain lines, CSV (RFC 4180), TSV (tabs, no
 * quotes), a JSON list of objects, and JSONL. Values keep their text. It does not know which
 * columns are parameters.
 */
final class TableReader {

  /** The largest file that is read, in bytes. */
  static final int MAX_BYTES = 256 << 20;

  /** How many different texts are shared: equal ones are then one object. */
  private static final int MAX_SHARED = 10_000;

  private final String shown;
  private final List<String> wanted;
  private final Map<String, String> shared = new HashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private List<String> names;
  private int[] columns;

  private TableReader(String shown, List<String> wanted) {
    this.shown = shown;
    this.wanted = wanted;
    this.names = wanted;
  }

  /**
   * The rows of a file's bytes; the ending of its name tells the format.
   *
   * @param shown the file's name in messages
   * @param wanted the columns that count, empty for all
   * @throws BadInput for a ragged row or a missing column
   */
  static Axis.Rows read(byte[] bytes, String shown, List<String> wanted) throws IOException {
    TableReader table = new TableReader(shown, wanted);
    String text = SourceFile.decode(bytes, shown);
    String ending = PlaceholderFormat.apply("suffix", shown).toLowerCase(Locale.ROOT);
    switch (ending) {
      case ".csv" -> table.separated(text, ',');
      case ".tsv" -> table.separated(text, '\t');
      case ".json" -> table.json(text, true);
      case ".jsonl", ".ndjson" -> table.json(text, false);
      default ->
          throw new BadInput(
              new Place(shown, 0, 0),
              "a table's name ends in .csv, .tsv, .json or .jsonl, which tells its form");
    }
    return new Axis.Rows(table.names, table.rows);
  }

  /** The lines of a text as rows of one value; blank ones are skipped. */
  static List<Row> lines(byte[] bytes, String shown) {
    String text = SourceFile.decode(bytes, shown);
    List<Row> rows = new ArrayList<>();
    int line = 0;
    for (String raw : text.split("\n", -1)) {
      line++;
      String value = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
      if (!value.isBlank()) {
        rows.add(new Row(List.of(value), new Place(shown, line, 1), List.of()));
      }
    }
    return rows;
  }

  /**
   * The bytes of a table's file.
   *
   * @throws BadInput if it is missing or too large
   * @throws IOException if it cannot be read, or is there and no regular file
   */
  static byte[] bytes(Path file, String shown) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException(shown + " is no regular file");
    }
    return SourceFile.bytes(file, new Place(shown, 0, 0), MAX_BYTES, "; split it");
  }

  private void separated(String text, char separator) {
    List<String> fields = new ArrayList<>();
    int line = 1;
    int i = 0;
    while (i < text.length()) {
      int start = line;
      boolean blank = text.charAt(i) == '\n' || text.startsWith("\r\n", i);
      fields.clear();
      boolean more = true;
      while (more) {
        String quoted = null;
        int from = i;
        if (separator == ',' && text.startsWith("\"", i)) {
          int close = text.indexOf('"', i + 1);
          while (close >= 0 && text.startsWith("\"", close + 1)) {
            close = text.indexOf('"', close + 2);
          }
          if (close < 0) {
            throw new BadInput(new Place(shown, start, 1), "a quote that nothing closes");
          }
          quoted = text.substring(i + 1, close).replace("\"\"", "\"");
          line += (int) quoted.chars().filter(c -> c == '\n').count();
          i = close + 1;
          from = i;
        }
        while (i < text.length() && text.charAt(i) != separator && text.charAt(i) != '\n') {
          i++;
        }
        int end = i;
        more = i < text.length() && text.charAt(i) == separator;
        if (!more && end > from && text.charAt(end - 1) == '\r') {
          end--;
        }
        if (quoted != null && end > from) {
          throw new BadInput(
              new Place(shown, line, 1), "something follows the quote that closes a field");
        }
        fields.add(quoted != null ? quoted : text.substring(from, end));
        i++;
      }
      if (!blank) {
        record(fields, new Place(shown, start, 1));
      }
      line++;
    }
  }

  private void record(List<String> fields, Place place) {
    if (columns == null) {
      header(fields, place);
      return;
    }
    if (fields.size() != columns.length) {
      throw new BadInput(
          place,
          "the row has %s, the header %s"
              .formatted(Amount.count(fields.size(), "field"), columns.length));
    }
    String[] values = new String[names.size()];
    for (int c = 0; c < columns.length; c++) {
      if (columns[c] >= 0) {
        values[columns[c]] = share(SourceFile.clean(fields.get(c), place));
      }
    }
    add(values, place);
  }

  /** Sets where in a {@link Row} the value of each column belongs; -1 for a column not wanted. */
  private void header(List<String> fields, Place place) {
    for (int c = 0; c < fields.size(); c++) {
      if (fields.indexOf(fields.get(c)) < c) {
        throw new BadInput(place, "two columns " + fields.get(c));
      }
    }
    names = wanted.isEmpty() ? List.copyOf(fields) : wanted;
    for (String name : names) {
      if (!fields.contains(name)) {
        throw missing(name, fields, place);
      }
    }
    columns = fields.stream().mapToInt(names::indexOf).toArray();
  }

  /** The error for a column that is not there. */
  static BadInput missing(String name, List<String> known, Place place) {
    return new BadInput(place, "no column " + name + NearestName.hint(name, known, "; there are "));
  }

  private void json(String text, boolean list) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      JsonToken token = parser.nextToken();
      if (list && token != null) {
        if (token != JsonToken.START_ARRAY) {
          throw new BadInput(place(parser), "a table in JSON is a list of objects");
        }
        token = parser.nextToken();
      }
      while (token != null && token != JsonToken.END_ARRAY) {
        if (token != JsonToken.START_OBJECT) {
          throw new BadInput(place(parser), "a row of a table is an object");
        }
        object(parser);
        token = parser.nextToken();
      }
      if (token != null && (!list || parser.nextToken() != null)) {
        throw new BadInput(place(parser), "something follows the end of the table");
      }
    } catch (JsonProcessingException e) {
      Place place =
          e.getLocation() == null
              ? new Place(shown, 0, 0)
              : new Place(shown, e.getLocation().getLineNr(), e.getLocation().getColumnNr());
      throw new BadInput(place, SourceFile.oneLine(e.getOriginalMessage()));
    }
  }

  private void object(JsonParser parser) throws IOException {
    Place place = place(parser);
    Map<String, String> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (!wanted.isEmpty() && !wanted.contains(name)) {
        parser.skipChildren();
        continue;
      }
      if (!value.isScalarValue() || value == JsonToken.VALUE_NULL) {
        throw new BadInput(place(parser), name + " must be a text, a number, true or false");
      }
      fields.put(name, share(SourceFile.clean(parser.getText(), place(parser))));
    }
    if (names.isEmpty()) {
      names = List.copyOf(fields.keySet());
    }
    String[] values = new String[names.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = fields.get(names.get(i));
      if (values[i] == null) {
        throw missing(names.get(i), List.copyOf(fields.keySet()), place);
      }
    }
    if (fields.size() > values.length) {
      fields.keySet().removeAll(names);
      throw new BadInput(place, "the first row has no column " + fields.keySet().iterator().next());
    }
    add(values, place);
  }

  private void add(String[] values, Place place) {
    if (rows.size() >= GroupExpansion.MAX_INSTANCES) {
      throw new BadInput(place, "more than " + GroupExpansion.MAX_INSTANCES + " rows");
    }
    rows.add(new Row(List.of(values), place, List.of()));
  }

  private String share(String text) {
    if (shared.size() >= MAX_SHARED) {
      return shared.getOrDefault(text, text);
    }
    String known = shared.putIfAbsent(text, text);
    return known == null ? text : known;
  }

  private Place place(JsonParser parser) {
    return new Place(
        shown,
        parser.currentTokenLocation().getLineNr(),
        parser.currentTokenLocation().getColumnNr());
  }
}
