package dev.torc.cluster;

import java.util.List;

/** What a scheduler says to a submission. */
public sealed interface Submission {

  /**
   * It took it.
   *
   * @param jobs one for each element, in their order
   */
  record Accepted(List<SchedulerJob> jobs) implements Submission {}

  /**
   * It will not have it: nothing was submitted.
   *
   * @param said its own words on one line
   */
  record Refused(String said) implements Submission {}

  /**
   * It is not known whether it took it.
   *
   * @param said why there is no answer, on one line
   */
  record NoAnswer(String said) implements Submission {}
}
