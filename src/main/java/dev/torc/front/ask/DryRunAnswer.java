package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Verdict;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.front.project.DisplayGraph;
import dev.torc.front.session.NotRun;
import dev.torc.front.show.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * The output of {@code -n}: the verdicts of a plan, on jobs and on groups not expanded yet.
 *
 * @param lacks why a job that is due does not start in the time that is left; null if it may
 * @param commands the commands of jobs, to show each job with its own; null to show lines alone, in
 *     which many similar instances share one
 * @param leftOut the jobs that the build leaves out
 * @param expected the duration of the build in nanoseconds if all jobs that may run do run;
 *     negative if unknown
 * @param whole whether the jobs of a package may share a line
 */
record DryRunAnswer(
    Plan plan,
    IntFunction<String> lacks,
    IntFunction<String> commands,
    long expected,
    SortedMap<String, LeftOutJob> leftOut,
    boolean whole)
    implements Answer {

  /** The shortest duration that is shown, in nanoseconds. */
  private static final long SHORT = 1_000_000_000L;

  /** Returns a line for each job that is not up to date, with its command below it if wanted. */
  @Override
  public String text(Palette palette) {
    Graph graph = plan.context().graph();
    BitSet open = plan.context().selection().open();
    boolean instances = commands != null;
    StringBuilder out = new StringBuilder();
    DisplayGraph dirty = DisplayGraph.of(graph, dirty(), open, instances);
    for (DisplayGraph.Fold fold : (whole ? dirty.byPackage() : dirty).folds()) {
      for (VerdictLine line : VerdictLine.of(fold, plan, all(fold))) {
        String lack = lack(line);
        String text = lack == null ? line.text(instances) : "waits: " + lack;
        out.append(line.name()).append(' ').append(text).append('\n');
        String command = instances ? commands.apply(line.nodes().getFirst()) : null;
        if (command != null && !(line.verdict() instanceof Verdict.WillRestore)) {
          command
              .strip()
              .lines()
              .map(SafeText::message)
              .forEach(l -> out.append("    " + l + "\n"));
        }
      }
    }
    LeftOutLines.of(leftOut, instances)
        .forEach((name, why) -> out.append(name + " skipped: " + why + "\n"));
    return out.toString();
  }

  /** Returns why a job that will run does not start in the time that is left; else null. */
  private String lack(VerdictLine line) {
    return line.verdict() instanceof Verdict.WillRun ? lacks.apply(line.nodes().getFirst()) : null;
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
    String time = expected < SHORT ? "" : "; about " + Amount.time(expected);
    JobCounts counts = JobCounts.of(plan, plan.withVerdict()).with(leftOut.size());
    lines.add(counts.line() + time);
    return lines;
  }

  @Override
  public Object json() {
    BitSet asked = (BitSet) plan.selected().clone();
    asked.or(plan.context().selection().open());
    Stream<?> jobs = JobFields.verdicts(plan, asked, true);
    return new Fields(
        Json.seconds(expected), Stream.concat(jobs, LeftOutLines.json(leftOut)).toList());
  }

  private record Fields(Double expected, List<?> jobs) {}
}
