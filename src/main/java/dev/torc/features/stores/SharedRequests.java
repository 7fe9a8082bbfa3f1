package dev.torc.features.stores;

import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.posix.ThreadEnd;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.Restore;
import dev.torc.core.attempt.SharedResults;
import dev.torc.core.decide.Decider;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.Reason;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.model.Job;
import dev.torc.features.stores.KnownResults.Match;
import dev.torc.features.stores.Result.ResultParts;
import dev.torc.features.stores.SharedStores.Upload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Asks the shared stores of a build for results that replace runs, and sends them new ones. The
 * requests run on several threads, which do not change the state of the build.
 */
public final class SharedRequests implements SharedResults {

  /** How many requests may run at a time. Many, because a server may be far away. */
  private static final int THREADS = 16;

  private static final int PATIENCE = 5; // seconds to wait for interrupted threads to end

  private final SharedStores stores;
  private final boolean asks;
  private final int umask = OwnUser.umask();
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          0,
          TimeUnit.SECONDS,
          new PriorityBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("torc-ask-", 0).factory());

  /** Creates the requests of a build; {@code asks} says whether results may replace a run. */
  public SharedRequests(SharedStores stores, boolean asks) {
    this.stores = stores;
    this.asks = asks;
  }

  @Override
  public boolean mayAsk(Job job, List<Reason> reasons) {
    return mayAsk(reasons) && KnownResults.mayShare(job);
  }

  private boolean mayAsk(List<Reason> reasons) {
    return asks && Decider.mayRestore(reasons);
  }

  @Override
  public void ask(AttemptContext common, int id, long path, Answer answer) {
    int priority = common.graph().priority(id);
    threads.execute(new Question(priority, path, () -> ask(common, id, answer)));
  }

  private void ask(AttemptContext common, int id, Answer answer) {
    try {
      answer.take(find(common, id));
    } catch (RuntimeException | Error e) {
      answer.fail(e);
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

  /** Fetches a job's result from the first store that has it; null if none has. */
  private Restore find(AttemptContext common, int id) {
    try {
      NeedSnapshot needs = common.contents().snapshot(id);
      if (needs.lack() != null) {
        return null; // the run will report it
      }
      KnownResults results = KnownResults.of(common.plan());
      LocalStore stored = results.places.stored();
      for (SharedStore store : stores.all()) {
        Match match = results.of(store, common.decider(), id, needs);
        ResultParts parts = match == null ? null : store.fetch(match.hit(), stored.freshFolder());
        if (parts != null) {
          stored.noteSeen(match.hit().result());
          Batch lists = new Batch();
          match.lists().forEach(lists::list);
          common.cache().put(lists);
          return new ProductRestore(match.result(), parts, stored);
        }
      }
      return null;
    } catch (IOException | UncheckedIOException | BadInput | StoppedException e) {
      return null; // the run will meet the same problem and report it
    }
  }

  /** Sends also files that a store claims to have if the job may not be asked for. */
  @Override
  public void send(AttemptContext common, Job job, List<Reason> reasons, long wall) {
    if (KnownResults.mayShare(job)) {
      boolean again = !mayAsk(reasons); // since those files may be damaged
      stores.send(wall, () -> upload(common, job, again));
    }
  }

  /**
   * Returns the upload of a job's result; null if it is unreadable, which the next read reports.
   */
  private Upload upload(AttemptContext common, Job job, boolean again) throws IOException {
    try {
      Result made = Result.of(common.cache(), job.name());
      if (made == null) {
        return null;
      }
      Path root = common.graph().workflow().root();
      byte[] said = StoredProducts.logOf(made, common.launches().files(job.name()).log());
      String host = common.machines().here().name();
      Upload upload = Upload.of(root, common.digests(), made, said, umask, host, again);
      if (upload != null) {
        KnownResults.of(common.plan()).places.stored().noteSeen(made);
      }
      return upload;
    } catch (CacheException | StoppedException e) {
      return null;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public boolean readsRecords() {
    return true;
  }

  @Override
  public void stop() {
    stores.stop();
  }

  /** Waits for uploads for a limited time, and closes the stores; returns nanoseconds waited. */
  @Override
  public long finish() {
    long waited = stores.finish();
    stores.close();
    return waited;
  }

  @Override
  public void close() {
    ThreadEnd.stop(threads, PATIENCE);
  }
}
