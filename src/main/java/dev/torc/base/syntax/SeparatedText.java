package dev.torc.base.syntax;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits CSV and TSV into rows of cells with exact places. A cell that begins with a double quote
 * ends at the next one that is not doubled; {@code ""} inside it stands for one quote. Quotes
 * elsewhere are plain text. Its callers know what a row means.
 *
 * <p>torc does this itself because no CSV library reports where a cell begins.
 */
public final class SeparatedText {

  private final String text;
  private final String shown;
  private final char separator;
  private final String comment;
  private final List<String> cells = new ArrayList<>();
  private int[] starts = new int[16];
  private int at;
  private int line; // the first line of the row
  private int next = 1; // the line after the row

  /**
   * Creates a reader of a text.
   *
   * @param csv whether the file is a CSV; {@link TableSeparator} decides what separates its cells
   * @param comment the beginning of lines that are skipped; empty for none
   */
  public SeparatedText(String text, String shown, boolean csv, String comment) {
    this.text = text;
    this.shown = shown;
    this.comment = comment;
    skipComments();
    this.separator = TableSeparator.of(text, at, csv);
  }

  private void skipComments() {
    while (!comment.isEmpty() && text.startsWith(comment, at)) {
      while (at < text.length() && SourceFile.lineEnd(text, at) == 0) {
        at++;
      }
      at += SourceFile.lineEnd(text, at);
      next++;
    }
  }

  public boolean next() {
    cells.clear();
    skipComments();
    line = next;
    if (at == text.length()) {
      return false;
    }
    while (cell()) {} // reads the row
    return true;
  }

  /** Returns the cells of the current row. The next row changes the same list. */
  public List<String> cells() {
    return cells;
  }

  public Place place() {
    return new Place(shown, line, 1);
  }

  public Place place(int cell) {
    return placeAt(starts[cell]);
  }

  private Place placeAt(int offset) {
    return SourceFile.behind(text.substring(0, offset), shown);
  }

  /** Refuses a header with another separator; else the whole header would be read as one name. */
  public void refuseOtherSeparator() {
    if (cells.size() == 1 && !text.startsWith("\"", starts[0])) {
      cells
          .getFirst()
          .chars()
          .forEach(c -> TableSeparator.refuse((char) c, separator, placeAt(starts[0])));
    }
  }

  /** Reads a cell; returns whether another one follows in its row. */
  private boolean cell() {
    int start = at;
    String quoted = text.startsWith("\"", at) ? quoted() : null;
    int from = at;
    while (at < text.length()
        && text.charAt(at) != separator
        && "\n\r".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (quoted != null && at > from) {
      TableSeparator.refuse(text.charAt(from), separator, placeAt(from));
      throw new BadInput(
          placeAt(from), "text after the closing quote of a cell; double the quotes inside it");
    }
    if (cells.size() == starts.length) {
      starts = Arrays.copyOf(starts, starts.length * 2);
    }
    starts[cells.size()] = start;
    cells.add(quoted != null ? quoted : text.substring(from, at));
    int end = SourceFile.lineEnd(text, at);
    boolean more = at < text.length() && end == 0;
    next += end > 0 ? 1 : 0;
    at += more ? 1 : end;
    return more;
  }

  private String quoted() {
    int close = text.indexOf('"', at + 1);
    while (close >= 0 && text.startsWith("\"", close + 1)) {
      close = text.indexOf('"', close + 2);
    }
    if (close < 0) {
      throw new BadInput(
          placeAt(at),
          "this quote is not closed; write a cell that begins with a quote as \"\"\"…\"");
    }
    String cell = text.substring(at + 1, close).replace("\"\"", "\"");
    while (at < close) {
      int end = SourceFile.lineEnd(text, at);
      next += end > 0 ? 1 : 0;
      at += Math.max(1, end);
    }
    at++;
    return cell;
  }
}
