package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.ask.Call;
import dev.torc.hash.Digest;
import dev.torc.records.Cache;
import dev.torc.records.JobResult.Restorable;
import dev.torc.records.RecordedProduct;
import dev.torc.results.Blob;
import dev.torc.results.Blob.BlobSource;
import dev.torc.results.KeptResults;
import dev.torc.results.Result;
import dev.torc.results.ResultStore;
import dev.torc.results.SharedStores;
import dev.torc.results.SharedStores.StoreSettings;
import dev.torc.results.Upload;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Section 11 of the contract, shared stores: what another root made is put in the place of a run,
 * and nothing of a store fails a build. How stores are spoken to, the tests of {@code store} know.
 */
class Section11SharedTest extends Harness {

  @TempDir Path elsewhere;

  private Path store;
  private Harness other;

  @BeforeEach
  void twoRoots() throws IOException {
    store = folder("store");
    Path second = folder("second");
    other = new Harness(second);
    other.restores = true;
    other.limits.putAll(limits);
    restores = true;
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectory(
        elsewhere.resolve(name),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
  }

  /** The same build file in both roots. */
  private void both(String jobs) {
    bothWith("", jobs);
  }

  private void bothWith(String stores, String jobs) {
    String text =
        "stores: { shared: [{ path: %s }]%s }\njobs:\n".formatted(store, stores) + jobs.indent(2);
    givenFile(text);
    other.givenFile(text);
  }

  private void bothJob(String name, StubRunner.Script script) {
    job(name, script);
    other.job(name, script);
  }

  private void bothEdit(String path, String text) {
    edit(path, text);
    other.edit(path, text);
  }

  private void chain() {
    both(
        """
        a: { command: make a, needs: [x], produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out, dir/] }
        c: { command: make c, needs: [{job: b}], produces: ['c/*.o'] }
        """);
    bothJob(
        "b",
        stub -> {
          stub.write("b.out", "b of " + Files.readString(stub.root().resolve("a.out")));
          Files.createDirectories(stub.root().resolve("dir/empty"));
          Files.createDirectories(stub.root().resolve("dir/in"));
          stub.write("dir/in/run", "d of " + Files.readString(stub.root().resolve("a.out")));
          Path run = stub.root().resolve("dir/in/run");
          Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
          Files.createSymbolicLink(stub.root().resolve("dir/link"), Path.of("in/run"));
          return stub.exit(0);
        });
    bothJob(
        "c",
        stub -> {
          stub.write("c/1.o", "c of " + Files.readString(stub.root().resolve("b.out")));
          stub.write("c/2.o", "the same");
          stub.write("c/3.o", "the same");
          return stub.exit(0);
        });
    bothEdit("x", "1");
  }

  @Test
  void whatOneRootMadeAnotherRunsNothingFor() throws IOException {
    chain();
    build().ran("a", "b", "c");
    other.build().ran();
    other.restored("a", "b", "c");
    for (String path : List.of("a.out", "b.out", "dir/in/run", "c/1.o", "c/2.o", "c/3.o")) {
      assertEquals(read(path), other.read(path));
    }
    assertTrue(Files.isDirectory(other.root.resolve("dir/empty")));
    assertEquals(Path.of("in/run"), Files.readSymbolicLink(other.root.resolve("dir/link")));
    assertTrue(
        Files.getPosixFilePermissions(other.root.resolve("dir/in/run"))
            .contains(PosixFilePermission.OWNER_EXECUTE));
    assertFalse(Files.exists(other.root.resolve(".torc/tmp")));
    other.settled();
    assertEquals(List.of(), other.notes());
    assertEquals(List.of(), other.kept());
  }

  /** What the store has is of the right size, and is not looked into when it is asked for. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aForcedRunMendsARottenBlob(boolean forced) throws IOException {
    both("a: { command: make a, needs: [x], produces: [a.out] }");
    bothEdit("x", "1");
    build();
    Path blob = store.resolve("cas").resolve(Digest.ofText(read("a.out")).hex());
    Files.writeString(blob, "?".repeat((int) Files.size(blob)));
    force = forced;
    restores = forced;
    if (!forced) {
      delete("a.out");
      delete(".torc/cache");
    }
    build().ran("a");
    assertEquals(read("a.out"), Files.readString(blob));
    other.build().ran();
    other.restored("a");
  }

  /** Others can read what lies in the store. */
  @ParameterizedTest
  @ValueSource(strings = {"file", "member", "folder"})
  void whatOnlyItsOwnerCanReadIsNotSent(String what) throws IOException {
    both("a: { command: make a, needs: [x], produces: [a.out, d/] }");
    bothEdit("x", "1");
    bothJob(
        "a",
        stub -> {
          Files.createDirectories(stub.root().resolve("d/in"));
          stub.write("d/in/file", "member");
          stub.write("a.out", "file");
          String path = Map.of("file", "a.out", "member", "d/in/file", "folder", "d/in").get(what);
          Set<PosixFilePermission> own = PosixFilePermissions.fromString("rwx------");
          Files.setPosixFilePermissions(stub.root().resolve(path), own);
          return stub.exit(0);
        });
    build().ran("a");
    said("is for its owner alone; results with such products are not sent");
    other.build().ran("a");
    Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwx------"));
    force = true;
    build().ran("a");
    assertEquals(List.of(), notes());
    other.edit("x", "2");
    other.build().ran("a");
    other.edit("x", "1");
    other.delete(".torc/store");
    other.build().ran();
    other.restored("a");
  }

  @Test
  void whatDiffersRunsAndIsSentInItsTurn() throws IOException {
    chain();
    build();
    other.edit("x", "2");
    other.build().ran("a", "b", "c");
    edit("x", "2");
    build().ran();
    restored("a", "b", "c");
  }

  @Test
  void whatWasRestoredIsToldWithItsOrigin() throws IOException {
    chain();
    build();
    other.build();
    Event.JobRestored first =
        other.events.stream()
            .filter(Event.JobRestored.class::isInstance)
            .map(Event.JobRestored.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals(store.toString(), first.origin().store());
    assertEquals(1, first.origin().build());
    assertEquals(other.here.name(), first.origin().host());
    assertEquals("", first.origin().job());
  }

  @Test
  void soIsTheJobThatMadeItWhereItHasAnotherName() throws IOException {
    String job = ": { command: make it, needs: [x], produces: [out] }";
    both("a" + job);
    bothEdit("x", "1");
    build();
    both("b" + job);
    String from = "build 1 (job a) on %s, by %s".formatted(here.name(), store);
    assertEquals(
        "b will be restored from " + from + ": never ran", Section11StoreTest.why(other, "b"));
    other.build().ran();
    String why = Section11StoreTest.why(other, "b");
    assertTrue(why.contains(" from " + from + " because"), why);
  }

  @Test
  void dataFoundNeedsAndTheDepfileComeToo() throws IOException {
    both(
        """
        a: { command: make a, depfile: a.d, produces: [a.o] }
        b: { command: 'use {data.a.k}', needs: [{data: a.k}], produces: [b.out] }
        """);
    StubRunner.Script compiling =
        stub -> {
          stub.write("a.o", "of " + Files.readString(stub.root().resolve("h")));
          stub.write("a.d", "a.o: h\n");
          Files.writeString(Path.of(stub.env("TORC_OUTPUT")), "k=5\n");
          return stub.exit(0);
        };
    bothJob("a", compiling);
    bothEdit("h", "1");
    tick();
    other.tick();
    build().ran("a", "b");
    other.build().ran();
    other.restored("a", "b");
    assertEquals("a.o: h\n", other.read("a.d"));
    other.edit("h", "2");
    other.build().ran("a");
    assertEquals("need changed h", other.why("a"));
    edit("h", "2");
    build().ran();
    restored("a");
  }

  @Test
  void aProductThatIsALinkComesAsOne() throws IOException {
    both("a: { command: make a, needs: [x], produces: [lib.so.1, lib.so] }");
    bothJob(
        "a",
        stub -> {
          stub.write("lib.so.1", "library");
          Files.createSymbolicLink(stub.root().resolve("lib.so"), Path.of("lib.so.1"));
          return stub.exit(0);
        });
    bothEdit("x", "1");
    build();
    other.build().ran();
    other.restored("a");
    assertEquals(Path.of("lib.so.1"), Files.readSymbolicLink(other.root.resolve("lib.so")));
    other.settled();
  }

  @Test
  void aLinkToWhatIsNoProductIsNotSent() throws IOException {
    both("a: { command: make a, needs: [x], produces: [y] }");
    bothJob(
        "a",
        stub -> {
          Files.createSymbolicLink(stub.root().resolve("y"), Path.of("x"));
          return stub.exit(0);
        });
    bothEdit("x", "1");
    build();
    other.build().ran("a");
  }

  @Test
  void theLogOfAJobThatShowsItBelongsToIt() throws IOException {
    both("a: { command: make a, needs: [x], produces: [y], output: always }");
    bothJob(
        "a",
        stub -> {
          stub.write("y", "y");
          Files.writeString(stub.launch().log(), "said\n");
          return stub.exit(0);
        });
    bothEdit("x", "1");
    build();
    other.build().ran();
    other.restored("a");
    assertEquals("said\n", Files.readString(new JobFiles(other.place(), "a").log()));
  }

  @Test
  void cacheLocalStaysHereAndCacheFalseIsNeverKept() throws IOException {
    both(
        """
        a: { command: make a, needs: [x], produces: [a.out], cache: local }
        b: { command: make b, needs: [x], produces: [b.out], cache: false }
        c: { command: deploy c, needs: [x] }
        d: { command: test d, needs: [x], cache: true }
        """);
    bothEdit("x", "1");
    build();
    other.build().ran("a", "b", "c");
    other.restored("d");
  }

  @Test
  void withoutRestoreNothingIsTakenAndYetSent() throws IOException {
    chain();
    build();
    other.restores = false;
    other.edit("x", "2");
    other.build().ran("a", "b", "c");
    edit("x", "2");
    build().ran();
    other.edit("x", "1");
    other.build().ran("a", "b", "c");
  }

  @Test
  void afterAFailureAJobRuns() throws IOException {
    chain();
    other.failing("a");
    edit("x", "1");
    other.build();
    other.usual("a");
    build();
    other.build().ran("a");
    other.restored("b", "c");
  }

  @Test
  void withoutALocalStoreSharedOnesServe() throws IOException {
    bothWith(", keep: 0", "a: { command: make a, needs: [x], produces: [a.out] }");
    bothEdit("x", "1");
    build();
    other.build().ran();
    other.restored("a");
    other.edit("x", "2");
    other.build().ran("a");
    other.edit("x", "1");
    other.build().ran();
    other.restored("a");
    assertFalse(Files.exists(other.root.resolve(".torc/store")));
    try (Cache cache = Cache.look(other.place(), _ -> {})) {
      assertTrue(new KeptResults(cache, 0, false).isEmpty());
    }
  }

  @Test
  void whatWasRestoredGoesToTheLocalStoreInItsTurn() throws IOException {
    chain();
    build();
    other.build();
    other.edit("x", "2");
    other.build().ran("a", "b", "c");
    try (Stream<Path> all = Files.list(store)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Files.move(each, elsewhere.resolve("away " + each.getFileName()));
      }
    }
    other.edit("x", "1");
    other.build().ran();
    other.restored("a", "b", "c");
  }

  @Test
  void aDryRunAsksAndChangesNothing() throws IOException {
    both(
        """
        a: { command: make a, needs: [x], produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        """);
    bothEdit("x", "1");
    build();
    assertEquals(Map.of("a", "restored: never ran", "b", "restored: never ran"), other.look());
    assertFalse(other.exists(".torc"));
  }

  /** What {@code why} says of the nearest earlier result; empty for nothing. */
  private static String nearest(Harness of, String job) throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    of.call(out, err, "why", new Call.Given("JOB|FILE", job)).answer();
    assertEquals("", err.toString());
    return out.toString()
        .lines()
        .filter(line -> line.startsWith("  nearest"))
        .findFirst()
        .orElse("")
        .replaceAll("\\b[0-9a-f]{7}\\b", "#");
  }

