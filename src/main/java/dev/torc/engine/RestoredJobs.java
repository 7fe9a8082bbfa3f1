package dev.torc.engine;

import dev.torc.engine.BuildSetup.AttemptContext;
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
import dev.torc.results.LocalResults;
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
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The jobs that are restored, or may be. Shared stores are asked for the result of a job that is
 * due before it takes any resources, for several jobs at a time, on threads that change no state of
 * the build; new results are sent to them. Everything else belongs to the turn of the loop. {@link
 * ProductRestore} puts a result in place; if it is damaged or gone, the job runs.
 */
final class RestoredJobs implements AutoCloseable {

  /** Stores are asked for so many jobs at a time, since a server may be far away. */
  private static final int THREADS = 16;

  /** Nanoseconds for which a job keeps its place before others while a store is asked. */
  private static final long PLACE = TimeUnit.SECONDS.toNanos(1);

  private static final int PATIENCE = 5; // seconds for the threads to end, once interrupted

  private final Recorder recorder;
  private final BuildState state;
  private final BuildSetup.Sharing sharing; // null where there are no shared stores
  private final ExecutorService threads; // null where there are no shared stores
  private final int umask;
  private final BitSet asked = new BitSet();

  /** Takes the answer of a shared store, in a turn. */
  interface Answer {

    /** Makes a job ready, with the result to restore instead of a run; null for a run. */
    void makeReady(int id, List<Reason> reasons, ProductRestore.Replacement known);
  }

  RestoredJobs(BuildSetup setup, Recorder recorder, BuildState state) {
    this.recorder = recorder;
    this.state = state;
    this.sharing = setup.sharing();
    this.umask = sharing == null ? 0 : OwnUser.umask();
    this.threads =
        sharing == null
            ? null
            : new ThreadPoolExecutor(
                THREADS,
                THREADS,
                0,
                TimeUnit.SECONDS,
                new PriorityBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("torc-ask-", 0).factory());
  }

  /** Asks shared stores for the result of a job that has to run; without stores, makes it ready. */
  void ask(int id, List<Reason> reasons, Answer answer) {
    AttemptContext common = state.common();
    if (!mayAsk(reasons) || !KnownResults.mayShare(common.graph().job(id))) {
      answer.makeReady(id, reasons, null);
      return;
    }
    asked.set(id);
    state.ready.ask(id, System.nanoTime() + PLACE);
    int priority = common.graph().priority(id);
    Runnable work = () -> ask(common, id, reasons, answer);
    threads.execute(new Question(priority, state.paths.of(id), work));
  }

  private void ask(AttemptContext common, int id, List<Reason> reasons, Answer answer) {
    try {
      ProductRestore.Replacement known = find(common, id);
      state.lock.post(() -> handle(id, reasons, known, answer));
    } catch (RuntimeException | Error e) {
      state.lock.fail(e);
    }
  }

  /** One job to ask about; the ones that start first come first. */
  private record Question(int priority, long path, Runnable work)
      implements Runnable, Comparable<Question> {

    @Override
    public void run() {
      work.run();
    }

    @Override
    public int compareTo(Question other) {
      int first = Integer.compare(other.priority, priority);
      return first == 0 ? Long.compare(other.path, path) : first;
    }
  }

  private boolean mayAsk(List<Reason> reasons) {
    return sharing != null && sharing.asks() && Decider.mayRestore(reasons);
  }

  /** Fetches a job's result from the first store that has it, ready to be put in place, or null. */
  private ProductRestore.Replacement find(AttemptContext common, int id) {
    LocalResults stored = common.removal().stored();
    try {
      NeedSnapshot needs = common.contents().snapshot(id);
      if (needs.lack() != null) {
        return null; // a run says so
      }
      KnownResults results = common.decider().known();
      for (SharedStore store : sharing.stores().all()) {
        KnownResults.Match match = results.of(store, common.decider(), id, needs);
        ResultParts parts = match == null ? null : store.fetch(match.hit(), stored.freshFolder());
        if (parts != null) {
          stored.noteSeen(match.hit().result());
          Batch lists = new Batch();
          match.lists().forEach(lists::list);
          state.common().cache().put(lists);
          return new ProductRestore.Replacement(match.result(), parts);
        }
      }
      return null;
    } catch (IOException | UncheckedIOException | BadInput | StoppedException e) {
      return null; // a run meets the same, and tells it
    }
  }

  private void handle(
      int id, List<Reason> reasons, ProductRestore.Replacement known, Answer answer) {
    asked.clear(id);
    state.ready.answered(id);
    if (state.states.of(id) == JobState.WAITING) { // else the build was ended meanwhile
      answer.makeReady(id, reasons, known);
    }
  }

  boolean isAsked(int id) {
    return asked.get(id);
  }

  boolean isAsking() {
    return !asked.isEmpty();
  }

  /** Puts back the record of a known result without products. */
  void recall(int id, Verdict.WillRestore will) {
    Recorder.Record record =
        recorder.recalled(state.graph().job(id).name(), will.reasons(), will.from());
    state.common().cache().put(recorder.whole(record));
    state.context().records().replace(id, record.result());
  }

  /** Records the restored files as torc's own, though the job has no new result. */
  void own(AttemptOutcome outcome) {
    Batch own = new Batch();
    outcome.made().products().owned().forEach(own::own);
    state.common().cache().put(own);
  }

  /**
   * Sends the result of a job that ran well to shared stores, once its record is put. If the job
   * ran though a result may be known, sends even files that a store says it has: these may be
   * damaged.
   */
  void send(int id, List<Reason> reasons, AttemptOutcome outcome) {
    AttemptContext common = state.common();
    Job job = common.graph().job(id);
    if (sharing != null && KnownResults.mayShare(job)) {
      boolean again = !mayAsk(reasons);
      sharing.stores().send(outcome.ended().wall(), () -> upload(common, job, again));
    }
  }

  /**
   * Returns the upload of a job's result; null if it cannot be read, which the next read reports.
   */
  private Upload upload(AttemptContext common, Job job, boolean again) throws IOException {
    try {
      Result made = Result.of(state.common().cache(), job.name());
      if (made == null) {
        return null;
      }
      Path root = common.graph().workflow().root();
      byte[] said = ClearedProducts.logOf(made, common.launches().files(job.name()).log());
      String host = common.machines().here().name();
      Upload upload = Upload.of(root, common.digests(), made, said, umask, host, again);
      if (upload != null) {
        common.removal().stored().noteSeen(made);
      }
      return upload;
    } catch (CacheException | StoppedException e) {
      return null;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Ends all waiting for stores, from any thread, when the user ended the build. */
  void stop() {
    if (sharing != null) {
      sharing.stores().stop();
    }
  }

  /** Waits a while for uploads and closes the stores; returns the nanoseconds of this wait. */
  long finish() {
    if (sharing == null) {
      return 0;
    }
    long waited = sharing.stores().finish();
    sharing.stores().close();
    return waited;
  }

  @Override
  public void close() {
    if (threads != null) {
      ThreadEnd.stop(threads, PATIENCE);
    }
  }
}
