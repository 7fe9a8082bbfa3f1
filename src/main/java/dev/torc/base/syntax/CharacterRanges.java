package dev.torc.base.syntax;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sets of characters as sorted ranges of code points (first, last, first, last …), for {@link
 * Glob}.
 */
final class CharacterRanges {

  private CharacterRanges() {}

  static boolean is(int[] token, int c) {
    return token.length == 2 && token[0] == c && token[1] == c;
  }

  static boolean contains(int[] ranges, int c) {
    for (int i = 0; i < ranges.length; i += 2) {
      if (ranges[i] <= c && c <= ranges[i + 1]) {
        return true;
      }
    }
    return false;
  }

  static boolean intersect(int[] a, int[] b) {
    for (int i = 0; i < a.length; i += 2) {
      for (int j = 0; j < b.length; j += 2) {
        if (a[i] <= b[j + 1] && b[j] <= a[i + 1]) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns whether {@code a} contains all of {@code b}. */
  static boolean holds(int[] a, int[] b) {
    return !intersect(complement(a), b);
  }

  static int[] normalize(List<int[]> ranges) {
    ranges.sort((x, y) -> Integer.compare(x[0], y[0]));
    int[] out = new int[ranges.size() * 2];
    int n = 0;
    for (int[] range : ranges) {
      if (n > 0 && range[0] <= out[n - 1] + 1) {
        out[n - 1] = Math.max(out[n - 1], range[1]);
      } else {
        out[n++] = range[0];
        out[n++] = range[1];
      }
    }
    return Arrays.copyOf(out, n);
  }

  static int[] complement(int[] ranges) {
    List<int[]> out = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      if (ranges[i] > next) {
        out.add(new int[] {next, ranges[i] - 1});
      }
      next = ranges[i + 1] + 1;
    }
    if (next <= Character.MAX_CODE_POINT) {
      out.add(new int[] {next, Character.MAX_CODE_POINT});
    }
    return normalize(out);
  }

  static int[] without(int[] ranges, int c) {
    int[] others = complement(ranges);
    List<int[]> out = new ArrayList<>(List.of(new int[] {c, c}));
    for (int i = 0; i < others.length; i += 2) {
      out.add(new int[] {others[i], others[i + 1]});
    }
    return complement(normalize(out));
  }
}
