package dev.torc.front.ask;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Decider;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.StaleFiles;
import dev.torc.core.decide.StaleFiles.Undeclared;
import dev.torc.core.decide.Verdict;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.features.finds.Tracing;
import dev.torc.features.past.PastCommits;
import dev.torc.features.remarks.Remarks;
import dev.torc.features.stores.KnownResults.NearestResult;
import dev.torc.features.why.Causes;
import dev.torc.features.why.Causes.CauseChain;
import dev.torc.features.why.Causes.CauseChain.Link;
import dev.torc.features.why.Causes.PathUse;
import dev.torc.front.ask.JobFields.Judged;
import dev.torc.front.ask.JobFields.Last;
import dev.torc.front.ask.LeftOutLines.Skipped;
import dev.torc.front.project.DisplayGraph.Fold;
import dev.torc.front.project.LeftOutTargets;
import dev.torc.front.project.Project;
import dev.torc.front.project.Targets;
import dev.torc.front.session.NamingNotice;
import dev.torc.front.session.ReadSession;
import dev.torc.front.show.Json;
import dev.torc.front.show.Json.Named;
import dev.torc.front.show.ReasonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * {@code torc why}: explains which file, value or failure makes or made a job run, and which jobs
 * need a file. The plan has the verdicts, {@link Causes} finds the chains of causes, and {@link
 * WhyText} words them. Chains are followed only when they are printed, so the session must stay
 * open until then.
 *
 * @param near the nearest earlier results by job, for jobs that will run and have one
 * @param running names of the jobs that run now
 * @param instances whether each instance of a group has lines of its own
 */
