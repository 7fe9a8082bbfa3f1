package dev.torc.ask;

import dev.torc.records.BuildLock;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import java.io.IOException;
import java.io.InterruptedIOException;

/** Looks at the records again and again while a build is at work. The caller knows what for. */
record BuildFollow(CachePlace place) {

  /** Milliseconds between two looks. */
  static final long PAUSE = 300;

  /** Milliseconds between two looks at files that other machines write. */
  static final long SLOW = 2_000;

  /** What the caller does at each look. */
  interface Look {
    /**
     * Looks once.
     *
     * @param build the id of the build that was at work at the first look; empty for none
     * @param ended whether that build has ended, so that this is the last look
     * @return true if the caller needs no more looks
     */
    boolean at(Cache cache, String build, boolean ended) throws IOException;
  }

  /** Looks until a look returns true or the build has ended; once if no build is at work. */
  void follow(Look look) throws IOException {
    String build = working(place);
    for (boolean over = false; !over; ) {
      boolean ended = build.isEmpty() || !build.equals(working(place));
      try (Cache cache = Cache.look(place, _ -> {})) {
        over = look.at(cache, build, ended) || ended;
      }
      pause(over ? 0 : PAUSE);
    }
  }

  /** Waits so many milliseconds. */
  static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while following a build");
    }
  }

  /** Returns the id of the build that is at work; empty for none. */
  static String working(CachePlace place) {
    return BuildLock.holder(place).map(BuildLock.Holder::build).orElse("");
  }
}
