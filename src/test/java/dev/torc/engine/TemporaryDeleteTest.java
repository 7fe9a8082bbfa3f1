package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.engine.StubRunner.Held;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Key {@code temporary: delete}: products go as soon as no job of the build that may still run
 * reads them and all their readers are up to date; not without readers, and not where the job or
 * the file was named as a target.
 */
class TemporaryDeleteTest extends Harness {

  private final CountDownLatch gone = new CountDownLatch(1);

  @BeforeEach
  void aProject() {
    given(
        """
        t: { command: make t, needs: [x], produces: [t.f, t.log], temporary: delete }
        r: { command: make r, needs: [t.f, y], produces: [r.f] }
        q: { command: make q, needs: [t.f], produces: [q.f] }
        """);
    edit("x", "1");
    edit("y", "1");
  }

  /** Builds, after which just these stand, and nothing is left to be done. */
  private void leaves(String... standing) {
    build();
    assertEquals(0, exit, () -> notes().toString());
    stands(standing);
    settled();
    settled(); // with what that left
    stands(standing);
  }

  private void stands(String... expected) {
    List<String> standing =
        graph.allJobs().stream()
            .filter(j -> graph.deletes(j))
            .mapToObj(j -> graph.job(j).productRefs())
            .flatMap(List::stream)
            .map(ref -> ref.text())
            .filter(this::exists)
            .toList();
    assertEquals(List.of(expected), standing);
  }

  @Test
  void itGoesWhenAllReadersAreUpToDate() {
    leaves("t.log"); // which nobody reads
    edit("y", "2");
    assertEquals("will run: product wanted t.f", look().get("t"));
    build().ran("t", "r");
    said("removed 1 temporary product");
    stands("t.log");
    settled();
  }

  @Test
  void aFolderGoesThoughItsJobWasNotTemporaryWhenItMadeIt() {
    String jobs =
        """
        t: { command: make t, needs: [x], produces: [t/]%s }
        r: { command: make r, needs: [t/a], produces: [r.f] }
        """;
    job(
        "t",
        stub -> {
          stub.write("t/a", "a");
          return stub.exit(0);
        });
    given(jobs.formatted(""));
    build().ran("t", "r");
    given(jobs.formatted(", temporary: delete"));
    build().ran();
    assertFalse(exists("t/a"));
    settled();
  }

  @Test
  void aReaderThatFailedStillWantsIt() {
    failing("r");
    build();
    stands("t.f", "t.log");
    usual("r");
    build().ran("r");
    stands("t.log");
    settled();
  }

  @Test
  void aNamedJobOrFileStaysInThatBuild() {
    for (String target : List.of("t", "t.f")) {
      build(target).ran("t");
      build("t", "r", "q");
      stands("t.f", "t.log");
      assertEquals("up to date", look().get("t"));
      build().ran();
      stands("t.log");
      settled();
      edit("x", target);
    }
  }

  @Test
  void namedAgainItIsMadeAgainThoughNothingElseMoved() {
    leaves("t.log");
    assertEquals("will run: product missing t.f", look("t.f").get("t"));
    build("t.f").ran("t");
    stands("t.f", "t.log");
  }

  @Test
  void readersThatTheBuildLeavesOutCount() {
    build("r");
    stands("t.f", "t.log"); // q never ran
    build("q");
    stands("t.log");
    edit("y", "2");
    build("q").ran();
    build("r").ran("t", "r"); // q is up to date
    stands("t.log");
  }

  @Test
  void aManualReaderCounts() {
    given(
        """
        t: { command: make t, needs: [x], produces: [t.f], temporary: delete }
        r: { command: make r, needs: [t.f], produces: [r.f] }
        m: { command: make m, needs: [t.f], produces: [m.f], manual: true }
        """);
    build().ran("t", "r");
    settled();
    stands("t.f");
    build("m").ran("m");
    stands();
    settled();
  }

