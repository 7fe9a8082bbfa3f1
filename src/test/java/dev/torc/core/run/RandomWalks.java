package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;

/** Plays random projects one after the other; what happens in one is the test's business. */
final class RandomWalks {

  /** One project and what happens to it. */
  interface Walk {
    void steps() throws Exception;

    /** What has happened so far, told where the walk fails. */
    String story();
  }

  private static final int MOST = 20;

  private RandomWalks() {}

  /** Plays so many walks, each in a folder of its own; {@code -Dtorc.seed=N} repeats a run. */
  static void play(int projects, Path folder, BiFunction<Path, Random, Walk> walks) {
    play(projects, folder, walks, () -> true);
  }

  /**
   * Plays more of them until enough has happened: it is chance what happens in a few, but not that
   * it happens in none of {@value #MOST} times as many.
   */
  static void play(
      int projects, Path folder, BiFunction<Path, Random, Walk> walks, BooleanSupplier enough) {
    long seed = Sample.SEED;
    for (int i = 0; i < projects || !enough.getAsBoolean(); i++) {
      assertTrue(i < MOST * projects, "too little happened in " + i + " walks");
      Walk walk = walks.apply(folder.resolve("p" + i), new Random(seed + i));
      try {
        walk.steps();
      } catch (Throwable e) {
        throw new AssertionError(
            "-Dtorc.seed=%d fails: %s%n%s".formatted(seed + i, e.getMessage(), walk.story()), e);
      }
    }
  }
}
