package dev.torc.buildfile;

import dev.torc.syntax.KnownShell;
import dev.torc.syntax.ShellText;
import dev.torc.workflow.Step;
import dev.torc.workflow.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Lists the words of a command that name what it runs: the first word of each simple command, and
 * the script after a known interpreter. It does not look whether such a word is a file of the
 * project.
 */
public final class CommandWords {

  private static final Set<String> INTERPRETERS =
      Set.of(
          "python", "python2", "python3", "pypy3", "perl", "ruby", "node", "deno", "bun", "Rscript",
          "julia", "bash", "sh", "dash", "ksh", "zsh", "fish", "octave", "php", "lua", "tclsh",
          "awk", "gawk", "mawk", "groovy", "java", "source", ".");

  /** Words that stand before a command without being one. */
  private static final Set<String> BEFORE =
      Set.of(
          "!", "{", "if", "then", "else", "elif", "while", "until", "do", "time", "exec", "nohup",
          "command", "env", "nice", "eval");

  private CommandWords() {}

  /**
   * The words of a command that could be files being run, in order, each as the program gets it;
   * words with values or expansions in them are left out.
   *
   * @param shell the shell the command is run by; where its grammar is not known there are none
   */
  public static List<String> programs(Step.Command command, List<String> shell) {
    List<String> out = new ArrayList<>();
    if (command instanceof Step.Command.Words words) {
      programs(words.words().stream().map(CommandWords::fixed).toList(), out);
    } else if (command instanceof Step.Command.Shell text && KnownShell.is(shell)) {
      for (List<String> words : ShellText.scan(masked(text.text())).commands()) {
        programs(words, out);
      }
    }
    return out;
  }

  /** The text with a hole for each slot. */
  private static String masked(Template template) {
    String fixed = fixed(template);
    if (fixed != null) {
      return fixed;
    }
    StringBuilder masked = new StringBuilder();
    for (Template.Part part : template.parts()) {
      masked.append(
          part instanceof Template.Part.Text t ? t.text() : String.valueOf(ShellText.HOLE));
    }
    return masked.toString();
  }

  /** The text of a template, null where it has slots. */
  private static String fixed(Template template) {
    if (template.parts().size() == 1
        && template.parts().getFirst() instanceof Template.Part.Text t) {
      return t.text();
    }
    StringBuilder out = new StringBuilder();
    for (Template.Part part : template.parts()) {
      if (!(part instanceof Template.Part.Text text)) {
        return null;
      }
      out.append(text.text());
    }
    return out.toString();
  }

  private static void programs(List<String> words, List<String> out) {
    int i = 0;
    while (i < words.size() && words.get(i) != null && isBefore(words, i)) {
      i++;
    }
    if (i == words.size() || words.get(i) == null) {
      return;
    }
    String program = words.get(i);
    out.add(program);
    String name = program.substring(program.lastIndexOf('/') + 1);
    if (!INTERPRETERS.contains(name)
        && !(name.startsWith("python3.") && name.matches("python3\\.\\d+"))) {
      return;
    }
    boolean awk = name.endsWith("awk");
    for (i++; i < words.size() && words.get(i) != null; i++) {
      String word = words.get(i);
      if (awk && word.equals("-f") && i + 1 < words.size()) {
        if (words.get(i + 1) != null) {
          out.add(words.get(i + 1));
        }
        return;
      }
      if (word.startsWith("-")) {
        if (word.matches("-[cem]|--eval|--command|-[a-z]*c") && !awk) {
          return;
        }
      } else {
        if (!awk) {
          out.add(word);
        }
        return;
      }
    }
  }

  private static boolean isBefore(List<String> words, int i) {
    String word = words.get(i);
    int equals = word.indexOf('=');
    return BEFORE.contains(word)
        || equals > 0 && Placeholder.isIdentifier(word.substring(0, equals))
        || i > 0 && word.startsWith("-") && BEFORE.contains(words.get(i - 1));
  }
}
