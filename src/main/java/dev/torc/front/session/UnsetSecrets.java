package dev.torc.front.session;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Verdict;
import dev.torc.core.model.Job;
import dev.torc.core.model.Template;
import dev.torc.features.remarks.FoldedLines;
import dev.torc.features.secrets.SecretValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells, before a build and in a dry run, which secrets have no value: once each, though each job
 * that needs one fails.
 */
final class UnsetSecrets {

  private UnsetSecrets() {}

  /** Returns a line for each; {@code caller} holds the caller's variables. */
  static List<Diagnostic> of(Plan plan, Map<String, String> caller) {
    Map<String, List<Job>> jobs = new TreeMap<>();
    Map<Template, String> lacks = new HashMap<>(); // the instances of a group share their secrets
    plan.selected(it -> it instanceof Verdict.WillRun).stream()
        .mapToObj(plan.context().graph()::job)
        .filter(job -> job.extra(SecretValues.KEY) != null)
        .forEach(
            job -> {
              String lack =
                  lacks.computeIfAbsent(job.extra(SecretValues.KEY), _ -> lack(job, plan, caller));
              if (!lack.isEmpty()) {
                jobs.computeIfAbsent(lack, _ -> new ArrayList<>()).add(job);
              }
            });
    List<Diagnostic> lines = new ArrayList<>(0);
    jobs.forEach(
        (lack, each) -> {
          Job first = each.getFirst();
          String name = first.name() + FoldedLines.others(first, each.size());
          lines.add(new Diagnostic(first.place(), "job " + name + " will fail: " + lack));
        });
    return lines;
  }

  private static String lack(Job job, Plan plan, Map<String, String> caller) {
    try {
      String lack = new SecretValues(job, caller, plan.context().graph().workflow().root()).lack();
      return lack == null ? "" : lack;
    } catch (BadInput unreadable) {
      return ""; // the attempt tells
    }
  }
}
