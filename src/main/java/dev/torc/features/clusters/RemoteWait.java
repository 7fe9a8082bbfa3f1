package dev.torc.features.clusters;

import dev.torc.base.posix.FileTree;
import dev.torc.core.attempt.ClearedProducts;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.attempt.ProductWays;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.here.ProcessEnd;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.RemoteAttempt.RemoteKey;
import dev.torc.features.clusters.RemoteAttempt.RemoteListener;
import dev.torc.features.tmp.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Waits for one attempt that this torc or an earlier one handed out. Then applies rule 15 to the
 * files that its script moved aside, or puts them back if the job never began. {@link RemoteRun}
 * decides whether to hand out, resume or end; {@link BatchTracker} talks to the scheduler.
 */
final class RemoteWait implements RemoteListener {

  private final BatchTracker tracker;
  private final RemovedOrSetAside removal;
  private final RemoteKey key;
  private final Consumer<Event.JobSubmitted> submitted;
  private final Runnable waits;
  private final CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
  private List<HandedOutAttempt> places = List.of();
  private boolean begun;

  RemoteWait(
      BatchTracker tracker,
      RemovedOrSetAside removal,
      RemoteKey key,
      Consumer<Event.JobSubmitted> submitted,
      Runnable waits) {
    this.tracker = tracker;
    this.removal = removal;
    this.key = key;
    this.submitted = submitted;
    this.waits = waits;
  }

  /** Waits for a job that an earlier torc handed out; returns null if the job is no longer out. */
  ProcessEnd resume() throws IOException {
    tracker.resume(key, this);
    return await();
  }

  ProcessEnd run(RemoteAttempt attempt) throws IOException {
    tracker.add(attempt, this);
    return await();
  }

  private ProcessEnd await() throws IOException {
    ProcessEnd how = end.join();
    if (how != null) {
      begun = sort(places, removal);
      return how;
    }
    synchronized (tracker) { // the files are of no use; another job may sort them, too
      sort(places, removal);
    }
    recorded();
    places = List.of();
    return null;
  }

  /**
   * Applies rule 15 to the files that were moved aside, or puts them back if the job never began;
   * returns whether it began.
   */
  static boolean sort(List<HandedOutAttempt> places, RemovedOrSetAside removal) throws IOException {
    ClearedProducts cleared = removal.clearing();
    AsideProducts aside = new AsideProducts(removal);
    boolean begun = places.stream().anyMatch(HandedOutAttempt::hasBegun);
    for (HandedOutAttempt place : places) {
      ProductWays ways = ways(place, removal);
      for (int i = 0; i < place.products().size(); i++) {
        Path product = place.products().get(i).path();
        if (begun) {
          aside.sort(product, place.aside(i), ways, cleared);
        } else {
          aside.putBack(product, place.aside(i), ways, cleared);
        }
      }
      FileTree.remove(JobFiles.tmp(removal.place(), place.key().job()));
    }
    return begun;
  }

  private static ProductWays ways(HandedOutAttempt place, RemovedOrSetAside removal) {
    List<Path> folders =
        place.products().stream().map(product -> product.path().getParent()).distinct().toList();
    return new ProductWays(removal.place().root(), folders, place.links());
  }

  /** Returns whether any process started; if not, the files in the places of products are older. */
  boolean hasBegun() {
    return begun;
  }

  /** Returns the links on the ways to its products when it was submitted, with their texts. */
  Map<Path, String> links() {
    return places.isEmpty() ? Map.of() : places.getLast().links();
  }

  /** Returns the file whose time is the start of its processes; null if that is not known. */
  Path begunFile() {
    return places.isEmpty() ? null : places.getLast().begun();
  }

  void recorded() {
    tracker.forget(places);
  }

  @Override
  public void submitted(String id) {
    submitted.accept(new Event.JobSubmitted(key.job(), tracker.executor(), id));
  }

  @Override
  public void waits() {
    waits.run();
  }

  @Override
  public void nodeFailed() {
    TemporaryFolder.empty(removal.place(), key.job(), removal.note());
  }

  @Override
  public void ended(ProcessEnd how, List<HandedOutAttempt> attempts) {
    places = List.copyOf(attempts);
    end.complete(how);
  }
}