  @Test
  void whyNamesTheNearestResultAndWhatDiffers() throws Exception {
    both("a: { command: make a, needs: [x, y], produces: [a.out] }");
    bothEdit("x", "1");
    bothEdit("y", "1");
    build();
    String head = "  nearest is the result of build 1 on " + here.name() + ", by " + store + ": ";
    other.edit("y", "2");
    assertEquals(head + "need y changed # → #", nearest(other, "a"));
    edit("x", "2");
    edit("y", "3");
    build();
    assertEquals(head + "need y changed # → #", nearest(other, "a"), "not the newer one");
    other.build().ran("a");
    assertEquals("", nearest(other, "a"), "it is up to date");
    other.edit("y", "1");
    assertEquals("", nearest(other, "a"), "it will be restored");
  }

  @Test
  void whyTellsOfOtherProgramsAndOtherRoots() throws Exception {
    both("a: { command: make a, needs: [x], produces: [a.out] }");
    bothEdit("x", "1");
    build();
    forge(List.of("make=/opt/make 1 2", "sh=/opt/sh 1 2"));
    String line = nearest(other, "a");
    assertTrue(line.endsWith(": program make (/opt/make) was another one then"), line);
    other.build().ran("a");
    assertEquals(List.of(), other.notes());
  }

  @Test
  void aStoreThatIsNotThereIsToldAndTheBuildGoesOn() throws IOException {
    chain();
    Files.delete(store);
    build().ran("a", "b", "c");
    assertEquals(1, notes().size(), notes().toString());
    assertTrue(notes().getFirst().startsWith("store " + store + ": there is no such folder"));
    assertEquals(0, exit);
  }

