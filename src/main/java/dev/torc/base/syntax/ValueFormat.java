package dev.torc.base.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands behind a placeholder's colon: how many values away another value is ({@code -1}),
 * formats of each item ({@code stem}, {@code 03d}), and last how the items of a list become words:
 * {@code join TEXT} makes one word of them, {@code each WORD} puts a word before each item, or to
 * its front if the word ends in {@code =}. A single value is a list of one item.
 *
 * @param offset how many values away; 0 for the value itself
 * @param parts the formats of each item, as {@link PlaceholderFormat} knows them
 * @param join null for none
 * @param each null for none
 */
public record ValueFormat(int offset, List<String> parts, String join, String each) {

  private static final Pattern OFFSET = Pattern.compile("[-+]\\d{1,9}(?=:|\\z)");
  private static final Pattern LIST = Pattern.compile("(?:^|:)(join|each) (.*)\\z", Pattern.DOTALL);

  public static final ValueFormat NONE = new ValueFormat(0, List.of(), null, null);

  /** Reads the text behind the colon; null is {@link #NONE}. */
  public static ValueFormat of(String written) {
    if (written == null) {
      return NONE;
    }
    Matcher list = LIST.matcher(written);
    boolean listed = list.find();
    String join = listed && list.group(1).equals("join") ? list.group(2) : null;
    String each = listed && list.group(1).equals("each") ? list.group(2).strip() : null;
    String before = listed ? written.substring(0, list.start()) : written;
    Matcher away = OFFSET.matcher(before);
    int offset = away.lookingAt() ? Integer.parseInt(away.group()) : 0;
    String rest = away.lookingAt() ? before.substring(away.end()) : before;
    List<String> parts = new ArrayList<>(List.of(rest.split(":")));
    parts.removeAll(List.of(""));
    return new ValueFormat(offset, List.copyOf(parts), join, each);
  }

  /**
   * Returns a formatted item.
   *
   * @throws IllegalArgumentException with the reason if a format does not fit it
   */
  public String item(String value) {
    String item = value;
    for (String part : parts) {
      item = PlaceholderFormat.apply(part, item);
    }
    return item;
  }

  /**
   * Returns the words for the items of a list; none if it is empty.
   *
   * @throws IllegalArgumentException with the reason if a format does not fit an item
   */
  public List<String> words(List<String> items) {
    List<String> words = new ArrayList<>(items.size());
    for (String value : items) {
      String item = item(value);
      if (each != null && each.endsWith("=")) {
        words.add(each + item);
      } else {
        if (each != null) {
          words.add(each);
        }
        words.add(item);
      }
    }
    return join == null || words.isEmpty() ? words : List.of(String.join(join, words));
  }
}
