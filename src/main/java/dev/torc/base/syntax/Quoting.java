package dev.torc.base.syntax;

import dev.torc.base.syntax.ShellText.Quote;
import dev.torc.base.text.SafeText;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Quotes values for the text of a POSIX shell, so that their exact bytes reach the program. {@link
 * ShellText} finds out how the place of a value is quoted; {@code Template#render} applies the
 * quoting to values that are known only when a job runs.
 */
public final class Quoting {

  /** Words that a shell reads as its own grammar at the beginning of a command. */
  private static final Set<String> RESERVED =
      Set.of(
          """
          if then else elif fi do done case esac while until for in function select time coproc
          repeat foreach end nocorrect
          """
              .split("\\s+"));

  /** The characters that are special within double quotes. */
  private static final Pattern SPECIAL = Pattern.compile("[\\\\\"$`]");

  /** The advice for a value that cannot be quoted and has no variable of its own. */
  public static final String BY_ENV = "pass it by env";

  /** The shells whose quoting is known. */
  static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "ksh", "zsh");

  private Quoting() {}

  /**
   * Returns the value as it must be written at a place with this quoting; null if it needs quoting
   * that the place does not allow.
   */
  public static String quote(String value, Quote place) {
    return switch (place) {
      case NONE -> value;
      case BARE -> isPlain(value) ? value : SafeText.quoted(value);
      case DOUBLE -> SPECIAL.matcher(value).replaceAll("\\\\$0");
      case SINGLE -> value.replace("'", "'\\''");
      case REFUSE -> isPlain(value) ? value : null;
    };
  }

  /**
   * Returns the error for a value that {@link #quote} cannot write. {@code way} says how else the
   * value can reach the program.
   */
  public static BadInput refusal(Place place, String written, String value, String way) {
    String shown = value.length() > 40 ? value.substring(0, 40) + "…" : value;
    return new BadInput(
        place,
        "%s stands where its value cannot be quoted (a here-document, backticks, arithmetic or another shell): %s; the value is %s"
            .formatted(written, way, shown.replace("\n", "\\n")));
  }

  /**
   * Returns whether a value is literal anywhere: letters, digits and {@code _ . / : @ % + -} only.
   * An {@code =} could make an assignment and a comma a brace list, so they do not count.
   */
  public static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!isPlain(c)) {
        return false;
      }
    }
    return !value.isEmpty() && !RESERVED.contains(value);
  }

  /**
   * Returns whether a word of a command, other than the first, is literal: it may also contain a
   * comma and, except as its first character, {@code =}.
   */
  public static boolean isPlainArgument(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!isPlain(c) && c != ',' && (c != '=' || i == 0)) {
        return false;
      }
    }
    return !value.isEmpty();
  }

  private static boolean isPlain(char c) {
    return c < 128 && Character.isLetterOrDigit(c) || "_./:@%+-".indexOf(c) >= 0;
  }

  /**
   * Returns whether a shell, given as words, is known and takes its next word as the text of a
   * command.
   */
  public static boolean isKnown(List<String> shell) {
    String program = shell.getFirst();
    int end = program.length();
    while (end > 0 && program.charAt(end - 1) == '/') {
      end--;
    }
    if (!SHELLS.contains(program.substring(program.lastIndexOf('/', end - 1) + 1, end))) {
      return false;
    }
    boolean takesText = false;
    for (int k = 1; k < shell.size(); k++) {
      String word = shell.get(k);
      if (word.startsWith("-") || word.startsWith("+")) {
        takesText |= word.startsWith("-") && !word.startsWith("--") && word.indexOf('c') > 0;
      } else if (k == 1 || !shell.get(k - 1).endsWith("o") && !shell.get(k - 1).endsWith("O")) {
        return false;
      }
    }
    return takesText;
  }
}
