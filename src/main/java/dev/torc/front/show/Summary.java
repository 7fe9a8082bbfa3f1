package dev.torc.front.show;

import dev.torc.base.text.Amount;
import dev.torc.core.attempt.JobState;
import java.util.Map;
import java.util.StringJoiner;

/** Makes the last line of a build. */
final class Summary {

  private Summary() {}

  /**
   * Returns {@code 4 jobs: 2 ran (1 after retries), 2 up to date, 0 failed in 1.2 s}, with the
   * other final states if any; the counts add up to the jobs.
   */
  static String of(Map<JobState, Integer> counts, int flaky, long nanos) {
    int jobs = 0;
    StringJoiner parts = new StringJoiner(", ");
    for (JobState state :
        new JobState[] {
          JobState.RAN,
          JobState.RESTORED,
          JobState.UP_TO_DATE,
          JobState.FAILED,
          JobState.BLOCKED,
          JobState.SUBMITTED,
          JobState.INTERRUPTED,
          JobState.SKIPPED,
          JobState.FROZEN,
          JobState.NOT_REACHED
        }) {
      int count = counts.getOrDefault(state, 0);
      jobs += count;
      if (count > 0 || state.ordinal() <= JobState.FAILED.ordinal()) {
        String retried = state == JobState.RAN && flaky > 0 ? " (" + flaky + " after retries)" : "";
        parts.add(count + " " + AttemptText.words(state) + retried);
      }
    }
    return Amount.count(jobs, "job") + ": " + parts + " in " + Amount.time(nanos);
  }
}
