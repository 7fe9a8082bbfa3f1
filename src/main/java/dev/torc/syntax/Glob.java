package dev.torc.syntax;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;

/**
 * A pattern over normalized paths: {@code *} and {@code ?} within a component, {@code **} as a
 * whole component for any number of folders, {@code [a-z]}, {@code [!a-z]}, {@code {a,b}} (also
 * across {@code /}), and {@code \} to take the next character literally. Only a written dot matches
 * the leading dot of a component. {@code a/**} matches what is below {@code a}, not {@code a}. It
 * compares texts and never looks at a disk; {@link GlobWalk} does.
 *
 * <p>Brackets and braces also match themselves, since names such as {@code [id].tsx} have them;
 * brackets that cannot be a set of characters match nothing else.
 *
 * <p>A pattern is a set of alternatives, each a list of components, each a list of tokens. Two
 * patterns are compared by walking both lists at once.
 */
public final class Glob {

  /**
   * One character of a name, as ranges of code points, or {@link #STAR}. The next {@code own}
   * tokens are the literal text of this set, and stand for it as an alternative.
   */
  private record Token(int[] set, int own) {}

  /** Any run of characters. */
  private static final Token STAR = new Token(new int[0], 0);

  private static final int[] ANY = {0, '/' - 1, '/' + 1, Character.MAX_CODE_POINT};

  /**
   * One component: {@code tokens} is null for {@code **}, {@code literal} is null unless nothing in
   * it is special.
   */
  private record Component(Token[] tokens, String literal) {
    boolean isAnyFolders() {
      return tokens == null;
    }

    boolean dotted() {
      return tokens != null && tokens.length > 0 && CharacterRanges.is(tokens[0].set, '.');
    }
  }

  private static final Pattern SPECIAL = Pattern.compile("[*?\\[\\]{},\\\\!]");
  private static final Pattern ESCAPED = Pattern.compile("\\\\(.)", Pattern.DOTALL);

  /** An escape, or a bracket that may well be text: not {@code [!a]}, nor one of ranges alone. */
  private static final Pattern BRACKET =
      Pattern.compile("\\\\.|\\[(?![!^]|(?:[^\\\\]-[^\\\\])+])", Pattern.DOTALL);

  private static final Component FOLDERS = new Component(null, null);

  private final String pattern;
  private final List<Component[]> alternatives;
  private final int plain; // the alternatives from here on have the own text of braces
  private final List<Glob> excludes;

  private Glob(String pattern, List<Component[]> alternatives, int plain, List<Glob> excludes) {
    this.pattern = pattern;
    this.alternatives = alternatives;
    this.plain = plain;
    this.excludes = excludes;
  }

  /**
   * Reads a pattern; a text without anything special matches just itself.
   *
   * @throws IllegalArgumentException if braces stand for more than {@value Braces#MAX} alternatives
   */
  public static Glob of(String pattern) {
    List<Component[]> alternatives = new ArrayList<>();
    List<String> texts = withoutBraces(pattern);
    int plain = texts.size();
    Braces.addOwn(pattern, texts);
    texts.forEach(text -> alternatives.add(components(text)));
    return new Glob(pattern, alternatives, plain, List.of());
  }

  public Glob without(List<Glob> excludes) {
    return excludes.isEmpty() ? this : new Glob(pattern, alternatives, plain, excludes);
  }

  /** Returns whether a text has a wildcard: {@code * ? [a]} or {@code {a,b}}. */
  public static boolean isPattern(String text) {
    return firstSpecial(text) >= 0;
  }

  public static String unescape(String text) {
    return text.indexOf('\\') < 0 ? text : ESCAPED.matcher(text).replaceAll("$1");
  }

  /** Returns the text with backslashes, so that it matches only itself. */
  public static String escape(String text) {
    return SPECIAL.matcher(text).replaceAll("\\\\$0");
  }

