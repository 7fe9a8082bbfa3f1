package dev.torc.plan;

import dev.torc.plan.Reason.Kind;
import dev.torc.records.JobResult.Origin;
import dev.torc.results.Result;
import java.util.List;

/**
 * Whether a job runs, and why. Code that runs before the first job must not {@code switch} over
 * these types: see development.md, laws.
 */
public sealed interface Verdict {

  /** Returns why the job would run; empty if it is up to date or may run. */
  default List<Reason> reasons() {
    return List.of();
  }

  record UpToDate() implements Verdict {}

  /** It runs, whatever other jobs do. */
  record WillRun(List<Reason> reasons) implements Verdict {}

  /**
   * It would run, but a known good result replaces the run. Without {@code bytes} only its record
   * is put back, not its temporary products, since it is not known yet whether a job reads them.
   */
  record WillRestore(List<Reason> reasons, Result from, boolean bytes) implements Verdict {

    public Origin origin(String job) {
      return from.originFor(job);
    }
  }

  /**
   * It fails without being started, since a need is unreadable or missing, or its image is not
   * available. It keeps its last result, and its readers are blocked.
   */
  record WillFail(List<Reason> reasons) implements Verdict {

    public String what() {
      return reasons.getFirst().lack()
          + (reasons.size() == 1 ? "" : "; and " + (reasons.size() - 1) + " more");
    }

    /** Returns whether the job will fail whatever the jobs that it waits for do. */
    public boolean isSure() {
      for (Reason reason : reasons) {
        if (reason.kind() == Kind.NEED_MISSING
            || reason.kind() == Kind.IMAGE_UNAVAILABLE
            || reason.kind() == Kind.ELSEWHERE) {
          return true;
        }
      }
      return false;
    }
  }

  /** It runs if job {@code after} has another result, or after group {@code after} is expanded. */
  record MayRun(int after) implements Verdict {}
}
