package dev.torc.base.syntax;

import dev.torc.base.digests.FolderDigest;
import java.util.Comparator;

/**
 * Orders texts by the numbers in them: runs of digits compare as numbers, {@code 0.5} and {@code
 * 0.25} as decimals, {@code v1.9} and {@code v1.10} as versions; everything else compares by bytes.
 * Digests never depend on this order: they use {@link FolderDigest#BYTE_ORDER}.
 *
 * <p>The kind of a number depends only on the text that contains it, so the order is total. Numbers
 * with the same whole part are ordered by kind: whole numbers, decimals, versions. Without this,
 * there would be cycles: 1.9 &lt; 1.10.1 &lt; 1.15 &lt; 1.9.
 */
public final class NaturalOrder implements Comparator<String> {

  @Override
  public int compare(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      if (isDigit(a, i) && isDigit(b, j)) {
        int end = Number.digits(a, i);
        int other = Number.digits(b, j);
        if (!isPart(a, end) && !isPart(b, other)) { // the usual case: creates no objects
          int order = Number.whole(a, i, end, b, j, other);
          if (order != 0) {
            return order;
          }
          i = end;
          j = other;
          continue;
        }
        Number one = Number.at(a, i);
        Number two = Number.at(b, j);
        int order = one.compareTo(two);
        if (order != 0) {
          return order;
        }
        i = one.end;
        j = two.end;
      } else if (a.charAt(i) == b.charAt(j)) {
        i++;
        j++;
      } else {
        return FolderDigest.BYTE_ORDER.compare(a.substring(i), b.substring(j));
      }
    }
    int rest = Integer.compare(a.length() - i, b.length() - j);
    return rest != 0 ? rest : FolderDigest.BYTE_ORDER.compare(a, b);
  }

  private static boolean isDigit(String text, int at) {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static boolean isPart(String text, int at) {
    return at < text.length() && text.charAt(at) == '.' && isDigit(text, at + 1);
  }

  /**
   * A number with all its parts: digits, and more digits after dots. {@code kind} is 0 for digits
   * alone, 1 for a decimal, 2 for a version.
   */
  private record Number(String text, int start, int end, int kind) implements Comparable<Number> {

    static Number at(String text, int start) {
      int end = digits(text, start);
      int parts = 1;
      while (isPart(text, end)) {
        end = digits(text, end + 1);
        parts++;
      }
      boolean version = start > 0 && (text.charAt(start - 1) | ' ') == 'v';
      return new Number(text, start, end, parts == 1 ? 0 : parts == 2 && !version ? 1 : 2);
    }

    private static int digits(String text, int start) {
      int end = start;
      while (isDigit(text, end)) {
        end++;
      }
      return end;
    }

    @Override
    public int compareTo(Number other) {
      int i = start;
      int j = other.start;
      do {
        int ends = digits(text, i);
        int otherEnds = digits(other.text, j);
        boolean fraction = kind == 1 && i > start;
        int order =
            fraction
                ? trimmed(text, i, ends).compareTo(trimmed(other.text, j, otherEnds))
                : whole(text, i, ends, other.text, j, otherEnds);
        order = order == 0 && i == start ? kind - other.kind : order;
        if (order != 0) {
          return order;
        }
        i = ends + 1;
        j = otherEnds + 1;
      } while (i < end && j < other.end);
      return Integer.compare(Math.max(0, end - i), Math.max(0, other.end - j));
    }

    private static String trimmed(String text, int start, int end) {
      int last = end;
      while (last > start && text.charAt(last - 1) == '0') {
        last--;
      }
      return text.substring(start, last);
    }

    /** Compares digits as whole numbers of any length. */
    private static int whole(String a, int i, int aEnd, String b, int j, int bEnd) {
      int from = i;
      int other = j;
      while (from < aEnd && a.charAt(from) == '0') {
        from++;
      }
      while (other < bEnd && b.charAt(other) == '0') {
        other++;
      }
      int order = Integer.compare(aEnd - from, bEnd - other);
      while (order == 0 && from < aEnd) {
        order = a.charAt(from++) - b.charAt(other++);
      }
      return order;
    }
  }
}
