package dev.torc.engine;

import dev.torc.cache.Batch;
import dev.torc.cache.Cache;
import dev.torc.cache.CacheException;
import dev.torc.hash.StoppedException;
import dev.torc.plan.Decider;
import dev.torc.plan.NeedSnapshot;
import dev.torc.plan.Reason;
import dev.torc.plan.SharedResults;
import dev.torc.posix.OwnUser;
import dev.torc.results.FetchedResult;
import dev.torc.results.KeptResults;
import dev.torc.results.Result;
import dev.torc.results.SharedStores;
import dev.torc.results.Upload;
import dev.torc.syntax.BadInput;
import dev.torc.workflow.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Asks shared stores for the results of jobs that are due, before these take anything of the
 * machine, and fetches what is found. Several at a time, on threads of their own, which change no
 * state of the build; and it sends what was made. Whether a found result is put in the place of a
 * run, the loop sees to.
 */
final class SharedLookups implements AutoCloseable {

  /** A server far away is asked for so many jobs at a time. */
  private static final int THREADS = 16;

  private static final long PATIENCE = 5; // seconds; an interrupt ends all waits before

  private final Sharing sharing;
  private final LoopTurn turn;
  private final Cache cache;
  private final Answers answers;
  private final int umask;
  private final BitSet asked = new BitSet(); // belongs to whoever has the turn
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().daemon().name("torc-ask-", 0).factory());

  /** Takes what was found, in a turn. */
  interface Answers {

    /**
     * A job is to run, or to be restored.
     *
     * @param known null where it is to run
     */
    void of(int id, List<Reason> reasons, KnownGood known);
  }

  /** Those of a build. */
  SharedLookups(Sharing sharing, LoopTurn turn, Cache cache, Answers answers) {
    this.sharing = sharing;
    this.turn = turn;
    this.cache = cache;
    this.answers = answers;
    this.umask = OwnUser.umask();
  }

  /**
   * Asks for a job that is due, in a turn.
   *
   * @return false where there is nothing to ask for
   */
  boolean ask(AttemptContext shared, int id, List<Reason> reasons) {
    if (!sharing.asks()
        || !Decider.mayRestore(reasons)
        || !SharedResults.mayShare(shared.graph().job(id))) {
      return false;
    }
    asked.set(id);
    threads.execute(
        () -> {
          try {
            KnownGood known = find(shared, id);
            turn.post(() -> answer(id, reasons, known));
          } catch (RuntimeException | Error e) {
            turn.fail(e);
          }
        });
    return true;
  }

  private void answer(int id, List<Reason> reasons, KnownGood known) {
    asked.clear(id);
    answers.of(id, reasons, known);
  }

  /** Whether a job waits for an answer, in a turn. */
  boolean isAsked(int id) {
    return asked.get(id);
  }

  /** Whether any does. */
  boolean any() {
    return !asked.isEmpty();
  }

  /** What the stores have for a job is here, and ready to be put in its place; null for nothing. */
  private KnownGood find(AttemptContext shared, int id) {
    SharedStores stores = sharing.stores();
    KeptResults kept = shared.removal().kept();
    try {
      NeedSnapshot needs =
          NeedSnapshot.take(shared.graph(), shared.contents(), shared.digests(), id);
      if (needs.missing() != null || needs.missingData() != null) {
        return null; // a run says so
      }
      SharedResults.Match match =
          shared.decider().known().shared().of(stores, shared.decider(), id, needs);
      FetchedResult fetched =
          match == null ? null : FetchedResult.of(stores, match.found(), kept.freshFolder());
      if (fetched == null) {
        return null;
      }
      remember(match);
      return new KnownGood(match.result(), fetched);
    } catch (IOException | UncheckedIOException | BadInput | StoppedException e) {
      return null; // a run meets it again, and tells
    }
  }

  /** Before anything is placed, its record says that it is torc's: see {@link Restoring#claim}. */
  private void remember(SharedResults.Match match) {
    Batch batch = KeptResults.stored(match.result(), System.currentTimeMillis());
    match.lists().forEach(batch::list);
    cache.put(batch);
    cache.flush();
  }

  /**
   * A job ran well, and its record is put: others may have its result. Where it ran though a result
   * may be known, what a store says that it has is sent, too: it may be spoilt.
   */
  void send(AttemptContext shared, int id, List<Reason> reasons, long wall) {
    Job job = shared.graph().job(id);
    boolean again = !sharing.asks() || !Decider.mayRestore(reasons);
    if (SharedResults.mayShare(job)) {
      sharing.stores().send(wall, () -> sending(shared, job, again));
    }
  }

  /** What is to be sent of a job; what cannot be read is not sent, and who needs it tells. */
  private Upload sending(AttemptContext shared, Job job, boolean again) throws IOException {
    try {
      Result made = Result.of(cache, job.name());
      Path log = shared.launches().log(job.name());
      return made == null
          ? null
          : new SentResult(shared.graph().workflow().root(), shared.digests(), made, log, umask)
              .sending(shared.here().name(), again);
    } catch (CacheException | StoppedException e) {
      return null;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The user ended the build: nothing is waited for any more. From any thread. */
  void stop() {
    sharing.stores().stop();
  }

  /**
   * Waits for what is being sent, for a while; all is said of the stores then.
   *
   * @return nanoseconds of this wait
   */
  long finish() {
    long waited = sharing.stores().finish();
    sharing.stores().close();
    return waited;
  }

  /** Nothing more is asked; what is being sent goes on. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      threads.awaitTermination(PATIENCE, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
