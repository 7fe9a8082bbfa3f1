package dev.torc.front.ask;

import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import java.util.Arrays;
import java.util.List;

/** Aligns rows of text in columns for a terminal. It does not know what the columns mean. */
final class TextTable {

  private TextTable() {}

  /**
   * Returns a line for each row, with two spaces between the columns. The rows must have the same
   * number of cells, and only text that is safe for a terminal.
   */
  static String of(List<List<String>> rows) {
    return of(rows, Integer.MAX_VALUE, PLAIN);
  }

  interface Paint {
    String of(int row, int column, String cell);
  }

  private static final Paint PLAIN = (_, _, cell) -> cell;

  /**
   * Returns a table with colors. The first {@code names} columns are text; the others are numbers,
   * aligned to the right.
   */
  static String of(List<List<String>> rows, int names, Paint paint) {
    StringBuilder text = new StringBuilder();
    int[] widths = widths(rows, rows.isEmpty() ? 0 : rows.getFirst().size());
    for (int r = 0; r < rows.size(); r++) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String cell = rows.get(r).get(c);
        String blanks = " ".repeat(widths[c] - SafeText.width(cell));
        String painted = paint.of(r, c, cell);
        line.append(c < names ? painted + blanks : blanks + painted);
        line.append(widths[c] == 0 ? "" : "  ");
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** Returns how wide each of the first columns must be. */
  static int[] widths(List<List<String>> rows, int columns) {
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      Arrays.setAll(widths, c -> Math.max(widths[c], SafeText.width(row.get(c))));
    }
    return widths;
  }

  /**
   * Returns a table whose first row is titles, dimmed, and whose numbers are aligned to the right.
   */
  static String titled(List<List<String>> rows, int names, Palette palette) {
    String table = of(rows, names, PLAIN);
    int titles = table.indexOf('\n');
    return palette.dim(table.substring(0, titles)) + table.substring(titles);
  }
}
