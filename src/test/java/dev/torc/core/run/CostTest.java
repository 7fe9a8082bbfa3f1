package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.AgedStamps;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.model.PackedJobs;
import dev.torc.core.run.StubRunner.Held;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What running a job costs, counted: looks at files, reads, processes. A count that grows is a
 * decision and not an accident; none of them depends on the machine.
 */
@Isolated("what other tests start may hold a file open, which is then read again")
class CostTest extends Harness {

  /** The machine's stamps, counted by path until all jobs ended; a test may make a look wait. */
  private class Counting implements StampSource {
    private final StampSource real = StampSource.of(FileSystems.getDefault());
    final AtomicInteger sources = new AtomicInteger(); // each examines the mounts of its files
    final ConcurrentMap<String, AtomicInteger> looks = new ConcurrentHashMap<>();
    final ConcurrentMap<String, CountDownLatch> waits = new ConcurrentHashMap<>();
    final ConcurrentMap<String, CountDownLatch> looked = new ConcurrentHashMap<>();

    int looks(String path) {
      return looks.computeIfAbsent(path, _ -> new AtomicInteger()).get();
    }

    private void count(Path file) {
      if (isOver()) {
        return; // a file that was read too early may be read once more now
      }
      String path = file.startsWith(root) ? root.relativize(file).toString() : file.toString();
      looks.computeIfAbsent(path, _ -> new AtomicInteger()).incrementAndGet();
      looked.computeIfAbsent(path, _ -> new CountDownLatch(1)).countDown();
      CountDownLatch wait = waits.get(path);
      if (wait != null) {
        await(wait);
      }
    }

    @Override
    public Stamp at(Path folder, String path, boolean follow) throws IOException {
      count(folder.resolve(path));
      return real.at(folder, path, follow);
    }

    @Override
    public StampSource of(StampPaths paths) {
      sources.incrementAndGet();
      return this;
    }
  }

  /** As {@link Counting}, but without looks at a path itself, which tell its size as well. */
  private final class CountingFiles extends Counting {
    @Override
    public Stamp at(Path folder, String path, boolean follow) throws IOException {
      return follow
          ? super.at(folder, path, true)
          : StampSource.of(FileSystems.getDefault()).at(folder, path, false);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(300, TimeUnit.SECONDS), "it never came");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void copies(int from, int to) {
    StringBuilder jobs = new StringBuilder();
    for (int i = from; i < to; i++) {
      edit("in/" + i, "source " + (1000 + i));
      jobs.append(
          "c%1$d: { command: cp in/%1$d out/%1$d, needs: in/%1$d, produces: out/%1$d }%n"
              .formatted(i));
    }
    given(jobs.toString());
  }

  private boolean isOver() {
    return events.stream().anyMatch(Event.Finished.class::isInstance);
  }

  @Test
  void aBuildExaminesEachMountOnce() throws IOException {
    copies(0, 3);
    build();
    for (String source : List.of("edited", "edited")) { // the second time, no bytes change
      edit("in/1", source);
      Counting counted = new Counting();
      stamps = counted;
      build();
      assertEquals(1, counted.sources.get());
    }
  }

  @Test
  void aTrivialJobCostsThisMuch() throws IOException {
    limits.put("cpus", 1L);
    otherwise =
        stub -> {
          List<String> argv = stub.launch().steps().getFirst().argv();
          assertEquals(1, stub.launch().steps().size());
          assertEquals("cp", argv.getFirst(), "no shell is started for plain words");
          stub.write(argv.get(2), stub.read(argv.get(1)));
          return stub.exit(0);
        };
    edit("out/there", "");
    copies(0, 10);
    build();
    assertEquals(10, started().size());
    long stats = stats();
    long bytes = bytesRead() - Files.size(root.resolve("torc.yaml"));
    copies(10, 40); // 20 jobs more than before; what a build costs as such cancels out
    build();
    assertEquals(30, started().size());
    // Looks at the need: before its reading, after it, after the job, and when the build ends (rule
    // 16). Its folder: before the job
    // and after it. The product: its place and
    // its folder before the job; itself after the job, after its reading, and when the build ends
    // (rule 16). The files of TORC_OUTPUT and TORC_EVENTS: before the job and after it.
    // (A build of more than a second is looked at once more, which is no cost of a job.)
    // The products of the first ten copies are leftovers now: two looks find each need's real name.
    assertEquals(4 + 2 + 2 + 3 + 4 + 2, Math.round((stats() - stats) / 20.0));
    assertEquals(2 * 30 + 1 + 10, filesHashed(), "and the build file, and leftovers");
    bytes = bytesRead() - Files.size(root.resolve("torc.yaml")) - bytes;
    assertEquals((2 * 20 + 10) * "source 1000".length(), bytes);
    try (Stream<Path> files = Files.list(root.resolve(".torc/jobs"))) {
      assertEquals(1, files.count(), "one .data.json for all; the lists of needs are gone");
    }
  }

