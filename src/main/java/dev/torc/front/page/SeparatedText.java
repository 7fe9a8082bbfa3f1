package dev.torc.front.page;

import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a CSV (RFC 4180) or TSV table, for display: rows may differ in length, and text that
 * is not valid CSV is shown unchanged. The package {@code buildfile}, which is strict, reads tables
 * of parameters.
 *
 * @param rows the first row is the header
 * @param more the number of rows that are left out
 */
record SeparatedText(List<List<String>> rows, int more) {

  /** Parses a text; keeps the header and at most {@code most} rows after it. */
  static SeparatedText of(String text, char separator, int most) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    int more = 0;
    int begin = text.startsWith("\ufeff") ? 1 : 0;
    for (int i = begin; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '\n';
      boolean end = i == text.length();
      if (quoted && !end) {
        if (c != '"') {
          cell.append(c);
        } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
          cell.append(text.charAt(i++));
        } else {
          quoted = false;
        }
      } else if (separator == ',' && c == '"' && cell.isEmpty()) {
        quoted = true;
      } else if (c == separator) {
        row.add(cell.toString());
        cell.setLength(0);
      } else if (c == '\n') {
        boolean blank = row.isEmpty() && cell.toString().isBlank();
        row.add(cell.toString().stripTrailing());
        cell.setLength(0);
        if (!blank && rows.size() <= most) {
          rows.add(row);
        } else if (!blank) {
          more++;
        }
        row = new ArrayList<>();
      } else {
        cell.append(c);
      }
    }
    return new SeparatedText(rows, more);
  }
}
