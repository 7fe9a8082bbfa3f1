package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A path with names in it, such as {@code fq/{sample}_{lane}.fq}, that extracts the values of these
 * names from paths. A name matches its regular expression or, without one, as many characters other
 * than {@code /} as possible, at least one; names further left match first. A name that occurs
 * twice must have the same value both times. As with {@link Glob}, only a written dot matches a
 * leading dot.
 *
 * @param text the path with a {@link #HOLE} for each name
 * @param holes the names in the order in which they occur; {@code names} has each name once
 * @param budget one element: how many characters regular expressions may still read, over all
 *     paths; null without regular expressions
 */
public record PathPattern(
    String text,
    List<String> holes,
    List<String> names,
    Pattern pattern,
    Glob glob,
    Place place,
    long[] budget) {

  /** Stands for a name in a text; no text of a build file can contain it. */
  public static final char HOLE = Group.Growing.HOLE;

  /**
   * The most occurrences of names in a pattern. Matching time can grow with the length of a path to
   * this power.
   */
  private static final int MAX_HOLES = 6;

  /**
   * The most characters that regular expressions may read, which takes about a second. It is enough
   * for 100 characters in each of a million paths.
   */
  private static final long MAX_LOOKS = 100_000_000;

  private static final Pattern REFERENCE = Pattern.compile("\\\\[1-9k]");

  /**
   * Reads a pattern.
   *
   * @param text a normalized path with a {@link #HOLE} for each name; backslashes as in globs
   * @param holes the names, in order
   * @param constraints regular expressions by name, for names that have one
   * @throws IllegalArgumentException if the pattern has no names, too many names, a wildcard, or an
   *     invalid regular expression
   */
  public static PathPattern of(
      String text, List<String> holes, Map<String, String> constraints, Place place) {
    constraints.forEach(PathPattern::check);
    if (holes.isEmpty()) {
      throw new IllegalArgumentException("a pattern to match needs a name, such as {sample}");
    }
    if (holes.size() > MAX_HOLES) {
      throw new IllegalArgumentException(
          "a pattern to match can have " + MAX_HOLES + " names; this has " + holes.size());
    }
    if (Glob.ownText(text) == null) {
      throw new IllegalArgumentException(
          "a pattern to match has names, such as {sample}, instead of wildcards");
    }
    List<String> names = new ArrayList<>();
    StringBuilder regex = new StringBuilder();
    StringBuilder glob = new StringBuilder();
    String[] literals = text.split(String.valueOf(HOLE), -1);
    for (int i = 0; i < literals.length; i++) {
      String literal = literals[i];
      regex.append(Glob.regex(literal));
      glob.append(Glob.isPattern(literal) ? literal : Glob.escape(Glob.unescape(literal)));
      if (i == holes.size()) {
        break;
      }
      boolean behindHole = i > 0 && literal.isEmpty();
      int known = names.indexOf(holes.get(i));
      if (known < 0) {
        names.add(holes.get(i));
      }
      String own = constraints.getOrDefault(holes.get(i), "[^/]+");
      regex.append(
          known < 0 ? "(?<t" + (names.size() - 1) + "x>" + own + ")" : "\\k<t" + known + "x>");
      // Adjacent names are one wildcard in the glob.
      glob.append(behindHole ? "" : "*");
    }
    Pattern pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
    Glob all = Glob.of(glob.toString());
    long[] budget = constraints.isEmpty() ? null : new long[] {MAX_LOOKS};
    return new PathPattern(
        text, List.copyOf(holes), List.copyOf(names), pattern, all, place, budget);
  }

  private static void check(String name, String regex) {
    String why = REFERENCE.matcher(regex).find() ? "it cannot refer back" : "";
    try {
      Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      why = e.getDescription();
    }
    if (!why.isEmpty()) {
      throw new IllegalArgumentException(
          "{%s:%s} is not a regular expression: %s".formatted(name, regex, why));
    }
  }

  /** Counts the characters of a path that a regular expression reads, and fails at the limit. */
  private record Bounded(PathPattern of, CharSequence path) implements CharSequence {
    @Override
    public char charAt(int index) {
      if (--of.budget[0] < 0) {
        throw new BadInput(of.place, "the regular expressions of this pattern take too long");
      }
      return path.charAt(index);
    }

    @Override
    public int length() {
      return path.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return path.subSequence(start, end);
    }
  }

  /** Returns the values of the names, in their order; null if the path does not match. */
  public List<String> values(String path) {
    Matcher matcher = pattern.matcher(budget == null ? path : new Bounded(this, path));
    if (!matcher.matches() || !glob.matches(path)) {
      return null;
    }
    List<String> values = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      String value = matcher.group("t" + i + "x");
      if (value.isEmpty() || value.indexOf('/') >= 0) {
        return null;
      }
      values.add(value);
    }
    return List.copyOf(values);
  }
}
