package dev.torc.core.run;

import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.posix.ThreadEnd;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.decide.Decider;
import dev.torc.core.decide.KnownResults;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.model.Job;
import dev.torc.core.run.BuildSetup.AttemptContext;
import dev.torc.features.stores.LocalResults;
import dev.torc.features.stores.Result;
import dev.torc.features.stores.Result.ResultParts;
import dev.torc.features.stores.SharedStore;
import dev.torc.features.stores.SharedStores.Upload;
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
 * The jobs that are restored, or may be. Shared stores are asked for the result of a job before the
 * job takes any resources. The requests run on several threads, which do not change the state of
 * the build; everything else happens while holding the turn (see {@link LoopLock}). New results are
 * sent to the stores. {@link ProductRestore} puts a result in place; if it is damaged or missing,
 * the job runs.
 */
final class RestoredJobs implements AutoCloseable {

  /** How many requests may run at a time. Many, because a server may be far away. */
  private static final int THREADS = 16;

  /** For how many nanoseconds a job keeps its place in the queue while a store is asked. */
  private static final long PLACE = TimeUnit.SECONDS.toNanos(1);

  private static final int PATIENCE = 5; // seconds to wait for interrupted threads to end

  private final Recorder recorder;
  private final BuildState state;
  private final BuildSetup.Sharing sharing; // null if there are no shared stores
  private final ExecutorService threads; // null if there are no shared stores
  private final int umask;
  private final BitSet asked = new BitSet();

  /** Receives the answer of a shared store, while holding the turn. */
  interface Answer {

    /** Makes a job ready; {@code known} is the result to restore, or null if the job has to run. */
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

  /** Asks shared stores for a job's result; if none may be asked, makes the job ready. */
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

  /** A request about one job. Requests have the order in which jobs start. */
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

  /** Fetches a job's result from the first store that has it; null if none has. */
  private ProductRestore.Replacement find(AttemptContext common, int id) {
    LocalResults stored = common.removal().stored();
    try {
      NeedSnapshot needs = common.contents().snapshot(id);
      if (needs.lack() != null) {
        return null; // the run will report it
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
      return null; // the run will meet the same problem and report it
    }
  }

  private void handle(
      int id, List<Reason> reasons, ProductRestore.Replacement known, Answer answer) {
    asked.clear(id);
    state.ready.answered(id);
    if (state.states.of(id) == JobState.WAITING) { // else the build has been ended
      answer.makeReady(id, reasons, known);
    }
  }

  boolean isAsked(int id) {
    return asked.get(id);
  }

  boolean isAsking() {
    return !asked.isEmpty();
  }

  /**
   * Restores the record of a known result, but not its temporary products, since it is not known
   * yet whether a job reads them.
   */
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
   * Sends the result of a successful job to shared stores; call it after its record was put into
   * the cache. If no store may be asked for this job's result, also sends files that a store claims
   * to have, since those may be damaged.
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
   * Returns the upload of a job's result; null if it is unreadable, which the next read reports.
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

  /** Ends all waiting for stores, because the user ends the build. Any thread may call it. */
  void stop() {
    if (sharing != null) {
      sharing.stores().stop();
    }
  }

  /** Waits for uploads for a limited time, and closes the stores; returns nanoseconds waited. */
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
