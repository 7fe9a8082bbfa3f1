package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Verdict;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Looks at the shells of the jobs that a build will run: whether they are installed, and whether
 * only the default made them others. The shell of plain words is never looked at. Whether a program
 * of the command exists is found out when it starts ({@link StartTrouble}).
 */
public final class JobShells {

  private JobShells() {}

  /** Returns an error for each shell that will or may run on this machine and is not found. */
  public static List<Diagnostic> missing(Plan plan) {
    ToolSearch search = plan.context().contents().machine().tools();
    Map<String, List<Job>> users = new TreeMap<>();
    plan.selected(it -> it instanceof Verdict.WillRun || it instanceof Verdict.MayRun).stream()
        .mapToObj(plan.context().graph()::job)
        .filter(job -> job.runs().mayStay() && job.surroundings() == null)
        .forEach(
            job -> {
              for (Step step : job.runs().steps()) {
                String shell = step.shell().getFirst();
                if (step.needsShell()
                    && shell.indexOf('/') < 0
                    && ToolSearch.isKnown(step)
                    && search.path(ToolSearch.program(step, shell)) == null) {
                  users.computeIfAbsent(shell, _ -> new ArrayList<>()).add(job);
                  return;
                }
              }
            });
    List<Diagnostic> errors = new ArrayList<>(0);
    Map<String, Diagnostic> searched = new TreeMap<>();
    users.forEach(
        (shell, jobs) -> {
          Job first = jobs.getFirst();
          String where = search.lack(first, program(first, shell));
          String line = "shell %s of job %s is %s; install it, or write shell: [sh, -e, -c]";
          String name = first.name() + FoldedLines.others(first, jobs.size());
          errors.add(new Diagnostic(first.place(), line.formatted(shell, name, where)));
          search.tell(first, program(first, shell), searched);
        });
    errors.addAll(searched.values());
    return errors;
  }

  private static Job.Tool program(Job job, String shell) {
    return ToolSearch.program(job.runs().steps().getFirst(), shell);
  }

  /** Returns how to keep results that are lost only because the default shell was sh once. */
  public static List<Diagnostic> changed(Plan plan) {
    Job first = null;
    int jobs = 0;
    for (int id : plan.selected(it -> it instanceof Verdict.WillRun).stream().toArray()) {
      if (plan.verdict(id).reasons().stream().allMatch(JobShells::isOfDefault)) {
        first = first == null ? plan.context().graph().job(id) : first;
        jobs++;
      }
    }
    String line =
        "job %s%s ran under sh -e -c, the default of earlier torcs, and will run again under bash;"
            + " to keep such results, write shell: [sh, -e, -c]";
    if (first == null) {
      return List.of();
    }
    String more = jobs == 1 ? "" : " (and " + (jobs - 1) + " more)";
    return List.of(new Diagnostic(first.place(), line.formatted(first.name(), more)));
  }

  private static boolean isOfDefault(Reason reason) {
    return reason.kind() == Reason.Kind.SETTING_CHANGED
        && reason.name().startsWith("shell")
        && reason.old().equals(Manifest.words(Step.SH))
        && reason.now().equals(Manifest.words(Step.BASH));
  }
}
