package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.features.reading.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Parts a cell of a table into a list, as {@code split} of the table says. Spaces around the parts
 * and empty parts are dropped. At spaces, quotes keep words together as in a shell; with any other
 * separator a quote is refused, since it could be meant so.
 */
final class CellParts {

  private CellParts() {}

  static Value.Items of(String cell, String separator, Place place) {
    return new Value.Items(
        (separator.isBlank() ? words(cell, place) : parts(cell, separator, place))
            .stream().<Value>map(Value.OfText::new).toList());
  }

  private static List<String> parts(String cell, String separator, Place place) {
    if (cell.indexOf('"') >= 0 || cell.indexOf('\'') >= 0) {
      throw new BadInput(
          place, SafeText.name(cell) + " has a quote; only split at \" \" keeps words in quotes");
    }
    return Arrays.stream(cell.split(Pattern.quote(separator)))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  private static List<String> words(String cell, Place place) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    char quote = 0;
    for (int i = 0; i < cell.length(); i++) {
      char c = cell.charAt(i);
      if (quote == 0 && Character.isWhitespace(c)) {
        if (word != null) {
          words.add(word.toString());
        }
        word = null;
        continue;
      }
      word = word == null ? new StringBuilder() : word;
      if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else if (c == '\\' && quote != '\'' && i + 1 < cell.length()) {
        word.append(cell.charAt(++i));
      } else {
        word.append(c);
      }
    }
    if (quote != 0) {
      throw new BadInput(place, SafeText.name(cell) + " has a quote that nothing closes");
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }
}
