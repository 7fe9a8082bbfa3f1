package dev.torc.features.clusters;

import dev.torc.core.here.ProcessEnd;
import dev.torc.features.clusters.BatchAttempt.State;
import dev.torc.features.clusters.BatchFolder.Word;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Decides what to do with a job, from what its script wrote. If that is not an end, the state of
 * the finished array task decides, and whether the job began. A job that never began is claimed,
 * and {@code anew} gets its successor, which is null if an earlier torc handed the job out. {@link
 * BatchTracker} asks the scheduler.
 */
record TaskEnds(SchedulerAccess to, SchedulerWatch watch, Consumer<BatchAttempt> anew) {

  /** How often a job is handed out again after its task was lost. */
  private static final int AGAIN = 3;

  /** Reads a job's entry in {@link BatchFolder#words}; returns whether it has news. */
  boolean read(BatchAttempt job, Set<Word> there, boolean ending, long now) throws IOException {
    RemoteBatch batch = job.task.batch;
    if (there.contains(Word.STATUS)) {
      ProcessEnd end = batch.folder.status(job.claim(), batch.submitted());
      boolean told =
          end != null && end.how() == ProcessEnd.How.INTERRUPTED && !ending && !job.unwanted;
      if (told && !job.isCancelled()) {
        job.note(State.CANCELLED); // the scheduler will say why
        watch.soon(now);
        return true;
      }
      if (end != null && !told) {
        job.end(end, job.places());
        return true;
      }
    }
    if (there.contains(Word.BEGUN) && job.note(State.BEGUN)) {
      return true;
    }
    if (there.contains(Word.LATER) && batch.folder.isLater(job.claim())) {
      if (to.claim(job)) {
        anew.accept(job.again());
      }
      return true;
    }
    return false;
  }

  /** Ends the jobs of a task. Everything that its script wrote must be visible and read by now. */
  void settle(ArrayTask task, boolean ending) throws IOException {
    // A task that torc itself cancelled, or that no machine took, may have written nothing.
    boolean untouched = task.batch.isKnown() && !task.cancelled && task.isUntouched();
    boolean unseen = untouched && task.state.is(Phase.EXITED);
    for (BatchAttempt job : task.jobs) {
      if (job.isOver()) {
        continue;
      }
      boolean never = to.claim(job);
      List<HandedOutAttempt> places = never ? job.earlierPlaces() : job.places();
      if (job.unwanted || ending && !job.isOrphan()) {
        job.end(BatchAttempt.INTERRUPTED, places);
      } else if (unseen && !job.isOrphan()) {
        String why = "the machine that %s took does not see %s";
        job.end(BatchAttempt.failed(why.formatted(to.executor(), to.folder())), places);
      } else if (never) {
        neverBegan(job, task.state, untouched);
      } else {
        died(job, task.state);
      }
    }
  }

  /** Returns whether a user or the scheduler cancelled a job. */
  private static boolean isTaken(BatchAttempt job, SchedulerState word) {
    return word.is(Phase.CANCELLED) && !job.task.cancelled;
  }

  private void neverBegan(BatchAttempt job, SchedulerState word, boolean untouched) {
    if (isTaken(job, word)) {
      job.endUnbegun(BatchAttempt.failed("cancelled; " + to.executor() + ": " + word.said()));
    } else if (untouched && job.resent == AGAIN) {
      String why = "submitted %d times, and no machine began it; %s: %s";
      job.endUnbegun(BatchAttempt.failed(why.formatted(AGAIN + 1, to.executor(), word.said())));
    } else {
      anew.accept(untouched ? job.againUnstarted() : job.again());
    }
  }

  /**
   * Returns an end with the given cause and the times of the script's status. Without a status, the
   * job began at its claim, and ended with the scheduler's task.
   */
  private static ProcessEnd endOf(
      BatchAttempt job, SchedulerState word, ProcessEnd.How how, String message) {
    RemoteBatch batch = job.task.batch;
    ProcessEnd told = batch.folder.status(job.claim(), batch.submitted());
    if (told != null) {
      return told.as(how, 0, message);
    }
    ClaimOwner by = batch.folder.owner(job.claim());
    long handed = batch.submitted();
    long began = by != null ? by.time() * 1000 : Math.max(handed, word.began());
    long wall = word.ended() - began;
    return ProcessEnd.unknown(how, message)
        .lasting(word.ended() == 0 ? -1 : TimeUnit.MILLISECONDS.toNanos(Math.max(0, wall)))
        .at(new ProcessEnd.Elsewhere(by == null ? "" : by.host(), handed, began, "", null));
  }

  /** Ends a begun job whose script died, or hands it out again. */
  private void died(BatchAttempt job, SchedulerState word) {
    ProcessEnd.How how =
        switch (word.kind()) {
          case OUT_OF_MEMORY -> ProcessEnd.How.MEMORY;
          case TIME_LIMIT -> ProcessEnd.How.TIMEOUT;
          case CANCELLED -> isTaken(job, word) ? ProcessEnd.How.CANCELLED : null;
          case EXITED -> job.isCancelled() ? ProcessEnd.How.CANCELLED : null;
          default -> null;
        };
    String lost = word.is(Phase.PREEMPTED) ? "preempted" : "lost with its machine";
    if (how != null) {
      job.end(endOf(job, word, how, to.executor() + ": " + word.said()), job.places());
    } else if (job.resent == AGAIN) {
      job.end(
          endOf(job, word, ProcessEnd.How.NOT_STARTED, lost + ": " + word.said()), job.places());
    } else {
      if (job.attempt != null) {
        to.tell("%s: %s (%s); it is submitted again", job.key().job(), lost, word.said());
      }
      anew.accept(job.againAfterNodeFailure());
    }
  }
}
