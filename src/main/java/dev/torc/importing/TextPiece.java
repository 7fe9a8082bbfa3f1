package dev.torc.importing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A piece of a text of the workflow file: plain text, a placeholder of a parameter, or a reference
 * to a file or user data. Texts are split here; values are put in by {@link ParameterSweep}.
 */
sealed interface TextPiece {

  /** Text as it stands. */
  record Plain(String text) implements TextPiece {}

  /**
   * The value of a parameter: {@code {lr}}, {@code {lr:.4f}}.
   *
   * @param format null without one
   */
  record Hole(String name, String format) implements TextPiece {}

  /** {@code ${files.input.NAME}} and its like; placeholders may stand in the name. */
  record Reference(boolean data, boolean input, String name) implements TextPiece {}

  /** Splits a name or path: texts and the holes of these parameters. */
  static List<TextPiece> ofName(String text, Collection<String> parameters) {
    return split(text, parameters, false);
  }

  /**
   * Splits a command: texts, holes and references. {@code ${name}} of a parameter is left to the
   * shell, where it has the value too.
   */
  static List<TextPiece> ofCommand(String text, Collection<String> parameters) {
    return split(text, parameters, true);
  }

  private static List<TextPiece> split(
      String text, Collection<String> parameters, boolean command) {
    List<TextPiece> pieces = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      int end = -1;
      TextPiece found = null;
      if (c == '$' && command) {
        end = text.startsWith("${", i) ? closing(text, i + 1) : -1;
        found = end < 0 ? null : reference(text.substring(i + 2, end));
        if (found == null && end > 0) {
          // ${…} is the shell's, but a `{` inside may be ours.
          plain.append("${");
          i += 2;
          continue;
        }
      } else if (c == '{') {
        end = text.indexOf('}', i);
        found = end < 0 ? null : hole(text.substring(i + 1, end), parameters);
        if (found != null
            && !command
            && !plain.isEmpty()
            && plain.charAt(plain.length() - 1) == '$') {
          plain.setLength(plain.length() - 1);
        }
      }
      if (found == null) {
        plain.append(c);
        i++;
      } else {
        flush(plain, pieces);
        pieces.add(found);
        i = end + 1;
      }
    }
    flush(plain, pieces);
    return List.copyOf(pieces);
  }

  private static void flush(StringBuilder plain, List<TextPiece> pieces) {
    if (!plain.isEmpty()) {
      pieces.add(new Plain(plain.toString()));
      plain.setLength(0);
    }
  }

  private static int closing(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return -1;
  }

  private static TextPiece hole(String inner, Collection<String> parameters) {
    int colon = inner.indexOf(':');
    String name = colon < 0 ? inner : inner.substring(0, colon);
    return parameters.contains(name)
        ? new Hole(name, colon < 0 ? null : inner.substring(colon + 1))
        : null;
  }

  private static TextPiece reference(String inner) {
    for (boolean data : new boolean[] {false, true}) {
      for (boolean input : new boolean[] {false, true}) {
        String prefix = (data ? "user_data." : "files.") + (input ? "input." : "output.");
        if (inner.startsWith(prefix)) {
          return new Reference(data, input, inner.substring(prefix.length()));
        }
      }
    }
    return null;
  }
}
