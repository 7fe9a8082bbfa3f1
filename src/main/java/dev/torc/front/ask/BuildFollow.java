package dev.torc.front.ask;

import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Job.Retry;
import dev.torc.front.project.ProjectFolder;
import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * Reads the records repeatedly while a build is running; the caller decides what to do with them.
 */
record BuildFollow(CachePlace place) {

  /** The pause between two readings, in milliseconds. */
  static final long PAUSE = 300;

  /** The pause between two readings of files that other machines write, in milliseconds. */
  static final long SLOW = 2_000;

  interface Look {
    /**
     * Reads the records once; returns true to stop.
     *
     * @param build the id of the build that was running at the first call; empty for none
     * @param ended whether that build has ended, so that this is the last call
     */
    boolean at(Cache cache, String build, boolean ended) throws IOException;
  }

  /**
   * Calls {@code look} until it returns true or the build has ended; only once if no build is
   * running.
   */
  void follow(Look look) throws IOException {
    String build = runningBuild(place);
    for (boolean over = false; !over; ) {
      boolean ended = build.isEmpty() || !build.equals(runningBuild(place));
      try (Cache cache = Cache.look(place, _ -> {})) {
        over = look.at(cache, build, ended) || ended;
      }
      pause(over ? 0 : PAUSE);
    }
  }

  /**
   * Returns whether another attempt of a job may follow a failed one; {@code unknown} if the build
   * file does not have the job.
   */
  static boolean mayRunAgain(
      ProjectFolder folder, String job, int attempt, AttemptRecord.End end, boolean unknown) {
    int id = folder.project() == null ? -1 : folder.project().graph().jobId(job);
    if (id < 0) {
      return unknown;
    }
    Retry retry = folder.project().graph().job(id).runs().retry();
    boolean killed = end.signal() > 0;
    return attempt <= retry.retries()
        && switch (end.outcome()) {
          case TIMED_OUT -> retry.covers(Retry.Cause.TIMEOUT, 0);
          case OUT_OF_MEMORY -> retry.covers(Retry.Cause.MEMORY, 0);
          default ->
              retry.covers(killed ? Retry.Cause.SIGNAL : null, killed ? end.signal() : end.exit());
        };
  }

  static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while following a build");
    }
  }

  /** Returns the id of the running build; empty for none. */
  static String runningBuild(CachePlace place) {
    return BuildLock.holder(place).map(BuildLock.Holder::build).orElse("");
  }
}
