package dev.torc.features.clusters;

import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One task of an array: jobs that run one after the other, and its last state. */
final class ArrayTask {
  final RemoteBatch batch;
  final List<BatchAttempt> jobs;
  final String own; // its own name in an array
  SchedulerJob job;
  SchedulerState state = new SchedulerState(Phase.WAITING, "");
  long over = -1; // when the scheduler first said that it is over; -1 if it has not
  boolean never; // the scheduler said twice that it will never start
  boolean cancelled; // by torc
  boolean isToEnd; // torc must still tell the scheduler to end it
  long cancelAt = Long.MAX_VALUE; // when torc cancels it, after it was told to end
  long held = -1; // since when a user has held it; -1 if not held
  boolean isHeldTold;

  ArrayTask(RemoteBatch batch, List<BatchAttempt> jobs, String own) {
    this.batch = batch;
    this.jobs = jobs;
    this.own = own;
    this.job = new SchedulerJob(null, batch.name, null);
    jobs.forEach(each -> each.task = this);
  }

  boolean isOver() {
    return jobs.stream().allMatch(BatchAttempt::isOver);
  }

  /**
   * Records the state that the scheduler reports. A task counts as gone, or as one that never
   * starts, after two such reports in a row: a truncated listing looks the same.
   */
  void noteState(SchedulerState now, long time) {
    boolean again = now.is(state.kind());
    boolean gone = now.is(Phase.GONE);
    never = now.is(Phase.NEVER) && again;
    over = !now.isEnd() && !(gone && again) ? -1 : over < 0 ? time : over;
    state = gone && again ? state : now; // the earlier state may have the scheduler's text
  }

  /** Returns the scheduler's text on why the task waits; empty if it does not wait. */
  String waits() {
    return state.is(Phase.WAITING) || state.is(Phase.NEVER) ? state.said() : "";
  }

  /** Returns whether no script has written a file about a job of the task. */
  boolean isUntouched() throws IOException {
    Map<String, Set<BatchFolder.Word>> words = batch.folder.words();
    Set<BatchFolder.Word> torcs = EnumSet.of(BatchFolder.Word.ASIDE); // scripts write a claim first
    return jobs.stream()
        .allMatch(each -> torcs.containsAll(words.getOrDefault(each.claim(), torcs)));
  }

  void submitted() {
    jobs.forEach(each -> each.submitted(job.id()));
  }

  /**
   * Marks the jobs as unwanted before the task is cancelled. Without the marks, a later torc would
   * think that a user cancelled them.
   */
  void markUnwanted(boolean interrupted) {
    cancelled = true;
    isToEnd = true;
    for (BatchAttempt each : jobs) {
      if (!each.isOver()) {
        try {
          batch.folder.unwanted(each.claim(), interrupted);
        } catch (IOException e) {
          return;
        }
      }
    }
  }
}
