package dev.torc.syntax;

import java.util.Collection;

/**
 * The known name nearest to a mistyped one, for messages. Distances are those of Damerau and
 * Levenshtein in the restricted form (optimal string alignment).
 */
public final class NearestName {

  private NearestName() {}

  /**
   * The nearest of the known names, null where none is near (a third of its letters, at least 1,
   * never all).
   */
  public static String to(String name, Collection<String> known) {
    String best = null;
    int bound = Math.min(name.length(), Math.max(1, name.length() / 3) + 1);
    for (String candidate : known) {
      if (Math.abs(candidate.length() - name.length()) >= bound) {
        continue;
      }
      int distance = distance(name, candidate);
      if (distance < bound) {
        bound = distance;
        best = candidate;
      }
    }
    return best;
  }

  /** {@code "; did you mean X?"}, or nothing. */
  public static String hint(String name, Collection<String> known) {
    String nearest = to(name, known);
    return nearest == null ? "" : "; did you mean " + nearest + "?";
  }

  /**
   * The same; where none is near, all of them, if there are any.
   *
   * @param before stands before all, such as {@code "; known are "}
   */
  public static String hint(String name, Collection<String> known, String before) {
    String near = hint(name, known);
    return near.isEmpty() && !known.isEmpty() ? before + String.join(", ", known) : near;
  }

  /** Insertions, deletions, replacements and swaps of neighbours from one text to the other. */
  static int distance(String a, String b) {
    int[] before = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      int[] spare = before;
      before = last;
      last = row;
      row = spare;
    }
    return last[b.length()];
  }
}
