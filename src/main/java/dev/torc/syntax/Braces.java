package dev.torc.syntax;

import java.util.ArrayList;
import java.util.List;

/** Writes out the braces of a pattern: {@code a{b,c}} stands for {@code ab} and {@code ac}. */
final class Braces {

  /** How many texts the braces of a pattern may stand for. */
  static final int MAX = 1000;

  private Braces() {}

  /** Writes the braces out: the texts a pattern stands for, escapes kept. */
  static void expand(String text, List<String> into) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '[') {
        i = Glob.closing(text, i);
      } else if (c == '{') {
        List<Integer> cuts = commas(text, i);
        if (cuts != null) {
          String head = text.substring(0, i);
          String tail = text.substring(cuts.getLast() + 1);
          int from = i + 1;
          for (int cut : cuts) {
            expand(head + text.substring(from, cut) + tail, into);
            from = cut + 1;
          }
          return;
        }
      }
    }
    if (into.size() >= MAX) {
      throw new IllegalArgumentException("the braces stand for more than " + MAX + " patterns");
    }
    into.add(text);
  }

  /** The offsets of the commas of a brace group and then of its end; null if it is no group. */
  static List<Integer> commas(String text, int open) {
    List<Integer> cuts = new ArrayList<>();
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '\\' -> i++;
        case '{' -> depth++;
        case ',' -> {
          if (depth == 1) {
            cuts.add(i);
          }
        }
        case '}' -> {
          if (--depth == 0) {
            cuts.add(i);
            return cuts.size() > 1 ? cuts : null;
          }
        }
        default -> {}
      }
    }
    return null;
  }
}
