package dev.torc.text;

/**
 * How many columns of a terminal a text takes, counted by code points: East Asian wide characters
 * and emoji two, combining marks none (after Markus Kuhn's {@code wcwidth}).
 */
public final class TextWidth {

  private TextWidth() {}

  public static int of(String text) {
    return text.codePoints().map(TextWidth::of).sum();
  }

  /** Returns the text, or as much of it as leaves room for an ellipsis within {@code columns}. */
  public static String fit(String text, int columns) {
    if (of(text) <= columns) {
      return text;
    }
    int used = 1;
    int end = 0;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      used += of(c);
      if (used > columns) {
        break;
      }
      end += Character.charCount(c);
    }
    return columns < 1 ? "" : text.substring(0, end) + "…";
  }

  private static int of(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> wide(c) ? 2 : 1;
    };
  }

  private static boolean wide(int c) {
    return c >= 0x1100
        && (c <= 0x115f
            || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f)
            || (c >= 0xac00 && c <= 0xd7a3)
            || (c >= 0xf900 && c <= 0xfaff)
            || (c >= 0xfe30 && c <= 0xfe6f)
            || (c >= 0xff00 && c <= 0xff60)
            || (c >= 0xffe0 && c <= 0xffe6)
            || (c >= 0x1f000 && c <= 0x1faff)
            || (c >= 0x20000 && c <= 0x3fffd)
            || Character.isEmojiPresentation(c));
  }
}
