package dev.torc.syntax;

import java.util.ArrayList;
import java.util.List;

/**
 * One level of nesting in the text of a shell command, with the word and the simple command being
 * read there. {@link ShellText} moves it along.
 */
final class ShellFrame {

  enum Kind {
    /** A command line: the whole text, or what stands in a command substitution. */
    COMMAND,
    DOUBLE,
    /** A parameter expansion in braces. */
    PARAMETER,
    ARITHMETIC
  }

  final Kind kind;

  /** Open parentheses inside. */
  int open;

  /** The word being read; null between words. */
  StringBuilder word;

  /** Whether the word is the same whatever its values and the environment are. */
  boolean fixed = true;

  /** What the next word is to the command; not so where a redirection takes no file. */
  enum Place {
    WORD,
    INPUT,
    TARGET,
    NONE
  }

  Place place = Place.WORD;

  private List<String> words = new ArrayList<>();
  private List<String> inputs = List.of();
  private List<String> targets = List.of();

  ShellFrame(Kind kind) {
    this.kind = kind;
  }

  /** The word being read; a new one where none is. */
  StringBuilder word() {
    if (word == null) {
      word = new StringBuilder();
      fixed = true;
    }
    return word;
  }

  /** Ends the word; the file of a redirection is no word of the command. */
  void endWord() {
    if (word != null) {
      String text = fixed ? word.toString() : null;
      if (place == Place.WORD) {
        words.add(text);
      } else if (place == Place.INPUT) {
        inputs = with(inputs, text);
      } else if (place == Place.TARGET) {
        targets = with(targets, text);
      }
      place = Place.WORD;
      word = null;
    }
  }

  private static List<String> with(List<String> some, String text) {
    List<String> more = some.isEmpty() ? new ArrayList<>() : some;
    more.add(text);
    return more;
  }

  /** Ends the command; null where there is none. */
  ShellCommand endCommand() {
    if (words.isEmpty() && inputs.isEmpty() && targets.isEmpty()) {
      return null;
    }
    ShellCommand ended = new ShellCommand(words, inputs, targets);
    words = new ArrayList<>();
    inputs = List.of();
    targets = List.of();
    return ended;
  }
}
