package dev.torc.report;

import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.Amount;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * What {@code -n} prints: the verdicts of a plan, on jobs and on groups not expanded yet.
 *
 * @param instances whether each instance of a group has a line, however many there are
 * @param expected nanoseconds that it is likely to take, if all that may run does; negative unknown
 */
public record DryRunAnswer(Plan plan, boolean instances, long expected) implements Answer {

  /** Of what takes less, nobody asks how long. */
  private static final long SHORT = 1_000_000_000L;

  /** A line for each that is not up to date, and for many instances that are alike. */
  @Override
  public String text(Palette palette) {
    Graph graph = plan.context().graph();
    BitSet open = plan.context().selection().open();
    StringBuilder out = new StringBuilder();
    for (DisplayGraph.Fold fold : DisplayGraph.of(graph, restless(), open, instances).folds()) {
      for (VerdictLine line : VerdictLine.of(fold, plan, all(fold))) {
        out.append(line.name()).append(' ').append(line.text()).append('\n');
      }
    }
    return out.toString();
  }

  /** The jobs that are not up to date: of a large project that is nearly nothing. */
  private BitSet restless() {
    BitSet run = (BitSet) plan.selected().clone();
    plan.selected().stream()
        .filter(job -> plan.verdict(job) instanceof Verdict.UpToDate)
        .forEach(run::clear);
    return run;
  }

  /** How many known ones of a group were asked about, those that are up to date among them. */
  private int all(DisplayGraph.Fold fold) {
    return fold.isGroup()
        ? (int)
            Arrays.stream(plan.context().graph().named(fold.name()))
                .filter(plan.selected()::get)
                .count()
        : 1;
  }

  /** The images of those that are not up to date, and the counts of jobs: beside the text. */
  public List<String> summary() {
    List<String> lines = new ArrayList<>();
    int[] open = restless().stream().toArray();
    ImageUse.of(plan.context(), open).forEach(image -> lines.add(image.line()));
    lines.add(
        "%s: %s%d will run, %s%d may run, %d up to date%s"
            .formatted(
                Amount.count(plan.all(), "job"),
                plan.willFail() == 0 ? "" : plan.willFail() + " will fail, ",
                plan.willRun(),
                plan.willRestore() == 0 ? "" : plan.willRestore() + " will be restored, ",
                plan.mayRun(),
                plan.upToDate(),
                expected < SHORT ? "" : "; about " + Amount.time(expected)));
    return lines;
  }

  @Override
  public void json(JsonWriter out) {
    Graph graph = plan.context().graph();
    BitSet asked = (BitSet) plan.selected().clone();
    asked.or(plan.context().selection().open());
    out.seconds("expected", expected);
    out.objects(
        "jobs",
        () -> Arrays.stream(graph.inOrder(asked)).iterator(),
        node -> {
          out.text("job", graph.name(node));
          if (graph.isJob(node) && !(plan.verdict(node) instanceof Verdict.UpToDate)) {
            ImageUse.json(out, plan.context(), node);
          }
          JobJson.verdict(out, graph, plan.verdict(node));
        });
  }
}
