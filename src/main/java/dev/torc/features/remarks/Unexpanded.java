package dev.torc.features.remarks;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Problems;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Warns of a value of {@code env} or {@code vars} that only a shell would expand: {@code $PATH},
 * another name of the same map, {@code ~}, {@code $(pwd)}. Any other {@code $} may be meant as
 * text, as in a program for awk. What the warning says to write ends it.
 */
public final class Unexpanded {

  private static final Pattern EXPANSION =
      Pattern.compile("\\$(?:(\\()|\\{?([A-Za-z_]\\w*)(?![\\w]))|^(~)(?=/|$)");

  /** A var that is a command in whole; in a longer text it may be a part of a script. */
  private static final Pattern COMMAND = Pattern.compile("\\S*(\\$\\([^()]+\\)|`[^`]+`)\\S*");

  /** Variables that every caller has. */
  private static final Set<String> ALWAYS = Set.of("HOME", "PATH", "PWD", "TMPDIR", "USER");

  private Unexpanded() {}

  /** Warns of the value of a var; {@code names} are all vars. */
  public static void warnOfVar(
      String name, Node.Scalar value, Set<String> names, Problems problems) {
    String text = value.text();
    if (COMMAND.matcher(text).matches()) {
      problems.warn(
          value.place(),
          "%s: nothing runs %s in vars; let a job store the value, and write {data.JOB.KEY}, or write it in the command"
              .formatted(name, text));
      return;
    }
    for (Matcher found = EXPANSION.matcher(text); found.find(); ) {
      String variable = found.group(3) != null ? "HOME" : found.group(2);
      if (variable != null && (names.contains(variable) || ALWAYS.contains(variable))) {
        String written = found.group(3) != null ? "~" : "$" + variable;
        String instead = (names.contains(variable) ? "" : "env.") + variable;
        String line = "%s: %s is text in vars; write {%s}";
        problems.warn(value.place(), line.formatted(name, written, instead));
      }
    }
  }

  /** Warns of the value of a variable; {@code names} are the variables beside it, and itself. */
  public static void warn(String name, Node.Scalar value, Set<String> names, Problems problems) {
    String text = value.text();
    if (text.indexOf('$') < 0 && !text.startsWith("~") || value.isNothing()) {
      return;
    }
    for (Matcher found = EXPANSION.matcher(text); found.find(); ) {
      String variable = found.group(3) != null ? "HOME" : found.group(2);
      if (found.group(1) != null) {
        problems.warn(
            value.place(),
            name + ": no shell runs $(…) in env; set the variable in the command instead");
      } else if (names.contains(variable) || ALWAYS.contains(variable)) {
        String written = found.group().equals("~") ? "~" : "$" + variable;
        boolean callers = name.equals(variable) || ALWAYS.contains(variable);
        String or = ", or name it in vars and write {" + variable.toLowerCase(Locale.ROOT) + "}";
        String line = "%s: %s is text in env; write {env.%s} for the caller's value%s";
        problems.warn(value.place(), line.formatted(name, written, variable, callers ? "" : or));
      }
    }
  }
}
