package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.cache.Cache;
import dev.torc.cache.CachePlace;
import dev.torc.cache.Dying;
import dev.torc.cache.SharingHost;
import dev.torc.cache.ThisHost;
import dev.torc.exec.LocalRunner;
import dev.torc.exec.Runner;
import dev.torc.posix.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Rule 9 at every commit in turn: a build with real processes ends, as by {@code kill -9}, just
 * before its first commit, its second, and so on until one comes to its end. What was committed is
 * then remembered, and nothing else is believed.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("DyingIT") // one of its tests at a time, beside other classes
class DyingIT {

  private static final String JOBS =
      """
      a: { command: cat x > a.out, needs: [x], produces: [a.out] }
      b: { command: cat a.out > b.out; cat x > b.two, needs: [a.out, x], produces: [b.out, b.two] }
      n: { command: cat b.out > n.seen, needs: [b.out] }
      p: { command: cat x > p.out, needs: [x, {job: n}], produces: [p.out], persist: true }
      d: { command: cat p.out > dir/one; cat x > dir/two, needs: [p.out, x], produces: [dir/] }
      z: { command: cat dir/* > z.out, needs: [dir/], produces: [z.out] }
      """;

  @TempDir Path temp;

  /** A project whose jobs are processes. */
  private static class Real extends Harness {
    Real(Path root) {
      super(root);
      limits.put("cpus", 1L);
    }

    @Override
    Runner openRunner() {
      return new LocalRunner(Environment.ofCaller(), Duration.ofSeconds(1));
    }
  }

  @Test
  void theFirstBuildDiesAtEveryCommitInTurn() throws Exception {
    dies(false, false);
  }

  @Test
  void aLaterBuildDiesAtEveryCommitInTurn() throws Exception {
    dies(true, false);
  }

  /** Section 10: between the journal and the database, and another host goes on. */
  @Test
  void soItDoesWhereHostsShareTheRoot() throws Exception {
    dies(true, true);
  }

  private void dies(boolean later, boolean shared) throws Exception {
    int deaths = 0;
    for (int commit = 1; ; commit++) {
      Real torc = new Real(Files.createDirectory(temp.resolve("p" + commit)).toRealPath());
      if (shared) {
        torc.here = host(torc.root, "one");
      }
      torc.given(JOBS);
      torc.edit("x", "1");
      if (later) {
        torc.build();
        torc.edit("x", "2");
      }
      int status = child(torc.root, commit, shared);
      if (shared && commit % 2 == 0) {
        torc.here = host(torc.root, "two");
        torc.gone = Set.of(host(torc.root, "one").name());
      }
      String x = torc.read("x");
      if (status == Dying.EXIT) {
        deaths++;
        torc.build();
      } else {
        assertEquals(0, status);
      }
      assertEquals(0, torc.exit, () -> torc.notes().toString());
      for (String file : List.of("a.out", "b.out", "b.two", "n.seen", "p.out", "dir/two")) {
        assertEquals(x, torc.read(file), file + " after a death at commit " + commit);
      }
      assertEquals(x + x, torc.read("z.out"));
      torc.settled();
      if (status != Dying.EXIT) {
        break;
      }
    }
    assertTrue(deaths >= 7, "only " + deaths + " commits"); // one for each job, and the history's
  }

  private static ThisHost host(Path root, String name) {
    return SharingHost.named(root.getFileName() + "-" + name, root.getParent());
  }

  private static int child(Path root, int commit, boolean shared) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Djffi.unsafe.disabled=true",
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                System.getProperty("java.class.path"),
                DyingIT.class.getName(),
                root.toString(),
                Integer.toString(commit),
                Boolean.toString(shared)));
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  /**
   * The build that dies: folder, number of the commit, whether hosts share it. Each job's end is a
   * commit.
   */
  public static void main(String[] arguments) {
    Real torc =
        new Real(Path.of(arguments[0])) {
          private Cache cache;

          @Override
          Cache openCache(CachePlace place) {
            cache = Dying.open(place, Integer.parseInt(arguments[1]));
            return cache;
          }

          @Override
          void heard(Event event) {
            if (event instanceof Event.JobEnded) {
              cache.flush();
            }
          }
        };
    if (Boolean.parseBoolean(arguments[2])) {
      torc.here = host(torc.root, "one");
    }
    torc.build();
    System.exit(torc.exit);
  }
}
