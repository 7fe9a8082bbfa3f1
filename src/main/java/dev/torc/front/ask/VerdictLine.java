package dev.torc.front.ask;

import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Verdict;
import dev.torc.core.model.Graph;
import dev.torc.front.project.DisplayGraph;
import dev.torc.front.show.AttemptText;
import dev.torc.front.show.ReasonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The jobs that share one line: a single job; more than ten instances of a group (or at least two,
 * if up to date) with the same verdict for the same kinds of reasons; or the unknown instances of a
 * group. The answers decide where to print the line.
 *
 * @param nodes the jobs as nodes, in the graph's order
 * @param all how many known instances of the group were selected
 */
record VerdictLine(Plan plan, String group, List<Integer> nodes, int all) {

  /** The most instances that still have one line each. */
  static final int APART = DisplayGraph.APART;

  /**
   * Returns the lines of a vertex, in the order of their first jobs. {@code all} counts the known
   * instances of the group that were selected.
   */
  static List<VerdictLine> of(DisplayGraph.Fold fold, Plan plan, int all) {
    Map<String, List<Integer>> alike = new LinkedHashMap<>();
    for (int job : fold.jobs()) {
      alike.computeIfAbsent(kinds(plan.verdict(job)), _ -> new ArrayList<>()).add(job);
    }
    List<VerdictLine> lines = new ArrayList<>();
    if (fold.open() >= 0) {
      lines.add(new VerdictLine(plan, fold.name(), List.of(fold.open()), all));
    }
    for (List<Integer> some : alike.values()) {
      // The lines of up-to-date instances would be the same, so even two of them share one.
      int apart = plan.verdict(some.getFirst()).isIdle() ? 1 : APART;
      Stream<List<Integer>> told =
          some.size() > apart ? Stream.of(some) : some.stream().map(List::of);
      told.forEach(nodes -> lines.add(new VerdictLine(plan, fold.name(), nodes, all)));
    }
    Graph graph = plan.context().graph();
    lines.sort((a, b) -> graph.compare(a.nodes.getFirst(), b.nodes.getFirst()));
    return lines;
  }

  /** Returns the verdict and the kinds of its reasons, each once, as one text. */
  private static String kinds(Verdict verdict) {
    TreeSet<String> kinds = new TreeSet<>();
    verdict.reasons().forEach(reason -> kinds.add(ReasonText.kind(reason)));
    return JobStanding.of(verdict).name() + kinds;
  }

  /** Returns the verdict that all the jobs have, with the reasons of the first one. */
  Verdict verdict() {
    return plan.verdict(nodes.getFirst());
  }

  boolean isFold() {
    return nodes.size() > 1;
  }

  /** Returns the job's name, or {@code train (12 of 20)}. */
  String name() {
    return isFold()
        ? SafeText.name(group) + " (" + nodes.size() + " of " + all + ")"
        : SafeText.name(job());
  }

  private String job() {
    return plan.context().graph().name(nodes.getFirst());
  }

  /** Returns where earlier builds submitted the jobs; null if they are not submitted. */
  String out() {
    String first = Reason.out(verdict().reasons());
    return first == null
        ? null
        : SafeText.line(first) + (isFold() ? " and " + (nodes.size() - 1) + " more" : "");
  }

  /**
   * Returns the verdict in words: {@code will run: never ran}; with all reasons of a job if {@code
   * full}.
   */
  String text(boolean full) {
    List<Reason> causes = Reason.causes(verdict().reasons());
    String why = why(full ? ReasonText.all(causes) : ReasonText.brief(causes));
    return switch (verdict()) {
      case Verdict.Skips skips when !skips.why().isEmpty() -> "skipped: " + brief();
      case Verdict.UpToDate _, Verdict.Skips _ -> JobStanding.of(verdict()).words();
      case Verdict.WillRun _ ->
          out() == null
              ? "will run: " + why
              : (isFold() ? "are" : "is") + " submitted to " + out() + ": " + why;
      case Verdict.WillRestore will -> {
        String from = isFold() ? "" : " from " + AttemptText.origin(will.origin(job()));
        yield "will be restored" + from + ": " + why;
      }
      case Verdict.WillFail _ -> "will fail: " + why;
      case Verdict.MayRun _ -> "may run: " + after();
    };
  }

  /** Returns the reasons alone, for one job only the first few; empty if it is up to date. */
  String brief() {
    return switch (verdict()) {
      case Verdict.UpToDate _ -> "";
      case Verdict.Skips skips -> SafeText.message(skips.why());
      case Verdict.MayRun _ -> after();
      case Verdict other -> why(ReasonText.brief(Reason.causes(other.reasons())));
    };
  }

  private String why(String ofOne) {
    return isFold()
        ? ReasonText.together(
            nodes.stream().map(node -> Reason.causes(plan.verdict(node).reasons())).toList())
        : ofOne;
  }

  private String after() {
    Graph graph = plan.context().graph();
    TreeSet<Integer> deciding = new TreeSet<>();
    nodes.forEach(node -> deciding.add(((Verdict.MayRun) plan.verdict(node)).after()));
    String first = "after " + SafeText.name(graph.name(((Verdict.MayRun) verdict()).after()));
    if (graph.isOpen(nodes.getFirst())) {
      boolean known = Arrays.stream(graph.nodesOf(group)).anyMatch(graph::isJob);
      return known ? "more " + first : first;
    }
    return deciding.size() == 1 ? first : first + " and " + (deciding.size() - 1) + " more";
  }
}
