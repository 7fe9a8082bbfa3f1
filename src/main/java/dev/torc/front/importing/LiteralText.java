package dev.torc.front.importing;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.features.groups.AxisReader;
import dev.torc.features.reading.Placeholder;
import dev.torc.features.reading.Vars;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Escapes placeholders in a text, so that the text means itself when a build file contains it.
 * {@link Placeholder} and {@code Scope} read such texts.
 */
final class LiteralText {

  private LiteralText() {}

  /** Returns the text escaped for a build file, or the text itself if that is impossible. */
  static String literal(String text) {
    return Objects.requireNonNullElse(of(text), text);
  }

  /** Returns the text escaped for a build file; null if that is impossible. */
  static String of(String text) {
    return write(List.of(text));
  }

  /**
   * Returns a text for a build file that consists of literal texts and placeholders.
   *
   * @param parts literal texts and placeholders (with their braces) in alternation, beginning with
   *     a text; texts may be empty
   * @return null if that is impossible: if braces directly surround a placeholder, or a {@code $}
   *     is right before it
   */
  static String write(List<String> parts) {
    StringBuilder out = new StringBuilder();
    List<String> meant = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      out.append(i % 2 == 0 ? escape(parts.get(i)) : parts.get(i));
      if (i % 2 == 1 || !parts.get(i).isEmpty()) {
        meant.add(i % 2 + parts.get(i));
      }
    }
    List<String> read =
        Placeholder.split(out.toString(), _ -> false).stream()
            .filter(part -> !part.equals(""))
            .map(part -> part instanceof Placeholder hole ? 1 + hole.written() : "0" + part)
            .toList();
    return read.equals(meant) ? out.toString() : null;
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      boolean dollar = i > 0 && text.charAt(i - 1) == '$';
      boolean open = text.charAt(i) == '{' && !dollar;
      Placeholder hole = open ? Placeholder.at(text, i, _ -> false, false) : null;
      if (hole != null) {
        out.append('{').append(hole.written()).append('}');
        i += hole.written().length() - 1;
      } else {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }

  /** Returns why a parameter cannot have this name, for a message; null if it can. */
  static String wrongParameter(String name) {
    if (!Placeholder.isIdentifier(name)) {
      return "its name is not an identifier"; // escape() recognizes only identifiers
    }
    try {
      AxisReader.checkName(name, Vars.NONE, Place.NONE);
      return null;
    } catch (BadInput e) {
      return e.getMessage();
    }
  }
}