  @Test
  void wrongBytesAreAMissAndAreSentAnew() throws IOException {
    both("a: { command: make a, needs: [x], produces: [a.out] }");
    bothEdit("x", "1");
    build();
    Path blob = store.resolve("cas/" + Digest.ofText(read("a.out")).hex());
    String right = Files.readString(blob);
    Files.writeString(blob, "x".repeat(right.length()));
    other.build().ran("a");
    assertEquals(1, other.notes().size(), other.notes().toString());
    assertTrue(other.notes().getFirst().contains("other bytes lie under the name"));
    assertEquals(right, other.read("a.out"));
    assertEquals(right, Files.readString(blob));
  }

  @Test
  void theNextStoreIsAskedWhereOneLacksABlob() throws IOException {
    Path second = folder("other store");
    String jobs =
        """
        stores: { shared: [{ path: %s }, { path: %s }] }
        jobs:
          a: { command: make a, needs: [x], produces: [a.out] }
        """
            .formatted(store, second);
    givenFile(jobs);
    other.givenFile(jobs);
    bothEdit("x", "1");
    build();
    Files.delete(store.resolve("cas/" + Digest.ofText(read("a.out")).hex()));
    other.build().ran();
    other.restored("a");
    assertEquals(read("a.out"), other.read("a.out"));
    assertEquals(List.of(), other.notes());
  }

