package dev.torc.session;

import dev.torc.cache.BuildLock;
import dev.torc.cache.Cache;
import dev.torc.cache.CachePlace;
import dev.torc.graph.Graph;
import dev.torc.posix.RandomId;
import dev.torc.results.StoreContents.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.Consumer;

/**
 * The records of a project, opened to take earlier results away: under the build lock, after what a
 * killed torc left is dealt with; or, for a dry run, only looked at. What is to go is for {@link
 * PruneRequest} and {@link VerifyRequest} to say.
 *
 * @param folder as {@link ProjectFolder#withoutResults}
 * @param say takes a line where it has to wait, or may not
 * @param warn takes other lines for people
 */
record StoreUpkeep(
    Caller caller, ProjectFolder folder, Consumer<String> say, Consumer<String> warn) {

  interface Work<T> {
    T with(Cache cache) throws IOException;
  }

  /**
   * Does it; null where another build is at work and it may not wait. Where torc has no folder yet,
   * none is made.
   *
   * @param what for whoever waits for it
   */
  <T> T run(boolean dry, LockTerms lock, String what, Work<T> work) throws IOException {
    CachePlace place = folder.place();
    if (dry || !Files.isDirectory(place.folder())) {
      try (Cache cache = Cache.look(place, warn)) {
        return work.with(cache);
      }
    }
    try (BuildLock held = WriteSession.lock(caller, place, RandomId.next(), what, lock, say)) {
      if (held == null) {
        return null;
      }
      try (Cache cache = Cache.open(place, warn)) {
        // A restore that was cut off names its result: what it placed is torc's, for that.
        WriteSession.endLeftovers(caller, place, cache, lock.gone(), warn);
        return work.with(cache);
      }
    }
  }

  /**
   * Whether a result is of no use, since its bytes are nowhere: of a temporary job the record alone
   * is enough, and where the build file is refused nobody knows which these are.
   */
  boolean isLost(Held held) {
    if (held.lacks().isEmpty() || folder.project() == null) {
      return false;
    }
    Graph graph = folder.project().graph();
    int job = graph.jobId(held.result().job());
    return job < 0 || !graph.job(job).temporary();
  }
}
