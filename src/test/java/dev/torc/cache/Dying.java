package dev.torc.cache;

import java.util.concurrent.atomic.AtomicInteger;

/** A cache with which the whole JVM ends, as by kill -9, instead of its n-th commit. */
public final class Dying {

  /** The status with which it ends. */
  public static final int EXIT = 99;

  private Dying() {}

  /** Opens the cache of a build that dies at its n-th commit, counted from 1. */
  public static Cache open(CachePlace place, int commit) {
    AtomicInteger left = new AtomicInteger(commit);
    return open(
        place,
        () -> {
          if (left.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(EXIT);
          }
        });
  }

  /** Opens a cache that calls back before each commit. */
  public static Cache open(CachePlace place, Runnable commits) {
    CacheSettings system = CacheSettings.system();
    return Cache.open(
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
