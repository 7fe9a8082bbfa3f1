package dev.torc.report;

import dev.torc.cache.RecordedProduct;
import dev.torc.cache.RunDetails;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.SafeText;
import dev.torc.plan.CauseChain;
import dev.torc.plan.Causes;
import dev.torc.plan.JobRecords;
import dev.torc.plan.LeftOut;
import dev.torc.plan.NearestResult;
import dev.torc.plan.NeedContents;
import dev.torc.plan.PathReaders;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@code torc why} says: which file, value or failure makes a job run, or made it run. The
 * verdict is the plan's, the chain that of {@link Causes}, the words those of {@link WhyText}.
 * Chains are followed as they are told, so the records have to be open until then.
 *
 * @param near the nearest earlier results of jobs that will run, as far as there are any
 * @param running names of the jobs that run now
 * @param instances whether each instance of a group is told of
 */
public record WhyAnswer(
    Plan plan,
    Map<Integer, NearestResult> near,
    JobRecords records,
    NeedContents contents,
    Causes causes,
    Set<String> running,
    List<Question> questions,
    boolean instances)
    implements Answer {

  /**
   * What one target means: jobs, or a source with those that need it.
   *
   * @param fold the jobs as one where the target is a group or a part of one; null for others
   * @param path of the source, empty for jobs
   */
  public record Question(
      String target,
      BitSet jobs,
      DisplayGraph.Fold fold,
      String path,
      List<PathReaders.Use> uses) {}

  private Graph graph() {
    return plan.context().graph();
  }

  @Override
  public String text(Palette palette) {
    StringBuilder out = new StringBuilder();
    BitSet told = new BitSet();
    for (Question question : questions) {
      uses(question, out);
      if (question.fold != null && (!instances || question.jobs.isEmpty())) {
        sum(question, told, out, palette);
      } else {
        for (int job : graph().inOrder(question.jobs)) {
          tell(out, job, told, palette, false);
        }
      }
    }
    return out.toString();
  }

  /** A line for each reader of a source; many instances that say the same are counted. */
  private void uses(Question question, StringBuilder out) {
    Map<String, List<PathReaders.Use>> alike = new LinkedHashMap<>();
    for (PathReaders.Use use : question.uses) {
      String group = graph().job(graph().jobId(use.job())).group();
      boolean apart = instances || group == null;
      String key = apart ? "job " + use.job() : group + "/" + WhyText.since(use);
      alike.computeIfAbsent(key, _ -> new ArrayList<>()).add(use);
    }
    for (List<PathReaders.Use> same : alike.values()) {
      if (same.size() > VerdictLine.APART) {
        String group = graph().job(graph().jobId(same.getFirst().job())).group();
        int all = graph().named(group).length;
        String name = SafeText.name(group) + " (" + same.size() + " of " + all + ")";
        out.append(WhyText.use(question.path, name, same.getFirst())).append('\n');
      } else {
        for (PathReaders.Use use : same) {
          out.append(WhyText.use(question.path, SafeText.name(use.job()), use)).append('\n');
        }
      }
    }
  }

  /** A group: how many instances are what, and why those are that are not up to date. */
  private void sum(Question question, BitSet told, StringBuilder out, Palette palette) {
    out.append(palette.bold(SafeText.name(question.target))).append(": ");
    JobCounts counts = JobCounts.of(question.fold, plan, records::result);
    if (counts.open() && counts.jobs() == 0) {
      if (plan.verdict(question.fold.open()) instanceof Verdict.MayRun may) {
        String after = SafeText.name(graph().name(may.after()));
        out.append("its instances are known when ").append(after).append(" has ended");
      }
      out.append('\n');
      return;
    }
    out.append(counts.words()).append('\n');
    for (VerdictLine line : VerdictLine.of(question.fold, plan)) {
      int first = line.nodes().getFirst();
      if (line.verdict() instanceof Verdict.UpToDate) {
        continue;
      } else if (!line.isFold() && graph().isJob(first)) {
        tell(out, first, told, palette, true);
      } else {
        out.append(line.name()).append(' ').append(line.text()).append('\n');
        CauseChain chain = line.isFold() ? causes.of(plan, first) : null;
        if (chain != null && chain.links().size() > 1) { // what is behind one is likely behind all
          out.append("  such as ").append(WhyText.of(chain, palette, true)).append('\n');
        }
      }
    }
  }

  /** Tells of a job, once. */
  private void tell(StringBuilder out, int job, BitSet told, Palette palette, boolean brief) {
    if (told.get(job)) {
      return;
    }
    told.set(job);
    String name = graph().job(job).name();
    RunDetails last = records.details(name);
    CauseChain past = causes.ofLastRun(job);
    if (running.contains(name)) {
      out.append(palette.bold(SafeText.name(name))).append(" is running\n");
    } else if (plan.verdict(job) instanceof Verdict.UpToDate) {
      out.append(WhyText.upToDate(name, last, past, palette)).append('\n');
      List<RecordedProduct> gone = contents.gone().of(job);
      if (!gone.isEmpty()) {
        out.append(WhyText.gone(gone, graph().deletes(job))).append('\n');
      }
    } else {
      out.append(WhyText.of(causes.of(plan, job), palette, brief)).append('\n');
      if (past != null) {
        out.append(WhyText.lastRun(last, past, palette, brief)).append('\n');
      }
      NearestResult nearest = near.get(job);
      if (nearest != null) {
        out.append(WhyText.nearest(nearest)).append('\n');
      }
    }
    List<ImageUse> images = ImageUse.of(plan.context(), job);
    if (!images.isEmpty()) {
      out.append("  it runs in image ").append(ImageUse.shown(images)).append('\n');
    }
    List<LeftOut> left = LeftOut.of(last);
    if (!left.isEmpty()) {
      out.append("  it ran ").append(LeftOutText.of(left)).append('\n');
    }
  }

  @Override
  public void json(JsonWriter out) {
    // A source is one answer, a target that names jobs one for each of them.
    List<Runnable> answers = new ArrayList<>();
    for (Question question : questions) {
      if (!question.path.isEmpty()) {
        answers.add(() -> source(out, question));
      }
      for (int job : graph().inOrder(question.jobs)) {
        answers.add(() -> job(out, question.target, job));
      }
    }
    out.objects("answers", answers, Runnable::run);
  }

  private static void source(JsonWriter out, Question question) {
    out.text("target", question.target)
        .text("file", question.path)
        .objects(
            "needed_by",
            question.uses,
            use ->
                out.text("job", use.job())
                    .number("build", use.build(), use.build() > 0)
                    .text("old", use.old())
                    .text("now", use.now()));
  }

  private void job(JsonWriter out, String target, int job) {
    String name = graph().job(job).name();
    out.text("target", target).text("job", name).flag("running", running.contains(name));
    ImageUse.json(out, plan.context(), job);
    JobJson.verdict(out, graph(), plan.verdict(job));
    chain(out, causes.of(plan, job));
    NearestResult nearest = near.get(job);
    out.object(
        "nearest",
        nearest != null,
        () -> {
          OriginText.json(out, nearest.from());
          JobJson.reasons(out, nearest.reasons());
          out.text("lack", nearest.lack());
        });
    CauseChain past = causes.ofLastRun(job);
    new LastRun(records.result(job), records.details(name)).json(out, () -> chain(out, past));
  }

  /** The jobs of a chain, the one in question first; empty where there is nothing to explain. */
  private static void chain(JsonWriter out, CauseChain chain) {
    Collection<CauseChain.Link> links = chain == null ? List.of() : chain.links().values();
    out.objects(
        "chain",
        links,
        link -> {
          out.text("job", link.job()).text("how", JsonWriter.lower(link.how()));
          if (link.from() != null) {
            OriginText.json(out, link.from());
          }
          JobJson.reasons(out, link.reasons());
          out.texts("behind", link.behind());
        });
  }
}
