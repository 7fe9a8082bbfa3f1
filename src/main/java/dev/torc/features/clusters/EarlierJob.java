package dev.torc.features.clusters;

import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.attempt.Event;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.BatchFolder.Word;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An attempt that an earlier torc handed out and whose result is not recorded. Commands that only
 * read use it, and it says which scheduler to ask and how. {@link BatchTracker} finds out how the
 * attempt ended. {@code task} is what the scheduler has, and {@code waits} its last word on why the
 * attempt waits; empty if it does not wait.
 */
public record EarlierJob(
    HandedOutAttempt place, SchedulerSettings settings, SchedulerJob task, String waits) {

  public String job() {
    return place.key().job();
  }

  /** Returns the id from the scheduler; null if unknown. */
  public String id() {
    return task.id();
  }

  /** Returns where the attempt is, for messages: {@code slurm 1234_5 (Priority)}. */
  public String where() {
    String where = new Event.JobSubmitted(job(), settings.name(), id()).where();
    return waits.isEmpty() ? where : where + " (" + waits + ")";
  }

  /** Returns how the job ended, from the files of its script; null while that is unknown. */
  public ProcessEnd end() {
    return place.folder().status(place.claim(), 0);
  }

  /** Returns all such attempts, oldest first, from a folder with one folder per executor. */
  public static List<EarlierJob> all(Path folder) throws IOException {
    List<RemoteBatch> batches = new ArrayList<>();
    for (BatchFolder executor : BatchFolder.all(folder)) {
      for (BatchFolder place : BatchFolder.all(executor.path())) {
        RemoteBatch batch = RemoteBatch.read(place);
        if (batch != null) {
          batches.add(batch);
        }
      }
    }
    batches.sort((a, b) -> Long.compare(a.time, b.time));
    List<EarlierJob> all = new ArrayList<>();
    for (RemoteBatch batch : batches) {
      all.addAll(of(batch));
    }
    return all;
  }

  /** Returns the attempts of one batch whose results are not recorded yet. */
  static List<EarlierJob> of(RemoteBatch batch) throws IOException {
    List<EarlierJob> all = new ArrayList<>();
    Map<String, Set<Word>> words = batch.folder.words();
    for (BatchAttempt job : batch.jobs()) {
      Set<Word> there = words.getOrDefault(job.claim(), Set.of());
      if (!batch.folder.isDone(job.claim(), there)) {
        String waits = there.contains(Word.CLAIM) ? "" : job.task.waits();
        all.add(new EarlierJob(job.place(), batch.settings, job.task.job, waits));
      }
    }
    return all;
  }

  /**
   * Removes empty folders and what killed torc processes left: a script's folder without a record,
   * with recorded jobs only, or half removed.
   */
  public static void tidy(Path folder) throws IOException {
    for (Path executor : BatchFolder.folders(folder)) {
      for (Path each : BatchFolder.folders(executor)) {

        BatchFolder place = new BatchFolder(each);
        if (BatchFolder.isGone(each)) {
          FileTree.remove(each);
        } else if (isDone(place)) {
          place.remove();
        }
      }
      OwnFile.removeEmpty(executor);
    }
    OwnFile.removeEmpty(folder);
  }

  private static boolean isDone(BatchFolder place) throws IOException {
    RemoteBatch batch = RemoteBatch.read(place);
    return batch == null ? place.words().isEmpty() : of(batch).isEmpty();
  }
}
