package dev.torc.kills;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.FilesBelow;
import dev.torc.Sample;
import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.SmallDisk;
import dev.torc.core.memory.Unclosed;
import dev.torc.front.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Rule 9 with the real launcher and real processes: {@code kill -9} at any moment loses at most the
 * jobs that were running, and nothing is ever falsely up to date. Also a disk that is full.
 */
@Sampled
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("CrashIT") // one of its tests at a time, beside other classes
class CrashIT {

  private static final int KILLS = Sample.part(5, 60);

  /** After so many killed builds one comes to its end, and is compared with one from scratch. */
  private static final int ROUND = 10;

  /**
   * Jobs of some milliseconds with one product, with two and a pause between them, with none (its
   * file is not declared), with one that persists, a folder, a glob, a temporary product that is
   * deleted after its reader, and a job that hangs where the test says so.
   */
  private static final String JOBS =
      """
      jobs:
        one: { command: cat x > one.out, needs: [x], produces: [one.out] }
        two:
          command: cat y > left; sleep 0.02; cat y > right
          needs: [y]
          produces: [left, right]
        none: { command: sleep 0.01; cat x y > none.seen, needs: [x, y, {job: two}] }
        kept:
          command: test -e acc || echo begun > acc; cp x acc.new; mv acc.new acc
          needs: [x]
          produces: [acc]
          persist: true
        folder:
          command: for i in 1 2 3; do cat x > dir/$i; sleep 0.005; done; cat y > "dir/$(cat y)"
          needs: [x, y]
          produces: [dir/]
        globs:
          command: cat one.out > g/1.o; cat y > "g/y$(cat y).o"
          needs: [one.out, y]
          produces: ['g/*.o']
        goes: { command: cat y > goes.out, needs: [y], produces: [goes.out], temporary: delete }
        read: { command: cat x goes.out > read.out, needs: [x, goes.out], produces: [read.out] }
        hangs:
          command: cat x > hangs.out; if test -e hang; then sleep 1000; fi
          needs: [x]
          produces: [hangs.out]
        all:
          command: cat left right one.out acc hangs.out dir/* g/*.o | cksum > all.out
          needs: [left, right, one.out, acc, hangs.out, dir/, 'g/*.o']
          produces: [all.out]
      """;

  @TempDir Path temp;

