package dev.torc.front.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The option {@code -k}, whose value is the next word only if that is a number: {@code -k 3}, but
 * {@code -k test} names a target. The parser takes any next word as an optional value, so each
 * {@code -k} gets its value attached before; 0 means that it has none.
 */
final class NumberedOption {

  private static final String LONG = "--keep-going";

  /** Letters without values before {@code k}, its number, and more letters. */
  private static final Pattern LETTERS = Pattern.compile("-([nvqh]*)k(\\d*)([a-zA-Z].*)?");

  private NumberedOption() {}

  /** Returns the arguments in the form that the parser needs; those after {@code --} stay. */
  static List<String> attached(List<String> args) {
    List<String> all = new ArrayList<>(args);
    int end = args.indexOf("--");
    for (int i = (end < 0 ? args.size() : end) - 1; i >= 0; i--) {
      Matcher letters = LETTERS.matcher(all.get(i).equals(LONG) ? "-k" : all.get(i));
      if (!letters.matches()) {
        continue;
      }
      String number = letters.group(2);
      String more = letters.group(3);
      boolean last = number.isEmpty() && more == null && i + 1 < all.size();
      number = last && all.get(i + 1).matches("\\d+") ? all.remove(i + 1) : number;
      all.set(i, LONG + "=" + (number.isEmpty() ? "0" : number));
      if (more != null) {
        all.add(i + 1, "-" + more);
      }
      if (!letters.group(1).isEmpty()) {
        all.add(i, "-" + letters.group(1));
      }
    }
    return all;
  }
}
