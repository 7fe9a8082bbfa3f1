package dev.torc.front.show;

import dev.torc.base.text.SafeText;
import java.util.Arrays;

/**
 * Two different texts, each on one line. A long text is cut to the part that differs, with some
 * context.
 */
record TextDiff(String old, String now) {

  /** The maximum code points of a text that is not cut, and of the rest of a longer one. */
  private static final int MAX = 60;

  private static final int CONTEXT = 12;

  static TextDiff of(String old, String now) {
    if (Math.max(old.codePointCount(0, old.length()), now.codePointCount(0, now.length())) <= MAX) {
      return new TextDiff(SafeText.line(old), SafeText.line(now));
    }
    int[] a = old.codePoints().toArray();
    int[] b = now.codePoints().toArray();
    int start = Arrays.mismatch(a, b);
    if (start < 0) {
      return new TextDiff(SafeText.line(old, MAX), SafeText.line(now, MAX));
    }
    int end = 0;
    while (end < Math.min(a.length, b.length) - start
        && a[a.length - 1 - end] == b[b.length - 1 - end]) {
      end++;
    }
    return new TextDiff(part(a, start, end), part(b, start, end));
  }

  /**
   * Returns the text without its first {@code start} and last {@code end} code points, except some
   * context around the rest.
   */
  private static String part(int[] text, int start, int end) {
    int from = start;
    while (from > 0 && takesMore(text[from - 1], start - from)) {
      from--;
    }
    int to = text.length - end;
    while (to < text.length && takesMore(text[to], to - (text.length - end))) {
      to++;
    }
    return (from > 0 ? "… " : "")
        + SafeText.line(new String(text, from, to - from), MAX)
        + (to < text.length ? " …" : "");
  }

  /** Returns whether context of {@code soFar} code points takes one more, to end with a word. */
  private static boolean takesMore(int c, int soFar) {
    return soFar < CONTEXT || (soFar < 2 * CONTEXT && !Character.isWhitespace(c));
  }
}
