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

  /** Whether the next word is the file of a redirection. */
  boolean redirected;

  List<String> command = new ArrayList<>();

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
      if (!redirected) {
        command.add(fixed ? word.toString() : null);
      }
      redirected = false;
      word = null;
    }
  }
}
