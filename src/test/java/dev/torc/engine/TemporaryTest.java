package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.engine.StubRunner.Held;
import dev.torc.local.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Key {@code temporary}: a missing product is made again only when one of its readers will run, or
 * when its job or file is named as a target.
 */
class TemporaryTest extends Harness {

  @BeforeEach
  void aProject() {
    given(
        """
        t: { command: make t, needs: [x], produces: [t.f], temporary: true }
        r: { command: make r, needs: [t.f, y], produces: [r.f] }
        q: { command: make q, needs: [t.f], produces: [q.f] }
        """);
    edit("x", "1");
    edit("y", "1");
  }

  /** Builds, and deletes some products. */
  private void builtWithout(String... products) {
    build();
    assertEquals(0, exit, () -> notes().toString());
    for (String product : products) {
      delete(product);
    }
  }

  private void looked(String... verdicts) {
    Map<String, String> expected = new TreeMap<>();
    for (String verdict : verdicts) {
      int colon = verdict.indexOf(": ");
      expected.put(verdict.substring(0, colon), verdict.substring(colon + 2));
    }
    Map<String, String> said = look();
    said.values().removeIf("up to date"::equals);
    assertEquals(expected, said);
  }

  @Test
  void aMissingProductThatNobodyNeedsStaysMissing() {
    builtWithout("t.f");
    looked();
    settled();
    assertFalse(exists("t.f"));
    assertEquals(JobState.UP_TO_DATE, state("t"));
  }

  @Test
  void itIsMadeAgainForAReaderThatRuns() {
    builtWithout("t.f");
    edit("y", "2");
    looked("t: will run: product wanted t.f", "r: will run: need changed y", "q: may run: t");
    build().ran("t", "r");
    assertEquals("product wanted t.f", why("t"));
    assertEquals("r", reasons("t").getFirst().now());
    assertTrue(exists("t.f"));
    settled();
  }

  @Test
  void aReaderThatIsForcedOrWhoseProductIsMissingNeedsIt() {
    builtWithout("t.f", "q.f");
    build().ran("t", "q");
    delete("t.f");
    force = true;
    build("r").ran("t", "r");
  }

  @Test
  void anAlteredProductIsMadeAgainLikeAnyOther() {
    builtWithout();
    edit("t.f", "mine");
    looked("t: will run: product altered t.f", "q: may run: t", "r: may run: t");
    build().ran("t");
    assertEquals(List.of("t.f"), kept());
  }

  @Test
  void aFolderInItsPlaceIsNoMissingProduct() {
    builtWithout("t.f");
    edit("t.f/mine", "1");
    build().ran("t");
  }

  @Test
  void namedAsATargetItIsMadeAgain() {
    builtWithout("t.f");
    build("t").ran("t");
    assertEquals("product missing t.f", why("t"));
    delete("t.f");
    build("t.f").ran("t");
    delete("t.f");
    build("q").ran();
    assertFalse(exists("t.f"));
  }

  @Test
  void otherReasonsAreThoseOfAnyJob() {
    builtWithout("t.f");
    edit("x", "2");
    looked("t: will run: need changed x", "q: may run: t", "r: may run: t");
    build().ran("t", "q", "r");
  }

  @Test
  void aJobThatIsTemporaryNoMoreMakesItsProductAgain() {
    builtWithout("t.f");
    given("t: { command: make t, needs: [x], produces: [t.f] }");
    build().ran("t");
    assertEquals("product missing t.f", why("t"));
  }

  @Test
  void whatAFailedRunLeftIsNoResult() {
    failing("t");
    build();
    delete("t.f");
    usual("t");
    build().ran("t", "r", "q");
  }

  @Test
  void whereItCannotBeMadeItsReaderIsBlocked() {
    builtWithout("t.f");
    edit("y", "2");
    failing("t");
    build();
    assertEquals(1, exit);
    assertEquals(JobState.BLOCKED, state("r"));
    assertEquals(JobState.BLOCKED, state("q"));
    usual("t");
    build().ran("t", "r");
    settled();
  }

  @Test
  void otherBytesAreSeenByAllReaders() {
    builtWithout("t.f");
    job(
        "t",
        stub -> {
          stub.write("t.f", "other");
          return stub.exit(0);
        });
    edit("y", "2");
    build().ran("t", "r", "q");
    assertEquals("need changed t.f", why("q"));
  }

