package dev.torc.build;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the Makefile syntax that compilers write with {@code -MD -MF}: rules of targets, a colon,
 * and the files that they depend on. The escapes are those of GNU make as gcc and clang write them
 * (ninja's manual, "Depfile parsing"): {@code \} before a blank, {@code #} or backslashes before
 * these, {@code $$} for a dollar, a backslash at the end of a line joins it with the next.
 */
final class Depfile {

  private Depfile() {}

  /**
   * The files named behind the colons, in order, doubles included.
   *
   * @throws IllegalArgumentException with one line, where there is no rule in the text
   */
  static List<String> parse(String text) {
    List<String> files = new ArrayList<>();
    boolean rule = false;
    for (String line : logicalLines(text)) {
      boolean behindColon = false;
      for (String word : words(line)) {
        if (behindColon) {
          files.add(unescape(word));
        } else if (word.endsWith(":") && !word.endsWith("\\:")) {
          behindColon = true;
          rule = true;
        }
      }
      if (!behindColon && !line.isBlank()) {
        throw new IllegalArgumentException("it has a line without a colon: " + shorten(line));
      }
    }
    if (!rule && !text.isBlank()) {
      throw new IllegalArgumentException("it holds no rule");
    }
    return files;
  }

  private static String shorten(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }

  private static List<String> logicalLines(String text) {
    return List.of(text.replace("\r\n", "\n").replaceAll("\\\\\n", " ").split("\n"));
  }

  /** Splits at blanks that no backslash escapes; {@code a:b} splits behind a colon at the end. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        int run = i;
        while (run < line.length() && line.charAt(run) == '\\') {
          run++;
        }
        boolean blank = run < line.length() && line.charAt(run) == ' ';
        word.append(line, i, run);
        if (blank && (run - i) % 2 == 1) {
          word.append(' ');
          run++;
        }
        i = run - 1;
      } else if (c == ' ' || c == '\t') {
        if (!word.isEmpty()) {
          words.add(word.toString());
          word.setLength(0);
        }
      } else {
        word.append(c);
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  private static String unescape(String word) {
    return word.replace("\\ ", " ").replace("\\#", "#").replace("\\:", ":").replace("$$", "$");
  }
}
