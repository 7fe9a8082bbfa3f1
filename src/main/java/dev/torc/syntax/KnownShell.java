package dev.torc.syntax;

import java.util.List;
import java.util.Set;

/** Tells the shells whose quoting is known. {@link ShellText} reads their texts. */
public final class KnownShell {

  private static final Set<String> NAMES = Set.of("sh", "bash", "dash", "ksh", "zsh");

  private KnownShell() {}

  /** Whether a shell, given as its words, takes a text whose quoting is known as its next word. */
  public static boolean is(List<String> shell) {
    String program = shell.getFirst();
    int end = program.length();
    while (end > 0 && program.charAt(end - 1) == '/') {
      end--;
    }
    if (!NAMES.contains(program.substring(program.lastIndexOf('/', end - 1) + 1, end))) {
      return false;
    }
    boolean takesText = false;
    for (int k = 1; k < shell.size(); k++) {
      String word = shell.get(k);
      if (word.startsWith("-") || word.startsWith("+")) {
        takesText |= word.startsWith("-") && !word.startsWith("--") && word.indexOf('c') > 0;
      } else if (k == 1 || !shell.get(k - 1).endsWith("o") && !shell.get(k - 1).endsWith("O")) {
        return false;
      }
    }
    return takesText;
  }
}
