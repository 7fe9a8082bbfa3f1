package dev.torc.base.syntax;

import dev.torc.base.text.SafeText;
import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Finds the known name nearest to a mistyped one, for messages. Names that differ only in case,
 * Unicode normalization or invisible characters are nearest; otherwise, the restricted
 * Damerau-Levenshtein distance (optimal string alignment) decides. {@link NearestPath} finds paths.
 */
public final class NearestName {

  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cf}\\p{Z}&&[^ ]]+");
  private static final Pattern CHARACTER = Pattern.compile("\\X");

  private NearestName() {}

  /**
   * Returns the nearest known name; null if none is near enough. At most a third of the letters may
   * differ (one in a short name), but never all of them.
   */
  public static String to(String name, Collection<String> known) {
    String folded = folded(name);
    int bound = Math.min(name.length(), Math.max(1, name.length() / 3) + 1);
    Comparator<String> nearer = Comparator.comparingInt(each -> distance(folded, folded(each)));
    return known.stream()
        .filter(each -> Math.abs(folded(each).length() - folded.length()) < bound)
        .filter(each -> distance(folded, folded(each)) < bound)
        .min(nearer.thenComparingInt(each -> distance(name, each)))
        .orElse(null);
  }

  /** Returns {@code "; did you mean X?"}; empty if no name is near. */
  public static String hint(String name, Collection<String> known) {
    String nearest = to(name, known);
    return nearest == null ? "" : question(name, nearest);
  }

  /**
   * Returns {@code "; did you mean X?"}; if no name is near, {@code before} (such as {@code ";
   * known are "}) and all known names; empty if there are none.
   */
  public static String hint(String name, Collection<String> known, String before) {
    String near = hint(name, known);
    return near.isEmpty() && !known.isEmpty() ? before + String.join(", ", known) : near;
  }

  /**
   * Returns {@code "; did you mean X?"}, with the code points of a difference that is invisible.
   */
  public static String question(String name, String nearest) {
    return "; did you mean " + SafeText.name(nearest) + difference(name, nearest) + "?";
  }

  /** Returns a name without differences in case, Unicode normalization and invisible characters. */
  static String folded(String name) {
    boolean plain = name.chars().allMatch(c -> c > ' ' && c <= '~');
    String seen =
        plain ? name : UNSEEN.matcher(Normalizer.normalize(name, Form.NFKC)).replaceAll("");
    return seen.strip().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the code points of the first characters that differ, if they look the same; otherwise
   * an empty text.
   */
  private static String difference(String name, String nearest) {
    List<String> wrong = characters(name);
    List<String> right = characters(nearest);
    for (int i = 0; i < Math.min(wrong.size(), right.size()); i++) {
      String one = right.get(i);
      String other = wrong.get(i);
      if (!one.equalsIgnoreCase(other)) {
        boolean same = folded(one).equals(folded(other));
        boolean seen = SafeText.name(one).equals(one) && SafeText.name(other).equals(other);
        return seen && (same || isOtherScript(one, other))
            ? " (%s is %s%s, not %s)".formatted(one, codes(one), form(one), codes(other))
            : "";
      }
    }
    return "";
  }

  private static List<String> characters(String text) {
    return CHARACTER.matcher(text).results().map(MatchResult::group).toList();
  }

  private static boolean isOtherScript(String one, String other) {
    UnicodeScript first = UnicodeScript.of(one.codePointAt(0));
    UnicodeScript second = UnicodeScript.of(other.codePointAt(0));
    return first != second && first != UnicodeScript.COMMON && second != UnicodeScript.COMMON;
  }

  private static String codes(String character) {
    return String.join(" ", character.codePoints().mapToObj("U+%04X"::formatted).toList());
  }

  private static String form(String character) {
    return Normalizer.isNormalized(character, Form.NFC)
        ? Normalizer.isNormalized(character, Form.NFD) ? "" : ", composed"
        : Normalizer.isNormalized(character, Form.NFD) ? ", decomposed" : "";
  }

  /**
   * Returns the least number of insertions, deletions, replacements and swaps of neighbors that
   * turn {@code a} into {@code b}.
   */
  static int distance(String a, String b) {
    int[][] steps = new int[a.length() + 1][b.length() + 1]; // between prefixes of a and b
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          steps[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int aside = Math.min(steps[i][j - 1], steps[i - 1][j]) + 1;
        steps[i][j] = Math.min(aside, steps[i - 1][j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          steps[i][j] = Math.min(steps[i][j], steps[i - 2][j - 2] + 1);
        }
      }
    }
    return steps[a.length()][b.length()];
  }
}
