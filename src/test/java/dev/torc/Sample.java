package dev.torc;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How much a run plays of tests that repeat one thing many times: a share of them, each time
 * another one, or all with {@code -Dtorc.all}. {@code -Dtorc.seed=N} plays the same share again,
 * and is the seed of random tests too. Of tests of different things all are played, but for the
 * end-to-end tests that are {@link Sampled}.
 */
public final class Sample {

  /** Whether all is played. */
  public static final boolean ALL = !System.getProperty("torc.all", "false").equals("false");

  /** The seed of this run. */
  public static final long SEED = Long.getLong("torc.seed", System.nanoTime());

  /** Whether a class, or a file of transcripts, is played alone, and then all of its tests. */
  private static final boolean ALONE =
      System.getProperty("it.test", System.getProperty("torc.transcripts.of")) != null;

  private Sample() {}

  /** Returns how many steps of a walk stand for one that is played. */
  public static int step(int n) {
    return ALL ? 1 : n;
  }

  /** Returns the first step that is played, from 0 on: a random one below {@link #step}. */
  public static int first(int n) {
    return new SplittableRandom(SEED).nextInt(step(n));
  }

  /** Returns each {@code n}th element, from a random one of the first {@code n}; one of fewer. */
  public static <T> List<T> each(int n, List<T> all) {
    int among = Math.clamp(all.size(), 1, n);
    return IntStream.iterate(first(among), i -> i < all.size(), i -> i + step(among))
        .mapToObj(all::get)
        .toList();
  }

  /** Returns whether one of several tests is played, as every {@code n}th is; all of one alone. */
  public static boolean plays(int n, int which) {
    return ALL || ALONE || Math.floorMod(which, n) == first(n);
  }

  /** Returns the {@code n}th part of a number of repetitions. */
  public static int part(int n, int all) {
    return ALL ? all : all / n;
  }
}
