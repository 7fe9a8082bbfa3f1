package dev.torc.features.reading;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.ShellMarks;
import dev.torc.base.syntax.ShellText;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Warns of a command of several lines that YAML joins into one, if the lines may be meant as
 * separate commands, or if a comment swallows the lines below it. It does not warn of a folded
 * block ({@code >-}), nor of lines that can only be parts of one command. Shell syntax is not
 * parsed: the warning names the two ways to write what is meant, and either of them ends it.
 */
final class JoinedLines {

  /** Matches a line that the next one continues. */
  private static final Pattern OPEN =
      Pattern.compile("(?s).*([;&|({,]|(^|.*\\s)(do|then|else|in|!|\\$\\())");

  /** Matches a line that continues the previous one. */
  private static final Pattern CONTINUES =
      Pattern.compile("(?s)(-|[;&|)<]|\\d?>|\\{(needs|produces)\\b).*");

  private JoinedLines() {}

  static void warn(Node.Scalar node, Problems problems) {
    List<String> lines = node.lines().lines().map(String::strip).toList();
    boolean folded = lines.getFirst().startsWith(">");
    boolean escapes = lines.getFirst().startsWith("\"");
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i - 1);
      String next = lines.get(i);
      int number = node.place().line() + i - 1;
      boolean apart = line.isEmpty() || next.isEmpty() || folded && i == 1;
      if (apart || folded && !node.text().contains(line + " " + next)) {
        continue; // YAML keeps this line end
      }
      if (hasComment(lines.subList(folded ? 1 : 0, i))) {
        problems.warn(
            node.place(),
            "YAML joins lines %d and %d of this command, so the # on line %1$d makes a comment of both; write command: |"
                .formatted(number, number + 1));
        return;
      } else if (line.endsWith("\\")) {
        if (!escapes) {
          String word = next.split("\\s", 2)[0];
          problems.warn(
              node.place(),
              "YAML keeps the \\ at the end of line %d, and the program gets \" %s\"; write command: |, or leave the \\ out"
                  .formatted(number, word));
          return;
        }
      } else if (!folded && !OPEN.matcher(line).matches() && !CONTINUES.matcher(next).matches()) {
        problems.warn(
            node.place(),
            "YAML joins lines %d and %d of this command into one; write command: | to keep the lines, or command: >- if one is meant"
                .formatted(number, number + 1));
        return;
      }
    }
  }

  /** Returns whether the last of these lines has a comment of the shell. */
  private static boolean hasComment(List<String> lines) {
    String last = lines.getLast();
    String text = String.join("\n", lines).replaceFirst("^[\"']", "");
    int from = text.length() - last.length();
    return last.indexOf('#') >= 0
        && ShellText.marked(text).indexOf(ShellMarks.NOT_RUN, Math.max(0, from)) >= 0;
  }
}
