package dev.torc.cluster;

import dev.torc.cluster.BatchFolder.Word;
import dev.torc.cluster.BatchTracker.SchedulerAccess;
import dev.torc.cluster.RemoteAttempt.HandedOutAttempt;
import dev.torc.cluster.RemoteAttempt.RemoteKey;
import dev.torc.cluster.RemoteAttempt.RemoteListener;
import dev.torc.cluster.RemoteBatch.ArrayTask;
import dev.torc.local.ProcessEnd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What earlier torcs handed out through an executor and what is not recorded: found by its folders,
 * and given to the attempt that asks for its job. What becomes of it meanwhile is seen by {@link
 * BatchTracker}, as of all that is out.
 */
final class EarlierBatches {

  /**
   * An asker that waits until all but one of a job are over; {@code last} is null where all must
   * be.
   */
  private record Waiting(RemoteListener listener, List<BatchJob> unwanted, BatchJob last) {}

  private final Map<String, List<BatchJob>> jobs = new HashMap<>(); // one that was lost is out anew
  private final List<Waiting> waiting = new ArrayList<>();

  private final SchedulerAccess to;
  private final SchedulerWatch watch;
  private final Consumer<RemoteBatch> found;
  private boolean sought;

  /**
   * Nothing is looked for yet.
   *
   * @param found takes each batch that was
   */
  EarlierBatches(SchedulerAccess to, SchedulerWatch watch, Consumer<RemoteBatch> found) {
    this.to = to;
    this.watch = watch;
    this.found = found;
  }

  /**
   * Looks for the folders of scripts, but for those of the same build: it may hand out already.
   * What its torc could not end that ends with it is ended: the machine went down, say.
   */
  private void find() throws IOException {
    jobs.clear(); // where an earlier try found some
    List<RemoteBatch> batches = new ArrayList<>();
    for (BatchFolder place : BatchFolder.all(to.folder())) {
      RemoteBatch batch = RemoteBatch.read(place);
      if (batch == null) {
        String unread =
            "cannot read what was handed out in %s; remove it when nothing of it runs any more";
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
    for (BatchJob job : batch.jobs()) {
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

  /** Torc ends: all that wait for an answer are told that. */
  void end(ProcessEnd how) {
    waiting.forEach(asker -> asker.listener.ended(how, List.of()));
  }

  /** See {@link BatchTracker#resume}. */
  void resume(RemoteKey key, RemoteListener listener, long now) throws IOException {
    if (!sought) {
      find();
    }
    List<BatchJob> all = jobs.getOrDefault(key.job(), new ArrayList<>());
    BatchJob last =
        all.stream().max(Comparator.comparingLong(each -> each.task.batch.time)).orElse(null);
    boolean holds = last != null && holds(last, key);
    if (holds) {
      all.remove(last); // it is given once; the others stay, another asker waits for them too
    }
    for (BatchJob each : all) {
      drop(each, now);
    }
    waiting.add(new Waiting(listener, List.copyOf(all), holds ? last : null));
    tell();
  }

  /** Whether its result is that of the attempt that is to run now. */
  private static boolean holds(BatchJob job, RemoteKey key) throws IOException {
    if (job.unwanted || job.isNothing()) {
      return !job.unwanted;
    }
    Set<Word> there = job.task.batch.folder.words().getOrDefault(job.claim(), Set.of());
    return there.contains(Word.CLAIM)
        ? job.key().manifest().equals(key.manifest())
        : job.key().command().equals(key.command());
  }

  /**
   * Ends what no job wants, which is over when that is known. What has not begun never will; where
   * nothing else is in its task, it leaves the queue too.
   */
  private void drop(BatchJob job, long now) throws IOException {
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
    // By the name alone all tasks would end; without an id this one is awaited.
    if (task.batch.isKnown() && (!never || task.isOver())) {
      task.unwanted();
      task.batch.nextLook = 0;
      to.cancel(List.of(task));
    }
  }

  /** Tells askers what they wait for, where that is known by now. */
  void tell() {
    for (Waiting each : List.copyOf(waiting)) {
      if (each.unwanted.stream().allMatch(BatchJob::isOver)) {
        waiting.remove(each);
        List<HandedOutAttempt> places = new ArrayList<>();
        each.unwanted.forEach(job -> places.addAll(job.left()));
        if (each.last == null) {
          each.listener.ended(null, places);
        } else {
          each.last.hand(each.listener, places);
        }
      }
    }
  }
}
