package dev.torc.importing;

import dev.torc.buildfile.LiteralText;
import java.util.ArrayList;
import java.util.List;

/** Builds a text of the build file out of plain texts and placeholders. */
final class TemplateBuilder {

  private final List<String> parts = new ArrayList<>(List.of(""));

  /** Adds text as it stands. */
  TemplateBuilder text(String text) {
    int last = parts.size() - 1;
    parts.set(last, parts.get(last) + text);
    return this;
  }

  /** Adds a placeholder, with its braces. */
  TemplateBuilder hole(String written) {
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
    return LiteralText.write(parts);
  }
}
