package dev.torc.base.syntax;

import java.util.ArrayList;
import java.util.List;

/** Expands the braces of a pattern: {@code a{b,c}} stands for {@code ab} and {@code ac}. */
final class Braces {

  /** The most texts that the braces of a pattern may stand for. */
  static final int MAX = 1000;

  private Braces() {}

  /** Adds the texts that the braces of a pattern stand for; escapes are kept. */
  static void expand(String text, List<String> into) {
    List<Integer> cuts = cuts(text);
    if (cuts != null) {
      choices(text, cuts).forEach(choice -> expand(choice, into));
    } else if (into.size() < MAX) {
      into.add(text);
    } else {
      throw new IllegalArgumentException("the braces stand for more than " + MAX + " patterns");
    }
  }

  /**
   * Adds the texts in which some braces are literal. If there are more than {@link #MAX}, adds only
   * the text in which all braces are literal.
   */
  static void addOwn(String text, List<String> into) {
    List<String> own = new ArrayList<>(0);
    addOwn(text, false, own);
    into.addAll(own.size() > MAX ? own.subList(own.size() - 1, own.size()) : own);
  }

  private static void addOwn(String text, boolean own, List<String> into) {
    List<Integer> cuts = cuts(text);
    if (cuts != null) {
      choices(text, cuts).forEach(choice -> addOwn(choice, own, into));
      StringBuilder escaped = new StringBuilder(text);
      cuts.reversed().forEach(cut -> escaped.insert((int) cut, '\\'));
      addOwn(escaped.toString(), true, into);
    } else if (own) {
      into.add(text);
    }
  }

  /** Returns the offsets of the first group's brace, commas and end; null if there is no group. */
  private static List<Integer> cuts(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '[') {
        i = Math.max(i, GlobComponent.closing(text, i));
      } else if (c == '{') {
        List<Integer> cuts = commas(text, i);
        if (cuts != null) {
          cuts.addFirst(i);
          return cuts;
        }
      }
    }
    return null;
  }

  private static List<String> choices(String text, List<Integer> cuts) {
    String head = text.substring(0, cuts.getFirst());
    String tail = text.substring(cuts.getLast() + 1);
    List<String> choices = new ArrayList<>();
    for (int c = 1; c < cuts.size(); c++) {
      choices.add(head + text.substring(cuts.get(c - 1) + 1, cuts.get(c)) + tail);
    }
    return choices;
  }

  /** Returns the offsets of a group's commas and of its end; null if it is not a group. */
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
