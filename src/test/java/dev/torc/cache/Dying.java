package dev.torc.cache;

import java.util.concurrent.atomic.AtomicInteger;

/** A cache with which the whole JVM ends, as by kill -9, instead of its n-th commit. */
public final class Dying {

  /** The status with which it ends. */
  public static final int EXIT = 99;

  private Dying() {}

  /** Opens the cache of a build that dies at its n-th commit, counted from 1. */
  public static Cache open(CachePlace place, int commit) {
    CacheSettings system = CacheSettings.system();
    AtomicInteger left = new AtomicInteger(commit);
    return Cache.open(
        place,
        _ -> {},
        new CacheSettings(
            system.mapSize(),
            system.eager(),
            system.boot(),
            () -> { // asked for once in each commit, before it is one
              if (left.decrementAndGet() == 0) {
                Runtime.getRuntime().halt(EXIT);
              }
              return system.clock().getAsLong();
            }));
  }
}
