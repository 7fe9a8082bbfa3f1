package dev.torc.plan;

import java.util.List;

/** Whether a job runs. */
public sealed interface Verdict {

  /** Its last result is still valid. */
  record UpToDate() implements Verdict {}

  /** It runs, whatever other jobs do. */
  record WillRun(List<Reason> reasons) implements Verdict {}

  /**
   * It runs if the result of another job turns out different; also after a group that is yet to be
   * expanded. By number.
   */
  record MayRun(int after) implements Verdict {}
}
