package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Interruptible;
import dev.torc.server.WarmServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rule 13, leftovers: {@link EditsWalk} by the shipped torc, half of its calls by the warm server
 * and half cold. {@code -Dtorc.seed=N} repeats a run, {@code -Dtorc.rounds=N} says how many edits.
 */
class RandomEditsIT {

  @TempDir Path temp;
  private final Map<String, String> env = new HashMap<>(System.getenv());
  private int calls;

  @Test
  void rule13ServedOrColdAFolderBuildsLikeAFreshClone() throws Exception {
    env.put("TORC_JAVA_HOME", System.getProperty("java.home"));
    WarmServer server = new WarmServer(temp, env);
    long seed = Long.getLong("torc.seed", new Random().nextInt(1_000_000));
    try {
      Path top = Files.createDirectories(temp.toRealPath().resolve("walk"));
      new EditsWalk(top, seed, this::call).play(Integer.getInteger("torc.rounds", 15));
      assertTrue(server.log(" served: ").size() > calls / 4, "served: " + server.log(""));
    } catch (AssertionError e) {
      throw new AssertionError("-Dtorc.seed=" + seed + " " + e.getMessage(), e);
    } finally {
      server.stop();
    }
  }

  private Run call(Path at, String... args) throws Exception {
    Path torc = Path.of(System.getProperty("torc.home")).toAbsolutePath().resolve("bin/torc");
    List<String> words = new ArrayList<>(List.of(torc.toString()));
    words.addAll(List.of(args));
    Path out = temp.resolve("out");
    Path err = temp.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(Interruptible.command(words));
    builder.directory(at.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.environment().clear();
    builder.environment().putAll(env);
    if (++calls % 2 == 0) {
      builder.environment().put("TORC_SERVER", "0"); // a cold call
    }
    int exit = builder.start().waitFor();
    return new Run(exit, Files.readString(out), Files.readString(err));
  }
}