  /** How often jobs are read where a group grows with each maker, read in parts and as a whole. */
  private long readsOfGrowing(int makers) {
    grow(makers, "");
    PackedJobs jobs = (PackedJobs) running.context().graph().workflow().jobs();
    return jobs.codec().reads();
  }

  private void grow(int makers, String others) {
    given(
        """
        find: { parameters: { f: { from: 1, to: %1$d } }, command: 'make c%1$d/{f}-1', produces: 'c%1$d/{f}-*' }
        fold: { match: 'c%1$d/{f}-{n}', command: 'make d%1$d/{f}-{n}', produces: 'd%1$d/{f}-{n}' }
        part: { parameters: { f: { from: 1, to: %1$d } }, needs: { job: 'fold/f={f}' }, command: 'make p%1$d/{f}', produces: 'p%1$d/{f}' }
        all: { needs: [{ job: part }, { job: fold }], command: make all%1$d, produces: all%1$d }
        """
                .formatted(makers)
            + others);
    build();
    assertEquals(3 * makers + 1 + others.lines().count(), started().size());
    long expanded = events.stream().filter(Event.Expanded.class::isInstance).count();
    assertTrue(expanded > makers / 4, expanded + " expansions");
  }

  /** An expansion counts what jobs wait for, and finds longest paths, for the new jobs alone. */
  @Test
  void anExpansionPassesOverTheJobsThatAreThere() {
    limits.put("cpus", 1L);
    otherwise =
        stub -> {
          stub.write(stub.command().substring("make ".length()), stub.name());
          return stub.exit(0);
        };
    grow(30, "");
    long alone = running.looked();
    StringBuilder others = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      others.append("j%1$d: { command: make o/%1$d, produces: o/%1$d }%n".formatted(i));
    }
    grow(31, others.toString());
    long beside = running.looked() - alone;
    // Once for each job; a pass over all jobs in each of eight expansions or more would be 16 000.
    assertTrue(beside <= 6 * 1000, beside + " looks at 1000 jobs and one maker more");
  }

  /** A job is read by itself when it is looked at, so an expansion reads only jobs that it adds. */
  @Test
  void anExpansionLooksAtTheJobsThatItAdds() {
    limits.put("cpus", 1L);
    otherwise =
        stub -> {
          stub.write(stub.command().substring("make ".length()), stub.name());
          return stub.exit(0);
        };
    for (int makers : List.of(20, 60)) {
      long reads = readsOfGrowing(makers);
      // Some 11 a maker, as expansions fall together; a pass over all jobs in each adds 30 and
      // more.
      assertTrue(reads <= 16 * makers, reads + " looks at jobs for " + makers + " makers");
    }
  }

  @Test
  void aTouchedSourceCostsThisMuch() throws IOException {
    stamps = new AgedStamps();
    copies(0, 30);
    build();
    for (int i = 0; i < 20; i++) {
      edit("in/" + i, "source " + (1000 + i)); // the same bytes
    }
    build().ran();
    assertEquals(20, filesHashed());
    assertEquals(20 * "source 1000".length(), bytesRead());
    // Beside the look that all files get: whether it is a link, and whether it held still.
    assertEquals(2 * 20, stats());
    build().ran();
    assertEquals(0, filesHashed(), "their stamps are remembered");
    edit("in/7", "Source 1007");
    build().ran("c7");
    assertEquals(2, filesHashed(), "the source and the product");
  }

  @Test
  void theNextJobStartsWhileTheProductsOfTheLastAreLookedAt() {
    limits.put("cpus", 1L);
    given(
        """
        a: { command: make a, produces: a, priority: 1 }
        b: { command: make b }
        """);
    Counting counting = new CountingFiles();
    stamps = counting;
    Held b = hold("b");
    CountDownLatch begun = new CountDownLatch(1);
    job(
        "a",
        stub -> {
          stub.write("a", "1".repeat(64 << 10)); // a smaller one is looked at in no time
          counting.waits.put("a", begun);
          return stub.exit(0);
        });
    Building building = start();
    b.started();
    begun.countDown();
    b.go();
    building.await();
    assertEquals(JobState.RAN, state("a"));
    assertEquals(JobState.RAN, state("b"));
  }