  /** That r runs is known only when a has run; q would be up to date until then. */
  @Test
  void otherBytesAreSeenByAllReadersThoughTheyAreAskedForLate() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.f] }
        t: { command: make t, produces: [t.f], temporary: true }
        r: { command: make r, needs: [t.f, a.f], produces: [r.f] }
        q: { command: make q, needs: [t.f], produces: [q.f] }
        z: { command: make z, needs: [q.f, y], produces: [z.f] }
        """);
    builtWithout("t.f");
    job(
        "t",
        stub -> {
          stub.write("t.f", "other");
          return stub.exit(0);
        });
    edit("x", "2");
    edit("y", "2");
    build().ran("a", "t", "r", "q", "z");
    settled();
  }

  @Test
  void chainsAreMadeAgainFromTheirBeginning() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.f], temporary: true }
        b: { command: make b, needs: [a.f], produces: [b.f], temporary: true }
        c: { command: make c, needs: [b.f], produces: [c.f], temporary: true }
        r: { command: make r, needs: [c.f, y], produces: [r.f] }
        """);
    builtWithout("a.f", "b.f", "c.f");
    settled();
    edit("y", "2");
    looked(
        "a: will run: product wanted a.f",
        "b: will run: product wanted b.f",
        "c: will run: product wanted c.f",
        "r: will run: need changed y");
    build().ran("a", "b", "c", "r");
    delete("a.f");
    delete("b.f");
    edit("y", "3");
    build().ran("r"); // c.f is there
    delete("c.f");
    delete("r.f");
    build().ran("a", "b", "c", "r");
  }

  @Test
  void onlyTheProductThatIsReadCounts() {
    given(
        """
        t: { command: make t, produces: [t.f, t.g], temporary: true }
        r: { command: make r, needs: [t.g, y], produces: [r.f] }
        """);
    builtWithout("t.f");
    edit("y", "2");
    build().ran("r");
    delete("t.g");
    edit("y", "3");
    build().ran("t", "r");
  }

  @Test
  void orderAndDataAreNoReading() {
    given(
        """
        t: { command: make t, produces: [t.f], temporary: true }
        a: { command: make a, needs: [y], after: t, produces: [a.f] }
        d: { command: 'make {data.t.k}', needs: [y], produces: [d.f] }
        """);
    job(
        "t",
        stub -> {
          stub.write("t.f", "1");
          java.nio.file.Files.writeString(java.nio.file.Path.of(stub.env("TORC_OUTPUT")), "k=1\n");
          return stub.exit(0);
        });
    builtWithout("t.f");
    edit("y", "2");
    build().ran("a", "d");
  }

  @Test
  void allProductsOfAJobAreRead() {
    given(
        """
        t: { command: make t, produces: [t.f, 'd/'], temporary: true }
        r: { command: make r, needs: [{ job: t }, y], produces: [r.f] }
        """);
    builtWithout("t.f", "d");
    settled();
    edit("y", "2");
    build().ran("t", "r");
    settled();
  }

  @Test
  void globsCountWhatIsRecorded() {
    given(
        """
        t: { command: make t, produces: ['g/*.f', t.f], temporary: true }
        r: { command: make r, needs: ['g/*', y], produces: [r.f] }
        """);
    edit("g/a.x", "1");
    edit("g/z.x", "1");
    builtWithout("g/one.f", "t.f");
    settled();
    edit("g/b.x", "1");
    build().ran("t", "r");
    assertEquals("need added g/b.x", why("r"));
    settled();
    given(
        """
        t: { command: make t, produces: ['g/*.f', t.f], temporary: true }
        r: { command: make r, needs: ['g/*', '!g/one.f', y], produces: [r.f] }
        """);
    delete("g/one.f");
    build().ran("r");
  }

  @Test
  void whatADepfileNamedIsRead() {
    given(
        """
        t: { command: make t, produces: [t.f], temporary: true }
        m: { command: make m, needs: [t.f], produces: [m.f] }
        r: { command: make r, needs: [m.f, y], produces: [r.f], depfile: r.d }
        """);
    job(
        "r",
        stub -> {
          stub.write("r.d", "r.f: t.f\n");
          stub.write("r.f", "r " + stub.read("t.f"));
          return stub.exit(0);
        });
    builtWithout("t.f");
    settled();
    edit("y", "2");
    build().ran("t", "r");
    settled();
  }

  @Test
  void aReaderThatMayRunIsAwaited() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.f] }
        t: { command: make t, produces: [t.f], temporary: true }
        r: { command: make r, needs: [t.f, a.f], produces: [r.f] }
        q: { command: make q, needs: [t.f], produces: [q.f] }
        """);
    job(
        "a",
        stub -> {
          stub.write("a.f", stub.read("x").substring(0, 1));
          return stub.exit(0);
        });
    builtWithout("t.f");
    edit("x", "1 with a comment");
    looked("a: will run: need changed x", "r: may run: a", "t: may run: a", "q: may run: t");
    build().ran("a"); // it made the same bytes
    assertEquals(0, exit);
    assertEquals(JobState.UP_TO_DATE, state("t"));
    assertEquals(JobState.UP_TO_DATE, state("q"));
    edit("x", "2");
    build().ran("a", "t", "r");
    assertEquals("product wanted t.f", why("t"));
    settled();
  }

  @Test
  void itsOwnNeedsAreDecidedFirst() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.f] }
        t: { command: make t, needs: [a.f], produces: [t.f], temporary: true }
        r: { command: make r, needs: [t.f, y], produces: [r.f] }
        """);
    job(
        "a",
        stub -> {
          stub.write("a.f", stub.read("x").substring(0, 1));
          return stub.exit(0);
        });
    builtWithout("t.f");
    edit("x", "1 with a comment");
    looked("a: will run: need changed x", "t: may run: a", "r: may run: t");
    build().ran("a");
    edit("y", "2");
    build().ran("t", "r");
    delete("t.f");
    edit("x", "2");
    build().ran("a", "t", "r");
  }

  @Test
  void aBlockedReaderNeedsNothing() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.f] }
        t: { command: make t, produces: [t.f], temporary: true }
        r: { command: make r, needs: [t.f, a.f], produces: [r.f] }
        """);
    builtWithout("t.f");
    edit("x", "2");
    failing("a");
    build().ran("a");
    assertEquals(JobState.BLOCKED, state("r"));
    assertEquals(JobState.UP_TO_DATE, state("t"));
  }

  /** Whether r runs is known only when z has run, which waits for q, which reads t as well. */
  @Test
  void whoWaitsForItselfIsMadeAgain() {
    given(
        """
        t: { command: make t, produces: [t.f], temporary: true }
        q: { command: make q, needs: [t.f], produces: [q.f] }
        z: { command: make z, needs: [q.f, y], produces: [z.f] }
        r: { command: make r, needs: [t.f, z.f], produces: [r.f] }
        """);
    builtWithout("t.f");
    edit("y", "2");
    looked("z: will run: need changed y", "r: may run: z", "t: may run: z", "q: may run: t");
    build().ran("t", "z", "r");
    settled();
  }

  @Test
  void othersGoOnWhileItIsUndecided() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.f] }
        t: { command: make t, produces: [t.f], temporary: true }
        r: { command: make r, needs: [t.f, a.f], produces: [r.f] }
        s: { command: make s, needs: [t.f, y], produces: [s.f] }
        """);
    builtWithout("t.f");
    edit("x", "2");
    Held a = hold("a");
    Building building = start();
    a.started();
    a.go();
    building.await();
    ran("a", "t", "r");
  }

  @Test
  void aReaderInTheBuildNeedsWhatWasUpToDateBefore() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.f] }
        b: { command: make b, needs: [a.f], produces: [b.f] }
        t: { command: make t, needs: [y], produces: [t.f], temporary: true }
        u: { command: make u, needs: [t.f], produces: [u.f], temporary: true }
        r: { command: make r, needs: [u.f, b.f], produces: [r.f] }
        """);
    builtWithout("t.f", "u.f");
    edit("x", "2");
    build().ran("a", "b", "t", "u", "r");
    settled();
  }

  @Test
  void aNeededFolderIsReadInWhole() {
    given(
        """
        t: { command: make t, produces: [d/t.f], temporary: true }
        r: { command: make r, needs: [d/, y], produces: [r.f] }
        """);
    edit("d/other", "1");
    builtWithout("d/t.f");
    looked("t: will run: product wanted d/t.f", "r: may run: t");
    build().ran("t");
    settled();
  }

  /** Makes a folder with a folder in it, and a file that may be executed. */
  private ProcessEnd folder(StubRunner.Stub stub) throws IOException {
    stub.write("d/t.f", stub.read("x"));
    Files.createDirectory(root.resolve("d/sub"));
    stub.write("d/sub/s.f", "1");
    stub.write("d/run", "1");
    assertTrue(root.resolve("d/run").toFile().setExecutable(true));
    return stub.exit(0);
  }

  @Test
  void aFolderIsAProductLikeAnyOther() {
    given(
        """
        t: { command: make t, needs: [x], produces: [d/], temporary: true }
        r: { command: make r, needs: [d/, y], produces: [r.f] }
        q: { command: make q, needs: [d/, '!d/t*'], produces: [q.f] }
        s: { command: make s, needs: [d/sub/], produces: [s.f] }
        g: { command: make g, needs: ['d/**'], produces: [g.f] }
        f: { command: make f, needs: [d/t.f, d/run], produces: [f.f] }
        """);
    job("t", this::folder);
    builtWithout("d");
    looked();
    settled();
    assertFalse(exists("d"));
    edit("y", "2");
    build().ran("t", "r");
    settled();
    delete("d");
    edit("x", "2");
    build().ran("t", "r", "g", "f");
    settled();
  }

  @Test
  void ofAFolderWithLinksTheRecordsDoNotTell() {
    given(
        """
        t: { command: make t, needs: [x], produces: [d/], temporary: true }
        r: { command: make r, needs: [d/], produces: [r.f] }
        """);
    job(
        "t",
        stub -> {
          folder(stub);
          Files.createSymbolicLink(root.resolve("d/link"), root.resolve("y"));
          return stub.exit(0);
        });
    builtWithout("d");
    looked("t: will run: product wanted d", "r: may run: t");
    build().ran("t");
    edit("y", "2");
    build().ran("r");
  }

  @Test
  void rule15TorcNeverTakesItAwayByItself() {
    builtWithout();
    edit("y", "2");
    build().ran("r");
    assertTrue(exists("t.f"));
  }
}
