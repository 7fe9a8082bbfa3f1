package dev.torc.report;

import dev.torc.cache.RecordedProduct;
import dev.torc.cache.RunDetails;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.SafeText;
import dev.torc.plan.CauseChain;
import dev.torc.plan.Causes;
import dev.torc.plan.JobRecords;
import dev.torc.plan.NeedContents;
import dev.torc.plan.PathReaders;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What {@code torc why} says: which file, value or failure makes a job run, or made it run. The
 * verdict is the plan's, the chain that of {@link Causes}, the words those of {@link WhyText}.
 * Chains are followed as they are told, so the records have to be open until then.
 *
 * @param running names of the jobs that run now
 * @param instances whether each instance of a group is told of
 */
public record WhyAnswer(
    Plan plan,
    JobRecords records,
    NeedContents contents,
    Causes causes,
    Set<String> running,
    List<Question> questions,
    boolean instances)
    implements Answer {

  /** How many instances are named in one line. */
  private static final int NAMES = 10;

  /** Of how many instances the chains are told. */
  private static final int CHAINS = 5;

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
      for (PathReaders.Use use : question.uses) {
        out.append(WhyText.use(question.path, use)).append('\n');
      }
      BitSet shown = question.jobs;
      if (question.fold != null && (!instances || question.jobs.isEmpty())) {
        out.append(sum(question, palette));
        shown = notUpToDate(question.jobs);
      }
      for (int j : graph().inOrder(shown)) {
        if (!told.get(j)) {
          told.set(j);
          tell(out, j, palette);
        }
      }
    }
    return out.toString();
  }

  /** A group in one line: how many instances are what, and the names of those not up to date. */
  private String sum(Question question, Palette palette) {
    int open = question.fold.open();
    JobCounts counts = JobCounts.of(question.fold, plan, records::result);
    StringBuilder line = new StringBuilder(palette.bold(SafeText.name(question.target)) + ": ");
    if (counts.open()) {
      if (plan.verdict(open) instanceof Verdict.MayRun may) {
        String after = SafeText.name(graph().name(may.after()));
        line.append("its instances are known when ").append(after).append(" has ended");
      }
      return line.append('\n').toString();
    }
    line.append("%d of %d up to date".formatted(counts.upToDate(), counts.jobs()));
    line.append(names(question.jobs, Verdict.WillFail.class, "will fail"));
    line.append(names(question.jobs, Verdict.WillRun.class, "will run"));
    return line.append(names(question.jobs, Verdict.MayRun.class, "may run") + "\n").toString();
  }

  private String names(BitSet jobs, Class<? extends Verdict> kind, String word) {
    List<String> names =
        Arrays.stream(graph().inOrder(jobs))
            .filter(j -> kind.isInstance(plan.verdict(j)))
            .mapToObj(j -> SafeText.name(graph().name(j)))
            .toList();
    if (names.isEmpty()) {
      return "";
    }
    int more = Math.max(0, names.size() - NAMES);
    String some = String.join(", ", names.subList(0, names.size() - more));
    return "; %d %s: %s%s"
        .formatted(names.size(), word, some, more == 0 ? "" : ", …and " + more + " more");
  }

  /** The first few of them: a thousand chains tell no more. */
  private BitSet notUpToDate(BitSet jobs) {
    BitSet some = new BitSet();
    Arrays.stream(graph().inOrder(jobs))
        .filter(j -> !(plan.verdict(j) instanceof Verdict.UpToDate))
        .limit(CHAINS)
        .forEach(some::set);
    return some;
  }

  private void tell(StringBuilder out, int job, Palette palette) {
    String name = graph().job(job).name();
    RunDetails last = records.details(name);
    CauseChain past = causes.ofLastRun(job);
    if (running.contains(name)) {
      out.append(palette.bold(SafeText.name(name))).append(" is running\n");
    } else if (plan.verdict(job) instanceof Verdict.UpToDate) {
      out.append(WhyText.upToDate(name, last, past, palette)).append('\n');
      List<RecordedProduct> gone = contents.gone(job);
      if (!gone.isEmpty()) {
        out.append(WhyText.gone(gone)).append('\n');
      }
    } else {
      out.append(WhyText.of(causes.of(plan, job), palette)).append('\n');
      if (past != null) {
        out.append(WhyText.lastRun(last, past, palette)).append('\n');
      }
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
    JobJson.verdict(out, graph(), plan.verdict(job));
    chain(out, causes.of(plan, job));
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
          JobJson.reasons(out, link.reasons());
          out.texts("behind", link.behind());
        });
  }
}
