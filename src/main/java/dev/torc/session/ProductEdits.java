package dev.torc.session;

import dev.torc.plan.Plan;
import dev.torc.plan.Reason;
import dev.torc.plan.Verdict;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Tells an edit of a product from what another build made: after an edit a job has a new reason to
 * run. Jobs that always run, or failed last time, have had theirs before: without this, two watches
 * of one root would begin rounds for each other without end.
 */
final class ProductEdits {

  /** Reasons that a job has without any change of a file. */
  private static final Set<Reason.Kind> STANDING =
      EnumSet.of(
          Reason.Kind.NEVER_RAN,
          Reason.Kind.FAILED,
          Reason.Kind.TIMED_OUT,
          Reason.Kind.OUT_OF_MEMORY,
          Reason.Kind.INTERRUPTED,
          Reason.Kind.ALWAYS,
          Reason.Kind.SUBMITTED,
          Reason.Kind.ELSEWHERE);

  private ProductEdits() {}

  /** Whether a build would run a job for something that changed; it looks, and waits for nobody. */
  static boolean matter(Caller caller, ProjectOptions options, BuildRequest request)
      throws IOException {
    Plan plan;
    try {
      plan = BuildSession.of(Project.load(caller, options), request).forecast(_ -> {});
    } catch (BadInput refused) {
      return true; // the build tells
    }
    BitSet jobs = plan.selected();
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      Verdict verdict = plan.verdict(j);
      List<Reason> reasons =
          verdict instanceof Verdict.WillRun will
              ? will.reasons()
              : verdict instanceof Verdict.WillRestore will ? will.reasons() : List.of();
      boolean news = reasons.stream().anyMatch(reason -> !STANDING.contains(reason.kind()));
      if (news || verdict instanceof Verdict.WillFail) {
        return true;
      }
    }
    return false;
  }
}