  @Test
  void itGoesWhileOthersStillRun() throws InterruptedException {
    given(
        """
        t: { command: make t, needs: [x], produces: [t.f], temporary: delete }
        r: { command: make r, needs: [t.f], produces: [r.f] }
        s: { command: make s, needs: [r.f], produces: [s.f] }
        """);
    Held s = hold("s");
    Building building = start();
    s.started();
    for (long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); exists("t.f"); ) {
      assertTrue(System.nanoTime() < until, "it is still there");
      Thread.onSpinWait();
    }
    s.go();
    building.await();
    ran("t", "r", "s");
    settled();
  }

  @Test
  void chainsGoFromTheirBeginning() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.f], temporary: delete }
        b: { command: make b, needs: [a.f], produces: [b.f], temporary: delete }
        r: { command: make r, needs: [b.f, y], produces: [r.f] }
        """);
    leaves();
    edit("y", "2");
    build().ran("a", "b", "r");
    stands();
    settled();
  }

  @Test
  void instancesGoTogetherAndOneByOne() {
    given(
        """
        t: { parameters: { i: [1, 2] }, command: 'make {i}', needs: [x], produces: ['{i}.f'], temporary: delete }
        r: { parameters: { i: [1, 2] }, command: 'make r{i}', needs: ['{i}.f', y], produces: ['{i}.r'] }
        sum: { command: make sum, needs: [{ job: t }], produces: [sum.f] }
        """);
    failing("r/i=2");
    build();
    stands("2.f");
    usual("r/i=2");
    leaves();
    edit("y", "2");
    leaves();
  }

  @Test
  void groupsThatAreKnownLateMayReadIt() {
    given(
        """
        t: { command: make t, needs: [x], produces: [t.f], temporary: delete }
        r: { command: make r, needs: [t.f], produces: [r.f] }
        l: { command: make l, needs: [r.f, y], produces: [l.txt] }
        g: { parameters: { i: { lines: l.txt } }, command: 'make {i}', needs: [t.f], produces: ['{i}.g'] }
        """);
    job(
        "l",
        stub -> {
          assertTrue(exists("t.f"));
          stub.write("l.txt", stub.read("y"));
          return stub.exit(0);
        });
    leaves();
    edit("y", "2");
    job(
        "l",
        stub -> {
          stub.write("l.txt", stub.read("y"));
          return stub.exit(0);
        });
    build().ran("t", "l", "g/i=2");
    stands();
    settled();
  }

  @Test
  void whatInstancesCameFromIsNotAskedForAgain() {
    given(
        """
        t: { command: make t, needs: [x], produces: ['c/*.f', c/two.f], temporary: delete }
        g: { parameters: { c: { products: t } }, command: 'make {c}', needs: [y], produces: ['o/{c:name}'] }
        """);
    build().ran("t", "g/c=c%2Fone.f", "g/c=c%2Ftwo.f");
    assertFalse(exists("c/one.f") || exists("c/two.f"));
    settled();
    edit("y", "2");
    build().ran("t", "g/c=c%2Fone.f", "g/c=c%2Ftwo.f");
    settled();
  }

  @Test
  void aTableThatGroupsReadStays() {
    given(
        """
        t: { command: make t, needs: [x], produces: [t.txt], temporary: delete }
        g: { parameters: { i: { lines: t.txt } }, command: 'make {i}', needs: [t.txt], produces: ['g.{i}'] }
        """);
    job(
        "t",
        stub -> {
          stub.write("t.txt", "1");
          return stub.exit(0);
        });
    leaves("t.txt");
  }

  @Test
  void whatTheRecordsCannotTellStays() {
    given(
        """
        t: { command: make t, needs: [x], produces: [d/t.f], temporary: delete }
        u: { command: make u, needs: [x], produces: [e/], temporary: delete }
        r: { command: make r, needs: [d/, { job: u }], produces: [r.f] }
        """);
    leaves("d/t.f");
  }

  @Test
  void aFolderGoesLikeAFile() {
    given(
        """
        t: { command: make t, needs: [x], produces: [d/], temporary: delete }
        r: { command: make r, needs: [d/, y], produces: [r.f] }
        g: { command: make g, needs: ['d/*'], produces: [g.f] }
        """);
    leaves();
    edit("y", "2");
    build().ran("t", "r");
    stands();
    settled();
  }

  @Test
  void aGlobReadsIt() {
    given(
        """
        t: { command: make t, needs: [x], produces: ['g/*.f'], temporary: delete }
        r: { command: make r, needs: ['g/*.f', y], produces: [r.f] }
        """);
    build();
    assertFalse(exists("g/one.f"));
    settled();
    edit("y", "2");
    build().ran("t", "r");
    settled();
  }

  @Test
  void whoMayNameItInADepfileIsAwaited() {
    given(
        """
        t: { command: make t, needs: [x], produces: [t.f], temporary: delete }
        m: { command: make m, needs: [t.f], produces: [m.f] }
        r: { command: make r, needs: [m.f, y], produces: [r.f], depfile: r.d }
        """);
    job(
        "r",
        stub -> {
          assertTrue(exists("t.f"));
          stub.write("r.d", "r.f: t.f\n");
          stub.write("r.f", "r " + stub.read("t.f"));
          return stub.exit(0);
        });
    leaves();
    edit("y", "2");
    build().ran("t", "r");
    settled();
  }

  @Test
  void whoAlwaysRunsWantsItAgain() {
    given(
        """
        t: { command: make t, needs: [x], produces: [t.f], temporary: delete }
        r: { command: make r, needs: [t.f], produces: [r.f], always: true }
        """);
    build().ran("t", "r");
    build().ran("r");
    stands("t.f");
  }

  @Test
  void whoseNeedsMovedWillRunAgain() {
    job(
        "r",
        stub -> {
          edit("y", "moved");
          return work(stub);
        });
    build();
    stands("t.f", "t.log");
    usual("r");
    build().ran("r");
    stands("t.log");
  }

  @Test
  void rule15WhatTheUserPutsThereIsTheUsers() {
    leaves("t.log");
    edit("t.f", "mine");
    assertEquals("will run: product altered t.f", look().get("t"));
    build().ran("t");
    keptText("mine");
    stands("t.log");
    settled();
  }

  /** As a torc leaves it that is killed between the removal and its record. */
  @Test
  void rule9KilledBeforeTheRemovalIsRecorded() {
    failing("r");
    build();
    usual("r");
    build("r", "t");
    delete("t.f");
    assertEquals("up to date", look().get("t"));
    settled();
    edit("y", "2");
    build().ran("t", "r");
    settled();
  }

  /** What torc removes is a result that the cache has: a kill before makes no job run again. */
  @Test
  void rule9NothingGoesBeforeTheRecordsOfItsReaders() {
    build();
    edit("y", "2");
    deadly("r", this::work);
    build();
    assertEquals(137, exit);
    usual("r");
    stands("t.f", "t.log");
    build().ran("r");
    stands("t.log");
    settled();
  }
}
