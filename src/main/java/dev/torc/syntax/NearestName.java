package dev.torc.syntax;

import java.util.Collection;
import java.util.Comparator;

/**
 * The known name nearest to a mistyped one, for messages. Distances are those of Damerau and
 * Levenshtein in the restricted form (optimal string alignment).
 */
public final class NearestName {

  private NearestName() {}

  /**
   * The nearest of the known names; null if none is near. Near means that at most a third of the
   * name's letters differ, or 1, but never all.
   */
  public static String to(String name, Collection<String> known) {
    int bound = Math.min(name.length(), Math.max(1, name.length() / 3) + 1);
    return known.stream()
        .filter(each -> Math.abs(each.length() - name.length()) < bound)
        .filter(each -> distance(name, each) < bound)
        .min(Comparator.comparingInt(each -> distance(name, each)))
        .orElse(null);
  }

  /** {@code "; did you mean X?"}; empty if no name is near. */
  public static String hint(String name, Collection<String> known) {
    String nearest = to(name, known);
    return nearest == null ? "" : "; did you mean " + nearest + "?";
  }

  /**
   * As {@link #hint(String, Collection)}; if no name is near, a list of all known names, if any.
   *
   * @param before stands before the list, such as {@code "; known are "}
   */
  public static String hint(String name, Collection<String> known, String before) {
    String near = hint(name, known);
    return near.isEmpty() && !known.isEmpty() ? before + String.join(", ", known) : near;
  }

  /** The number of insertions, deletions, replacements and neighbour swaps between two texts. */
  static int distance(String a, String b) {
    int[][] steps = new int[a.length() + 1][b.length() + 1]; // between the beginnings of both
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
