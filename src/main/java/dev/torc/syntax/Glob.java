package dev.torc.syntax;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A pattern over normalized paths: {@code *} and {@code ?} within a component, {@code **} as a
 * whole component for any number of folders, {@code [a-z]}, {@code [!a-z]}, {@code {a,b}} (also
 * across {@code /}), and {@code \} to take the next character as it is. Nothing but a written dot
 * matches a leading dot of a component; {@code a/**} means what lies below {@code a}, not {@code a}
 * itself. It compares texts and never looks at a disk.
 *
 * <p>A pattern is a set of alternatives, each a list of components, each a list of tokens. Whether
 * two patterns can match one path is decided by walking both lists at once.
 */
public final class Glob {

  /** Any run of characters. */
  private static final int[] STAR = {};

  private static final int[] ANY = {0, '/' - 1, '/' + 1, Character.MAX_CODE_POINT};

  /**
   * One component.
   *
   * @param tokens each {@link #STAR}, or ranges of code points for one character; null for {@code
   *     **}
   * @param literal the text if nothing in it is special, otherwise null
   */
  private record Component(int[][] tokens, String literal) {
    boolean isAnyFolders() {
      return tokens == null;
    }

    /** Whether no name fits, as with {@code [.]} in front or {@code [/]}. */
    boolean isImpossible() {
      return tokens != null
          && Arrays.stream(tokens).anyMatch(token -> CharacterRanges.is(token, -1));
    }

    boolean dotted() {
      return tokens != null && tokens.length > 0 && CharacterRanges.is(tokens[0], '.');
    }
  }

  private static final Pattern SPECIAL = Pattern.compile("[*?\\[\\]{},\\\\!]");
  private static final Pattern ESCAPED = Pattern.compile("\\\\(.)", Pattern.DOTALL);

  private static final Component FOLDERS = new Component(null, null);

  private final String pattern;
  private final List<Component[]> alternatives;

  private Glob(String pattern, List<Component[]> alternatives) {
    this.pattern = pattern;
    this.alternatives = alternatives;
  }

  /**
   * Reads a pattern; a text without anything special matches just itself.
   *
   * @throws IllegalArgumentException with the reason for an unclosed {@code [}, a bad range, or
   *     braces that stand for more than {@value Braces#MAX} alternatives
   */
  public static Glob of(String pattern) {
    List<Component[]> alternatives = new ArrayList<>();
    for (String text : withoutBraces(pattern)) {
      Component[] parts = components(text);
      if (Arrays.stream(parts).noneMatch(Component::isImpossible)) {
        alternatives.add(parts);
      }
    }
    return new Glob(pattern, alternatives);
  }

  /** Whether a text has anything in it that only a pattern has: {@code * ? [} or {@code {a,b}}. */
  public static boolean isPattern(String text) {
    return firstSpecial(text) >= 0;
  }

  /** The text with its backslashes taken out, for a path that is no pattern. */
  public static String unescape(String text) {
    return text.indexOf('\\') < 0 ? text : ESCAPED.matcher(text).replaceAll("$1");
  }

  /** The text with backslashes put in, so that it stands for itself in a pattern or path. */
  public static String escape(String text) {
    return SPECIAL.matcher(text).replaceAll("\\\\$0");
  }

  /** Where the first special character stands, -1 without one. */
  public static int firstSpecial(String text) {
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '\\' -> i++;
        case '*', '?', '[' -> {
          return i;
        }
        case '{' -> {
          if (Braces.commas(text, i) != null) {
            return i;
          }
        }
        default -> {}
      }
    }
    return -1;
  }

  /** The texts that a pattern stands for with its braces written out, escapes kept. */
  public static List<String> withoutBraces(String pattern) {
    List<String> texts = new ArrayList<>();
    Braces.expand(pattern, texts);
    return texts;
  }

  /**
   * The text with which all matches begin: what all alternatives have before a special character.
   */
  public String literalPrefix() {
    String common = null;
    for (String text : withoutBraces(pattern)) {
      int special = firstSpecial(text);
      String own = unescape(special < 0 ? text : text.substring(0, special));
      common = common == null ? own : common(common, own);
    }
    return common;
  }

  private static String common(String one, String other) {
    int same = Arrays.mismatch(one.toCharArray(), other.toCharArray());
    return same < 0 ? one : one.substring(0, same);
  }

  /** Whether a normalized path fits. */
  public boolean matches(String path) {
    String[] names = path.split("/", -1);
    for (Component[] alternative : alternatives) {
      if (matches(alternative, names)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The folder below which all matches lie: the components before the first special one, common to
   * all alternatives, never the last one. Empty for the root; {@code /} and longer for absolute
   * patterns.
   */
  public String fixedPrefix() {
    String literal = literalPrefix();
    int slash = literal.lastIndexOf('/');
    return slash == 0 ? "/" : literal.substring(0, Math.max(slash, 0));
  }

  /** Whether some path could match both patterns. The answer is exact. */
  public boolean overlaps(Glob other) {
    for (Component[] a : alternatives) {
      for (Component[] b : other.alternatives) {
        if (overlaps(a, b)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Whether this pattern matches all that another one matches. It compares component by component
   * and character by character; what this cannot tell counts as no.
   */
  public boolean covers(Glob other) {
    return other.alternatives.stream()
        .allMatch(inner -> alternatives.stream().anyMatch(outer -> covers(outer, inner)));
  }

  /** The pattern as given. */
  @Override
  public String toString() {
    return pattern;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Glob glob && glob.pattern.equals(pattern);
  }

  @Override
  public int hashCode() {
    return pattern.hashCode();
  }

  private static boolean matches(Component[] parts, String[] names) {
    if (names[0].isEmpty() != absolute(parts)) {
      return false;
    }
    int p = 0;
    int n = 0;
    int retryPart = -1;
    int retryName = 0;
    while (n < names.length) {
      if (p < parts.length && parts[p].isAnyFolders()) {
        retryPart = ++p;
        retryName = n;
      } else if (p < parts.length && matches(parts[p], names[n])) {
        p++;
        n++;
      } else if (retryPart >= 0 && !names[retryName].startsWith(".")) {
        p = retryPart;
        n = ++retryName;
      } else {
        return false;
      }
    }
    while (p < parts.length && parts[p].isAnyFolders()) {
      p++;
    }
    return p == parts.length;
  }

  private static boolean matches(Component part, String name) {
    if (part.literal() != null) {
      return part.literal().equals(name);
    }
    if (name.isEmpty() || name.startsWith(".") && !part.dotted()) {
      return false;
    }
    int[][] tokens = part.tokens();
    int t = 0;
    int i = 0;
    int retryToken = -1;
    int retryAt = 0;
    while (i < name.length()) {
      int c = name.codePointAt(i);
      if (t < tokens.length && tokens[t] == STAR) {
        retryToken = ++t;
        retryAt = i;
      } else if (t < tokens.length && CharacterRanges.contains(tokens[t], c)) {
        t++;
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

  private static boolean absolute(Component[] parts) {
    return parts[0].literal() != null && parts[0].literal().isEmpty();
  }

  private static boolean covers(Component[] a, Component[] b) {
    return absolute(a) == absolute(b)
        && fit(a, b, false, Component::isAnyFolders, part -> !part.dotted(), Glob::covers);
  }

  private static boolean covers(Component a, Component b) {
    return (a.dotted() || !b.dotted())
        && fit(a.tokens(), b.tokens(), false, t -> t == STAR, _ -> true, CharacterRanges::holds);
  }

  private static boolean overlaps(Component[] a, Component[] b) {
    return absolute(a) == absolute(b)
        && fit(a, b, true, Component::isAnyFolders, part -> !part.dotted(), Glob::overlaps);
  }

  private static boolean overlaps(Component a, Component b) {
    if (a.literal() != null && b.literal() != null) {
      return a.literal().equals(b.literal());
    }
    return a.dotted() == b.dotted()
        && fit(a.tokens(), b.tokens(), true, t -> t == STAR, _ -> true, CharacterRanges::intersect);
  }

  /**
   * Compares two lists of components or tokens, walked from their ends.
   *
   * @param meet whether one text must fit both lists; else the first list must fit all that the
   *     second one fits
   * @param isAny whether an element stands for any number of others
   * @param isFree whether an element can be one of these others
   * @param pair the answer for two elements that do not stand for any number
   */
  private static <T> boolean fit(
      T[] a, T[] b, boolean meet, Predicate<T> isAny, Predicate<T> isFree, BiPredicate<T, T> pair) {
    // row[j] is the answer for a[i..] and b[j..], below[j] the one for a[i+1..] and b[j..].
    boolean[] below = new boolean[b.length + 1];
    for (int i = a.length; i >= 0; i--) {
      boolean[] row = new boolean[b.length + 1];
      for (int j = b.length; j >= 0; j--) {
        boolean moreA = i < a.length;
        boolean moreB = j < b.length;
        boolean anyA = moreA && isAny.test(a[i]);
        boolean anyB = moreB && isAny.test(b[j]);
        if (anyA || anyB && meet) {
          row[j] =
              anyA && (below[j] || moreB && isFree.test(b[j]) && row[j + 1])
                  || anyB && meet && (row[j + 1] || moreA && isFree.test(a[i]) && below[j]);
        } else if (moreA && moreB) {
          row[j] = !anyB && below[j + 1] && pair.test(a[i], b[j]);
        } else {
          row[j] = moreA == moreB;
        }
      }
      below = row;
    }
    return below[0];
  }

  /** Splits one alternative into components. */
  private static Component[] components(String text) {
    List<Component> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == '/') {
        String part = text.substring(start, i);
        if (!part.equals("**")) {
          parts.add(component(part));
        } else if (parts.isEmpty() || parts.getLast() != FOLDERS) {
          parts.add(FOLDERS);
        }
        start = i + 1;
      } else if (text.charAt(i) == '\\' && i + 1 < text.length() && text.charAt(i + 1) != '/') {
        i++;
      } else if (text.charAt(i) == '[') {
        i = closing(text, i);
      }
    }
    if (parts.getLast() == FOLDERS) {
      parts.add(component("*"));
    }
    return parts.toArray(Component[]::new);
  }

  private static Component component(String text) {
    List<int[]> tokens = new ArrayList<>();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c == '*') {
        if (tokens.isEmpty() || tokens.getLast() != STAR) {
          tokens.add(STAR);
        }
        i++;
      } else if (c == '?') {
        tokens.add(tokens.isEmpty() ? CharacterRanges.without(ANY, '.') : ANY);
        i++;
      } else if (c == '[') {
        int end = closing(text, i);
        int[] set = set(text, i, end);
        tokens.add(tokens.isEmpty() ? CharacterRanges.without(set, '.') : set);
        i = end + 1;
      } else {
        if (c == '\\' && i + 1 < text.length()) {
          i++;
          c = text.codePointAt(i);
        }
        tokens.add(new int[] {c, c});
        i += Character.charCount(c);
      }
    }
    return new Component(tokens.toArray(int[][]::new), isPattern(text) ? null : unescape(text));
  }

  /** Where the {@code ]} stands that closes a {@code [}; a first {@code ]} counts as a member. */
  static int closing(String text, int open) {
    int i = open + 1;
    if (i < text.length() && (text.charAt(i) == '!' || text.charAt(i) == '^')) {
      i++;
    }
    for (int first = i; i < text.length() && text.charAt(i) != '/'; i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == ']' && i > first) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "[ without ] in the pattern " + text + "; write \\[ to mean the character");
  }

  private static int[] set(String text, int open, int close) {
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
        throw new IllegalArgumentException(
            "the range in " + text.substring(open, close + 1) + " runs backwards");
      }
      ranges.add(new int[] {from, to});
    }
    int[] all = CharacterRanges.normalize(ranges);
    return CharacterRanges.without(negated ? CharacterRanges.complement(all) : all, '/');
  }
}
