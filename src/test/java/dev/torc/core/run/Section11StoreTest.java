package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.AgedStamps;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.WatchedStamps;
import dev.torc.base.posix.FileTree;
import dev.torc.core.attempt.JobState;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.Dying;
import dev.torc.core.memory.StartMark;
import dev.torc.core.memory.StartMarks;
import dev.torc.core.memory.Unclosed;
import dev.torc.core.run.StubRunner.Held;
import dev.torc.features.stores.LocalStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 11 of the contract, the local store: jobs with a known result are restored, not run. */
class Section11StoreTest extends Harness {

  private Runnable commits; // called before each commit; null for nothing

  @Override
  Cache openCache(CachePlace place) {
    return commits == null ? super.openCache(place) : Dying.open(place, commits);
  }

  @BeforeEach
  void restoring() {
    restores = true;
  }

  private List<String> store() throws IOException {
    Path store = root.resolve(".torc/store");
    if (!Files.exists(store)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(store)) {
      return all.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void filesOfACutOffRestoreAreTorcsAndItIsNoFailure() throws IOException {
    given("a: { command: make a, needs: [x], produces: [a.out] }");
    edit("x", "1");
    build();
    edit("x", "2");
    build();
    List<Digest> known = new ArrayList<>();
    try (Cache cache = openCache(place())) {
      new LocalStore(cache, 0, false).each(each -> known.add(each.key()));
      StartMark mark = new StartMark("killed", "a", 0).restoring(known.getFirst());
      try (StartMarks marks = StartMarks.begin(cache.place(), List.of())) {
        marks.add(mark);
      }
    }
    Files.delete(root.resolve("a.out"));
    Files.move(root.resolve(".torc/store").resolve(store().getFirst()), root.resolve("a.out"));
    edit("x", "1");
    assertTrue(look().get("a").startsWith("restored: need changed x"), look().toString());
    build().ran();
    restored("a");
    assertEquals(List.of(), kept());
    settled();
  }

  /** A mark of an older torc names no manifest, so the interrupted one may be any (rule 1). */
  @Test
  void afterAKillWithoutAKnownManifestNothingIsRestored() throws IOException {
    given("a: { command: make a, needs: [x], produces: [a.out] }");
    edit("x", "1");
    build();
    edit("x", "2");
    build();
    try (Cache cache = openCache(place());
        StartMarks marks = StartMarks.begin(cache.place(), List.of())) {
      marks.add(new StartMark("killed", "a", 1));
    }
    edit("x", "1");
    assertTrue(look().get("a").startsWith("will run: interrupted"), look().toString());
    build();
    ran("a");
  }

  /**
   * Job t is restored by its own result, but with bytes that were stored for s. The root is copied
   * before each commit while the temporary product is there, and each copy is built.
   */
  @Test
  void killedAtAnyCommitItLosesNoTemporaryProduct(@TempDir Path aside) throws Exception {
    given(
        """
        s: { command: cat x, needs: [x], produces: [s.f] }
        t: { command: cat y, needs: [y], produces: [t.f], temporary: delete }
        r: { command: make r, needs: [t.f, x], produces: [r.f] }
        """);
    for (String job : List.of("s", "t")) {
      job(
          job,
          stub -> {
            stub.write(job + ".f", stub.read(job.equals("s") ? "x" : "y"));
            return stub.exit(0);
          });
    }
    edit("x", "1");
    edit("y", "1");
    build().ran("s", "t", "r");
    edit("x", "2");
    build("s").ran("s"); // its old product has the bytes that t makes
    List<Path> copies = new ArrayList<>();
    commits =
        () -> {
          if (exists("t.f")) {
            copies.add(aside.resolve("" + copies.size()));
            copy(root, copies.getLast());
          }
        };
    build().ran("r");
    restored("t");
    commits = null;
    assertFalse(copies.isEmpty());
    for (Path copy : copies) {
      FileTree.remove(root);
      copy(copy, root);
      Unclosed.recover(root);
      build();
      assertFalse(exists("t.f"), () -> copy + ": " + notes());
      assertFalse(kept().contains("t.f"));
      settled();
    }
  }

  /**
   * Copies by another process: LMDB allows no other use of its files in this one. A file that
   * another thread removes meanwhile is not in the copy.
   */
  private static void copy(Path from, Path to) {
    try {
      Process cp = new ProcessBuilder("cp", "-a", "" + from, "" + to).start();
      String gone = "(?m)^cp: .*: No such file or directory\\R?";
      assertEquals("", new String(cp.getErrorStream().readAllBytes()).replaceAll(gone, ""));
      cp.waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void withoutAStoreNoRecordIsKept() {
    givenFile("stores: {keep: 0}\njobs: {a: { command: a, needs: [x], produces: [a.out] }}");
    for (String x : List.of("1", "2")) {
      edit("x", x);
      build().ran("a");
    }
    try (Cache cache = Cache.look(place(), _ -> {})) {
      assertTrue(new LocalStore(cache, 0, false).isEmpty());
    }
  }

  @Test
  void theNamesThatADepfileGaveGoWithTheLastResultOfTheirKey() throws IOException {
    givenFile(
        """
        stores: {keep: 4000B}
        jobs: {a: { command: a, needs: [x], produces: [a.out], depfile: a.d }}
        """);
    job(
        "a",
        stub -> {
          String x = Files.readString(stub.root().resolve("x"));
          stub.write("a.out", (x + Files.readString(stub.root().resolve("h"))).repeat(300));
          stub.write("a.d", "a.out: x h\n");
          return stub.exit(0);
        });
    Set<Digest> ever = new HashSet<>();
    Set<Digest> now = Set.of();
    for (int i = 1; i <= 9; i++) {
      edit("x", "" + i / 2);
      edit("h", "" + i % 2);
      build().ran("a");
      try (Cache cache = openCache(place())) {
        LocalStore stored = new LocalStore(cache, 0, false);
        Set<Digest> firsts = new HashSet<>();
        stored.each(each -> firsts.add(each.first()));
        ever.addAll(firsts);
        now = firsts;
        for (Digest first : ever) {
          assertEquals(firsts.contains(first), !stored.names(first).isEmpty());
        }
      }
    }
    assertTrue(now.size() < ever.size(), ever.size() + " of " + now.size());
  }

  /**
   * Two readers of a temporary product turn out to run. When the second one does, the product is
   * there, since the first one asked for it; but its maker is not over: it has yet to look at y.
   */
  @Test
  void aReaderWhoseResultIsDamagedWaitsForTheMakerThatAnotherOneAskedFor() throws Exception {
    given(
        """
        t: { command: t, needs: [y], produces: [t.out], temporary: true, priority: 2 }
        r: { command: r, needs: [t.out, x], produces: [r.out], priority: 2 }
        u: { command: u, needs: [t.out, x], produces: [u.out], priority: 1 }
        gate: { command: gate, always: true, priority: 3 }
        next: { command: next, always: true }
        """);
    limits.put("cpus", 2L);
    edit("y", "1");
    for (String x : List.of("1", "2")) {
      edit("x", x);
      build();
    }
    delete("t.out");
    for (String stored : store()) {
      edit(".torc/store/" + stored, "spoilt");
    }
    CompletableFuture<Boolean> made = new CompletableFuture<>();
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    AtomicBoolean wrote = new AtomicBoolean();
    stamps =
        new WatchedStamps(
            stamps,
            path -> {
              if (wrote.get() && path.endsWith("y")) {
                made.complete(true);
                over.orTimeout(300, TimeUnit.SECONDS).join();
              }
            });
    job(
        "t",
        stub -> {
          ProcessEnd end = work(stub);
          wrote.set(true);
          return end;
        });
    Held gate = hold("gate");
    Held next = hold("next");
    edit("x", "1");
    Building building = start();
    made.orTimeout(300, TimeUnit.SECONDS).join();
    gate.go(); // room for the restore of u
    next.started(); // the restore of u failed, and u waits
    over.complete(true);
    next.go();
    building.await();
    assertEquals(0, exit);
    assertEquals(List.of("gate", "t", "next"), started().subList(0, 3));
    ran("gate", "t", "next", "r", "u");
  }

  @Test
  void aSignalInTheMomentInWhichARestoreFailsLeavesTheJobToTheNextBuild() {
    given(
        """
        t: { command: t, produces: [t.out], temporary: true }
        r: { command: r, needs: [t.out, x], produces: [r.out] }
        """);
    stamps = new AgedStamps();
    for (String x : List.of("1", "2")) {
      edit("x", x);
      build();
    }
    delete("r.out");
    edit("x", "1");
    BuildLoop last = running;
    stamps =
        new WatchedStamps(
            stamps,
            path -> {
              if (running != last && path.endsWith("r.out") && exists(".torc/store")) {
                delete(".torc/store");
                running.signal(2);
                running.signal(2); // from now on torc looks at no file
              }
            });
    build().ran();
    assertEquals(130, exit);
    assertEquals(JobState.NOT_REACHED, state("r"));
    build().ran("r");
    settled();
  }

  @Test
  void filesRestoredBeforeASignalAreTheJobsOwn() throws IOException {
    given("a: { command: make a, needs: [x], produces: [a.out] }");
    AgedStamps aged = new AgedStamps();
    stamps = aged;
    edit("x", "1");
    build();
    String first = read("a.out");
    edit("x", "2");
    build();
    edit("x", "1");
    stamps =
        new WatchedStamps(
            aged,
            path -> {
              if (path.endsWith("a.out") && read("a.out").equals(first)) {
                running.signal(2);
                running.signal(2); // from now on torc looks at no file
              }
            });
    build().ran();
    assertEquals(130, exit);
    assertEquals(JobState.NOT_REACHED, state("a"));
    assertEquals(first, read("a.out"));
    stamps = aged;
    build().ran();
    restored("a");
    assertEquals(List.of(), kept());
    settled();
  }
}
