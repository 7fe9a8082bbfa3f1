package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Interruptible;
import dev.torc.Sample;
import dev.torc.server.WarmServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rule 13, leftovers: {@link EditsWalk} by the shipped torc, half of its calls by the warm server
 * and half cold; and once more with memos, each of which is compared with a cold call; and a {@link
 * WorkspaceWalk}. {@code -Dtorc.seed=N} repeats a run, {@code -Dtorc.rounds=N} says how many edits.
 */
class RandomEditsIT {

  @TempDir Path temp;
  private final Map<String, String> env = new HashMap<>(System.getenv());
  private int calls;

  @Test
  void rule13ServedOrColdAFolderBuildsLikeAFreshClone() throws Exception {
    env.put("TORC_JAVA_HOME", System.getProperty("java.home"));
    WarmServer server = new WarmServer(temp, env);
    long seed = Sample.SEED;
    try {
      Path top = Files.createDirectories(temp.toRealPath().resolve("walk"));
      new EditsWalk(top, seed, this::call)
          .play(Integer.getInteger("torc.rounds", Sample.part(3, 15)));
      int reached = server.log(" served: ").size() + server.log(" refused: torc clean").size();
      assertTrue(reached > calls / 4, "reached it: " + server.log(""));
    } catch (AssertionError e) {
      throw new AssertionError("-Dtorc.seed=" + seed + " " + e.getMessage(), e);
    } finally {
      server.stop();
    }
  }

  /** Section 3, Packages. */
  @Test
  void servedOrColdAWorkspaceBuildsLikeAFreshClone() throws Exception {
    env.put("TORC_JAVA_HOME", System.getProperty("java.home"));
    WarmServer server = new WarmServer(temp, env);
    long seed = Sample.SEED;
    try {
      Path top = Files.createDirectories(temp.toRealPath().resolve("walk"));
      new WorkspaceWalk(top, seed, this::call)
          .play(Integer.getInteger("torc.rounds", Sample.part(2, 8)));
      assertTrue(server.log(" served: ").size() > calls / 4, "served: " + server.log(""));
    } catch (AssertionError e) {
      throw new AssertionError("-Dtorc.seed=" + seed + " " + e.getMessage(), e);
    } finally {
      server.stop();
    }
  }

  /** Rule 4: a memo never says less than a JVM. */
  @Test
  void rule4SoItDoesWithMemos() throws Exception {
    env.put("TORC_JAVA_HOME", System.getProperty("java.home"));
    env.put("TORC_SERVER", "0");
    long seed = Sample.SEED;
    int[] answers = {0};
    try {
      Path top = Files.createDirectories(temp.toRealPath().resolve("walk"));
      EditsWalk.Torc twice =
          (at, args) -> {
            Run first = run(at, args);
            if (first.exit() == 0 && first.err().matches("\\d+ jobs?: 0 ran.* up to date.*\n")) {
              run(at, args); // leaves a memo
              Path lock = at.resolve(".torc/lock");
              var before = Files.getLastModifiedTime(lock);
              Run memo = run(at, args);
              answers[0] += before.equals(Files.getLastModifiedTime(lock)) ? 1 : 0;
              env.put("TORC_MEMO", "0");
              assertEquals(untimed(run(at, args)), untimed(memo));
              env.remove("TORC_MEMO");
            }
            return first;
          };
      new EditsWalk(top, seed, twice).play(Integer.getInteger("torc.rounds", 10));
      // Of some walks no build leaves a memo; this one shows that they are compared at all.
      answers[0] = 0;
      Path plain = Files.createDirectories(top.resolve("plain"));
      Files.writeString(
          plain.resolve("torc.yaml"), "jobs: {one: {command: echo, needs: torc.yaml}}");
      twice.run(plain, "build");
      twice.run(plain, "build");
      assertEquals(1, answers[0]);
    } catch (AssertionError e) {
      throw new AssertionError("-Dtorc.seed=" + seed + " " + e.getMessage(), e);
    }
  }

  private static String untimed(Run run) {
    return run.exit() + run.out() + run.err().replaceAll(" in \\d+\\.\\d s", "");
  }

  private Run call(Path at, String... args) throws Exception {
    if (++calls % 2 == 0) {
      env.put("TORC_SERVER", "0"); // a cold call
    }
    try {
      return run(at, args);
    } finally {
      env.remove("TORC_SERVER");
    }
  }

  private Run run(Path at, String... args) throws Exception {
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
    int exit = builder.start().waitFor();
    return new Run(exit, Files.readString(out), Files.readString(err));
  }
}
