package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.JavaChild;
import dev.torc.Sampled;
import dev.torc.base.posix.Environment;
import dev.torc.core.attempt.Event;
import dev.torc.core.here.LocalRunner;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.Dying;
import dev.torc.core.memory.SharingHost;
import dev.torc.core.memory.ThisHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Rule 9 at every commit in turn: builds with real processes die, as by {@code kill -9}, the first
 * just before its first commit, the next before its second, and so on until one comes to its end.
 * What was committed must then be remembered, and nothing else believed. All builds die in one JVM,
 * since its start takes longer than all of them.
 */
@Sampled
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
    Real(Path root, boolean shared) {
      super(root);
      limits.put("cpus", 1L);
      if (shared) {
        here = host(root, "one");
      }
    }

    @Override
    protected Runner openRunner() {
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

  /** Section 10: builds die between journal and database, and another host goes on. */
  @Test
  void soItDoesWhereHostsShareTheRoot() throws Exception {
    dies(true, true);
  }

  private void dies(boolean later, boolean shared) throws Exception {
    Path folder = temp.toRealPath();
    List<String> command =
        JavaChild.command(DyingIT.class, folder.toString(), "" + later, "" + shared);
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    int last = 1;
    while (Files.exists(folder.resolve("p" + (last + 1)))) {
      last++;
    }
    assertTrue(last > 7, "only " + last + " commits"); // one for each job, and the history's
    for (int commit = 1; commit <= last; commit++) {
      Real torc = new Real(folder.resolve("p" + commit), shared);
      if (shared && commit % 2 == 0) {
        torc.here = host(torc.root, "two");
        torc.gone = Set.of(host(torc.root, "one").name());
      }
      String x = torc.read("x");
      if (commit < last) {
        torc.build();
      }
      assertEquals(0, torc.exit, () -> torc.notes().toString());
      for (String file : List.of("a.out", "b.out", "b.two", "n.seen", "p.out", "dir/two")) {
        assertEquals(x, torc.read(file), file + " after a death at commit " + commit);
      }
      assertEquals(x + x, torc.read("z.out"));
      torc.settled();
    }
  }

  private static ThisHost host(Path root, String name) {
    return SharingHost.named(root.getFileName() + "-" + name, root.getParent());
  }

  /**
   * A build that stops at one of its commits: its threads then wait for ever, and what it holds
   * goes with the JVM. Each end of a job is a commit.
   */
  private static final class Mortal extends Real {
    final CountDownLatch over = new CountDownLatch(1);
    private final int commit;
    private final AtomicInteger commits = new AtomicInteger();
    private Cache cache;
    volatile boolean dead;

    Mortal(Path root, boolean shared, int commit) {
      super(root, shared);
      this.commit = commit;
    }

    @Override
    Cache openCache(CachePlace place) {
      cache = Dying.open(place, this::commit);
      return cache;
    }

    private void commit() {
      if (commits.incrementAndGet() == commit) {
        dead = true;
        over.countDown();
      }
      rest();
    }

    private void rest() {
      while (dead) {
        LockSupport.park();
      }
    }

    @Override
    protected void heard(Event event) {
      rest();
      if (event instanceof Event.JobEnded) {
        cache.flush();
      }
    }
  }

  /**
   * Runs builds in folders of their own; each dies one commit later than the one before, until one
   * comes to its end.
   *
   * @param arguments the folder of all roots, whether each root has an earlier build, whether hosts
   *     share each root
   */
  public static void main(String[] arguments) throws Exception {
    boolean later = Boolean.parseBoolean(arguments[1]);
    boolean shared = Boolean.parseBoolean(arguments[2]);
    boolean died = true;
    for (int commit = 1; died; commit++) {
      Path root = Files.createDirectory(Path.of(arguments[0], "p" + commit));
      Real first = new Real(root, shared);
      first.given(JOBS);
      first.edit("x", "1");
      if (later) {
        first.build();
        first.edit("x", "2");
      }
      Mortal torc = new Mortal(root, shared, commit);
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                torc.build();
                torc.over.countDown();
              });
      torc.over.await();
      died = torc.dead;
      if (!died && torc.exit != 0) {
        throw new AssertionError(torc.notes());
      }
    }
    Runtime.getRuntime().halt(0);
  }
}
