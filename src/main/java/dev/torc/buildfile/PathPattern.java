package dev.torc.buildfile;

import dev.torc.syntax.Glob;
import dev.torc.workflow.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path with names in it, {@code fq/{sample}_{lane}.fq}, which takes the names' values from paths
 * that fit. A name stands for one character or more without {@code /}, for as many as it can, left
 * first; one that occurs twice must be equal. As with {@link Glob}, nothing but a written dot
 * matches a leading dot.
 *
 * @param text the path with a {@link #HOLE} for each name
 * @param holes the names in the order in which they occur, {@code names} those of the values
 */
record PathPattern(
    String text, List<String> holes, List<String> names, Pattern pattern, Glob glob) {

  /** Stands for a name in a text; no text of a build file can hold it. */
  public static final char HOLE = Group.Growing.HOLE;

  /** How often names may occur; time grows with the length of a file's name to that power. */
  private static final int MAX_HOLES = 6;

  /**
   * Reads a pattern.
   *
   * @param text a normalized path with a {@link #HOLE} for each name; backslashes as in patterns
   * @param holes the names, in order
   * @throws IllegalArgumentException with the reason for none or too many names, or a wildcard
   */
  public static PathPattern of(String text, List<String> holes) {
    if (holes.isEmpty()) {
      throw new IllegalArgumentException("a pattern to match needs a name, such as {sample}");
    }
    if (holes.size() > MAX_HOLES) {
      throw new IllegalArgumentException(
          "a pattern to match can have " + MAX_HOLES + " names; this has " + holes.size());
    }
    if (Glob.isPattern(text)) {
      throw new IllegalArgumentException(
          "a pattern to match has names, such as {sample}, instead of wildcards");
    }
    List<String> names = new ArrayList<>();
    StringBuilder regex = new StringBuilder();
    StringBuilder glob = new StringBuilder();
    String[] literals = text.split(String.valueOf(HOLE), -1);
    for (int i = 0; i < literals.length; i++) {
      String literal = Glob.unescape(literals[i]);
      if (!literal.isEmpty()) {
        regex.append(Pattern.quote(literal));
        glob.append(Glob.escape(literal));
      }
      if (i == holes.size()) {
        break;
      }
      boolean behindHole = i > 0 && literal.isEmpty();
      if (literal.endsWith("/") || i == 0 && literal.isEmpty()) {
        regex.append("(?!\\.)");
      }
      int known = names.indexOf(holes.get(i));
      if (known < 0) {
        names.add(holes.get(i));
      }
      regex.append(known < 0 ? "([^/]+)" : "\\" + (known + 1) + "(?:)");
      // Two names side by side are still one run of characters.
      glob.append(behindHole ? "" : "*");
    }
    return new PathPattern(
        text,
        List.copyOf(holes),
        List.copyOf(names),
        Pattern.compile(regex.toString(), Pattern.DOTALL),
        Glob.of(glob.toString()));
  }

  /** The values of the names, in their order; null if the path does not fit. */
  public List<String> values(String path) {
    Matcher matcher = pattern.matcher(path);
    if (!matcher.matches()) {
      return null;
    }
    List<String> values = new ArrayList<>(names.size());
    for (int i = 1; i <= names.size(); i++) {
      values.add(matcher.group(i));
    }
    return List.copyOf(values);
  }
}
