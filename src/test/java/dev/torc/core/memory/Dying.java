package dev.torc.core.memory;

import dev.torc.core.memory.Cache.CacheSettings;

/** A cache whose commits a test can stop. */
public final class Dying {

  private Dying() {}

  /** Opens a cache that calls back before each commit. */
  public static Cache open(CachePlace place, Runnable commits) {
    CacheSettings system = CacheSettings.system();
    return CacheOpening.forWork(
        place,
        _ -> {},
        new CacheSettings(
            system.mapSize(),
            system.boot(),
            () -> { // asked for once in each commit, before it is one
              commits.run();
              return system.clock().getAsLong();
            }));
  }
}
