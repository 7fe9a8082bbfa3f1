package dev.torc.cluster;

import dev.torc.cluster.BatchFolder.Word;
import dev.torc.cluster.RemoteAttempt.RemoteKey;
import dev.torc.cluster.RemoteBatch.ArrayTask;
import dev.torc.posix.Io;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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

  /** One attempt of a job, of which there may be several: one that was lost is handed out anew. */
  record Found(RemoteBatch batch, ArrayTask task, BatchJob job) {

    /** Whether its result is that of the attempt that is to run now. */
    private boolean holds(RemoteKey key) throws IOException {
      if (job.unwanted) {
        return false;
      }
      RemoteKey own = job.key();
      if (own.manifest().equals(key.manifest()) || job.isNothing()) {
        return true;
      }
      Set<Word> there = batch.folder.words().getOrDefault(job.claim(), Set.of());
      return own.command().equals(key.command()) && !there.contains(Word.CLAIM);
    }
  }

  /**
   * An asker that waits until all but one of a job are over; {@code last} is null where all must
   * be.
   */
  private record Waiting(RemoteListener listener, List<Found> unwanted, Found last) {}

  private final List<RemoteBatch> batches = new ArrayList<>();
  private final Map<String, List<Found>> jobs = new HashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();

  private EarlierBatches() {}

  /**
   * Looks for the folders of scripts, but for those of one build.
   *
   * @param build the id of the build that asks: it may hand out into that folder already
   * @param notes takes lines for people
   */
  static EarlierBatches find(Path folder, String build, Consumer<String> notes) throws IOException {
    EarlierBatches earlier = new EarlierBatches();
    for (BatchFolder place : BatchFolder.all(folder)) {
      BatchRecord record = place.record();
      if (record != null) {
        RemoteBatch batch = RemoteBatch.of(record);
        if (!batch.tasks.getFirst().jobs.getFirst().key().build().equals(build)) {
          earlier.add(batch, place.words());
        }
      } else {
        notes.accept(
            "cannot read what was handed out in %s; remove it when nothing of it runs any more"
                .formatted(place.path()));
      }
    }
    return earlier;
  }

  private void add(RemoteBatch batch, Map<String, Set<Word>> words) {
    for (ArrayTask task : batch.tasks) {
      for (BatchJob job : task.jobs) {
        Set<Word> there = words.getOrDefault(job.claim(), Set.of());
        if (batch.folder.isTaken(job.claim(), there)) {
          job.end(null, there.contains(Word.ASIDE) ? job.places() : List.of());
        }
        if (!batch.folder.isDone(job.claim(), there)) {
          if (there.contains(Word.UNWANTED)) {
            job.unwanted = true;
          }
          jobs.computeIfAbsent(job.key().job(), _ -> new ArrayList<>())
              .add(new Found(batch, task, job));
        }
      }
    }
    batches.add(batch);
  }

  /** All that was found. */
  List<RemoteBatch> batches() {
    return batches;
  }

  /** The listeners that wait for an answer. */
  List<RemoteListener> waiting() {
    return waiting.stream().map(Waiting::listener).toList();
  }

  /** See {@link BatchTracker#resume}. */
  void resume(RemoteKey key, RemoteListener listener, Io.Take<Found> drop) throws IOException {
    List<Found> all = jobs.getOrDefault(key.job(), new ArrayList<>());
    Found last = null;
    for (Found each : all) {
      last = last == null || each.batch.time > last.batch.time ? each : last;
    }
    boolean holds = last != null && last.holds(key);
    if (holds) {
      all.remove(last); // it is given once; the others stay, another asker waits for them too
    }
    for (Found each : all) {
      drop.take(each);
    }
    waiting.add(new Waiting(listener, List.copyOf(all), holds ? last : null));
    tell();
  }

  /** Tells askers what they wait for, where that is known by now. */
  void tell() {
    for (Waiting each : List.copyOf(waiting)) {
      if (each.unwanted.stream().allMatch(found -> found.job.isOver())) {
        waiting.remove(each);
        List<HandedOutAttempt> places = new ArrayList<>();
        for (Found found : each.unwanted) {
          places.addAll(found.job.left());
        }
        if (each.last == null) {
          each.listener.ended(null, places);
        } else {
          each.last.job.hand(each.listener, places);
        }
      }
    }
  }
}
