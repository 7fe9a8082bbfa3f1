package dev.torc.base.syntax;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides which character separates the cells of a CSV or TSV table. In a CSV it is the comma, or
 * what the first line has instead: Excel writes semicolons where the comma is the decimal point.
 * {@link SeparatedText} splits the table.
 */
public final class TableSeparator {

  /** Paths with one separator between them. */
  private static final Pattern SEVERAL =
      Pattern.compile("[^;,|\\s]*\\.\\w+\\s*([;,|]|\\s)\\s*[^;,|\\s]*\\.\\w+(?:\\s*\\1.*)?");

  private TableSeparator() {}

  /** Returns a hint for a missing path that is the cell of a table; empty for none. */
  public static String hint(String cell) {
    Matcher several = SEVERAL.matcher(cell);
    return several.matches()
        ? "; for several files write split: {COLUMN: \"%s\"} in the table"
            .formatted(several.group(1))
        : cell.matches("(?i)n/?a|nan|none|null|-")
            ? "; for no file leave the cell empty"
            : cell.indexOf('*') >= 0 ? "; * is text in a cell; write the pattern in needs" : "";
  }

  /**
   * Returns the separator of a table, whose first line that is not blank begins after an offset.
   */
  static char of(String text, int from, boolean csv) {
    boolean quoted = false;
    boolean blank = true;
    char other = csv ? ',' : '\t';
    for (int i = from; csv && i < text.length(); i++) {
      char c = text.charAt(i);
      if (!quoted && (c == ',' || SourceFile.lineEnd(text, i) > 0 && !blank)) {
        return c == ',' ? c : other;
      }
      other = !quoted && other == ',' && (c == ';' || c == '\t') ? c : other;
      quoted ^= c == '"';
      blank &= Character.isWhitespace(c);
    }
    return other;
  }

  /** Throws if a character would separate cells in a table with another separator. */
  static void refuse(char c, char separator, Place place) {
    if (c != separator && ",;\t|".indexOf(c) >= 0) {
      String found = c == '\t' ? "tabs" : "`" + c + "`";
      String wanted =
          separator == '\t'
              ? "tabs; save the table as .csv"
              : "commas; save the table with commas or semicolons, or as .tsv with tabs";
      throw new BadInput(place, "cells are separated by " + found + ", not by " + wanted);
    }
  }
}
