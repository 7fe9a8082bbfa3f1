package dev.torc.features.remarks;

import dev.torc.base.syntax.Quoting;
import dev.torc.base.syntax.ShellMarks;
import dev.torc.base.syntax.ShellText;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.core.model.Template.Part.Slot;
import dev.torc.core.model.Template.Part.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a step's command that may be paths (rule 14). The command is split at unquoted
 * blanks and operators; quotes are removed. A program is the first word, or follows {@code ; & | (
 * $(} or a line end. Words that contain values or expansions are dropped. A full shell parser is
 * not needed, since a trace shows what a command really reads. This class does not look at the
 * disk.
 */
public final class CommandWords {

  public enum Role {
    PROGRAM,
    SCRIPT,
    MODULE,
    /** Any other word, the part after an option or {@code =}, or the file after {@code <}. */
    ARGUMENT,
    TARGET
  }

  /** A word as the program gets it. {@code --in=a.csv} gives two: itself and {@code a.csv}. */
  public record CommandWord(Role role, String text) {}

  private static final Set<String> INTERPRETERS =
      Set.of(
          "python", "python2", "python3", "pypy3", "perl", "ruby", "node", "deno", "bun", "Rscript",
          "julia", "bash", "sh", "dash", "ksh", "zsh", "fish", "octave", "php", "lua", "tclsh",
          "awk", "gawk", "mawk", "groovy", "java", "source", ".");

  private static final Set<String> BEFORE =
      Set.of(
          "!", "{", "if", "then", "else", "elif", "while", "until", "do", "time", "exec", "nohup",
          "command", "env", "nice", "eval");

  private static final Set<String> READ_NOTHING =
      Set.of("echo", "printf", ":", "mkdir", "rm", "rmdir", "touch");

  private static final Pattern EXPANSION =
      Pattern.compile("\\$(\\w+|[@<]|\\^(?=[\\s\"]|$)|\\{[^}]*\\}|\\([^()\\s]*\\))");

  private static final Pattern SOURCED = Pattern.compile("(^|[\\s;&|(])(\\.|source|eval)\\s");

  private static final String SETS =
      "(^|[^\\w$])%1$s=|\\{%1$s:?=|\\b(for|read|select|getopts|export|local|declare|typeset|readonly|mapfile|readarray)\\b[^\\n"
          + ";|&]*\\b%1$s\\b";

  /** What continues a word behind a slot. */
  private static final Pattern GOES_ON = Pattern.compile("[\\w./$*?{+~-]");

  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=");

  /** Commands that change the folder. After them it is unknown where a relative path leads. */
  private static final Set<String> GOES = Set.of("cd", "pushd", "popd");

  /**
   * A command that has not ended, and the word in which it stands as a substitution; null without
   * one.
   */
  private record Command(List<String> words, StringBuilder around) {
    Command(StringBuilder around) {
      this(new ArrayList<>(), around);
    }
  }

  /** Stands for a quoted or escaped character in {@link #bare}. */
  static final char QUOTED = '\1';

  private final List<CommandWord> words = new ArrayList<>();
  private final List<List<String>> commands = new ArrayList<>();
  private final List<String> expansions = new ArrayList<>(0);
  private String text = "";
  private final StringBuilder bare = new StringBuilder();
  private final Deque<Command> open = new ArrayDeque<>(List.of(new Command(null)));
  private StringBuilder word; // null between words; a hole means unknown text
  private String operator = ""; // redirection before the present word
  private boolean pipe;
  private boolean moved;
  private boolean unclear; // a case or [[ ]] may look like commands and pipes

  /** Reads the words of a step. If the shell's grammar is unknown, there are none. */
  public CommandWords(Step.Command command, List<String> shell) {
    this(command, shell, _ -> null);
  }

  /** Reads the words of a step; {@code paths} has those that stand for slots, else null. */
  CommandWords(Step.Command command, List<String> shell, Function<Slot, String> paths) {
    if (command instanceof Step.Command.Words list) {
      list.words().forEach(each -> open.peek().words.add(known(text(each, paths))));
      end(open.peek());
    } else if (command instanceof Step.Command.Shell shellText && Quoting.isKnown(shell)) {
      text = text(shellText.text(), paths);
      split(text);
      pipe &= !unclear && !shell.contains("pipefail") && !text.contains("pipefail");
    }
  }

  public List<CommandWord> words() {
    return words;
  }

  /** Returns the words of each command as far as they are known; an unknown word is null. */
  public List<List<String>> commands() {
    return commands;
  }

  /** Returns what the shell expands: {@code $x}, {@code ${x}}, {@code $(x)}, in their order. */
  public List<String> expansions() {
    return expansions;
  }

  /**
   * Returns the text that a shell runs outside of quotes, comments and here-documents; {@link
   * #QUOTED} stands for what is quoted or escaped, except for a letter behind a backslash.
   */
  String bare() {
    return bare.toString();
  }

  /** Returns the text that a shell runs; empty without one, or if its grammar is unknown. */
  public String text() {
    return text;
  }

  /** Returns whether a command sets a variable itself, or may, by a file that it reads. */
  public boolean maySet(String variable) {
    return SOURCED.matcher(text).find()
        || Pattern.compile(SETS.formatted(variable)).matcher(text).find();
  }

  /** Returns whether a command defines a function. */
  boolean defines(String function) {
    return text.matches("(?s).*\\b" + function + "\\s*\\(\\s*\\).*");
  }

  boolean losesFailures() {
    return pipe;
  }

  /** Returns a text with holes for the slots whose values are not known or not whole words. */
  static String text(Template template, Function<Slot, String> paths) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < template.parts().size(); i++) {
      Template.Part next = i + 1 < template.parts().size() ? template.parts().get(i + 1) : null;
      boolean whole =
          next == null || next instanceof Text then && !GOES_ON.matcher(then.text()).lookingAt();
      if (template.parts().get(i) instanceof Text known) {
        text.append(known.text());
      } else {
        String path =
            whole && template.parts().get(i) instanceof Slot slot ? paths.apply(slot) : null;
        text.append(path == null ? "" + ShellText.HOLE : path);
      }
    }
    return text.toString();
  }

  private static String known(String word) {
    return word.indexOf(ShellText.HOLE) < 0 ? word : null;
  }

  private void split(String text) {
    String marks = ShellText.marked(text);
    for (int i = 0; i < text.length() && marks.charAt(i) != ShellMarks.UNKNOWN; i++) {
      char c = text.charAt(i);
      char mark = marks.charAt(i);
      boolean escaped = i > 0 && text.charAt(i - 1) == '\\' && Character.isLetter(c);
      if (mark == ShellMarks.QUOTED && !escaped || mark == ShellMarks.QUOTE && c != '\\') {
        bare.append(QUOTED);
      } else if (mark != ShellMarks.NOT_RUN) {
        bare.append(c);
      }
      switch (mark) {
        case ShellMarks.WORD -> {
          append("*?[~".indexOf(c) < 0 ? c : ShellText.HOLE);
          unclear |= text.startsWith("[[", i);
        }
        case ShellMarks.QUOTED -> append(c);
        case ShellMarks.QUOTE -> word = word == null ? new StringBuilder() : word;
        case ShellMarks.EXPANSION -> {
          append(ShellText.HOLE);
          if (c == '$' && (i == 0 || text.charAt(i - 1) != '$')) {
            Matcher expansion = EXPANSION.matcher(text).region(i, text.length());
            expansions.addAll(expansion.lookingAt() ? List.of(expansion.group()) : List.of());
          }
        }
        case ShellMarks.OPEN -> {
          StringBuilder around = i > 0 && text.charAt(i - 1) == '$' ? word : null;
          word = around == null ? word : null;
          endWord();
          operator = ""; // <( and >( are not redirections
          open.push(new Command(around));
        }
        case ShellMarks.CLOSE -> {
          end(open.peek());
          word = open.size() > 1 ? open.pop().around : null;
        }
        case ShellMarks.OPERATOR -> operator(text, marks, i);
        case ShellMarks.BLANK -> endWord();
        default -> operator = ""; // as behind <<
      }
    }
    if (marks.indexOf(ShellMarks.UNKNOWN) < 0) {
      open.forEach(this::end);
    }
  }

  private void operator(String text, String marks, int at) {
    char c = text.charAt(at);
    boolean goesOn = at > 0 && marks.charAt(at - 1) == ShellMarks.OPERATOR;
    if (!operator.isEmpty() && goesOn) {
      operator += c; // as in >> or >&
    } else if (c == '<' || c == '>') {
      word = word != null && word.chars().allMatch(Character::isDigit) ? null : word;
      endWord();
      operator = "" + c;
    } else {
      boolean next = at + 1 < text.length() && text.charAt(at + 1) == '|';
      pipe |= c == '|' && !next && !(goesOn && text.charAt(at - 1) == '|');
      end(open.peek());
    }
  }

  private void append(char c) {
    word = (word == null ? new StringBuilder() : word).append(c);
  }

  private void endWord() {
    if (word == null) {
      return;
    }
    String text = known(word.toString());
    if (operator.isEmpty()) {
      open.peek().words.add(text);
    } else if (operator.equals("<") || operator.indexOf('>') >= 0) {
      add(operator.equals("<") ? Role.ARGUMENT : Role.TARGET, text);
    }
    word = null;
    operator = "";
  }

  private void end(Command command) {
    endWord();
    List<String> all = command.words;
    int first = 0;
    while (first < all.size() && all.get(first) != null && isBefore(all, first)) {
      first++;
    }
    int program = first < all.size() && all.get(first) != null ? first : -1;
    int script = -1;
    boolean reads = true;
    if (program >= 0) {
      unclear |= all.get(program).equals("case");
      add(Role.PROGRAM, all.get(program));
      script = script(all, program);
      // With -C, the other arguments are relative to another folder.
      reads = !READ_NOTHING.contains(all.get(program)) && !all.contains("-C");
    }
    for (int i = 0; reads && i < all.size(); i++) {
      String each = all.get(i);
      if (each != null && i != program && i != script && (i > first || !BEFORE.contains(each))) {
        argument(each);
      }
    }
    if (program >= 0 && !moved) {
      commands.add(new ArrayList<>(all.subList(program, all.size())));
    }
    moved |= program >= 0 && GOES.contains(all.get(program));
    all.clear();
  }

  private void add(Role role, String text) {
    if (text == null || text.isEmpty() || unclear) {
      return;
    }
    boolean searched = role == Role.PROGRAM && text.indexOf('/') < 0;
    if (!moved || searched || text.charAt(0) == '/') {
      words.add(new CommandWord(role, text));
    }
  }

  private void argument(String word) {
    add(Role.ARGUMENT, word);
    int equals = word.indexOf('=');
    if (equals > 0 && !word.startsWith("--exclude") && !word.startsWith("--ignore")) {
      add(Role.ARGUMENT, word.substring(equals + 1));
    } else if (equals <= 0 && word.startsWith("-") && word.matches("-[^-].*[/.].*")) {
      add(Role.ARGUMENT, word.substring(2));
    }
  }

  /** Adds the script or module that an interpreter runs; returns its index in the words, or -1. */
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
      boolean module = word.equals("-m") && name.startsWith("py");
      if (module || awk && word.equals("-f")) {
        add(module ? Role.MODULE : Role.SCRIPT, i + 1 < all.size() ? all.get(i + 1) : null);
        return i + 1;
      }
      if (!word.startsWith("-")) {
        add(Role.SCRIPT, awk ? null : word);
        return awk ? -1 : i;
      }
      if (!awk && word.matches("-[cem]|--eval|--command|-[a-z]*c")) {
        break;
      }
    }
    return -1;
  }

  private static boolean isBefore(List<String> words, int i) {
    String word = words.get(i);
    return BEFORE.contains(word)
        || word.indexOf('=') > 0 && ASSIGNMENT.matcher(word).lookingAt()
        || i > 0 && word.startsWith("-") && BEFORE.contains(words.get(i - 1));
  }
}