  @Test
  void aTrivialJobsThreadGoesOnWithTheNext() {
    limits.put("cpus", 1L);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Counting counting =
        new Counting() {
          @Override
          public Stamp at(Path folder, String path, boolean follow) throws IOException {
            boolean product = !follow && folder.resolve(path).startsWith(root.resolve("out"));
            if (product && !isOver()) {
              threads.add(Thread.currentThread());
            }
            return super.at(folder, path, follow);
          }
        };
    stamps = counting;
    copies(0, 10);
    build();
    assertEquals(10, started().size());
    assertFalse(events.stream().anyMatch(Event.JobReleased.class::isInstance));
    assertEquals(1, threads.size(), "no hand-over from thread to thread");
  }

  @Test
  void nothingStartsEarlyWhereTheWayAJobEndsDecidesWhatStarts() {
    String jobs = "a: { command: make a, produces: a, priority: 1%s }\nb: { command: make b }\n";
    assertTrue(startsEarly("", jobs.formatted("")));
    assertFalse(startsEarly("", jobs.formatted(", interactive: true")));
    assertFalse(startsEarly("hooks: { finish: bye }\n", jobs.formatted("")));
    failures = 1;
    assertFalse(startsEarly("", jobs.formatted("")));
  }

  private boolean startsEarly(String hooks, String jobs) {
    limits.put("cpus", 1L);
    job(
        "a",
        stub -> {
          stub.write("a", "1".repeat(64 << 10));
          return stub.exit(0);
        });
    force = true;
    givenFile(hooks + "jobs:\n" + jobs.indent(2));
    build();
    assertEquals(2, started().size());
    return events.stream().anyMatch(Event.JobReleased.class::isInstance);
  }

  @Test
  void readersOfOneListThatEndedShareOneLookAtIt() {
    Counting counting = new Counting();
    stamps = counting;
    given(
        """
        p: { command: make p, produces: [p1, p2, p3] }
        r1: { command: make 1, needs: { job: p } }
        r2: { command: make 2, needs: { job: p } }
        r3: { command: make 3, needs: { job: p } }
        """);
    Map<String, Held> held = Map.of("r1", hold("r1"), "r2", hold("r2"), "r3", hold("r3"));
    Building building = start();
    held.values().forEach(Held::started);
    int before = counting.looks("p3");
    CountDownLatch go = new CountDownLatch(1);
    counting.waits.put("p1", go);
    counting.looked.remove("p1");
    held.get("r1").go(); // it looks at the list, and does not come further than p1
    await(counting.looked.computeIfAbsent("p1", _ -> new CountDownLatch(1)));
    for (String job : List.of("r2", "r3")) {
      String output = ".torc/jobs/" + job + ".events";
      counting.looked.remove(output);
      held.get(job).go(); // it ends after that look began, which does not count for it
      await(counting.looked.computeIfAbsent(output, _ -> new CountDownLatch(1)));
    }
    go.countDown();
    building.await();
    assertEquals(3, counting.looks("p3") - before, "for r1, for r2 and r3, and at the end");
    assertEquals(List.of(), notes());
  }

  /** The looks of a build without work do not grow with the product of makers and readers. */
  @Test
  void aNoOpLooksAtEachProductOfAGroupOnceHoweverManyNeedTheGroup() {
    int size = 60;
    given(
        """
        produce: { parameters: { i: { from: 1, to: %1$d } }, command: a, produces: 'out/{i}' }
        use: { parameters: { i: { from: 1, to: %1$d } }, command: b, needs: { job: produce }, produces: 'u{i}' }
        """
            .formatted(size));
    build();
    Counting counting = new CountingFiles();
    stamps = counting;
    build().ran();
    int looks = IntStream.rangeClosed(1, size).map(i -> counting.looks("out/" + i)).sum();
    assertTrue(0 < looks && looks <= 2 * size, () -> looks + " looks");
    assertEquals(size, graph.before().count(graph.nodes() - 1));
    assertEquals(2 * size, graph.before().to(graph.nodes() - 1));
  }
}
