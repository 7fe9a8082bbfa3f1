package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.FoldedLines;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Ref;
import dev.torc.core.run.Attempt;
import dev.torc.core.run.AttemptOutcome;
import dev.torc.core.run.BuildState;
import dev.torc.core.run.EventSender;
import dev.torc.core.run.Follower;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gathers warnings about the patterns of jobs that ran: a pattern in {@code produces} that matched
 * nothing, or that left out files because of a leading dot, and a new pattern whose brackets or
 * braces matched both as text and as a pattern. No job fails because of them. All instances of a
 * group share one place in the build file, so each place gets one line, about the first job by
 * name. {@link FoldedLines} would name the job that ended first.
 */
public final class PatternWarnings implements Follower {

  /** One warning for {@code jobs} jobs, of which it names the first. */
  private record Line(Job first, String text, int jobs) {
    Diagnostic at(Place place) {
      return new Diagnostic(place, "job " + first.name() + FoldedLines.others(first, jobs) + text);
    }
  }

  private final BuildState state;
  private final EventSender sender;
  private final Map<Place, Line> lines = new TreeMap<>(); // by place in the build file

  public PatternWarnings(BuildState state, EventSender sender) {
    this.state = state;
    this.sender = sender;
  }

  @Override
  public void noteRun(Attempt attempt, AttemptOutcome outcome) {
    if (outcome.ok() && outcome.restored() == null) {
      ran(state.graph(), attempt.id, attempt.attempts.reasons(), outcome);
    }
  }

  private void ran(Graph graph, int id, List<Reason> reasons, AttemptOutcome outcome) {
    Job job = graph.job(id);
    List<String> made = null;
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfGlob of) {
        List<RecordedProduct> products = outcome.made().products().made();
        made = made == null ? products.stream().map(RecordedProduct::path).toList() : made;
        Glob dotted = of.glob().dotted();
        List<String> beside =
            outcome.made().products().dotted().stream().filter(dotted::matches).toList();
        if (!beside.isEmpty()) {
          String prefix = of.glob().fixedPrefix();
          String line =
              " wrote %s, which %s leaves out because of the leading dot, so its result is not stored; %sadd %s"
                  .formatted(
                      SafeText.names(beside, 1),
                      of.pattern(),
                      prefix.isEmpty() ? "" : "produce " + prefix + "/, or ",
                      DottedFiles.ways(of, beside.getFirst()));
          add(ref.place(), job, line);
        } else if (made.stream().noneMatch(of.glob()::matches)) {
          add(ref.place(), job, " made nothing that " + of.pattern() + " matches");
        } else if (Reason.anyNewItem(reasons, Kind.PRODUCTS_DECLARED, _ -> true)) {
          readings(ref.place(), job, of.pattern(), made);
        }
      }
    }
    for (Ref ref : graph.listNeeds().count(id) > 0 ? job.needRefs() : List.<Ref>of()) {
      if (ref instanceof Ref.OfGlob of
          && Reason.anyNewItem(reasons, Kind.NEED_ADDED, of.glob()::matches)) {
        readings(ref.place(), job, of.pattern(), files(graph, id, of, outcome));
      }
    }
  }

  private static List<String> files(Graph graph, int id, Ref.OfGlob of, AttemptOutcome outcome) {
    List<String> files = new ArrayList<>();
    for (int list : graph.listNeeds().row(id)) {
      NeedList need = graph.list(list);
      if (need.kind() == NeedList.ListKind.GLOB && need.text().equals(of.pattern())) {
        files.addAll(outcome.snapshot().files(list));
      }
    }
    return files;
  }

  private void readings(Place place, Job job, String pattern, List<String> paths) {
    String line = PatternReadings.of(pattern, paths);
    if (line != null) {
      add(place, job, ": " + line);
    }
  }

  private void add(Place place, Job job, String text) {
    Line known = lines.get(place);
    int jobs = known == null ? 1 : known.jobs + 1;
    boolean first = known == null || job.name().compareTo(known.first.name()) < 0;
    lines.put(place, first ? new Line(job, text, jobs) : new Line(known.first, known.text, jobs));
  }

  @Override
  public boolean finishAgain(int exit) {
    lines.forEach((place, line) -> sender.warn(line.at(place)));
    return false;
  }
}
