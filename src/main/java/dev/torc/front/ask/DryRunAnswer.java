package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Verdict;
import dev.torc.core.model.Graph;
import dev.torc.front.project.DisplayGraph;
import dev.torc.front.session.BuildSession;
import dev.torc.front.session.NotRun;
import dev.torc.front.show.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * The output of {@code -n}: the verdicts of a plan, on jobs and on groups not expanded yet.
 *
 * @param verbose whether to show each job with its command, not lines that many similar instances
 *     share
 */
record DryRunAnswer(BuildSession session, Plan plan, boolean verbose) implements Answer {

  /** The shortest duration that is shown, in nanoseconds. */
  private static final long SHORT = 1_000_000_000L;

  /** Returns a line for each job that is not up to date, with its command below it if wanted. */
  @Override
  public String text(Palette palette) {
    Graph graph = plan.context().graph();
    BitSet open = plan.context().selection().open();
    StringBuilder out = new StringBuilder();
    DisplayGraph dirty = DisplayGraph.of(graph, dirty(), open, verbose);
    boolean packages = !verbose && session.isOfWhole(); // whether their jobs may share a line
    for (DisplayGraph.Fold fold : (packages ? dirty.byPackage() : dirty).folds()) {
      for (VerdictLine line : VerdictLine.of(fold, plan, all(fold))) {
        int first = line.nodes().getFirst();
        String lack = line.verdict() instanceof Verdict.WillRun ? session.lack(plan, first) : null;
        String text = lack == null ? line.text(verbose) : "waits: " + lack;
        out.append(line.name()).append(' ').append(text).append('\n');
        String command = verbose ? session.command(first) : null;
        if (command != null && !(line.verdict() instanceof Verdict.WillRestore)) {
          command.strip().lines().forEach(l -> out.append("    " + SafeText.message(l) + "\n"));
        }
      }
    }
    LeftOutLines.of(session.leftOut(plan), verbose)
        .forEach((name, why) -> out.append(name + " skipped: " + why + "\n"));
    return out.toString();
  }

  /** Returns the jobs that are not up to date: usually few, even in a large project. */
  private BitSet dirty() {
    return plan.selected(verdict -> !(verdict instanceof Verdict.UpToDate));
  }

  /**
   * Returns how many known instances of a group or jobs of a package are selected, including
   * up-to-date ones; 1 for a job.
   */
  private int all(DisplayGraph.Fold fold) {
    if (fold.isPackage()) {
      Graph graph = plan.context().graph();
      return (int)
          plan.selected().stream().filter(j -> graph.name(j).startsWith(fold.name())).count();
    }
    int[] named = fold.isGroup() ? plan.context().graph().nodesOf(fold.name()) : new int[0];
    return fold.isGroup() ? (int) Arrays.stream(named).filter(plan.selected()::get).count() : 1;
  }

  @Override
  public List<String> messages() {
    List<String> lines = new ArrayList<>();
    int[] open = dirty().stream().toArray();
    ImageUse.of(plan.context(), open).forEach(image -> lines.add(image.line()));
    String omitted = NotRun.line(plan);
    lines.addAll(omitted == null ? List.of() : List.of(omitted));
    long expected = session.expected();
    String time = expected < SHORT ? "" : "; about " + Amount.time(expected);
    int leftOut = session.leftOut(plan).size();
    lines.add(JobCounts.of(plan, plan.withVerdict()).with(leftOut).line() + time);
    return lines;
  }

  @Override
  public Object json() {
    BitSet asked = (BitSet) plan.selected().clone();
    asked.or(plan.context().selection().open());
    Stream<?> jobs = JobFields.verdicts(plan, asked, true);
    Stream<?> leftOut = LeftOutLines.json(session.leftOut(plan));
    return new Fields(Json.seconds(session.expected()), Stream.concat(jobs, leftOut).toList());
  }

  private record Fields(Double expected, List<?> jobs) {}
}
