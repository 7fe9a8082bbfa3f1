package dev.torc.front.importing;

import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.PlaceholderFormat;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text of the workflow file, split at its placeholders. {@link JobTranslation} decides what
 * replaces them in the build file.
 */
record Text(List<Piece> pieces) {

  sealed interface Piece {}

  record Plain(String text) implements Piece {}

  /**
   * The value of a parameter: {@code {lr}}, {@code {lr:.4f}}, {@code ${lr}}. The format may be
   * null.
   */
  record Hole(String name, String format) implements Piece {}

  /**
   * {@code ${files.input.NAME}} and similar, of kind {@code files.input}; the name may have
   * placeholders.
   */
  record Reference(String kind, String name) implements Piece {}

  private static final String REFERENCE =
      "\\$\\{((?:files|user_data)\\.(?:input|output))\\.((?:[^{}]++|\\{[^{}]*+})*+)}";

  /**
   * Matches a placeholder, {@code {name}} or {@code ${name}}. A {@code ${…}} with more than a name
   * belongs to the shell.
   */
  private static final String HOLE = "(?:\\$(?=\\{[^:{}]*})|(?<!\\$))\\{([^:{}]+)(?::([^{}]*))?}";

  private static final Pattern PIECE = Pattern.compile(REFERENCE + "|" + HOLE);

  /** Splits a text at references and at the placeholders of these parameters. */
  static Text of(String text, Collection<String> parameters) {
    List<Piece> pieces = new ArrayList<>();
    int from = 0;
    for (Matcher found = PIECE.matcher(text); found.find(); ) {
      boolean reference = found.group(1) != null;
      if (reference || parameters.contains(found.group(3))) {
        pieces.add(new Plain(text.substring(from, found.start())));
        pieces.add(
            reference
                ? new Reference(found.group(1), found.group(2))
                : new Hole(found.group(3), found.group(4)));
        from = found.end();
      }
    }
    pieces.add(new Plain(text.substring(from)));
    return new Text(pieces);
  }

  /** Returns the parameters that a text names, except those in references to inputs. */
  static Set<String> holes(String text, Collection<String> parameters) {
    Set<String> names = new HashSet<>();
    for (Piece piece : of(text, parameters).pieces) {
      if (piece instanceof Hole hole) {
        names.add(hole.name());
      } else if (piece instanceof Reference r && r.kind().endsWith("output")) {
        names.addAll(holes(r.name(), parameters));
      }
    }
    return names;
  }

  /**
   * Returns the text with these values inserted; if {@code regex}, quoted so that they are literal.
   * References keep their form.
   */
  String put(Map<String, String> values, boolean regex) {
    StringBuilder out = new StringBuilder();
    for (Piece piece : pieces) {
      switch (piece) {
        case Plain plain -> out.append(plain.text());
        case Reference r -> {
          String name = of(r.name(), values.keySet()).put(values, regex);
          out.append("${").append(r.kind()).append('.').append(name).append('}');
        }
        case Hole hole -> {
          String value = format(hole.format(), values.get(hole.name()));
          out.append(regex && !value.matches("\\w*") ? Pattern.quote(value) : value);
        }
      }
    }
    return out.toString();
  }

  /**
   * Returns a formatted value; if the format does not fit, the value as it is, as in NREL's torc.
   */
  static String format(String format, String value) {
    return fits(format, value) ? PlaceholderFormat.apply(format, value) : value;
  }

  static boolean fits(String format, String value) {
    try {
      // A width without zeros would pad with spaces, which NREL's torc does not.
      return format != null
          && format.matches("[-+#0]*[0-9]*(\\.[0-9]+)?[dixXoeEfgGs]")
          && PlaceholderFormat.apply(format, value).indexOf(' ') < 0;
    } catch (IllegalArgumentException no) {
      return false;
    }
  }

  /** A text of the workflow file with its place, perhaps a regular expression over names. */
  record PlacedText(Place place, String text, boolean regex) {

    PlacedText put(Map<String, String> values) {
      return new PlacedText(place, Text.of(text, values.keySet()).put(values, regex), regex);
    }
  }
}
