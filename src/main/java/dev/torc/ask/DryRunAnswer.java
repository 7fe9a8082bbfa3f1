package dev.torc.ask;

import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import dev.torc.show.Json;
import dev.torc.text.Amount;
import dev.torc.text.Palette;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * What {@code -n} prints: the verdicts of a plan, on jobs and on groups not expanded yet.
 *
 * @param instances whether each instance of a group has a line, however many there are
 * @param expected nanoseconds that it is likely to take, if all that may run does; negative unknown
 */
record DryRunAnswer(Plan plan, boolean instances, long expected) implements Answer {

  /** A build that takes less is not worth a word on its time. */
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
    return plan.selected(verdict -> !(verdict instanceof Verdict.UpToDate));
  }

  /** How many known ones of a group were asked about, those that are up to date among them. */
  private int all(DisplayGraph.Fold fold) {
    int[] named = fold.isGroup() ? plan.context().graph().named(fold.name()) : new int[0];
    return fold.isGroup() ? (int) Arrays.stream(named).filter(plan.selected()::get).count() : 1;
  }

  /** The images of jobs that are not up to date, and the counts of jobs. */
  @Override
  public List<String> beside() {
    List<String> lines = new ArrayList<>();
    int[] open = restless().stream().toArray();
    ImageUse.of(plan.context(), open).forEach(image -> lines.add(image.line()));
    String time = expected < SHORT ? "" : "; about " + Amount.time(expected);
    lines.add(JobCounts.of(plan, plan.told()).line() + time);
    return lines;
  }

  @Override
  public Object json() {
    BitSet asked = (BitSet) plan.selected().clone();
    asked.or(plan.context().selection().open());
    return new Fields(Json.seconds(expected), JobFields.verdicts(plan, asked, true));
  }

  private record Fields(Double expected, List<Map<String, Object>> jobs) {}
}
