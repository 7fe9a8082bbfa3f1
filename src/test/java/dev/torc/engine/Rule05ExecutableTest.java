package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.engine.StubRunner.Script;
import dev.torc.hash.Digest;
import dev.torc.plan.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rule 5: the digest of a product tells whether it is executable; that of a source does not. */
class Rule05ExecutableTest extends Harness {

  /** Every way in which a product is needed. */
  private static final List<String> READERS = List.of("file", "glob", "job", "inner", "folder");

  /** Whether the maker makes its products executable. */
  private final AtomicBoolean executable = new AtomicBoolean();

  @BeforeEach
  void aProject() {
    given(
        """
        m: { command: make m, needs: [x, 's/*'], produces: [bin, 'g/*.o', dir/] }
        file: { command: make file, needs: bin, produces: file.out }
        glob: { command: make glob, needs: 'g/*.o', produces: glob.out }
        job: { command: make job, needs: {job: m}, produces: job.out }
        inner: { command: make inner, needs: dir/in, produces: inner.out }
        folder: { command: make folder, needs: dir/, produces: folder.out }
        """);
    edit("x", "1");
    edit("s/y", "1");
    job(
        "m",
        stub -> {
          for (String product : List.of("bin", "g/one.o", "dir/in")) {
            Files.createDirectories(root.resolve(product + "/.."));
            stub.write(product, product);
            mode(product, executable.get());
          }
          return stub.exit(0);
        });
  }

  private void mode(String path, boolean executable) {
    try {
      Path file = root.resolve(path);
      tick();
      Files.setPosixFilePermissions(
          file, PosixFilePermissions.fromString(executable ? "rwxr--r--" : "rw-r--r--"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void built(boolean bit) {
    executable.set(bit);
    build();
    assertEquals(6, started().size());
    settled();
    assertEquals(List.of(), kept());
  }

  @Test
  void aBitThatWasTakenOrGivenAltersAProduct() {
    for (boolean made : List.of(false, true)) {
      edit("x", "made " + made);
      executable.set(made);
      build();
      settled();
      for (String product : List.of("bin", "g/one.o", "dir/in")) {
        String altered = product.equals("dir/in") ? "dir" : product;
        mode(product, !made);
        assertEquals("will run: product altered " + altered, look().get("m"));
        build().ran("m");
        assertEquals("product altered " + altered, why("m"));
        assertEquals(made, Files.isExecutable(root.resolve(product)), product);
        settled();
      }
    }
  }

  @Test
  void theReasonTellsTheBit() {
    built(true);
    mode("bin", false);
    build().ran("m");
    String digest = Digest.ofText("bin").hex();
    assertEquals(
        List.of(new Reason(Reason.Kind.PRODUCT_ALTERED, "bin", digest + " executable", digest)),
        reasons("m"));
  }

  @Test
  void anotherBitThanBeforeIsAChangedNeedOfEveryReader() {
    built(false);
    executable.set(true);
    edit("x", "2");
    build();
    assertEquals(6, started().size());
    String digest = Digest.ofText("bin").hex();
    assertEquals(
        List.of(new Reason(Reason.Kind.NEED_CHANGED, "bin", digest, digest + " executable")),
        reasons("file"));
    assertEquals("need changed g/one.o", why("glob"));
    assertEquals("need changed dir/in", why("inner"));
    assertEquals("need changed dir/in", why("folder"));
    settled();
    assertEquals(List.of(), kept());
  }

  @Test
  void theSameBitIsNone() {
    built(true);
    edit("x", "2");
    build().ran("m");
    READERS.forEach(reader -> assertEquals(JobState.UP_TO_DATE, state(reader), reader));
  }

  @Test
  void theBitOfASourceCountsForNothing() {
    built(false);
    mode("x", true);
    mode("s/y", true);
    settled();
    edit("x", "2");
    build().ran("m");
    mode("x", false);
    settled();
  }

  @Test
  void aLinkHasTheBitOfWhereItLeadsTo() {
    given("a: { command: make a, needs: [x], produces: [l] }");
    job(
        "a",
        stub -> {
          Files.createSymbolicLink(stub.root().resolve("l"), stub.root().resolve("x"));
          return stub.exit(0);
        });
    build().ran("a");
    mode("x", true);
    build().ran("a");
    assertEquals("product altered l", why("a"));
    settled();
    assertEquals(List.of(), kept(), "the link itself is as it was");
  }

  /** Rule 15: what is altered is the user's, be it by its bit alone. */
  @Test
  void anAlteredBitIsKeptAndAnUnalteredOneIsNot() {
    built(true);
    mode("bin", false);
    build().ran("m");
    assertEquals(List.of("bin"), kept());
    assertFalse(Files.isExecutable(kept("bin")));
  }

  private Path kept(String path) {
    try (var builds = Files.list(root.resolve(".torc/kept"))) {
      return builds.map(build -> build.resolve(path)).filter(Files::exists).findAny().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void persistCopiesWhatIsAlteredByItsBit() {
    given("a: { command: make a, needs: x, produces: p, persist: true }");
    build().ran("a");
    mode("p", true);
    build().ran("a");
    assertEquals(List.of("p"), kept());
    assertTrue(Files.isExecutable(kept("p")), "as it was");
    settled();
  }

  /** A stale product with another bit is the user's own: a glob means it again. */
  @Test
  void aStaleProductWithAnotherBitCounts() {
    given(
        """
        a: { command: make a, needs: x, produces: s/made }
        b: { command: make b, needs: 's/*', produces: b.out, after: a }
        """);
    build().ran("a", "b");
    mode("s/made", true);
    given("b: { command: make b, needs: 's/*', produces: b.out }");
    build();
    assertTrue(exists("s/made"));
    assertEquals(List.of(), kept());
  }

  @Test
  void aTemporaryProductIsRememberedWithItsBit() {
    given(
        """
        t: { command: make t, needs: x, produces: t.f, temporary: true }
        r: { command: make r, needs: [t.f, y], produces: r.f }
        g: { command: make g, needs: ['t.*', '!t.c'], produces: g.f }
        j: { command: make j, needs: {job: t}, produces: j.f }
        """);
    edit("y", "1");
    Script made =
        stub -> {
          stub.write("t.f", "t");
          mode("t.f", executable.get());
          return stub.exit(0);
        };
    job("t", made);
    executable.set(true);
    build().ran("t", "r", "g", "j");
    settled();
    delete("t.f");
    settled();
    edit("y", "2");
    build().ran("t", "r");
    settled();
    delete("t.f");
    executable.set(false);
    edit("y", "3");
    build().ran("t", "r", "g", "j");
    settled();
  }

  /** Rule 6: a product moves by its bit, too, and a source does not. */
  @Test
  void aBitThatChangesWhileAReaderRunsIsAMove() {
    for (String reader : List.of("file", "glob", "job", "inner")) {
      String need =
          Map.of("file", "bin", "inner", "dir/in", "glob", "g/one.o").getOrDefault(reader, "bin");
      edit("x", reader);
      build();
      delete(reader + ".out");
      job(
          reader,
          stub -> {
            mode(need, true);
            return work(stub);
          });
      build().ran(reader);
      said("moved", need);
      usual(reader);
      build().ran("m", reader);
      assertEquals("moved " + need, why(reader));
      settled();
    }
  }
}
