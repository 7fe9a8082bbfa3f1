package dev.torc.base.syntax;

import dev.torc.base.syntax.GlobComponent.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern over normalized paths: {@code *} and {@code ?} within a component, {@code **} as a
 * whole component for any number of folders, {@code [a-z]}, {@code [!a-z]}, {@code {a,b}} (also
 * across {@code /}), and {@code \} to take the next character literally. Only a written dot matches
 * the leading dot of a component. {@code a/**} matches everything below {@code a}, but not {@code
 * a}. This class only compares texts; {@link GlobWalk} searches the disk.
 *
 * <p>Brackets and braces also match themselves, because names such as {@code [id].tsx} contain
 * them; brackets that cannot be a set of characters match only themselves.
 *
 * <p>A pattern is a set of alternatives, each a list of components, each a list of tokens. Two
 * patterns are compared by walking both lists at once.
 */
public final class Glob {

  private static final Pattern SPECIAL = Pattern.compile("[*?\\[\\]{},\\\\!]");
  private static final Pattern ESCAPED = Pattern.compile("\\\\(.)", Pattern.DOTALL);

  /**
   * Matches an escape, or a bracket that may be literal: not that of {@code [!a]}, nor one that
   * contains only ranges.
   */
  private static final Pattern BRACKET =
      Pattern.compile("\\\\.|\\[(?![!^]|(?:[^\\\\]-[^\\\\])+])", Pattern.DOTALL);

  private static final Kind<GlobComponent> COMPONENTS =
      new Kind<>(GlobComponent::isAnyFolders, part -> !part.isDotted(), _ -> 0);

  private final String pattern;
  private final List<GlobComponent[]> alternatives;
  private final int plain; // from here on, alternatives have literal braces
  private final List<Glob> excludes;
  private final boolean dots; // whether * and ** match a leading dot

  private Glob(
      String pattern,
      List<GlobComponent[]> alternatives,
      int plain,
      List<Glob> excludes,
      boolean dots) {
    this.dots = dots;
    this.pattern = pattern;
    this.alternatives = alternatives;
    this.plain = plain;
    this.excludes = excludes;
  }

  /**
   * Reads a pattern; a text without special characters matches only itself.
   *
   * @throws IllegalArgumentException if braces stand for more than {@value Braces#MAX} alternatives
   */
  public static Glob of(String pattern) {
    List<GlobComponent[]> alternatives = new ArrayList<>();
    List<String> texts = withoutBraces(pattern);
    int plain = texts.size();
    Braces.addOwn(pattern, texts);
    texts.forEach(text -> alternatives.add(components(text)));
    return new Glob(pattern, alternatives, plain, List.of(), false);
  }

  /** Reads a pattern; returns null if its braces stand for too many alternatives. */
  public static Glob orNull(String pattern) {
    try {
      return of(pattern);
    } catch (IllegalArgumentException e) {
      return null; // it may still be a file
    }
  }

  public Glob without(List<Glob> excludes) {
    return excludes.isEmpty() ? this : new Glob(pattern, alternatives, plain, excludes, dots);
  }

  /** Returns this pattern in a reading in which a leading dot is a character like any other. */
  public Glob dotted() {
    return new Glob(pattern, alternatives, plain, excludes, true);
  }

  /** Returns whether a text has a wildcard: {@code * ? [a]} or {@code {a,b}}. */
  public static boolean isPattern(String text) {
    return firstSpecial(text) >= 0;
  }

  public static String unescape(String text) {
    return text.indexOf('\\') < 0 ? text : ESCAPED.matcher(text).replaceAll("$1");
  }

  /** Returns a pattern that matches only this text: special characters get backslashes. */
  public static String escape(String text) {
    return SPECIAL.matcher(text).replaceAll("\\\\$0");
  }

  /** Returns the offset of the first wildcard; -1 if there is none. */
  public static int firstSpecial(String text) {
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '\\' -> i++;
        case '*', '?' -> {
          return i;
        }
        case '[' -> {
          if (GlobComponent.closing(text, i) > 0) {
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
   * Returns the path that a text names if its brackets are literal; null if it has other wildcards.
   */
  public static String ownText(String text) {
    StringBuilder own = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      boolean escape = text.charAt(i) == '\\' && i + 1 < text.length();
      own.append(text.charAt(i) == '[' ? "\\[" : text.substring(i, escape ? ++i + 1 : i + 1));
    }
    return isPattern(own.toString()) ? null : unescape(own.toString());
  }

  /** Returns a regular expression for a text in which only brackets are special. */
  public static String regex(String text) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      int end = text.charAt(i) == '[' ? GlobComponent.closing(text, i) : -1;
      if (end < 0) {
        i += text.charAt(i) == '\\' && i + 1 < text.length() ? 1 : 0;
        regex.append(Pattern.quote(text.substring(i, i + 1)));
        continue;
      }
      regex.append("(?:").append(Pattern.quote(unescape(text.substring(i, end + 1))));
      int[] set = GlobComponent.set(text, i, end);
      for (int r = 0; r < set.length; r += 2) {
        regex.append("|[\\x{%x}-\\x{%x}]".formatted(set[r], set[r + 1]));
      }
      regex.append(")");
      i = end;
    }
    return regex.toString();
  }

  /** Returns the texts that the braces of a pattern stand for; escapes are kept. */
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

  /** Returns whether this pattern, written after a {@code !}, excludes a path. */
  public boolean excludes(String path) {
    return matches(path) || excludesFolder(path.substring(0, Math.max(path.lastIndexOf('/'), 0)));
  }

  /**
   * Returns whether this pattern, written after a {@code !}, excludes a folder or one of its
   * parents with all its contents. {@code !x/**} and {@code !x/} exclude {@code x}, and names with
   * a leading dot too.
   */
  public boolean excludesFolder(String folder) {
    String[] names = folder.split("/", -1);
    for (GlobComponent[] alternative : alternatives) {
      int last = alternative.length - 2;
      if (last > 0
          && alternative[last] == GlobComponent.FOLDERS
          && alternative[last + 1].isAnyName()) {
        GlobComponent[] outer = Arrays.copyOf(alternative, last);
        for (int n = names.length; n > 0; n--) {
          if (matches(outer, Arrays.copyOf(names, n), true, dots)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Returns whether a path in a folder could match, by the names of the folder. */
  public boolean leadsInto(String folder) {
    String[] names = folder.split("/", -1);
    int end = folder.indexOf('{') >= 0 ? alternatives.size() : plain;
    for (GlobComponent[] parts : alternatives.subList(0, end)) {
      for (int size = 1; size < parts.length; size++) {
        if (matches(Arrays.copyOf(parts, size), names, folder.indexOf('[') >= 0, dots)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns the only name that matching paths can have at a depth, from 0; null if several can. */
  String nameAt(int depth) {
    GlobComponent[] parts = alternatives.getFirst();
    if (alternatives.size() > 1 || depth >= parts.length) {
      return null;
    }
    for (int i = 0; i <= depth; i++) {
      if (parts[i].isAnyFolders()) {
        return null;
      }
    }
    String name = parts[depth].literal();
    return name == null || name.isEmpty() || name.equals(".") || name.equals("..") ? null : name;
  }

  private boolean matches(String path, boolean brackets, boolean braces) {
    String[] names = path.split("/", -1);
    int end = braces ? alternatives.size() : plain;
    for (int i = 0; i < end; i++) {
      if (matches(alternatives.get(i), names, brackets, dots)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the folder that contains all matches: the components before the first one with a
   * wildcard, but never the last component. Empty for the root; absolute for absolute patterns.
   */
  public String fixedPrefix() {
    String literal = literalPrefix();
    int slash = literal.lastIndexOf('/');
    return slash == 0 ? "/" : literal.substring(0, Math.max(slash, 0));
  }

  /**
   * Returns whether a path could match both patterns. The answer is exact if neither has excludes.
   */
  public boolean overlaps(Glob other) {
    if (Excludes.all(other.excludes, this) || Excludes.all(excludes, other)) {
      return false;
    }
    for (GlobComponent[] a : alternatives) {
      for (GlobComponent[] b : other.alternatives) {
        if (overlaps(a, b)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Returns whether two products clash (rule 13). If both have brackets that may be literal, they
   * clash only if they overlap when the brackets of one are literal: {@code [slug].html} and {@code
   * [lang].html} are two files.
   */
  public boolean clashes(Glob other) {
    return overlaps(other) && (asText().overlaps(other) || overlaps(other.asText()));
  }

  /**
   * Returns whether the brackets may be literal, so that another job may make some of the matches.
   */
  public boolean mayBeText() {
    return !asText().pattern.equals(pattern);
  }

  private Glob asText() {
    return of(BRACKET.matcher(pattern).replaceAll(m -> m.group().equals("[") ? "\\\\[" : "$0"));
  }

  /**
   * Returns whether this pattern matches every path that another one matches, apart from literal
   * braces. It compares component by component and character by character; if this is inconclusive,
   * it returns false.
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

  private static boolean matches(GlobComponent[] parts, String[] names, boolean own, boolean dots) {
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
      } else if (p < parts.length && parts[p].matches(names[n], own, dots)) {
        p++;
        n++;
      } else if (retryPart >= 0 && (dots || !names[retryName].startsWith("."))) {
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

  private static boolean absolute(GlobComponent[] parts) {
    return parts[0].literal() != null && parts[0].literal().isEmpty();
  }

  private static boolean covers(GlobComponent[] a, GlobComponent[] b) {
    return absolute(a) == absolute(b)
        && GlobComponent.fit(a, b, false, COMPONENTS, GlobComponent::covers);
  }

  private static boolean overlaps(GlobComponent[] a, GlobComponent[] b) {
    return absolute(a) == absolute(b)
        && GlobComponent.fit(a, b, true, COMPONENTS, GlobComponent::overlaps);
  }

  private static GlobComponent[] components(String text) {
    List<GlobComponent> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == '/') {
        String part = text.substring(start, i);
        if (!part.equals("**")) {
          parts.add(GlobComponent.of(part));
        } else if (parts.isEmpty() || parts.getLast() != GlobComponent.FOLDERS) {
          parts.add(GlobComponent.FOLDERS);
        }
        start = i + 1;
      } else if (text.charAt(i) == '\\' && i + 1 < text.length() && text.charAt(i + 1) != '/') {
        i++;
      } else if (text.charAt(i) == '[') {
        i = Math.max(i, GlobComponent.closing(text, i));
      }
    }
    if (parts.getLast() == GlobComponent.FOLDERS) {
      parts.add(GlobComponent.of("*"));
    }
    return parts.toArray(GlobComponent[]::new);
  }
}
