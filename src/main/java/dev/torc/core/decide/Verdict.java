package dev.torc.core.decide;

import static dev.torc.core.decide.Reason.Kind.ELSEWHERE;
import static dev.torc.core.decide.Reason.Kind.FROZEN;
import static dev.torc.core.decide.Reason.Kind.IMAGE_UNAVAILABLE;
import static dev.torc.core.decide.Reason.Kind.NEED_LEFTOVER;
import static dev.torc.core.decide.Reason.Kind.NEED_MISSING;
import static dev.torc.core.decide.Reason.Kind.NOT_MADE;

import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.JobResult.Origin;
import java.util.List;
import java.util.Set;

/**
 * Whether a job runs, and why. Code that runs before the first job starts must not {@code switch}
 * over these types: see "laws" in development.md.
 */
public sealed interface Verdict {

  /** Returns why the job would run; empty if nothing says so, or if it only may run. */
  default List<Reason> reasons() {
    return List.of();
  }

  /** Returns whether the job certainly neither runs nor fails in this build. */
  default boolean isIdle() {
    return false;
  }

  /**
   * The job does not run, and its products count.
   *
   * @param reasons why a frozen job would run otherwise
   */
  record UpToDate(Rest rest, List<Reason> reasons) implements Verdict {

    UpToDate() {
      this(Rest.CURRENT, List.of());
    }

    @Override
    public boolean isIdle() {
      return true;
    }
  }

  /** Why a job does not run. */
  enum Rest {
    CURRENT,
    /** Nothing changed, but its probe was not run. */
    NOT_PROBED,
    /** It stays as it is, whatever changed. */
    FROZEN,
    /** The job is not a target, and {@code --only} runs nothing else. */
    EXCLUDED
  }

  /**
   * The job does not run, and makes nothing.
   *
   * @param by the skipped job that it needs; empty for none
   * @param why the reason, as for a job whose condition does not hold; empty if its own last run
   *     skipped it
   */
  record Skips(String by, String why) implements Verdict {

    Skips(String by) {
      this(by, by.isEmpty() ? "" : "needs " + by);
    }

    @Override
    public boolean isIdle() {
      return true;
    }
  }

  /** The job runs, whatever other jobs do. */
  record WillRun(List<Reason> reasons) implements Verdict {}

  /**
   * The job would run, but a known good result replaces the run. Without {@code bytes} only the
   * job's record is restored and not its temporary products, since no job is known to read them
   * yet.
   */
  record WillRestore(List<Reason> reasons, KnownResult from, boolean bytes) implements Verdict {

    public Origin origin(String job) {
      return from.originFor(job);
    }
  }

  /**
   * The job fails without starting, since a need is unreadable or missing, or its image is not
   * available. Its last result is kept, and its readers are blocked.
   */
  record WillFail(List<Reason> reasons) implements Verdict {

    private static final Set<Kind> SURE =
        Set.of(NEED_MISSING, NEED_LEFTOVER, IMAGE_UNAVAILABLE, ELSEWHERE, FROZEN, NOT_MADE);

    public String what() {
      return reasons.getFirst().lack()
          + (reasons.size() == 1 ? "" : "; and " + (reasons.size() - 1) + " more");
    }

    /** Returns whether the job will fail no matter what other jobs do. */
    public boolean isSure() {
      return reasons.stream().anyMatch(reason -> SURE.contains(reason.kind()));
    }
  }

  /** The job may run: if job {@code after} changes its result, or group {@code after} expands. */
  record MayRun(int after) implements Verdict {}
}
