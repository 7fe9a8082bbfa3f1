package dev.torc.core.run;

import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the cure for a job whose needs change, to the same bytes, during each of its runs (rule 6):
 * it probably writes them itself, and would run in every build.
 */
final class OwnInputs {

  /** Commands that write their own inputs, each with one that does not. */
  static final List<List<String>> COMMANDS =
      List.of(
          List.of("npm install", "npm ci"),
          List.of("npm i", "npm ci"),
          List.of("yarn install", "yarn install --immutable"),
          List.of("pnpm install", "pnpm install --frozen-lockfile"),
          List.of("bundle install", "bundle install --frozen"),
          List.of("uv sync", "uv sync --locked"));

  private OwnInputs() {}

  /** Returns those of the needs that moved for which the same was the reason of the run. */
  static Set<String> again(List<String> moved, List<Reason> reasons) {
    Set<String> again = new TreeSet<>();
    for (Reason reason : reasons) {
      if (reason.kind() == Kind.MOVED && moved.contains(reason.name())) {
        again.add(reason.name());
      }
    }
    for (Reason reason : reasons) {
      if (reason.kind() != Kind.MOVED) {
        again.remove(reason.path()); // its bytes are others
      }
    }
    return again;
  }

  /** Returns the end of a line about needs that moved {@link #again}. */
  static String cure(Job job, Set<String> again) {
    return ", as after its last run; if the job writes it, " + advice(job, again);
  }

  private static String advice(Job job, Set<String> again) {
    String command =
        job.runs().steps().stream()
            .map(Step::command)
            .flatMap(each -> each.templates().stream())
            .map(Template::declared)
            .collect(Collectors.joining(" "));
    String other = instead(command);
    if (other != null) {
      return "run " + other;
    }
    String path = again.iterator().next();
    boolean single =
        job.needRefs().stream()
            .anyMatch(ref -> !(ref instanceof Ref.OfGlob) && ref.text().equals(path));
    return single || job.finds()
        ? "set trace: true"
        : "exclude \"!" + SafeText.name(Glob.escape(excluded(path, again))) + "\"";
  }

  /** Returns the command that leaves its inputs as they are; null if none is known. */
  static String instead(String command) {
    for (List<String> each : COMMANDS) {
      Pattern own = Pattern.compile("\\b" + Pattern.quote(each.getFirst()) + "(?![-\\w])");
      if (own.matcher(command).find() && !command.contains(each.getLast())) {
        return each.getLast();
      }
    }
    return null;
  }

  /** Returns the path, or its folder if more than one path lies in it. */
  private static String excluded(String path, Set<String> again) {
    String folder = UserPaths.parent(path) + "/";
    return again.stream().filter(each -> each.startsWith(folder)).count() > 1 ? folder : path;
  }
}
