package dev.torc.kills;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.Sampled;
import dev.torc.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rules 9, 13 and 15 with environments, downloads, sandboxes and links: {@link SurroundingsWalk}.
 * Each build starts the launcher as a made-up user, so it takes long. {@code -Dtorc.builds=N} plays
 * so many builds of each project.
 */
@Sampled
class RandomSurroundingsIT {

  private static final int PROJECTS = Sample.part(2, 2);

  private static final int BUILDS = Integer.getInteger("torc.builds", Sample.part(2, 8));

  @TempDir Path temp;

  @Test
  void rule15KilledBuildsInSharedSurroundingsEndLikeThoseFromScratch() throws Exception {
    Member.letIn(temp);
    try (Sandbox box = new Sandbox(temp)) {
      Member.of(box, 61001);
    }
    int compared = 0;
    for (int project = 0; project < PROJECTS; project++) {
      long seed = Sample.SEED + project;
      Path top = Files.createDirectory(temp.toRealPath().resolve("p" + project));
      Member.letIn(top);
      try (SurroundingsWalk walk = new SurroundingsWalk(top, seed)) {
        walk.play(BUILDS);
        compared += walk.compared;
      } catch (AssertionError e) {
        throw new AssertionError("-Dtorc.seed=" + seed + " " + e.getMessage(), e);
      }
    }
    assertTrue(compared > 0);
  }
}
