package dev.torc.cluster;

import dev.torc.cluster.BatchFolder.Word;
import dev.torc.cluster.RemoteBatch.ArrayTask;
import dev.torc.cluster.Scheduler.SchedulerState;
import dev.torc.local.ProcessEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What follows for a job from what its script wrote; and, where that is no end, from the word of
 * the scheduler that has done with its array task, and from whether it began. What never began is
 * claimed, and can be handed out anew; that and the scheduler are {@link BatchTracker}'s.
 *
 * @param anew takes what is to be handed out anew; null for a job that an earlier torc handed out
 */
record TaskEnds(
    String executor,
    Path folder,
    ClaimOwner me,
    SchedulerWatch watch,
    Consumer<String> notes,
    Consumer<BatchJob> anew) {

  /** How often an attempt is handed out again for what was no fault of its own. */
  private static final int AGAIN = 3;

  /** What the scheduler says of a task: {@code cause} is null where it knows nothing of it. */
  private record Said(SchedulerState.Cause cause, String said, boolean cancelled, long time) {

    static Said of(ArrayTask task) {
      return switch (task.state) {
        case SchedulerState.Ended ended ->
            new Said(ended.cause(), ended.said(), task.cancelled, ended.time());
        case SchedulerState.Gone gone -> new Said(null, gone.said(), task.cancelled, 0);
        default -> new Said(null, "gone", task.cancelled, 0);
      };
    }

    /** Whether it was cancelled, and not by torc. */
    boolean isTaken() {
      return cause == SchedulerState.Cause.CANCELLED && !cancelled;
    }
  }

  /**
   * What a script has written of a job that is not over; returns whether that is news.
   *
   * @param there what there is of it
   */
  boolean look(RemoteBatch batch, BatchJob job, Set<Word> there, boolean ending, long now)
      throws IOException {
    if (there.contains(Word.STATUS)) {
      ProcessEnd end = batch.folder.status(job.claim(), batch.submitted());
      boolean told =
          end != null && end.how() == ProcessEnd.How.INTERRUPTED && !ending && !job.unwanted;
      if (told && !job.isCancelled()) {
        job.cancelled(); // why, and by which hand, the scheduler says
        watch.soon(now);
        return true;
      }
      if (end != null && !told) {
        job.end(end, job.places());
        return true;
      }
    }
    if (there.contains(Word.BEGUN) && job.begun()) {
      return true;
    }
    if (there.contains(Word.LATER) && batch.folder.later(job.claim()) != null) {
      if (batch.folder.claim(job.claim(), me)) {
        anew.accept(job.anew());
      }
      return true;
    }
    return false;
  }

  /**
   * All that its script wrote must be here by now, and was looked at.
   *
   * @param ending whether all is to end
   */
  void settle(RemoteBatch batch, ArrayTask task, boolean ending) throws IOException {
    Said word = Said.of(task);
    // A task that torc itself took back, or that no machine took, can have left nothing there.
    boolean untouched =
        batch.isKnown() && !task.cancelled && task.isUntouched(batch.folder.words());
    boolean unseen = untouched && word.cause == SchedulerState.Cause.EXITED;
    for (BatchJob job : task.jobs) {
      if (job.isOver()) {
        continue;
      }
      boolean never = batch.folder.claim(job.claim(), me);
      List<HandedOutAttempt> places = never ? job.earlierPlaces() : job.places();
      if (job.unwanted || ending && !job.isLost()) {
        job.end(BatchJob.INTERRUPTED, places);
      } else if (unseen && !job.isLost()) {
        String why = "the machine that %s took does not see %s";
        job.end(BatchJob.failed(why.formatted(executor, folder)), places);
      } else if (never) {
        neverBegan(job, word, untouched);
      } else {
        died(batch, job, word);
      }
    }
  }

  /**
   * @param untouched whether no machine took its script
   */
  private void neverBegan(BatchJob job, Said word, boolean untouched) {
    if (word.isTaken()) {
      job.endUnbegun(BatchJob.failed("cancelled; " + executor + ": " + word.said));
    } else if (untouched && job.losses == AGAIN) {
      String why = "submitted %d times, and no machine began it; %s: %s";
      job.endUnbegun(BatchJob.failed(why.formatted(AGAIN + 1, executor, word.said)));
    } else {
      anew.accept(untouched ? job.unbegun() : job.anew());
    }
  }

  /** It began, and no script will say how it ended. */
  private void died(RemoteBatch batch, BatchJob job, Said word) {
    ProcessEnd.How how =
        switch (word.cause) {
          case OUT_OF_MEMORY -> ProcessEnd.How.MEMORY;
          case TIME_LIMIT -> ProcessEnd.How.TIMEOUT;
          case CANCELLED -> word.isTaken() ? ProcessEnd.How.CANCELLED : null;
          case EXITED -> job.isCancelled() ? ProcessEnd.How.CANCELLED : null;
          case null, default -> null;
        };
    boolean preempted = word.cause == SchedulerState.Cause.PREEMPTED;
    String lost = preempted ? "preempted" : "lost with its machine";
    if (how != null) {
      ProcessEnd end = ProcessEnd.unknown(how, executor + ": " + word.said);
      ClaimOwner begun = batch.folder.owner(job.claim());
      job.end(begun == null ? end : begun.end(end, batch.submitted(), word.time), job.places());
    } else if (job.losses == AGAIN) {
      job.end(BatchJob.failed(lost + ": " + word.said), job.places());
    } else {
      if (job.attempt != null) {
        notes.accept(
            "%s: %s (%s); it is submitted anew".formatted(job.key().job(), lost, word.said));
      }
      anew.accept(job.lost());
    }
  }
}