  @Test
  void aBuildWithAnotherCacheEndsWhatIsLeftAndLeavesTheJobToItsOwner() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/environ")), "only /proc tells what is left");
    try (Sandbox project = new Sandbox(temp)) {
      project.build(
          "jobs: { a: { command: 'echo 1 > x; if test -e hang; then echo $$ > pid; sleep 1000; fi'"
              + " } }");
      for (String cache : List.of("one", "two")) {
        project.env.put("TORC_CACHE", temp.resolve(cache).toString());
        assertEquals(0, project.torc().exit());
      }
      project.env.put("TORC_CACHE", temp.resolve("one").toString());
      project.write("hang", "");
      Sandbox.Going killed = project.start("build", "--force");
      String job = project.awaitLine("pid");
      killed.process().destroyForcibly().waitFor();
      Files.delete(project.root.resolve("hang"));
      assertTrue(Sandbox.runs(job));

      project.env.put("TORC_CACHE", temp.resolve("two").toString());
      for (int i = 0; i < 2; i++) {
        Sandbox.Ran other = project.torc(); // the first ends the old job, though none has to run
        assertEquals("1 job: 0 ran, 1 up to date, 0 failed", other.counts(), other.err());
        assertEquals(i == 0, other.err().contains("a: ended "), other.err());
        assertFalse(Sandbox.runs(job));
      }
      project.env.put("TORC_CACHE", temp.resolve("one").toString());
      assertTrue(project.torc("status").out().contains("interrupted"));
      Sandbox.Ran back = project.torc();
      assertEquals("1 job: 1 ran, 0 up to date, 0 failed", back.counts(), back.err());
      assertEquals(0, Files.size(project.root.resolve(".torc/running")));
    }
  }

  /** In this walk nothing hangs: the last build comes to its end. */
  @Test
  void killedAtEachStep() throws Exception {
    walk(
        ".torc",
        ".torc/graph.new",
        List.of(),
        Unclosed::recover,
        List.of("commit", "open .torc/running", "start [bash"));
  }

  /** Ends builds while they recover the database that a killed build left. */
  @Test
  void killedAtEachStepOfARecovery() throws Exception {
    walk(
        ".torc/data.mdb.new",
        ".torc/running",
        List.of("rm .torc/closed"),
        _ -> {},
        List.of("start .torc/data.mdb.new", "rename .torc/data.mdb.new", "unlink .torc/lock.mdb"));
  }

  /** Recovers the database of a killed build, or leaves that to the next build. */
  private interface Order {
    void put(Path root) throws IOException;
  }

  private void walk(
      String from, String until, List<String> first, Order order, List<String> expected)
      throws Exception {
    try (Sandbox built = new Sandbox(temp)) {
      built.build(JOBS);
      for (String state : List.of("1\n", "2\n")) {
        built.write("x", state);
        built.write("y", state);
        if (!built.exists("all.out")) {
          assertEquals(0, Run.of(built.root).exit());
        }
      }
      built.write("one.out", "mine");
      SortedMap<String, String> right = fresh(built);
      List<String> steps =
          new KillWalk(temp, from, until)
              .all(
                  built,
                  first,
                  (project, killed) -> {
                    order.put(project.root);
                    Run next = Run.of(project.root);
                    String said = killed.err() + "\nthen:\n" + next.err();
                    assertEquals(0, next.exit(), said);
                    assertEquals(List.of(), left(project), said);
                    assertEquals(right, files(project.root), said);
                    String none = "10 jobs: 0 ran, 10 up to date";
                    Run nothing = Run.of(project.root); // it may say that it waits for the lock
                    assertTrue(nothing.err().contains(none), said + nothing.err());
                  },
                  "build");
      for (String step : expected) {
        assertTrue(steps.stream().anyMatch(each -> each.startsWith(step)), () -> step + steps);
      }
    }
  }

  @Test
  void killedAtRandomMoments() throws Exception {
    long seed = Sample.SEED;
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      List<Future<?>> halves = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        long own = seed + half;
        halves.add(two.submit(() -> killing(new Random(own), KILLS / 2)));
      }
      for (Future<?> half : halves) {
        try {
          half.get();
        } catch (ExecutionException e) {
          throw new AssertionError("-Dtorc.seed=" + seed + " fails", e.getCause());
        }
      }
    }
  }

  private Void killing(Random random, int wanted) throws Exception {
    try (Sandbox project = new Sandbox(temp)) {
      project.build(JOBS);
      for (int kills = 0; kills < wanted; ) {
        for (int i = 0; i < ROUND; i++) {
          edit(project, random);
          if (killed(project, random)) {
            kills++;
          }
        }
        Files.deleteIfExists(project.root.resolve("hang"));
        Run run = Run.of(project.root); // only builds to be killed need the launcher
        assertEquals(0, run.exit(), run::err);
        assertEquals(List.of(), left(project), "processes of killed builds");
        assertEquals(fresh(project), files(project.root));
      }
      Sandbox.Ran last = project.torc();
      assertTrue(last.last().startsWith("10 jobs: 0 ran, 10 up to date"), last.err());
    }
    return null;
  }

  private static void edit(Sandbox project, Random random) throws IOException {
    for (String source : List.of("x", "y")) {
      if (!project.exists(source) || random.nextInt(3) > 0) {
        project.write(source, random.nextInt(4) + "\n");
      }
    }
    if (random.nextInt(4) == 0) {
      project.write("hang", "");
    } else {
      Files.deleteIfExists(project.root.resolve("hang"));
    }
    switch (random.nextInt(6)) {
      case 0 -> Files.deleteIfExists(project.root.resolve("left"));
      case 1 -> project.write("one.out", "mine");
      default -> {}
    }
  }

  /** Starts a build and kills it. Returns false where it had ended before. */
  private static boolean killed(Sandbox project, Random random) throws Exception {
    Sandbox.Going torc = project.start("-v");
    if (random.nextInt(8) > 0) {
      Sandbox.until("it said something", () -> !torc.err().isEmpty() || !torc.process().isAlive());
    }
    TimeUnit.MICROSECONDS.sleep(random.nextInt(150_000)); // the random moment of the kill
    boolean alive = torc.process().isAlive();
    torc.process().destroyForcibly().waitFor();
    return alive;
  }

  /** Processes that belong to builds of this root. */
  static List<String> left(Sandbox project) throws IOException {
    String mark = "TORC_ROOT=" + project.root;
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .map(p -> p.getFileName().toString())
          .filter(p -> Character.isDigit(p.charAt(0)) && Sandbox.runs(p))
          .filter(p -> environment(p).contains(mark))
          .toList();
    }
  }

  private static List<String> environment(String pid) {
    try {
      return List.of(Files.readString(Path.of("/proc", pid, "environ")).split("\0"));
    } catch (IOException gone) {
      return List.of();
    }
  }

  /** What a build from scratch makes of the same sources. */
  private SortedMap<String, String> fresh(Sandbox project) throws Exception {
    try (Sandbox scratch = new Sandbox(temp)) {
      scratch.build(JOBS);
      scratch.write("x", project.read("x"));
      scratch.write("y", project.read("y"));
      assertEquals(0, Run.of(scratch.root).exit());
      return files(scratch.root);
    }
  }

  private static SortedMap<String, String> files(Path root) throws IOException {
    return FilesBelow.of(root, UTF_8, path -> !path.startsWith(".torc/"));
  }

  @Test
  void aFullDisk() throws Exception {
    try (Sandbox project = new Sandbox(temp);
        SmallDisk disk = SmallDisk.on(project.root, "3m")) {
      fullDisk(project, disk);
    }
  }

  private static void fullDisk(Sandbox project, SmallDisk disk) throws Exception {
    project.build(
        """
        jobs:
          small: { command: cp x small.out, needs: [x], produces: [small.out] }
          large: { command: 'cat x x x x > large.out', needs: [x], produces: [large.out] }
          reader: { command: cksum < large.out > sum, needs: [large.out], produces: [sum] }
        """);
    TreeSet<Integer> exits = new TreeSet<>();
    for (int free : new int[] {0, 60, 120, 200, 400, 1000}) { // KiB
      project.write("x", "x" + free + "-".repeat(20_000));
      Path ballast = disk.fill(free);
      Sandbox.Ran ran = project.torc();
      assertTrue(ran.exit() == 0 || ran.exit() == 1 || ran.exit() == 3, ran.err());
      assertFalse(ran.err().contains("\tat "), ran.err());
      assertFalse(ran.err().contains("internal error"), ran.err());
      if (ran.exit() == 3) {
        assertTrue(ran.last().startsWith("torc: "), ran.err());
      }
      exits.add(ran.exit());
      Files.delete(ballast);
      Sandbox.Ran after = project.torc();
      assertEquals(0, after.exit(), after.err());
      String x = project.read("x");
      assertEquals(x, project.read("small.out"));
      assertEquals(x.repeat(4), project.read("large.out"));
      assertEquals(
          project.sh("cksum < large.out").out(), project.read("sum"), "with " + free + " free");
    }
    assertTrue(exits.containsAll(Set.of(0, 3)), exits.toString());
  }
}