  @Test
  void aResultThatNamesItsRootCountsOnlyThere() throws IOException {
    both("a: { command: make a, needs: [x], produces: [a.out] }");
    bothJob(
        "a",
        stub -> {
          stub.write("a.out", "made in " + stub.root().toRealPath());
          return stub.exit(0);
        });
    bothEdit("x", "1");
    build();
    other.build().ran("a");
    assertEquals("made in " + other.root.toRealPath(), other.read("a.out"));
  }

  /** Puts a record under the key of a's result, as whoever may write there can. */
  private void forge(RecordedProduct... more) throws Exception {
    forge(null, more);
  }

  /**
   * The same made by other programs.
   *
   * @param programs null for those of the result
   */
  private void forge(List<String> programs, RecordedProduct... more) throws Exception {
    Digest key;
    try (Cache cache = Cache.look(place(), _ -> {})) {
      key = cache.details("a").restorable().key();
    }
    List<String> told = new ArrayList<>();
    StoreSettings settings = new StoreSettings(store, null, null, Map.of(), null, List.of());
    try (SharedStores stores =
        SharedStores.open(List.of(settings), root.toRealPath(), System::nanoTime, told::add)) {
      ResultStore.Hit found = stores.all().getFirst().find(key);
      Result real = found.result();
      List<RecordedProduct> products = new ArrayList<>(real.products());
      products.addAll(List.of(more));
      Result forged =
          new Result(
              new Restorable(
                  key, null, programs == null ? real.terms().programs() : programs, 1, false, null),
              "a",
              products,
              null,
              real.manifest(),
              List.of(),
              List.of(),
              real.lines(),
              real.origin(),
              real.wall(),
              -1,
              -1,
              null);
      List<BlobSource> blobs = new ArrayList<>();
      blobs.add(BlobSource.bytes("evil".getBytes()));
      for (RecordedProduct each : real.allFiles()) {
        Blob blob = new Blob(each.digest(), each.size());
        blobs.add(new BlobSource(blob, root.resolve(each.path()), null));
      }
      stores.send(0, () -> new Upload(forged.sorted(null), blobs, false, null));
      stores.finish();
    }
    assertEquals(List.of(), told);
  }