  /** Returns the offset of the first wildcard, -1 without one. */
  public static int firstSpecial(String text) {
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '\\' -> i++;
        case '*', '?' -> {
          return i;
        }
        case '[' -> {
          if (closing(text, i) > 0) {
            return i;
          }
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

  /**
   * Returns the path that a text names if only brackets are special in it; null for other patterns.
   */
  public static String ownText(String text) {
    StringBuilder own = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      boolean escape = text.charAt(i) == '\\' && i + 1 < text.length();
      own.append(text.charAt(i) == '[' ? "\\[" : text.substring(i, escape ? ++i + 1 : i + 1));
    }
    return isPattern(own.toString()) ? null : unescape(own.toString());
  }

  /** Returns a regular expression for a text in which nothing but brackets is special. */
  public static String regex(String text) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      int end = text.charAt(i) == '[' ? closing(text, i) : -1;
      if (end < 0) {
        i += text.charAt(i) == '\\' && i + 1 < text.length() ? 1 : 0;
        regex.append(Pattern.quote(text.substring(i, i + 1)));
        continue;
      }
      regex.append("(?:").append(Pattern.quote(unescape(text.substring(i, end + 1))));
      int[] set = set(text, i, end);
      for (int r = 0; r < set.length; r += 2) {
        regex.append("|[\\x{%x}-\\x{%x}]".formatted(set[r], set[r + 1]));
      }
      regex.append(")");
      i = end;
    }
    return regex.toString();
  }

  /** Returns the texts that the braces of a pattern stand for; escapes stay. */
  public static List<String> withoutBraces(String pattern) {
    List<String> texts = new ArrayList<>();
    Braces.expand(pattern, texts);
    return texts;
  }

  public String literalPrefix() {
    int special = firstSpecial(pattern);
    return unescape(special < 0 ? pattern : pattern.substring(0, special));
  }

  public boolean matches(String path) {
    return matches(path, path.indexOf('[') >= 0, path.indexOf('{') >= 0)
        && !Excludes.path(excludes, path);
  }

  /** Returns whether a path matches if brackets and braces do not match themselves. */
  public boolean matchesAsPattern(String path) {
    return matches(path, false, false);
  }

  /** Returns whether this pattern behind a {@code !} excludes a path. */
  public boolean excludes(String path) {
    return matches(path) || excludesFolder(path.substring(0, Math.max(path.lastIndexOf('/'), 0)));
  }

  /**
   * Returns whether this pattern behind a {@code !} excludes a folder, or one above it, with all
   * its contents: {@code !x/**} and {@code !x/} exclude {@code x}, and names with a leading dot
   * too.
   */
  public boolean excludesFolder(String folder) {
    String[] names = folder.split("/", -1);
    for (Component[] alternative : alternatives) {
      int last = alternative.length - 2;
      if (last > 0 && alternative[last] == FOLDERS && isAny(alternative[last + 1])) {
        Component[] outer = Arrays.copyOf(alternative, last);
        for (int n = names.length; n > 0; n--) {
          if (matches(outer, Arrays.copyOf(names, n), true)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean isAny(Component part) {
    return part.tokens().length == 1 && part.tokens()[0] == STAR;
  }

  private boolean matches(String path, boolean brackets, boolean braces) {
    String[] names = path.split("/", -1);
    int end = braces ? alternatives.size() : plain;
    for (int i = 0; i < end; i++) {
      if (matches(alternatives.get(i), names, brackets)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the folder below which all matches are: the components before the first special one,
   * never the last one. Empty for the root; absolute for absolute patterns.
   */
  public String fixedPrefix() {
    String literal = literalPrefix();
    int slash = literal.lastIndexOf('/');
    return slash == 0 ? "/" : literal.substring(0, Math.max(slash, 0));
  }

  /** Returns whether a path could match both patterns: exact if neither has excludes. */
  public boolean overlaps(Glob other) {
    if (Excludes.all(other.excludes, this) || Excludes.all(excludes, other)) {
      return false;
    }
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
   * Returns whether two products clash (rule 13). If both have brackets that may be literal, those
   * of one count as literal: {@code [slug].html} and {@code [lang].html} are two files.
   */
  public boolean clashes(Glob other) {
    return overlaps(other) && (asText().overlaps(other) || overlaps(other.asText()));
  }

  /** Returns whether its brackets may be literal, so that its matches can also be another job's. */
  public boolean mayBeText() {
    return !asText().pattern.equals(pattern);
  }

  private Glob asText() {
    return of(BRACKET.matcher(pattern).replaceAll(m -> m.group().equals("[") ? "\\\\[" : "$0"));
  }

  /**
   * Returns whether this pattern matches all that another one matches, apart from literal braces.
   * It compares component by component and character by character; if that cannot tell, the answer
   * is no.
   */
  public boolean covers(Glob other) {
    return other.alternatives.subList(0, other.plain).stream()
        .allMatch(inner -> alternatives.stream().anyMatch(outer -> covers(outer, inner)));
  }

  @Override
  public String toString() {
    return pattern;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Glob glob
        && glob.pattern.equals(pattern)
        && glob.excludes.equals(excludes);
  }

  @Override
  public int hashCode() {
    return pattern.hashCode();
  }

  private static boolean matches(Component[] parts, String[] names, boolean own) {
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
      } else if (p < parts.length && matches(parts[p], names[n], own)) {
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

  /** Returns whether a name matches a component; {@code own} lets brackets match themselves too. */
  private static boolean matches(Component part, String name, boolean own) {
    if (part.literal() != null) {
      return part.literal().equals(name);
    }
    if (name.isEmpty() || name.startsWith(".") && !part.dotted()) {
      return false;
    }
    if (own && Arrays.stream(part.tokens()).anyMatch(token -> token.own > 0)) {
      return covers(part, component(escape(name)));
    }
    Token[] tokens = part.tokens();
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

  private static boolean absolute(Component[] parts) {
    return parts[0].literal() != null && parts[0].literal().isEmpty();
  }

  private static boolean covers(Component[] a, Component[] b) {
    return absolute(a) == absolute(b) && fit(a, b, false, COMPONENTS, Glob::covers);
  }

  private static boolean covers(Component a, Component b) {
    return (a.dotted() || !b.dotted())
        && fit(
            a.tokens(), b.tokens(), false, TOKENS, (x, y) -> CharacterRanges.holds(x.set, y.set));
  }

  private static boolean overlaps(Component[] a, Component[] b) {
    return absolute(a) == absolute(b) && fit(a, b, true, COMPONENTS, Glob::overlaps);
  }

  private static boolean overlaps(Component a, Component b) {
    if (a.literal() != null && b.literal() != null) {
      return a.literal().equals(b.literal());
    }
    return a.dotted() == b.dotted()
        && fit(
            a.tokens(),
            b.tokens(),
            true,
            TOKENS,
            (x, y) -> CharacterRanges.intersect(x.set, y.set));
  }

  /**
   * What {@link #fit} has to know of an element: whether it stands for any number of others,
   * whether it can be one of those others, and how many elements follow that may stand for it.
   */
  private record Kind<T>(Predicate<T> isAny, Predicate<T> isFree, ToIntFunction<T> own) {}

  private static final Kind<Component> COMPONENTS =
      new Kind<>(Component::isAnyFolders, part -> !part.dotted(), _ -> 0);
  private static final Kind<Token> TOKENS = new Kind<>(t -> t == STAR, _ -> true, Token::own);

  /**
   * Compares two lists of components or tokens, walked from their ends. With {@code meet} one text
   * must match both lists; without it, the first list must match all that the second matches.
   * {@code pair} compares two elements that each stand for one.
   */
  private static <T> boolean fit(T[] a, T[] b, boolean meet, Kind<T> kind, BiPredicate<T, T> pair) {
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
        i = Math.max(i, closing(text, i));
      }
    }
    if (parts.getLast() == FOLDERS) {
      parts.add(component("*"));
    }
    return parts.toArray(Component[]::new);
  }

  private static Component component(String text) {
    List<Token> tokens = new ArrayList<>();
    int inSet = -1; // where the set ends whose own text is being read
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
          String own = unescape(text.substring(i, end + 1));
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
    return new Component(tokens.toArray(Token[]::new), isPattern(text) ? null : unescape(text));
  }

  /**
   * Returns the offset of the {@code ]} that closes a {@code [}; a first {@code ]} is a member. -1
   * if the component has none, or if a range runs backwards: {@code [user-id]} is literal.
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

  /** Returns the characters of a set; null if one of its ranges runs backwards. */
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
        return null;
      }
      ranges.add(new int[] {from, to});
    }
    int[] all = CharacterRanges.normalize(ranges);
    return CharacterRanges.without(negated ? CharacterRanges.complement(all) : all, '/');
  }
}
