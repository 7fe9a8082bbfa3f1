package dev.torc.front.cli;

import dev.torc.Sample;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Section 3, <em>Packages</em>: {@link WorkspaceWalk} in this process. {@code -Dtorc.seed=N}
 * repeats a run, {@code -Dtorc.rounds=N} says how many rounds; {@code RandomEditsIT} has the same
 * by a warm server.
 */
class RandomWorkspaceTest {

  @TempDir Path temp;

  @Test
  void aWorkspaceBuildsLikeAFreshClone() throws Exception {
    long seed = Sample.SEED;
    int rounds = Integer.getInteger("torc.rounds", Sample.part(5, 60));
    try {
      new WorkspaceWalk(temp.toRealPath(), seed, Run::of).play(rounds);
    } catch (AssertionError e) {
      throw new AssertionError("-Dtorc.seed=" + seed + " " + e.getMessage(), e);
    }
  }
}
