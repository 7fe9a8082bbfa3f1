package dev.torc.base.syntax;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * One component of a {@link Glob}, as a list of tokens. It matches names and can be compared with
 * another component. It never contains a {@code /}.
 *
 * @param tokens null for {@code **}
 * @param literal the only name that matches; null if the component has wildcards
 */
record GlobComponent(Token[] tokens, String literal) {

  /**
   * Matches one character of a name, by ranges of code points, or is {@link #STAR}. The next {@code
   * own} tokens are the literal text of the set, as an alternative to this token.
   */
  record Token(int[] set, int own) {}

  /** Matches any run of characters. */
  private static final Token STAR = new Token(new int[0], 0);

  private static final int[] ANY = {0, '/' - 1, '/' + 1, Character.MAX_CODE_POINT};

  static final GlobComponent FOLDERS = new GlobComponent(null, null);

  private static final Kind<Token> TOKENS = new Kind<>(t -> t == STAR, _ -> true, Token::own);

  static GlobComponent of(String text) {
    List<Token> tokens = new ArrayList<>();
    int inSet = -1; // the end of the set whose literal text is being read
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int end = c == '[' && i > inSet ? closing(text, i) : -1;
      if (c == '*' && i > inSet) {
        if (tokens.isEmpty() || tokens.getLast() != STAR) {
          tokens.add(STAR);
        }
        i++;
      } else if (c == '?' && i > inSet) {
        tokens.add(new Token(tokens.isEmpty() ? CharacterRanges.without(ANY, '.') : ANY, 0));
        i++;
      } else {
        if (end > 0) {
          int[] set = set(text, i, end);
          String own = Glob.unescape(text.substring(i, end + 1));
          tokens.add(
              new Token(
                  tokens.isEmpty() ? CharacterRanges.without(set, '.') : set,
                  own.codePointCount(0, own.length())));
          inSet = end;
        }
        if (c == '\\' && i + 1 < text.length()) {
          i++;
          c = text.codePointAt(i);
        }
        tokens.add(new Token(new int[] {c, c}, 0));
        i += Character.charCount(c);
      }
    }
    String literal = Glob.isPattern(text) ? null : Glob.unescape(text);
    return new GlobComponent(tokens.toArray(Token[]::new), literal);
  }

  /**
   * Returns the offset of the {@code ]} that closes a {@code [}; a {@code ]} in first position is a
   * member. Returns -1 if the component has none, or if a range is reversed: {@code [user-id]} is
   * literal.
   */
  static int closing(String text, int open) {
    int i = open + 1;
    if (i < text.length() && (text.charAt(i) == '!' || text.charAt(i) == '^')) {
      i++;
    }
    for (int first = i; i < text.length() && text.charAt(i) != '/'; i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == ']' && i > first) {
        return set(text, open, i) == null ? -1 : i;
      }
    }
    return -1;
  }

  /** Returns the characters of a set; null if one of its ranges is reversed. */
  static int[] set(String text, int open, int close) {
    int i = open + 1;
    boolean negated = text.charAt(i) == '!' || text.charAt(i) == '^';
    i += negated ? 1 : 0;
    List<int[]> ranges = new ArrayList<>();
    while (i < close) {
      i += text.charAt(i) == '\\' ? 1 : 0;
      int from = text.codePointAt(i);
      i += Character.charCount(from);
      int to = from;
      if (i + 1 < close && text.charAt(i) == '-') {
        i++;
        i += text.charAt(i) == '\\' ? 1 : 0;
        to = text.codePointAt(i);
        i += Character.charCount(to);
      }
      if (from > to) {
        return null;
      }
      ranges.add(new int[] {from, to});
    }
    int[] all = CharacterRanges.normalize(ranges);
    return CharacterRanges.without(negated ? CharacterRanges.complement(all) : all, '/');
  }

  boolean isAnyFolders() {
    return tokens == null;
  }

  boolean isAnyName() {
    return tokens.length == 1 && tokens[0] == STAR;
  }

  boolean isDotted() {
    return tokens != null && tokens.length > 0 && CharacterRanges.is(tokens[0].set, '.');
  }

  /**
   * Returns whether a name matches; {@code own} lets brackets match themselves too, and {@code
   * dots} lets {@code *} match a leading dot.
   */
  boolean matches(String name, boolean own, boolean dots) {
    if (literal != null) {
      return literal.equals(name);
    }
    if (name.isEmpty() || !dots && name.startsWith(".") && !isDotted()) {
      return false;
    }
    if (own && Arrays.stream(tokens).anyMatch(token -> token.own > 0)) {
      return covers(of(Glob.escape(name)));
    }
    int t = 0;
    int i = 0;
    int retryToken = -1;
    int retryAt = 0;
    while (i < name.length()) {
      int c = name.codePointAt(i);
      if (t < tokens.length && tokens[t] == STAR) {
        retryToken = ++t;
        retryAt = i;
      } else if (t < tokens.length && CharacterRanges.contains(tokens[t].set, c)) {
        t += 1 + tokens[t].own;
        i += Character.charCount(c);
      } else if (retryToken >= 0) {
        t = retryToken;
        retryAt += Character.charCount(name.codePointAt(retryAt));
        i = retryAt;
      } else {
        return false;
      }
    }
    while (t < tokens.length && tokens[t] == STAR) {
      t++;
    }
    return t == tokens.length;
  }

  /** Returns whether all names that match another component match this one. */
  boolean covers(GlobComponent other) {
    return (isDotted() || !other.isDotted())
        && fit(tokens, other.tokens, false, TOKENS, (x, y) -> CharacterRanges.holds(x.set, y.set));
  }

  /** Returns whether some name matches both components. */
  boolean overlaps(GlobComponent other) {
    if (literal != null && other.literal != null) {
      return literal.equals(other.literal);
    }
    return isDotted() == other.isDotted()
        && fit(
            tokens, other.tokens, true, TOKENS, (x, y) -> CharacterRanges.intersect(x.set, y.set));
  }

  /**
   * What {@link #fit} must know about an element: whether it matches any number of elements,
   * whether it can be matched by such an element, and how many of the next elements are an
   * alternative to it.
   */
  record Kind<T>(Predicate<T> isAny, Predicate<T> isFree, ToIntFunction<T> own) {}

  /**
   * Compares two lists of components or tokens, from their ends. If {@code meet}, returns whether
   * some text matches both lists; otherwise, whether the first list matches everything that the
   * second one matches. {@code pair} compares two elements that each match a single name or
   * character.
   */
  static <T> boolean fit(T[] a, T[] b, boolean meet, Kind<T> kind, BiPredicate<T, T> pair) {
    // fits[i][j] is the answer for a[i..] and b[j..].
    boolean[][] fits = new boolean[a.length + 1][b.length + 1];
    for (int i = a.length; i >= 0; i--) {
      for (int j = b.length; j >= 0; j--) {
        boolean moreA = i < a.length;
        boolean moreB = j < b.length;
        boolean anyA = moreA && kind.isAny.test(a[i]);
        boolean anyB = moreB && kind.isAny.test(b[j]);
        int ownA = moreA ? kind.own.applyAsInt(a[i]) : 0;
        int ownB = moreB ? kind.own.applyAsInt(b[j]) : 0;
        int nextA = i + 1 + ownA;
        int nextB = j + 1 + ownB;
        boolean fit;
        if (anyA || anyB && meet) {
          fit =
              anyA && (fits[nextA][j] || moreB && kind.isFree.test(b[j]) && fits[i][nextB])
                  || anyB
                      && meet
                      && (fits[i][nextB] || moreA && kind.isFree.test(a[i]) && fits[nextA][j]);
        } else if (moreA && moreB) {
          fit = !anyB && fits[nextA][nextB] && pair.test(a[i], b[j]);
        } else {
          fit = moreA == moreB;
        }
        if (ownB > 0) {
          fit = meet ? fit || fits[i][j + 1] : fit && fits[i][j + 1];
        }
        if (ownA > 0 && (meet || ownB == 0)) {
          fit |= fits[i + 1][j];
        }
        fits[i][j] = fit;
      }
    }
    return fits[0][0];
  }
}
