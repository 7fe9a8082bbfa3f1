package dev.torc.features.adopt;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.decide.Verdict;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts the files of the user in the places of products of jobs that are about to run for the
 * first time, or for the first time with these products (rule 15). It only tells; {@link Adoption}
 * can take the files over.
 */
public final class Adoptable {

  /** The most jobs that the line names. */
  private static final int MANY = 10;

  private final PlanContext context;
  private final List<String> files = new ArrayList<>();
  private final Set<Integer> jobs = new LinkedHashSet<>();
  private Map<Integer, String> readers; // null until needed

  private Adoptable(PlanContext context) {
    this.context = context;
  }

  /** Returns one line if there are such files, except of jobs that run now; none otherwise. */
  public static List<Diagnostic> of(Plan plan, Set<String> running) {
    Adoptable all = new Adoptable(plan.context());
    Graph graph = plan.context().graph();
    for (int j : graph.inOrder(plan.selected())) {
      if (plan.verdict(j) instanceof Verdict.WillRun will
          && isNew(will.reasons())
          && !running.contains(graph.name(j))) {
        try {
          all.look(j);
        } catch (IOException e) {
          continue; // only a hint: the job reports what it cannot read
        }
      }
    }
    return all.files.isEmpty() ? List.of() : List.of(all.line());
  }

  /** Returns whether a job is new or edited, and no scheduler may have made its products. */
  private static boolean isNew(List<Reason> reasons) {
    boolean isNew = false;
    for (Reason reason : reasons) {
      if (reason.kind() == Kind.SUBMITTED) {
        return false;
      }
      isNew |= reason.kind() == Kind.NEVER_RAN || reason.kind() == Kind.PRODUCTS_DECLARED;
    }
    return isNew;
  }

  /**
   * Adds the files in the places of a job, if all its products exist; of globs alone, one match.
   */
  private void look(int id) throws IOException {
    Job job = context.graph().job(id);
    Path root = context.graph().workflow().root();
    List<String> found = new ArrayList<>();
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfGlob of) {
        found.addAll(
            GlobWalk.files(root, of.glob(), of.excludes(), context.basis().digests().stop()));
      } else if (ref instanceof Ref.OfFolder folder) {
        found.add(folder.path());
      } else if (ref instanceof Ref.OfFile file) {
        found.add(file.path());
      }
    }
    for (String path : found) {
      if (!Files.exists(root.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
    }
    found.removeIf(path -> context.records().owned(path) != null);
    if (!found.isEmpty() && mayAdopt(id, job)) {
      files.addAll(found);
      jobs.add(id);
    }
  }

  private boolean mayAdopt(int id, Job job) throws IOException {
    readers = readers == null ? Adoption.dataReaders(context.graph()) : readers;
    return !job.has(Trait.ALWAYS)
        && !job.has(Trait.PERSIST)
        && !readers.containsKey(id)
        && context.taken().of(id) == null;
  }

  private Diagnostic line() {
    Graph graph = context.graph();
    Set<String> names = new LinkedHashSet<>();
    for (int id : jobs) {
      String group = graph.job(id).group();
      if (names.size() < MANY && (group == null || !names.contains(SafeText.name(group)))) {
        boolean whole = group != null;
        for (int each : whole ? graph.nodesOf(group) : new int[0]) {
          whole &= jobs.contains(each);
        }
        names.add(SafeText.name(whole ? group : graph.name(id)));
      }
    }
    int more = files.size() - 1;
    return new Diagnostic(
        graph.job(jobs.iterator().next()).place(),
        "%s%s not made by torc and would move to .torc/kept; torc adopt %s keeps %s"
            .formatted(
                SafeText.name(files.getFirst()),
                more == 0 ? " is" : " and " + Amount.count(more, "more file") + " are",
                String.join(" ", names),
                more == 0 ? "it" : "them"));
  }
}
