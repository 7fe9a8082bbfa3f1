package dev.torc.plan;

import dev.torc.plan.Reason.Kind;
import dev.torc.records.JobResult.Origin;
import dev.torc.results.Result;
import java.util.List;

/**
 * Whether a job runs, and why. On the way of a start no {@code switch} goes over its types: see
 * development.md, laws.
 */
public sealed interface Verdict {

  /** Returns why the job would run; empty where it is up to date, and where that is open. */
  default List<Reason> reasons() {
    return List.of();
  }

  /** Its last result is still valid. */
  record UpToDate() implements Verdict {}

  /** It runs, whatever other jobs do. */
  record WillRun(List<Reason> reasons) implements Verdict {}

  /**
   * It would run, but a good result is known for the job as it is now, and takes the run's place.
   *
   * @param bytes whether its products are put back; if not, only its record is, since they are
   *     temporary, and it is not known yet whether a job reads them
   */
  record WillRestore(List<Reason> reasons, Result from, boolean bytes) implements Verdict {

    /**
     * Returns where the result comes from.
     *
     * @param job the name of the job that is restored
     */
    public Origin origin(String job) {
      return from.originFor(job);
    }
  }

  /**
   * It would run, but a need cannot be read, a file of its row is missing, all files that it read
   * of some sources are gone, or its image cannot be had here: it fails without being started,
   * keeps its last result, and its readers are blocked.
   *
   * @param reasons what cannot be had
   */
  record WillFail(List<Reason> reasons) implements Verdict {

    /** Returns the failure in one phrase. */
    public String what() {
      return reasons.getFirst().lack()
          + (reasons.size() == 1 ? "" : "; and " + (reasons.size() - 1) + " more");
    }

    /** Returns whether the job will fail whatever the jobs do that it waits for. */
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

  /**
   * It runs if the result of another job turns out different, or after a group that is yet to be
   * expanded: {@code after} is the number of that job or group.
   */
  record MayRun(int after) implements Verdict {}
}
