package dev.torc.cluster;

import dev.torc.cluster.Scheduler.SchedulerJob;
import dev.torc.cluster.Scheduler.SchedulerState;
import dev.torc.cluster.Scheduler.SchedulerState.Kind;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One task of an array: jobs that run one after the other, and the scheduler's word on them. */
final class ArrayTask {
  final RemoteBatch batch;
  final List<BatchAttempt> jobs;
  SchedulerJob job;
  SchedulerState state = new SchedulerState(Kind.WAITING, "");
  long over = -1; // since when the scheduler has finished it; -1 if it has not
  boolean never; // it will not start, for the reason that the scheduler gives
  boolean cancelled; // by torc
  boolean isToEnd; // torc has yet to tell the scheduler
  long cancelAt = Long.MAX_VALUE; // until when it has time to end its jobs, if it was told to
  long held = -1; // since when it waits for its release; -1 if it does not
  boolean isHeldTold;

  ArrayTask(RemoteBatch batch, List<BatchAttempt> jobs) {
    this.batch = batch;
    this.jobs = jobs;
    this.job = new SchedulerJob(null, batch.name, null);
    jobs.forEach(each -> each.task = this);
  }

  boolean isOver() {
    return jobs.stream().allMatch(BatchAttempt::isOver);
  }

  /**
   * Takes the scheduler's word on the task. That it is gone, or will never start, counts only if it
   * is said twice: a truncated listing looks the same.
   */
  void noteState(SchedulerState now, long time) {
    boolean again = now.is(state.kind());
    boolean gone = now.is(Kind.GONE);
    never = now.is(Kind.NEVER) && again;
    over = !now.isEnd() && !(gone && again) ? -1 : over < 0 ? time : over;
    state = gone && again ? state : now; // the first one may have the scheduler's own word
  }

  /** Returns whether no script left a file of any of the task's jobs. */
  boolean isUntouched() throws IOException {
    Map<String, Set<BatchFolder.Word>> words = batch.folder.words();
    Set<BatchFolder.Word> torcs = EnumSet.of(BatchFolder.Word.ASIDE); // scripts claim first
    return jobs.stream()
        .allMatch(each -> torcs.containsAll(words.getOrDefault(each.claim(), torcs)));
  }

  void submitted() {
    jobs.forEach(each -> each.submitted(job.id()));
  }

  /** Notes a cancel before it happens: otherwise a later torc would take it for a user's. */
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
