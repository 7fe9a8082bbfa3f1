package dev.torc.features.remarks;

import dev.torc.base.syntax.Node;
import dev.torc.core.model.Step;
import dev.torc.features.reading.KnownNames;
import dev.torc.features.reading.Scope;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Warns of a command that names a var in the form of a shell or of another tool: {@code ${v}} as
 * DVC does, {@code $(v)} as make, {@code {{v}}} as Task, just and pixi. None of these is a
 * placeholder, and a shell gives nothing for the first two. What the job sets under that name is
 * meant, and so is a text in single quotes.
 */
public final class OtherVarForms {

  private static final Pattern OF_SHELL =
      Pattern.compile("\\$(?:(\\w+)|\\{([\\w.]+)\\}|\\(([\\w.]+)\\))");

  /** The braces of templates; {@code {{v}}} only as a word, since in quotes it may be a text. */
  private static final Pattern DOUBLE =
      Pattern.compile(
          "\\$?\\{\\{-?(?:\\s+\\.?|\\.)(?:(?:matrix|inputs|item|vars|ITEM)\\.)?([\\w.]+)\\s*-?\\}\\}"
              + "|(?<!\\S)\\{\\{([\\w.]+)\\}\\}(?!\\S)");

  /** What a shell has without a word of the job: variables, and programs for {@code $(date)}. */
  private static final Set<String> ALWAYS =
      Set.of("HOME", "PATH", "PWD", "TMPDIR", "USER", "date", "hostname", "nproc", "pwd", "whoami");

  private OtherVarForms() {}

  /** Warns of a path. */
  public static void warn(Node.Scalar path, Scope scope) {
    if (path.text().indexOf('$') < 0 && !path.text().contains("{{")) {
      return;
    }
    for (Pattern form : List.of(OF_SHELL, DOUBLE)) {
      for (Matcher found = form.matcher(path.text()); found.find(); ) {
        String plain = found.group().replaceAll("[${}()\\s-]|^\\W*\\.", "");
        String name = form == DOUBLE && found.group(1) != null ? found.group(1) : plain;
        if (scope.vars().has(name) || form == DOUBLE && scope.parameters().containsKey(name)) {
          warn(path, found.group(), name, scope);
        }
      }
    }
  }

  /** Warns of the text of the last step. */
  public static void warn(Node command, List<Step> steps, Scope scope) {
    if (steps.isEmpty() || !(command instanceof Node.Scalar text)) {
      return;
    }
    if (text.text().contains("{{")) {
      for (Matcher found = DOUBLE.matcher(text.text()); found.find(); ) {
        String name = found.group(1) == null ? found.group(2) : found.group(1);
        boolean known = scope.vars().has(name) || scope.parameters().containsKey(name);
        if (known && !KnownNames.AWK.contains(name)) {
          warn(text, found.group(), name, scope);
        }
      }
    }
    if (text.text().indexOf('$') < 0 || scope.vars().all().findAny().isEmpty()) {
      return; // without a look at the words of the command
    }
    Step step = steps.getLast();
    CommandWords words = new CommandWords(step.command(), step.shell());
    for (String expansion : words.expansions()) {
      Matcher found = OF_SHELL.matcher(expansion);
      if (found.matches()) {
        String name = found.group().replaceAll("[${}()]", "");
        if (scope.vars().has(name)
            && !ALWAYS.contains(name)
            && !step.env().containsKey(name)
            && !words.maySet(name)) {
          warn(text, expansion, name, scope);
        }
      }
    }
  }

  private static void warn(Node.Scalar command, String written, String name, Scope scope) {
    String line = "%s is not replaced by the value of %s; write {%2$s}";
    scope.problems().warn(command.place(), line.formatted(written, name));
  }
}
