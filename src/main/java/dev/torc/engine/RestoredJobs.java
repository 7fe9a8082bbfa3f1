package dev.torc.engine;

import dev.torc.engine.BuildSetup.AttemptContext;
import dev.torc.engine.ProductRemoval.ClearedProducts;
import dev.torc.hash.StopFlag.StoppedException;
import dev.torc.plan.Decider;
import dev.torc.plan.KnownResults;
import dev.torc.plan.NeedSnapshot;
import dev.torc.plan.Reason;
import dev.torc.plan.Verdict;
import dev.torc.posix.OwnUser;
import dev.torc.posix.ThreadEnd;
import dev.torc.records.Batch;
import dev.torc.records.Cache.CacheException;
import dev.torc.results.KeptResults;
import dev.torc.results.Result;
import dev.torc.results.Result.ResultParts;
import dev.torc.results.SharedStore;
import dev.torc.results.SharedStores.Upload;
import dev.torc.syntax.BadInput;
import dev.torc.workflow.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * What follows for jobs in whose place a known result is put, or may be. Shared stores are asked
 * for jobs that are due, before these take anything of the machine, several at a time on threads of
 * their own, which change no state of the build; they are sent what was made. All else belongs to
 * the thread that has the turn of the loop. How a result is put in place, {@link ProductRestore}
 * knows; where it turns out to be damaged or gone, the job runs.
 */
final class RestoredJobs implements AutoCloseable {

  /** A server far away is asked for so many jobs at a time. */
  private static final int THREADS = 16;

  private static final int PATIENCE = 5; // seconds; an interrupt ends all waits before

  private final BuildSetup setup;
  private final LoopLock lock;
  private final Recorder recorder;
  private final Supplier<BuildState> state;
  private final BuildLoop loop;
  private final BuildSetup.Sharing sharing; // null where there are no shared stores
  private final ExecutorService threads; // the same
  private final int umask;
  private final BitSet asked = new BitSet();

  /** Those of a build, whose state is asked for as it is then. */
  RestoredJobs(
      BuildSetup setup,
      LoopLock lock,
      Recorder recorder,
      Supplier<BuildState> state,
      BuildLoop loop) {
    this.setup = setup;
    this.lock = lock;
    this.recorder = recorder;
    this.state = state;
    this.loop = loop;
    this.sharing = setup.sharing();
    this.umask = sharing == null ? 0 : OwnUser.umask();
    this.threads =
        sharing == null
            ? null
            : Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().daemon().name("torc-ask-", 0).factory());
  }

  /** A job is to run, unless a shared store has its result. */
  void run(int id, Verdict.WillRun will) {
    List<Reason> reasons = will.reasons();
    AttemptContext shared = state.get().shared();
    if (!mayAsk(reasons) || !KnownResults.mayShare(shared.graph().job(id))) {
      loop.ready(id, reasons, null);
      return;
    }
    asked.set(id);
    threads.execute(
        () -> {
          try {
            ProductRestore.Replacement known = find(shared, id);
            lock.post(() -> answered(id, reasons, known));
          } catch (RuntimeException | Error e) {
            lock.fail(e);
          }
        });
  }

  private boolean mayAsk(List<Reason> reasons) {
    return sharing != null && sharing.asks() && Decider.mayRestore(reasons);
  }

  /** What the stores have for a job is here, and ready to be put in its place; null for nothing. */
  private ProductRestore.Replacement find(AttemptContext shared, int id) {
    KeptResults kept = shared.removal().kept();
    try {
      NeedSnapshot needs = shared.contents().snapshot(id);
      if (needs.lack() != null) {
        return null; // a run says so
      }
      KnownResults results = shared.decider().known();
      for (SharedStore store : sharing.stores().all()) {
        KnownResults.Match match = results.of(store, shared.decider(), id, needs);
        ResultParts parts = match == null ? null : store.fetch(match.hit(), kept.freshFolder());
        if (parts != null) {
          Batch lists = new Batch();
          match.lists().forEach(lists::list);
          setup.cache().put(lists);
          return new ProductRestore.Replacement(match.result(), parts);
        }
      }
      return null;
    } catch (IOException | UncheckedIOException | BadInput | StoppedException e) {
      return null; // a run meets it again, and tells
    }
  }

  private void answered(int id, List<Reason> reasons, ProductRestore.Replacement known) {
    asked.clear(id);
    if (state.get().states().of(id) == JobState.WAITING) { // else the build was ended meanwhile
      loop.ready(id, reasons, known);
    }
  }

  /** Whether a job waits for an answer. */
  boolean isAsked(int id) {
    return asked.get(id);
  }

  /** Whether any does. */
  boolean isAsking() {
    return !asked.isEmpty();
  }

  /** A result is known here. */
  void restore(int id, Verdict.WillRestore will) {
    if (will.bytes()) {
      KeptResults kept = setup.shared().removal().kept();
      loop.ready(id, will.reasons(), new ProductRestore.Replacement(will.from(), kept));
    } else {
      recall(id, will);
      loop.decide(id);
    }
  }

  /** The record alone is put back. */
  private void recall(int id, Verdict.WillRestore will) {
    BuildState now = state.get();
    Recorder.Record record =
        recorder.recalled(now.graph().job(id).name(), will.reasons(), will.from());
    setup.cache().put(recorder.whole(record));
    now.context().records().replace(id, record.result());
  }

  /** What was placed is torc's, though the job has no new result. */
  void own(AttemptOutcome outcome) {
    Batch own = new Batch();
    outcome.owned().forEach(own::own);
    setup.cache().put(own);
  }

  /** A known result was not to be had after all: the job runs. */
  void failed(int id) {
    state.get().runs().get(id).mustRun();
    loop.runs(id);
  }

  /**
   * A job ran well, and its record is put: others may have its result. Where it ran though a result
   * may be known, what a store says that it has is sent, too: it may be spoilt.
   */
  void made(int id, List<Reason> reasons, AttemptOutcome outcome) {
    AttemptContext shared = state.get().shared();
    Job job = shared.graph().job(id);
    if (sharing != null && KnownResults.mayShare(job)) {
      boolean again = !mayAsk(reasons);
      sharing.stores().send(outcome.ended().wall(), () -> upload(shared, job, again));
    }
  }

  /** What is to be sent of a job; what cannot be read is not sent, and tells where it is needed. */
  private Upload upload(AttemptContext shared, Job job, boolean again) throws IOException {
    try {
      Result made = Result.of(setup.cache(), job.name());
      if (made == null) {
        return null;
      }
      Path root = shared.graph().workflow().root();
      byte[] said = ClearedProducts.said(made, shared.launches().files(job.name()).log());
      return Upload.of(root, shared.digests(), made, said, umask, shared.here().name(), again);
    } catch (CacheException | StoppedException e) {
      return null;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The user ended the build: no store is waited for any more. From any thread. */
  void stop() {
    if (sharing != null) {
      sharing.stores().stop();
    }
  }

  /**
   * Waits for what is being sent, for a while, since the jobs have ended; all is said of the stores
   * then.
   *
   * @return nanoseconds of this wait
   */
  long finish() {
    if (sharing == null) {
      return 0;
    }
    long waited = sharing.stores().finish();
    sharing.stores().close();
    return waited;
  }

  /** Nothing more is asked; what is being sent goes on. */
  @Override
  public void close() {
    if (threads != null) {
      ThreadEnd.stop(threads, PATIENCE);
    }
  }
}
