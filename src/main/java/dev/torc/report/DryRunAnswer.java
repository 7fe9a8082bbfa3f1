package dev.torc.report;

import dev.torc.graph.Graph;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import java.util.Arrays;
import java.util.BitSet;

/** What {@code -n} prints: the verdicts of a plan, on jobs and on groups not expanded yet. */
public record DryRunAnswer(Plan plan) implements Answer {

  /** A line for each that is not up to date. */
  @Override
  public String text(Palette palette) {
    Graph graph = plan.context().graph();
    StringBuilder out = new StringBuilder();
    for (int node : nodes()) {
      String does =
          switch (plan.verdict(node)) {
            case null -> "";
            case Verdict.UpToDate _ -> "";
            case Verdict.WillRun will -> " will run: " + ReasonText.all(will.reasons());
            case Verdict.WillFail will -> " will fail: " + ReasonText.all(will.reasons());
            case Verdict.MayRun may -> " may run: after " + SafeText.name(graph.name(may.after()));
          };
      if (!does.isEmpty()) {
        out.append(SafeText.name(graph.name(node))).append(does).append('\n');
      }
    }
    return out.toString();
  }

  /** What has a verdict: jobs first, groups that are not expanded after them. */
  private int[] nodes() {
    BitSet all = (BitSet) plan.selected().clone();
    all.or(plan.context().selection().open());
    return plan.context().graph().inOrder(all);
  }

  /** The counts of jobs: a line for people, beside the text. */
  public String summary() {
    return "%s: %s%d will run, %d may run, %d up to date"
        .formatted(
            Amount.count(plan.selected().cardinality(), "job"),
            plan.willFail() == 0 ? "" : plan.willFail() + " will fail, ",
            plan.willRun(),
            plan.mayRun(),
            plan.upToDate());
  }

  @Override
  public void json(JsonWriter out) {
    Graph graph = plan.context().graph();
    out.objects(
        "jobs",
        () -> Arrays.stream(nodes()).iterator(),
        node -> JobJson.verdict(out.text("job", graph.name(node)), graph, plan.verdict(node)));
  }
}
