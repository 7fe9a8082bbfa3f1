package dev.torc.base.syntax;

/**
 * Decides which character separates the cells of a CSV or TSV table. In a CSV it is the comma, or
 * what the first line has instead: Excel writes semicolons where the comma is the decimal point.
 * {@link SeparatedText} splits the table.
 */
final class TableSeparator {

  private TableSeparator() {}

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