record WhyAnswer(
    ReadSession look,
    Plan plan,
    Map<Integer, NearestResult> near,
    Causes causes,
    Set<String> running,
    List<Question> questions,
    boolean instances)
    implements Answer {

  /** The most jobs for which the nearest earlier results are shown. */
  private static final int FEW = 20;

  /**
   * The meaning of one target: jobs, or a source with its readers.
   *
   * @param fold the jobs as one vertex if the target is a group or a part of one; otherwise null
   * @param path the path of the source; empty for jobs
   * @param leftOut the jobs that no build runs, by name
   * @param known lines about a file that no job declares; else empty
   */
  private record Question(
      String target,
      BitSet jobs,
      Fold fold,
      String path,
      List<PathUse> uses,
      SortedMap<String, LeftOutJob> leftOut,
      String known) {

    Question(String target, String path, List<PathUse> uses, String known) {
      this(target, new BitSet(), null, path, uses, Collections.emptySortedMap(), known);
    }

    Question(String target, BitSet jobs, Fold fold, SortedMap<String, LeftOutJob> leftOut) {
      this(target, jobs, fold, "", List.of(), leftOut, "");
    }
  }

  static int run(Call call) throws IOException {
    try (ReadSession look = call.openToRead()) {
      WhyAnswer answer = of(look, targets(call, look), call.has("--instances"));
      NamingNotice.of(answer.plan, look.cache()).forEach(call::warn);
      return call.print(answer);
    }
  }

  private static List<String> targets(Call call, ReadSession look) {
    List<String> targets = call.targets();
    if (!call.has("--failed")) {
      if (targets.isEmpty()) {
        throw Call.usage("JOB|FILE is missing; see torc why --help");
      }
      return targets;
    }
    Graph graph = look.project().graph();
    BitSet failed = call.chosen(look, look.project().select(targets)).named();
    return Arrays.stream(graph.inOrder(failed)).mapToObj(graph::name).toList();
  }

  private static WhyAnswer of(ReadSession look, List<String> targets, boolean instances)
      throws IOException {
    Project project = look.project();
    Graph graph = project.graph();
    Causes causes = new Causes(graph, look.records(), look.context().contents());
    List<Question> questions = new ArrayList<>();
    BitSet jobs = new BitSet();
    Targets.apart(graph, targets, project.paths())
        .forEach(target -> questions.addAll(questions(look, causes, target, jobs)));
    JobSelection asked =
        JobSelection.of(graph, jobs, false, new BitSet()); // also before frozen jobs
    if (asked.jobs().stream().anyMatch(j -> graph.job(j).has(Trait.TEMPORARY))) {
      JobSelection all = project.select(List.of()); // readers of temporary products decide too
      asked = new JobSelection(all.jobs(), asked.named(), all.open(), asked.namedOpen(), false);
    }
    Plan plan = look.plan(asked, Rerun.MANUAL);
    return new WhyAnswer(
        look, plan, near(look, plan, jobs), causes, look.running(), questions, instances);
  }

  /**
   * Returns, by job, the nearest earlier result of each job that will run, if some result could
   * have made the run unnecessary.
   */
  private static Map<Integer, NearestResult> near(ReadSession look, Plan plan, BitSet jobs) {
    Map<Integer, Verdict.WillRun> runs = new HashMap<>();
    if (jobs.cardinality() <= FEW && look.project().options().reuse().results()) {
      for (int job : look.project().graph().inOrder(jobs)) {
        if (plan.verdict(job) instanceof Verdict.WillRun will
            && Decider.mayRestore(will.reasons())) {
          runs.put(job, will);
        }
      }
    }
    return runs.isEmpty() ? Map.of() : NearestResult.of(plan.context(), runs, look.asked());
  }

  /**
   * Returns the questions that a target stands for, and adds the target's nodes to {@code nodes}.
   * If the target is a tag or glob, each group with unknown instances is a separate question.
   */
  private static List<Question> questions(
      ReadSession look, Causes causes, String target, BitSet nodes) {
    Project project = look.project();
    Graph graph = project.graph();
    String path = project.paths().path(target);
    BitSet meant = Targets.find(graph, target, project.paths());
    var leftOut = LeftOutTargets.of(graph, List.of(target), project.paths());
    if (!leftOut.isEmpty() && (meant == null || meant.isEmpty())) {
      return List.of(new Question(target, new BitSet(), null, leftOut));
    } else if (meant == null) {
      List<PathUse> uses = causes.readers(path);
      StaleFiles stale = look.context().contents().stale();
      Undeclared made = graph.makerOf(path) < 0 ? stale.of(path) : null;
      String remarks =
          made == null && uses.isEmpty()
              ? String.join("\n", Remarks.about(look.context(), path))
              : "";
      if (made == null && uses.isEmpty() && remarks.isEmpty()) {
        String hint = Targets.hint(graph, target, project.paths(), true, List.of());
        throw new BadInput(
            "no job makes or needs %s, and no job or tag has that name%s"
                .formatted(SafeText.name(target), hint));
      }
      return List.of(new Question(target, path, uses, made == null ? remarks : stale.line(made)));
    }
    nodes.or(meant);
    BitSet jobs = graph.jobsOf(meant);
    int[] open = meant.stream().filter(graph::isOpen).toArray();
    List<Question> asked = new ArrayList<>();
    boolean one = graph.nodesOf(target) == null ? jobs.isEmpty() : graph.jobId(target) < 0;
    List<Integer> all = Arrays.stream(graph.inOrder(jobs)).boxed().toList();
    Fold whole = one ? new Fold(target, true, all, open.length > 0 ? open[0] : -1) : null;
    asked.add(new Question(target, jobs, whole, leftOut));
    for (int node : one ? new int[0] : open) {
      Fold fold = new Fold(graph.name(node), true, List.of(), node);
      asked.add(new Question(fold.name(), new BitSet(), fold, Collections.emptySortedMap()));
    }
    return asked;
  }

  private Graph graph() {
    return plan.context().graph();
  }

  private boolean skips(String job) {
    return graph().jobId(job) >= 0 && graph().skips(graph().jobId(job));
  }

  @Override
  public String text(Palette palette) {
    StringBuilder out = new StringBuilder();
    BitSet told = new BitSet();
    for (Question question : questions) {
      out.append(question.known).append(question.known.isEmpty() ? "" : "\n");
      writeUses(question, out);
      LeftOutLines.of(question.leftOut, instances)
          .forEach((name, why) -> out.append(name + " is skipped: " + why + "\n"));
      if (question.fold != null && (!instances || question.jobs.isEmpty())) {
        explainGroup(question, told, out, palette);
      } else {
        for (int job : graph().inOrder(question.jobs)) {
          explain(out, job, told, palette);
        }
      }
    }
    return out.toString();
  }

  /**
   * Writes a line for each reader of a source. If more than ten instances of a group would have the
   * same line, they share one.
   */
  private void writeUses(Question question, StringBuilder out) {
    Map<String, List<PathUse>> alike = new LinkedHashMap<>();
    for (PathUse use : question.uses) {
      String group = group(use);
      boolean apart = instances || group == null;
      String key = apart ? "job " + use.job() : group + "/" + WhyText.since(use);
      alike.computeIfAbsent(key, _ -> new ArrayList<>()).add(use);
    }
    for (List<PathUse> same : alike.values()) {
      boolean fold = same.size() > VerdictLine.APART;
      for (PathUse use : fold ? same.subList(0, 1) : same) {
        String of = fold ? same.size() + " of " + graph().nodesOf(group(use)).length : "";
        String name = fold ? SafeText.name(group(use)) + " (" + of + ")" : SafeText.name(use.job());
        out.append(WhyText.use(question.path, name, use)).append('\n');
      }
    }
  }

  private String group(PathUse use) {
    return graph().job(graph().jobId(use.job())).group();
  }

  /** Explains a group: its instances by verdict, and why some of them are not up to date. */
  private void explainGroup(Question question, BitSet told, StringBuilder out, Palette palette) {
    out.append(palette.bold(SafeText.name(question.target))).append(": ");
    JobCounts counts = JobCounts.of(question.fold, plan, look.records()::result);
    if (counts.open() && counts.jobs() == 0) {
      boolean none = graph().open().get(question.fold.open()).instances().isEmpty();
      out.append(
          plan.verdict(question.fold.open()) instanceof Verdict.MayRun may
              ? "%s instances are known when %s has ended\n"
                  .formatted(none ? "its" : "more", SafeText.name(graph().name(may.after())))
              : "\n");
      return;
    }
    out.append(counts.words()).append('\n');
    for (VerdictLine line : VerdictLine.of(question.fold, plan, counts.jobs())) {
      int first = line.nodes().getFirst();
      if (line.verdict() instanceof Verdict.UpToDate && line.verdict().reasons().isEmpty()) {
        continue;
      } else if (!line.isFold() && graph().isJob(first)) {
        explain(out, first, told, palette);
      } else {
        out.append(line.name()).append(' ').append(line.text(instances)).append('\n');
        CauseChain chain = line.isFold() ? causes.of(plan, first) : null;
        if (chain != null && chain.links().size() > 1) { // the others likely have the same cause
          String why = WhyText.of(chain, this::skips, palette, true).replace("\n", "\n  ");
          out.append("  such as ").append(why).append('\n');
        }
      }
    }
  }

  /**
   * Explains a job, but only once. If it has many needs, only the first is named, except with -v.
   */
  private void explain(StringBuilder out, int job, BitSet told, Palette palette) {
    boolean brief = !instances;
    if (told.get(job)) {
      return;
    }
    told.set(job);
    String name = graph().job(job).name();
    RunDetails last = look.records().details(name);
    CauseChain past = causes.ofLastRun(job);
    List<String> lines = new ArrayList<>();
    if (running.contains(name)) {
      lines.add(palette.bold(SafeText.name(name)) + " is running");
    } else if (plan.verdict(job) instanceof Verdict.Skips skips) {
      lines.add(WhyText.skipped(name, last, skips.why(), palette));
    } else if (plan.verdict(job) instanceof Verdict.UpToDate at) {
      lines.add(WhyText.upToDate(name, last, past, palette, brief));
      if (at.rest() != Verdict.Rest.CURRENT) {
        lines.set(0, WhyText.resting(name, at, past == null ? null : lines.getFirst(), palette));
      }
      List<RecordedProduct> gone = look.context().contents().gone().of(job);
      lines.add(gone.isEmpty() ? "" : WhyText.gone(gone, graph().deletes(job)));
    } else {
      lines.add(WhyText.of(causes.of(plan, job), this::skips, palette, brief));
      lines.add(past == null ? "" : "  " + WhyText.past(last, past, palette, brief));
      lines.add(near.containsKey(job) ? WhyText.nearest(near.get(job), brief) : "");
    }
    String images = ImageUse.shown(ImageUse.of(plan.context(), job));
    lines.add(images.isEmpty() ? "" : "  it runs in image " + images);
    String without = ReasonText.without(LeftOut.of(last));
    lines.add(without.isEmpty() ? "" : "  it ran " + without);
    Tracing.lines(graph(), job, last).forEach(line -> lines.add("  it " + line));
    lines.removeIf(String::isEmpty);
    lines.forEach(line -> out.append(line).append('\n'));
  }

  /** Returns one answer for a source, and one for each job that a target names. */
  @Override
  public Object json() {
    PastCommits commits = PastCommits.of(look.cache());
    List<Object> answers = new ArrayList<>();
    for (Question question : questions) {
      if (!question.path.isEmpty()) {
        List<Use> uses = question.uses.stream().map(Use::new).toList();
        answers.add(new Source(question.target, question.path, uses));
      }
      for (int job : graph().inOrder(question.jobs)) {
        answers.add(json(question.target, job, commits));
      }
      LeftOutLines.json(question.leftOut)
          .forEach(job -> answers.add(new SkippedTarget(job, question.target)));
    }
    return Map.of("answers", answers);
  }

  private record Source(String target, String file, List<Use> neededBy) {}

  private record Use(String job, Long build, String old, String now) {
    Use(PathUse use) {
      this(use.job(), Json.some(use.build()), use.old(), use.now());
    }
  }

  private record SkippedTarget(Skipped job, String target) {}

  /**
   * The answer about a job.
   *
   * @param nearest the nearest earlier result; null for none
   * @param last null if the job never ran
   */
  private record Explained(About about, Judged judged, Why why) {

    private record About(
        String target, Named name, boolean running, Optional<List<ImageUse.ImageHere>> images)
        implements Json.Inline {}

    private record Why(Collection<Link> chain, NearestResult nearest, Last last)
        implements Json.Inline {}
  }

  /** Returns the jobs of a chain, the selected one first; empty if there is nothing to explain. */
  private static Collection<Link> links(CauseChain chain) {
    return chain == null ? List.of() : chain.links().values();
  }

  private Explained json(String target, int job, PastCommits commits) {
    String name = graph().job(job).name();
    RunDetails details = look.records().details(name);
    Collection<Link> ran = links(causes.ofLastRun(job));
    return new Explained(
        new Explained.About(
            target, Named.of(name), running.contains(name), ImageUse.ofJob(plan.context(), job)),
        Judged.of(graph(), job, plan.verdict(job)),
        new Explained.Why(
            links(causes.of(plan, job)),
            near.get(job),
            Last.of(look.records().result(job), details, commits.of(details), ran)));
  }
}
