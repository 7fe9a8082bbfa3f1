package dev.torc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.graph.Graph;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import dev.torc.report.JsonReport;
import dev.torc.report.ReasonText;
import dev.torc.session.Exit;
import java.io.IOException;

/** What {@code -n} prints: the verdicts of a plan. */
final class DryRun {

  private DryRun() {}

  /**
   * Prints a line for each job that is not up to date and each group that is not expanded yet, and
   * the counts of jobs; returns exit status 0.
   */
  static int print(Console console, Plan plan, boolean json) throws IOException {
    Graph graph = plan.context().graph();
    if (json) {
      json(console, graph, plan);
      return Exit.DONE;
    }
    for (int j = 0; j < graph.nodes(); j++) {
      String name = SafeText.name(graph.name(j));
      switch (plan.verdict(j)) {
        case null -> {}
        case Verdict.UpToDate _ -> {}
        case Verdict.WillRun will ->
            console.print(name + " will run: " + ReasonText.all(will.reasons()) + "\n");
        case Verdict.WillFail will ->
            console.print(name + " will fail: " + ReasonText.all(will.reasons()) + "\n");
        case Verdict.MayRun may ->
            console.print(
                name + " may run: after " + SafeText.name(graph.name(may.after())) + "\n");
      }
    }
    console.out().flush();
    console.tell(
        "%s: %s%d will run, %d may run, %d up to date"
            .formatted(
                Amount.count(plan.selected().cardinality(), "job"),
                plan.willFail() == 0 ? "" : plan.willFail() + " will fail, ",
                plan.willRun(),
                plan.mayRun(),
                plan.upToDate()));
    return Exit.DONE;
  }

  private static void json(Console console, Graph graph, Plan plan) throws IOException {
    JsonPrinter.print(
        console,
        out -> {
          out.writeArrayFieldStart("jobs");
          for (int j = 0; j < graph.nodes(); j++) {
            if (plan.verdict(j) != null) {
              out.writeStartObject();
              out.writeStringField("job", graph.name(j));
              verdict(out, graph, plan.verdict(j));
              out.writeEndObject();
            }
          }
          out.writeEndArray();
        });
  }

  /** Writes the fields of a verdict into an object. */
  static void verdict(JsonGenerator out, Graph graph, Verdict verdict) throws IOException {
    switch (verdict) {
      case Verdict.UpToDate _ -> out.writeStringField("verdict", "up_to_date");
      case Verdict.WillRun will -> {
        out.writeStringField("verdict", "will_run");
        out.writeFieldName("reasons");
        JsonReport.reasons(out, will.reasons());
      }
      case Verdict.WillFail will -> {
        out.writeStringField("verdict", "will_fail");
        out.writeFieldName("reasons");
        JsonReport.reasons(out, will.reasons());
      }
      case Verdict.MayRun may -> {
        out.writeStringField("verdict", "may_run");
        out.writeStringField("after", graph.name(may.after()));
      }
    }
  }
}
