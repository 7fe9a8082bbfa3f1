package dev.torc.front.buildfile;

import dev.torc.base.syntax.Quoting;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import java.util.regex.Pattern;

/**
 * Finds a task of several that only changes its own shell, as if the next task ran in the same one.
 * A task that may do work, such as a file that it reads by {@code source}, is none.
 */
final class LostTask {

  /** Quoted text: what is in it does not matter here, unless it runs something. */
  private static final Pattern QUOTED = Pattern.compile("'[^']*'|\"[^\"]*\"");

  private static final Pattern TO_NOTHING = Pattern.compile("&?\\d?>\\s*/dev/null|2>&1");

  /** Marks of commands that print to a file, or run others. */
  private static final Pattern RUNS = Pattern.compile("[`|<>()]|(?<!&)&(?!&)");

  private static final Pattern END = Pattern.compile("&&|[;\\n]");

  private static final Pattern SETS = Pattern.compile("(set|shopt|#).*");

  private static final Pattern FOLDER = Pattern.compile("(cd|pushd|popd)( .*)?");

  private static final Pattern VARIABLES =
      Pattern.compile(
          "(export|readonly|declare|typeset|unset) (?!-\\w*p).*|([A-Za-z_]\\w*\\+?=\\S*\\s*)+");

  private static final Pattern LOADED =
      Pattern.compile(
          "(module|ml) (load|add|unload|rm|purge|swap|switch|use|unuse)\\b.*"
              + "|(conda|mamba|micromamba) (de)?activate\\b.*");

  private static final Pattern LIMITS =
      Pattern.compile("ulimit .*\\b(\\d+|unlimited|hard|soft)|umask \\S+|alias \\S+=.*");

  private LostTask() {}

  /** Returns the key that does what the task does for nothing; null if the task may do work. */
  static String instead(Step task) {
    if (!(task.command() instanceof Step.Command.Shell shell) || !Quoting.isKnown(task.shell())) {
      return null;
    }
    StringBuilder written = new StringBuilder();
    for (Template.Part part : shell.text().parts()) {
      written.append(part instanceof Template.Part.Text text ? text.text() : "x");
    }
    String text = TO_NOTHING.matcher(written).replaceAll("");
    if (text.indexOf('`') >= 0 || text.contains("$(")) { // even in quotes
      return null;
    }
    text = QUOTED.matcher(text).replaceAll("x").replace("\\\n", " ");
    String key = null;
    if (RUNS.matcher(text).find()) {
      return null;
    }
    for (String each : END.split(text)) {
      String command = each.strip().replaceAll("\\s+", " ");
      String its =
          FOLDER.matcher(command).matches()
              ? "dir"
              : VARIABLES.matcher(command).matches()
                  ? "env"
                  : LOADED.matcher(command).matches()
                      ? "environment"
                      : LIMITS.matcher(command).matches() ? "" : null;
      if (its == null && !command.isEmpty() && !SETS.matcher(command).matches()) {
        return null;
      }
      key = its == null || key != null && !key.isEmpty() ? key : its;
    }
    return key;
  }
}