  @Test
  void onlyDeclaredProductsAreRestored() throws Exception {
    both("a: { command: make a, needs: [x], produces: [a.out] }");
    bothEdit("x", "1");
    build();
    forge(RecordedProduct.file("src/evil", Digest.ofText("evil"), 4));
    other.build().ran("a");
    assertFalse(other.exists("src"));
  }

  @Test
  void anotherDeclaredProductIsNoneOfTheJobs() throws Exception {
    both(
        """
        a: { command: make a, needs: [x], produces: [a.out, 'g/*'] }
        b: { command: make b, produces: [h/b] }
        """);
    bothEdit("x", "1");
    build();
    forge(RecordedProduct.file("h/b", Digest.ofText("evil"), 4));
    other.build().ran("a");
    other.restored("b");
    assertEquals(read("h/b"), other.read("h/b"));
  }

  @Test
  void aStoreIsCheckedBeforeAnythingIsDone() throws IOException {
    for (String[] each :
        new String[][] {
          {"{ url: 'http://example.org/x' }", "http"},
          {"{ url: 'https://example.org', trust: ['ed25519:x'] }", "ed25519:x"},
          {"{ url: 'https://example.org', key: no.key }", "no.key"},
          {"{ path: store, group: no-such-group }", "no-such-group"},
          {"{ path: store, url: 'https://example.org' }", "path and url"},
          {"{ trust: [x] }", "neither path nor url"},
          {"{ path: store, key: k }", "key goes with url"},
          {"{ url: 'https://example.org', group: g }", "group goes with path"},
          {"{ url: 'https://example.org', headers: { A: b } }", "{env: NAME}"},
          {"{ paht: store }", "did you mean path"},
        }) {
      givenFile("stores: { shared: [%s] }\njobs:\n  a: { command: make a }\n".formatted(each[0]));
      BadInput refused = assertThrows(BadInput.class, this::build, each[0]);
      String line = refused.diagnostics().getFirst().toString();
      assertTrue(line.startsWith("torc.yaml:1:") && line.contains(each[1]), line);
      assertFalse(exists(".torc/data.mdb"));
    }
  }

  @Test
  void aKeyThatOthersCanReadIsRefused() throws IOException {
    Path key = elsewhere.resolve("key");
    Files.writeString(key, "secret");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    givenFile(
        "stores: { shared: [{ url: 'https://example.org', key: %s }] }\njobs:\n  a: {command: x}\n"
            .formatted(key));
    BadInput refused = assertThrows(BadInput.class, this::build);
    assertTrue(refused.getMessage().contains("chmod 600"), refused.getMessage());
  }

  @Test
  void aHeaderWithoutAValueLeavesTheStoreAlone() throws IOException {
    givenFile(
        """
        stores: { shared: { url: 'https://example.org', headers: { Authorization: { env: TOKEN } } } }
        jobs:
          a: { command: make a, needs: [x], produces: [y] }
        """);
    edit("x", "1");
    build().ran("a");
    assertEquals(
        List.of(
            "store https://example.org: TOKEN has no value for its header Authorization;"
                + " left alone for this build"),
        notes());
  }
}
