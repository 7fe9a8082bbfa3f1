package dev.torc.features.groups;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.PlaceholderFormat;
import dev.torc.base.syntax.SeparatedText;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Group;
import dev.torc.features.groups.Axis.Row;
import dev.torc.features.reading.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Reads a table into {@link Row}s: plain lines, CSV (RFC 4180), TSV (tabs instead of commas), a
 * JSON list of objects, or JSONL. Spaces at the edges of values are kept, with a warning; blank
 * rows are skipped. {@link #keyed} decides which columns are parameters.
 */
final class TableReader {

  /** The largest file that is read, in bytes. */
  static final int MAX_BYTES = 256 << 20;

  /** The most distinct texts that are deduplicated: equal values then share one object. */
  private static final int MAX_SHARED = 10_000;

  /** The deepest value of a cell. */
  private static final int MAX_DEPTH = 100;

  /** In {@link #columns}, marks a column that is ignored. */
  private static final int UNWANTED = -1;

  /** As a comment sign: the build file does not say whether there are comments. */
  static final String UNSAID = "";

  /** As a comment sign: there are no comments. */
  static final String NONE = "none";

  /** What a row begins with that looks like a comment. */
  private static final String MARK = "#";

  /** In {@link #columns}, marks a column without a name when all columns are wanted. */
  private static final int UNNAMED = -2;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private final String shown;
  private final boolean all; // whether all columns are wanted
  private final String comment; // what rows begin with that are skipped; NONE, or UNSAID
  private final Map<String, Value.OfText> shared = new HashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<BadInput.Diagnostic> warnings = new ArrayList<>(0);
  private final Map<String, Integer> names = new LinkedHashMap<>(); // with their indexes in a row
  private final Map<String, String> split; // what parts the cells of a column
  private int[] columns; // for CSV and TSV, the index in a row of each column
  private String[] separators; // what parts the cells of each column; null for nothing
  private final Odd spaced = new Odd(); // cells that have a space at an edge
  private final Odd marked = new Odd(); // rows that look like comments
  private Place header; // where the header is if it looks like a comment

  /** What looks wrong in a table: only the first place gets a warning. */
  private static final class Odd {
    private int count;
    private Place place;
    private String message;

    void addTo(List<BadInput.Diagnostic> warnings) {
      if (count > 0) {
        String more = count == 1 ? "" : " (%d more here)".formatted(count - 1);
        warnings.add(new BadInput.Diagnostic(place, message + more));
      }
    }
  }

  /** Returns the axis of a file with all its columns. */
  static Axis.Table whole(String path, boolean plain) {
    return new Axis.Table(Place.NONE, path, plain, List.of(), List.of(), UNSAID, Map.of());
  }

  private TableReader(Axis.Table table, String shown) {
    this.shown = shown;
    this.comment = table.comment();
    this.split = table.split();
    this.all = table.columns().isEmpty();
    name(table.columns());
  }

  private void name(Collection<String> columns) {
    columns.forEach(name -> names.putIfAbsent(name, names.size()));
  }

  /**
   * Returns the rows of a table; the extension of its file decides the format. The comment of the
   * axis is what rows begin with that are skipped, {@link #NONE} or {@link #UNSAID}.
   *
   * @throws BadInput if a row has another length than the header, a column is missing, or the
   *     format is wrong
   */
  static AxisRows read(byte[] bytes, Axis.Table axis) throws IOException {
    String shown = axis.path();
    TableReader table = new TableReader(axis, shown);
    String text = SourceFile.decode(bytes, shown);
    String ending = PlaceholderFormat.apply("suffix", shown).toLowerCase(Locale.ROOT);
    switch (ending) {
      case ".csv", ".tsv" ->
          table.separated(new SeparatedText(text, shown, ending.equals(".csv"), table.skipped()));
      case ".json" -> table.json(text, true);
      case ".jsonl", ".ndjson" -> table.json(text, false);
      case ".yaml", ".yml" -> table.tree(SourceFile.parse(bytes, shown));
      default ->
          throw new BadInput(
              new Place(shown, 0, 0),
              "a table is a .csv, .tsv, .json, .jsonl or .yaml file; save it as one of these");
    }
    return table.found();
  }

  /**
   * Returns each line as a row of one value, that of the axis's only column. Blank lines are
   * skipped.
   */
  static AxisRows lines(byte[] bytes, Axis.Table axis) {
    String shown = axis.path();
    TableReader table = new TableReader(axis, shown);
    String text = SourceFile.decode(bytes, shown);
    int line = 0;
    for (int end, start = 0; start < text.length(); start = end + SourceFile.lineEnd(text, end)) {
      end = start;
      while (end < text.length() && SourceFile.lineEnd(text, end) == 0) {
        end++;
      }
      Place place = new Place(shown, ++line, 1);
      String value = text.substring(start, end);
      if (!isBlank(value) && !table.isComment(value, place)) {
        table.noteSpaces(value, () -> place);
        table.add(new Value[] {new Value.OfText(value)}, place);
      }
    }
    return table.found();
  }

  /** Returns rows that are in no file; {@code shown} is the name of their var. */
  static AxisRows rows(
      List<SequencedMap<String, Value>> rows, Axis.Table axis, String shown, Place place) {
    TableReader table = new TableReader(axis, shown);
    rows.forEach(row -> table.fields(row, place));
    return table.found();
  }

  private AxisRows found() {
    spaced.addTo(warnings);
    marked.addTo(warnings);
    return new AxisRows(
        List.copyOf(names.keySet()), Set.of(), rows, List.of(), List.copyOf(warnings));
  }

  /**
   * Returns the bytes of a table's file.
   *
   * @throws BadInput if it is missing or too large
   * @throws IOException if it cannot be read, or is not a regular file
   */
  static byte[] bytes(Path file, String shown) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException(shown + " is not a regular file");
    }
    return SourceFile.bytes(file, new Place(shown, 0, 0), MAX_BYTES, "; split it");
  }

  private void separated(SeparatedText text) {
    while (text.next()) {
      boolean blank = text.cells().stream().allMatch(TableReader::isBlank);
      if (!blank && columns == null) {
        header(text);
      } else if (!blank && !isComment(text.cells().getFirst(), text.place())) {
        row(text);
      }
    }
  }

  private String skipped() {
    return comment.equals(UNSAID) || comment.equals(NONE) ? "" : comment;
  }

  /**
   * Returns whether a row is skipped, because its first cell begins with the comment sign. If the
   * build file does not say whether there are comments, counts a row that looks like one.
   */
  private boolean isComment(String first, Place place) {
    boolean looks = comment.equals(UNSAID) && first.startsWith(MARK);
    if (looks && ++marked.count == 1) {
      marked.place = place;
      marked.message =
          "%s is a row like the others; to skip rows that begin with #, write comment: \"#\", else comment: none"
              .formatted(SafeText.name(first));
    }
    return !skipped().isEmpty() && first.stripLeading().startsWith(comment);
  }

  private void row(SeparatedText text) {
    List<String> cells = text.cells();
    Place place = text.place();
    if (cells.size() != columns.length) {
      String why =
          header == null
              ? cells.size() < columns.length
                  ? ""
                  : "; quote a cell that has a separator in it, and name each column"
              : "; if %s is a comment, write comment: \"#\" in table".formatted(header);
      throw new BadInput(
          place,
          "the row has %s, the header %s%s"
              .formatted(Amount.count(cells.size(), "field"), columns.length, why));
    }
    Value[] values = new Value[names.size()];
    for (int c = 0; c < columns.length; c++) {
      int cell = c;
      String separator = separators[c];
      if (columns[c] >= 0 && separator != null) {
        values[columns[c]] = CellParts.of(cells.get(c), separator, text.place(cell));
      } else if (columns[c] >= 0) {
        noteSpaces(cells.get(c), () -> text.place(cell));
        values[columns[c]] = share(SourceFile.clean(cells.get(c), place));
      } else if (columns[c] == UNNAMED && !isBlank(cells.get(c))) {
        String said = "the header has no name for column %d, so it is ignored; name it to use it";
        warnings.add(new BadInput.Diagnostic(text.place(c), said.formatted(c + 1)));
        columns[c] = UNWANTED; // warn only once
      }
    }
    add(values, place);
  }

  /** Sets the index in a {@link Row} of each column's value. */
  private void header(SeparatedText text) {
    List<String> cells = text.cells();
    if (comment.equals(UNSAID) && cells.getFirst().startsWith(MARK)) {
      header = text.place();
    } else {
      text.refuseOtherSeparator();
    }
    if (cells.getFirst().startsWith("sep=")) {
      throw new BadInput(text.place(), "only Excel knows sep=; remove this line");
    }
    Map<String, Integer> named = new LinkedHashMap<>();
    for (int c = 0; c < cells.size(); c++) {
      int cell = c;
      if (!isBlank(cells.get(c)) && named.putIfAbsent(cells.get(c), c) != null) {
        throw new BadInput(
            text.place(c), "two columns " + SafeText.name(cells.get(c)) + "; rename one");
      }
      if (all) {
        noteSpaces(cells.get(c), () -> text.place(cell));
      }
    }
    columns = new int[cells.size()];
    separators = new String[cells.size()];
    Arrays.fill(columns, all ? UNNAMED : UNWANTED);
    if (all) {
      name(named.keySet());
    }
    names.forEach(
        (name, at) -> {
          Integer column = named.get(name);
          if (column == null) {
            throw missing(name, named.keySet(), text.place());
          }
          columns[column] = at;
          separators[column] = split.get(name);
        });
    for (String name : split.keySet()) {
      if (!names.containsKey(name)) {
        throw missing(name, named.keySet(), text.place());
      }
    }
  }

  /**
   * Returns the rows of a table. The columns of its key name the instances; without a key, the
   * fewest leading columns that tell all rows apart.
   *
   * @throws BadInput if a column of the key is missing or empty, or if no key is given and all
   *     columns of a row are empty
   */
  static AxisRows keyed(List<String> key, String path, AxisRows of) {
    AxisRows read = of.withInner(key);
    List<String> names = read.names();
    List<Row> rows = read.rows();
    if (key.isEmpty()) {
      for (Row row : rows) {
        if (isBlank(row.values())) {
          String all = SafeText.names(names, 5);
          String said = "no value names this instance (%s); fill one in or remove the row";
          throw new BadInput(row.place(), said.formatted(all));
        }
      }
      int fewest = Math.min(1, names.size());
      List<Place> alike = List.of();
      List<Place> more = fewest < names.size() ? alike(rows, fewest) : List.of();
      while (!more.isEmpty()) {
        alike = more;
        more = ++fewest < names.size() ? alike(rows, fewest) : List.of();
      }
      Set<String> others = new TreeSet<>(names.subList(fewest, names.size()));
      return new AxisRows(names, others, rows, alike, read.warnings());
    }
    if (rows.isEmpty()) {
      return new AxisRows(key, Set.of(), rows, List.of(), read.warnings());
    }
    for (String name : key) {
      if (!names.contains(name)) {
        throw missing(name, names, new Place(path, 1, 1));
      }
    }
    Set<String> others = new TreeSet<>(names);
    key.forEach(others::remove);
    for (int i = 0; i < names.size(); i++) {
      for (Row row : others.contains(names.get(i)) ? List.<Row>of() : rows) {
        if (isBlank(row.values().subList(i, i + 1))) {
          String column = SafeText.name(names.get(i));
          throw new BadInput(
              row.place(), "key column " + column + " is empty; fill it in or remove the row");
        }
      }
    }
    return new AxisRows(names, others, rows, List.of(), read.warnings());
  }

  /**
   * Returns the places of the first two rows that are equal in the leading columns, or twice that
   * of a row without a value there; nothing if these columns tell all rows apart.
   */
  private static List<Place> alike(List<Row> rows, int columns) {
    Map<List<Value>, Row> seen = HashMap.newHashMap(rows.size());
    for (Row row : rows) {
      List<Value> leading = row.values().subList(0, columns);
      Row earlier = isBlank(leading) ? row : seen.putIfAbsent(leading, row);
      if (earlier != null) {
        return List.of(earlier.place(), row.place());
      }
    }
    return List.of();
  }

  static BadInput missing(String name, Collection<String> known, Place place) {
    for (String column : known) {
      if (trimmed(column).equals(name)) {
        String there = SafeText.name(column);
        return new BadInput(place, "no column %s; did you mean %s?".formatted(name, there));
      }
    }
    String nearest = NearestName.hint(name, known);
    String there = known.isEmpty() ? "" : "; there are " + SafeText.names(List.copyOf(known), 20);
    return new BadInput(
        place, "no column " + SafeText.name(name) + (nearest.isEmpty() ? there : nearest));
  }

  private String below() {
    return "; for rows below a key write vars: [%s] at the top level, and table: {var: KEY}"
        .formatted(shown);
  }

  /** Reads a YAML list of maps. */
  private void tree(Node tree) {
    if (!(tree instanceof Node.Sequence list)) {
      throw new BadInput(tree.place(), "a table in YAML is a list of maps" + below());
    }
    for (Node item : list.items()) {
      if (!(item instanceof Node.Mapping map)) {
        throw new BadInput(item.place(), "a row of a table is a map");
      }
      SequencedMap<String, Value> fields = new LinkedHashMap<>();
      for (String name : map.entries().keySet()) {
        Value value = Value.of(map.get(name));
        note(name, value, map.get(name).place());
        fields.put(name, value.text() == null ? value : share(value.text()));
      }
      fields(fields, map.place());
    }
  }

  private void json(String text, boolean list) throws IOException {
    try (JsonParser parser = JSON.createParser(text)) {
      JsonToken token = parser.nextToken();
      if (list && token != null) {
        if (token != JsonToken.START_ARRAY) {
          String lines = "; if each line is an object, name the file .jsonl";
          throw new BadInput(
              place(parser), "a table in JSON is a list of objects" + below() + lines);
        }
        token = parser.nextToken();
      }
      while (token != null && token != JsonToken.END_ARRAY) {
        if (token != JsonToken.START_OBJECT) {
          boolean array = token == JsonToken.START_ARRAY;
          String other = array ? "; if all lines are one list, name the file .json" : "";
          throw new BadInput(place(parser), "a row of a table is an object" + other);
        }
        object(parser);
        token = parser.nextToken();
      }
      if (token != null && (!list || parser.nextToken() != null)) {
        throw new BadInput(place(parser), "something follows the end of the table");
      }
    } catch (JsonProcessingException e) {
      throw new BadInput(place(e.getLocation()), SourceFile.oneLine(e.getOriginalMessage()));
    }
  }

  private void object(JsonParser parser) throws IOException {
    Place place = place(parser);
    fields(((Value.Fields) value(parser, parser.currentToken(), 0)).values(), place);
  }

  /** Returns a value of JSON; {@code null} in a list is no item, elsewhere an empty text. */
  private Value value(JsonParser parser, JsonToken token, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new BadInput(place(parser), "nested more than " + MAX_DEPTH + " deep");
    } else if (token == JsonToken.START_OBJECT) {
      SequencedMap<String, Value> fields = new LinkedHashMap<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        Value value = value(parser, parser.nextToken(), depth + 1);
        if (depth == 0) {
          note(name, value, place(parser));
        }
        fields.put(name, value);
      }
      return new Value.Fields(fields);
    } else if (token == JsonToken.START_ARRAY) {
      List<Value> items = new ArrayList<>();
      for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
        if (t != JsonToken.VALUE_NULL) {
          items.add(value(parser, t, depth + 1));
        }
      }
      return new Value.Items(List.copyOf(items));
    }
    String text = token == JsonToken.VALUE_NULL ? "" : parser.getText();
    return share(SourceFile.clean(text, place(parser)));
  }

  /** Notes a name in the first row, and the text of a column that counts. */
  private void note(String name, Value value, Place place) {
    noteSpaces(names.isEmpty() ? name : "", () -> place);
    boolean counts = all || names.containsKey(name);
    noteSpaces(counts && value.text() != null ? value.text() : "", () -> place);
  }

  /** Adds the row of a map; the first one names the columns if all are wanted. */
  private void fields(SequencedMap<String, Value> fields, Place place) {
    boolean blank = isBlank(List.copyOf(fields.values()));
    if (names.isEmpty()) {
      name(fields.keySet());
    }
    String first = fields.isEmpty() ? "" : fields.firstEntry().getValue().toString();
    if (blank || isComment(first, place)) {
      return;
    }
    Value[] values = new Value[names.size()];
    names.forEach(
        (name, at) -> {
          Value value = fields.get(name);
          if (value == null) {
            BadInput none = missing(name, fields.keySet(), place);
            String said = none.diagnostics().getFirst().message();
            throw rows.isEmpty() || !said.contains("; there are ")
                ? none
                : new BadInput(place, said + "; write \"\" for an empty cell");
          }
          String separator = value.text() == null ? null : split.get(name);
          values[at] = separator == null ? value : CellParts.of(value.text(), separator, place);
        });
    for (String name : all ? fields.keySet() : Set.<String>of()) {
      if (!names.containsKey(name)) {
        throw new BadInput(place, "the first row has no column " + SafeText.name(name));
      }
    }
    add(values, place);
  }

  private void add(Value[] values, Place place) {
    if (rows.size() >= Group.MAX_INSTANCES) {
      throw new BadInput(place, "more than " + Group.MAX_INSTANCES + " rows");
    }
    rows.add(new Row(List.of(values), place, List.of()));
  }

  /** Counts a cell that begins or ends with a space. Only the first such cell gets a warning. */
  private void noteSpaces(String cell, Supplier<Place> place) {
    if (cell.isEmpty()) {
      return;
    }
    int first = cell.codePointAt(0);
    int last = cell.codePointBefore(cell.length());
    if ((isInvisible(first) || isInvisible(last)) && ++spaced.count == 1) {
      int which = isInvisible(last) ? last : first;
      String said = "%s %s with %s, which is part of the value; remove it";
      String what = which == ' ' ? "a space" : "U+%04X".formatted(which);
      String edge = which == last ? "ends" : "begins";
      spaced.message = said.formatted(SafeText.name(cell), edge, what);
      spaced.place = place.get();
    }
  }

  private static String trimmed(String cell) {
    int from = 0;
    int to = cell.length();
    while (from < to && isInvisible(cell.charAt(from))) {
      from++;
    }
    while (from < to && isInvisible(cell.charAt(to - 1))) {
      to--;
    }
    return cell.substring(from, to);
  }

  static boolean isBlank(String cell) {
    return trimmed(cell).isEmpty();
  }

  /** Returns whether all values are blank texts, or lists without items. */
  static boolean isBlank(List<Value> values) {
    return values.stream()
        .allMatch(
            value ->
                value instanceof Value.Items list
                    ? list.items().isEmpty()
                    : value.text() != null && isBlank(value.text()));
  }

  /** Returns whether a character is a control character, any kind of space, or has no width. */
  private static boolean isInvisible(int c) {
    return c <= ' '
        || c > '~'
            && (Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || Character.getType(c) == Character.FORMAT);
  }

  private Value.OfText share(String text) {
    Value.OfText known = shared.get(text);
    if (known == null) {
      known = new Value.OfText(text);
      if (shared.size() < MAX_SHARED) {
        shared.put(text, known);
      }
    }
    return known;
  }

  private Place place(JsonParser parser) {
    return place(parser.currentTokenLocation());
  }

  private Place place(JsonLocation at) {
    return at == null ? new Place(shown, 0, 0) : new Place(shown, at.getLineNr(), at.getColumnNr());
  }
}
