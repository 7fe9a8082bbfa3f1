package dev.torc.plan;

import dev.torc.syntax.KnownShell;
import dev.torc.syntax.ShellCommand;
import dev.torc.syntax.ShellText;
import dev.torc.workflow.Step;
import dev.torc.workflow.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The words of a step's command that may be paths: what it runs, its arguments, the files that it
 * reads or writes by redirections, and whether it has a pipe in which failures are lost. Words with
 * values or expansions in them are left out, and so is what cannot be told for sure. It does not
 * look whether a word is a file of the project.
 */
final class CommandWords {

  /** What a word is to the command. */
  enum Role {
    /** The first word of a command. */
    PROGRAM,
    /** The script behind a known interpreter. */
    SCRIPT,
    /** What Python runs by {@code -m}. */
    MODULE,
    /** Any other word, the part of one behind an option or {@code =}, or the file of {@code <}. */
    ARGUMENT,
    /** The file of {@code >}. */
    TARGET
  }

  /**
   * A word.
   *
   * @param text as the program gets it; of {@code --in=a.csv} the path
   */
  record Word(Role role, String text) {}

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

  /** Programs that read no file that they are told. */
  private static final Set<String> READ_NOTHING =
      Set.of("echo", "printf", ":", "mkdir", "rm", "rmdir", "touch");

  /** A variable before the program that gets it. */
  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=");

  /** What goes elsewhere: from there on it cannot be told where a relative path leads. */
  private static final Set<String> GOES = Set.of("cd", "pushd", "popd");

  private final List<Word> words = new ArrayList<>();
  private final boolean losesFailures;
  private boolean moved;

  private CommandWords(Step.Command command, List<String> shell) {
    boolean loses = false;
    if (command instanceof Step.Command.Words list) {
      List<String> argv = new ArrayList<>();
      list.words().forEach(word -> argv.add(fixed(word)));
      command(argv, List.of(), List.of());
    } else if (command instanceof Step.Command.Shell text && KnownShell.is(shell)) {
      ShellText scan = ShellText.scan(masked(text.text()));
      loses = losesFailures(scan, text.text(), shell);
      for (ShellCommand each : scan.commands()) {
        if (!each.words().isEmpty() && "case".equals(each.words().getFirst())) {
          break; // its patterns look like commands
        }
        command(each.words(), each.inputs(), each.targets());
      }
    }
    losesFailures = loses;
  }

  /**
   * The words of a step, in the order of the command.
   *
   * @param shell the shell the command is run by; where its grammar is not known there are none
   */
  static CommandWords of(Step.Command command, List<String> shell) {
    return new CommandWords(command, shell);
  }

  /** The words, in order. */
  List<Word> words() {
    return words;
  }

  /** Whether there is a pipe of which the shell sees only the last failure. */
  boolean losesFailures() {
    return losesFailures;
  }

  /** The same of a text that is not the command of a step. */
  static boolean losesFailures(Template text, List<String> shell) {
    return KnownShell.is(shell) && losesFailures(ShellText.scan(masked(text)), text, shell);
  }

  private static boolean losesFailures(ShellText scan, Template text, List<String> shell) {
    if (!scan.hasPipe() || shell.contains("pipefail")) {
      return false;
    }
    for (Template.Part part : text.parts()) {
      if (part instanceof Template.Part.Text t && t.text().contains("pipefail")) {
        return false;
      }
    }
    return true;
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

  /** Takes the words of one command. */
  private void command(List<String> all, List<String> inputs, List<String> targets) {
    int first = 0;
    while (first < all.size() && all.get(first) != null && isBefore(all, first)) {
      first++;
    }
    int program = first < all.size() && all.get(first) != null ? first : -1;
    int script = -1;
    boolean reads = true;
    if (program >= 0) {
      add(Role.PROGRAM, all.get(program));
      script = script(all, program);
      // What -C says is where the others are.
      reads = !READ_NOTHING.contains(all.get(program)) && !all.contains("-C");
    }
    for (int i = 0; reads && i < all.size(); i++) {
      String word = all.get(i);
      boolean before = i < first && BEFORE.contains(word);
      if (word != null && i != program && i != script && !before) {
        argument(word);
      }
    }
    inputs.forEach(file -> add(Role.ARGUMENT, file));
    targets.forEach(file -> add(Role.TARGET, file));
    moved |= program >= 0 && GOES.contains(all.get(program));
  }

  private void add(Role role, String text) {
    if (text == null || text.isEmpty()) {
      return;
    }
    boolean searched = role == Role.PROGRAM && text.indexOf('/') < 0;
    if (!moved || searched || text.charAt(0) == '/') {
      words.add(new Word(role, text));
    }
  }

  private void argument(String word) {
    add(Role.ARGUMENT, word);
    int equals = word.indexOf('=');
    boolean option = word.startsWith("-");
    if (equals > 0) {
      if (!word.startsWith("--exclude") && !word.startsWith("--ignore")) {
        add(Role.ARGUMENT, word.substring(equals + 1));
      }
    } else if (option && word.length() > 2 && word.charAt(1) != '-') {
      String value = word.substring(2);
      if (value.indexOf('/') >= 0 || value.indexOf('.') >= 0) {
        add(Role.ARGUMENT, value);
      }
    }
  }

  /** Adds the script or module that an interpreter runs; returns where it stands, -1 for none. */
  private int script(List<String> all, int program) {
    String path = all.get(program);
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (!INTERPRETERS.contains(name)
        && !(name.startsWith("python3.") && name.matches("python3\\.\\d+"))) {
      return -1;
    }
    boolean awk = name.endsWith("awk");
    for (int i = program + 1; i < all.size() && all.get(i) != null; i++) {
      String word = all.get(i);
      boolean last = i + 1 == all.size();
      if (awk && word.equals("-f")) {
        add(Role.SCRIPT, last ? null : all.get(i + 1));
        return i + 1;
      }
      if (word.equals("-m") && name.startsWith("py")) {
        add(Role.MODULE, last ? null : all.get(i + 1));
        return i + 1;
      }
      if (!word.startsWith("-")) {
        if (!awk) {
          add(Role.SCRIPT, word);
        }
        return awk ? -1 : i;
      }
      if (!awk && word.matches("-[cem]|--eval|--command|-[a-z]*c")) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean isBefore(List<String> words, int i) {
    String word = words.get(i);
    return BEFORE.contains(word)
        || ASSIGNMENT.matcher(word).lookingAt()
        || i > 0 && word.startsWith("-") && BEFORE.contains(words.get(i - 1));
  }
}
