package dev.torc.front.cli;

import dev.torc.Sample;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rule 13, leftovers: {@link EditsWalk} in this process. {@code -Dtorc.seed=N} repeats a run,
 * {@code -Dtorc.rounds=N} says how many edits; {@code RandomEditsIT} has the same by a warm server.
 */
class RandomEditsTest {

  @TempDir Path temp;

  @Test
  void rule13AFolderBuildsLikeAFreshClone() throws Exception {
    long seed = Sample.SEED;
    int rounds = Integer.getInteger("torc.rounds", 40);
    try {
      new EditsWalk(temp.toRealPath(), seed, Run::of).play(rounds);
    } catch (AssertionError e) {
      throw new AssertionError("-Dtorc.seed=" + seed + " " + e.getMessage(), e);
    }
  }
}
