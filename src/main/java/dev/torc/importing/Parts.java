package dev.torc.importing;

import dev.torc.workflow.Literal;
import java.util.ArrayList;
import java.util.List;

/** A text of the build file that is being made: texts and placeholders in turn. */
final class Parts {

  private final List<String> parts = new ArrayList<>(List.of(""));

  /** Adds text as it stands. */
  Parts text(String text) {
    int last = parts.size() - 1;
    parts.set(last, parts.get(last) + text);
    return this;
  }

  /** Adds a placeholder, with its braces. */
  Parts hole(String written) {
    parts.add(written);
    parts.add("");
    return this;
  }

  /** Texts and placeholders in turn, a text first and last. */
  List<String> list() {
    return parts;
  }

  /** What has to be written; null where it cannot be. */
  String written() {
    return Literal.write(parts);
  }
}
