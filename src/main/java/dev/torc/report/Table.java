package dev.torc.report;

import dev.torc.machine.TextWidth;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines of text in columns: each as wide as its widest entry, two blanks between, numbers at their
 * right ends. It knows no colour and no window.
 */
final class Table {

  private final List<List<String>> lines = new ArrayList<>();
  private final int names;

  /**
   * A table with a first line of titles.
   *
   * @param names how many of the first columns are text, at its left end
   */
  Table(int names, List<String> titles) {
    this.names = names;
    lines.add(titles);
  }

  /** Adds a line with an entry for each column, made harmless to terminals. */
  void add(List<String> line) {
    lines.add(line);
  }

  /** The lines, each with its line feed, without blanks at their ends; the titles are dim. */
  String text(Palette palette) {
    int[] widths = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], TextWidth.of(line.get(c)));
      }
    }
    StringBuilder text = new StringBuilder();
    for (int l = 0; l < lines.size(); l++) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String entry = lines.get(l).get(c);
        String blanks = " ".repeat(widths[c] - TextWidth.of(entry));
        line.append(c < names ? entry + blanks : blanks + entry)
            .append(c + 1 < widths.length ? "  " : "");
      }
      String whole = line.toString().stripTrailing();
      text.append(l == 0 ? palette.dim(whole) : whole).append('\n');
    }
    return text.toString();
  }
}
