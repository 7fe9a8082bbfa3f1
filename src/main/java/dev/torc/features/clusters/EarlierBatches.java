package dev.torc.features.clusters;

import dev.torc.core.here.ProcessEnd;
import dev.torc.features.clusters.BatchFolder.Word;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.RemoteAttempt.RemoteKey;
import dev.torc.features.clusters.RemoteAttempt.RemoteListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The attempts that earlier torc processes handed out through an executor and whose ends are not
 * recorded. It finds them by their folders, and gives each to the listener that asks for its job.
 * {@link BatchTracker} watches them like all other attempts.
 */
final class EarlierBatches {

  /** A listener that gets {@code last}, or null as the end, when all {@code unwanted} are over. */
  private record Waiting(RemoteListener listener, List<BatchAttempt> unwanted, BatchAttempt last) {}

  private final Map<String, List<BatchAttempt>> jobs = new HashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();

  private final SchedulerAccess to;
  private final SchedulerWatch watch;
  private final Consumer<RemoteBatch> found;
  private boolean sought;

  /** Creates an empty list; {@code found} gets each batch that is found later. */
  EarlierBatches(SchedulerAccess to, SchedulerWatch watch, Consumer<RemoteBatch> found) {
    this.to = to;
    this.watch = watch;
    this.found = found;
  }

  /**
   * Finds the folders of earlier scripts; this build may have some of its own. Ends a batch that
   * its own torc could not end.
   */
  private void find() throws IOException {
    jobs.clear(); // an earlier try may have found some
    List<RemoteBatch> batches = new ArrayList<>();
    for (BatchFolder place : BatchFolder.all(to.folder())) {
      RemoteBatch batch = RemoteBatch.read(place);
      if (batch == null) {
        String unread =
            "cannot read what was handed out in %s; remove it when nothing of it runs anymore";
        to.tell(unread, place.path());
      } else if (!batch.jobs().getFirst().key().build().equals(to.me().build())) {
        add(batch);
        batches.add(batch);
      }
    }
    batches.forEach(found);
    sought = true;
  }

  private void add(RemoteBatch batch) throws IOException {
    Map<String, Set<Word>> words = batch.folder.words();
    for (BatchAttempt job : batch.jobs()) {
      Set<Word> there = words.getOrDefault(job.claim(), Set.of());
      if (batch.folder.isTaken(job.claim(), there)) {
        job.end(null, there.contains(Word.ASIDE) ? job.places() : List.of());
      }
      if (!batch.folder.isDone(job.claim(), there)) {
        job.unwanted = there.contains(Word.UNWANTED);
        jobs.computeIfAbsent(job.key().job(), _ -> new ArrayList<>()).add(job);
      }
    }
    if (!batch.outlives(to.scheduler())) {
      batch.tasks.forEach(task -> task.cancelled = true);
      to.cancel(batch.tasks);
    }
  }

  void end(ProcessEnd how) {
    waiting.forEach(asker -> asker.listener.ended(how, List.of()));
  }

  /** Resumes a job as {@link BatchTracker#resume} says. */
  void resume(RemoteKey key, RemoteListener listener, long now) throws IOException {
    if (!sought) {
      find();
    }
    List<BatchAttempt> all = jobs.getOrDefault(key.job(), new ArrayList<>());
    BatchAttempt last =
        all.stream().max(Comparator.comparingLong(each -> each.task.batch.time)).orElse(null);
    boolean holds = last != null && holds(last, key);
    if (holds) {
      all.remove(last); // given only once; the others stay for later listeners
    }
    for (BatchAttempt each : all) {
      drop(each, now);
    }
    waiting.add(new Waiting(listener, List.copyOf(all), holds ? last : null));
    tell();
  }

  /** Returns whether an earlier attempt can replace the attempt that is to run now. */
  private static boolean holds(BatchAttempt job, RemoteKey key) throws IOException {
    boolean result = job.key().manifest().equals(key.manifest());
    boolean command = job.key().command().equals(key.command());
    if (job.unwanted || job.isNothing() || result == command) { // decided without a listing
      return !job.unwanted && (result || job.isNothing());
    }
    Set<Word> there = job.task.batch.folder.words().getOrDefault(job.claim(), Set.of());
    return there.contains(Word.CLAIM) ? result : command;
  }

  /**
   * Ends an attempt that no job wants, by cancelling its task. A begun attempt is over once its end
   * is known. Otherwise it never begins, and its task is cancelled when no job of the task is left.
   */
  private void drop(BatchAttempt job, long now) throws IOException {
    job.unwanted = true;
    if (job.isOver()) {
      return;
    }
    ArrayTask task = job.task;
    boolean never = to.claim(job);
    if (never) {
      job.endUnbegun(null);
    }
    if (!task.batch.isKnown()) {
      watch.find(task.batch, now);
    }
    // Without an id, torc waits: a cancel by name would end all tasks of the batch.
    if (task.batch.isKnown() && (!never || task.isOver())) {
      task.markUnwanted(false);
      task.batch.nextLook = 0;
    }
  }

  /** Notifies each listener whose unwanted attempts are all over. */
  void tell() {
    for (Waiting each : List.copyOf(waiting)) {
      if (each.unwanted.stream().allMatch(BatchAttempt::isOver)) {
        waiting.remove(each);
        List<HandedOutAttempt> places = new ArrayList<>();
        each.unwanted.forEach(job -> places.addAll(job.endPlaces()));
        if (each.last == null) {
          each.listener.ended(null, places);
        } else {
          each.last.handTo(each.listener, places);
        }
      }
    }
  }
}
