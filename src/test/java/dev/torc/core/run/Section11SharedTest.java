package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult.Restorable;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.features.stores.Blob;
import dev.torc.features.stores.BlobSource;
import dev.torc.features.stores.HostileServer;
import dev.torc.features.stores.Result;
import dev.torc.features.stores.SharedStore;
import dev.torc.features.stores.SharedStores;
import dev.torc.features.stores.SharedStores.StoreSettings;
import dev.torc.features.stores.SharedStores.Upload;
import dev.torc.features.stores.SigningKey;
import dev.torc.front.ask.Answers;
import dev.torc.front.ask.Call;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Section 11 of the contract, shared stores: records that others wrote. Stories test what one root
 * makes for another; the tests of {@code results} test how torc speaks to stores.
 */
class Section11SharedTest extends Harness {

  @TempDir Path elsewhere;

  private Path store;
  private Harness other;

  /** Gives both roots these jobs, and builds them in this one. */
  private void built(String jobs) throws IOException {
    store = folder("store");
    other = new Harness(folder("second"));
    for (Harness each : List.of(this, other)) {
      each.restores = true;
      each.givenFile(
          "stores: { shared: [{ path: %s }] }\njobs:\n".formatted(store) + jobs.indent(2));
      each.edit("x", "1");
    }
    build();
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectory(
        elsewhere.resolve(name),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
  }

  @Test
  void whyTellsOfOtherProgramsAndOtherRoots() throws Exception {
    built("a: { command: make a, needs: [x], produces: [a.out] }");
    forge(List.of("make=/opt/make 1 2", "sh=/opt/sh 1 2"));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Answers.print(other.call(out, err, "why", new Call.Given("JOB|FILE", "a")));
    String nearest = "  nearest is the result of build 1 on " + here.name() + ", by " + store;
    String differs = ": program make (/opt/make) was another one then";
    assertTrue(out.toString().lines().anyMatch((nearest + differs)::equals), out::toString);
    assertEquals("", err.toString());
    other.build().ran("a");
    assertEquals(List.of(), other.notes());
  }

  /** Puts a record under the key of a's result, as any writer of the store can. */
  private void forge(RecordedProduct... more) throws Exception {
    forge(null, more);
  }

  /**
   * Puts such a record there, with other programs.
   *
   * @param programs null for the programs of the real result
   */
  private void forge(List<String> programs, RecordedProduct... more) throws Exception {
    Digest key;
    try (Cache cache = Cache.look(place(), _ -> {})) {
      key = cache.details("a").restorable().key();
    }
    List<String> told = new ArrayList<>();
    StoreSettings settings = new StoreSettings(store, null, null, Map.of(), null, List.of());
    try (SharedStores stores =
        SharedStores.open(
            List.of(settings), root.toRealPath(), Map.of(), System::nanoTime, told::add)) {
      SharedStore.Hit found = stores.all().getFirst().find(key);
      Result real = found.result();
      List<RecordedProduct> products = new ArrayList<>(real.products());
      for (RecordedProduct each : more) {
        products.removeIf(product -> product.path().equals(each.path()));
        products.add(each);
      }
      Result forged =
          new Result(
              new Restorable(
                  key, null, programs == null ? real.terms().programs() : programs, 1, false, null),
              "a",
              new Result.Outputs(products, null, List.of()),
              new Result.ReadInputs(real.inputs().manifest(), List.of(), real.inputs().lines()),
              real.origin(),
              new Result.Spent(real.spent().wall(), -1, -1),
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
    built("a: { command: make a, needs: [x], produces: [a.out] }");
    forge(RecordedProduct.file("src/evil", Digest.ofText("evil"), 4));
    other.build().ran("a");
    assertFalse(other.exists("src"));
  }

  /** A folder whose members do not fit its digest is placed, and removed again before the run. */
  @Test
  void aFileUnlikeItsRecordIsRemovedAgain() throws Exception {
    built("a: { command: make a, needs: [x], produces: [d/] }");
    RecordedProduct evil = RecordedProduct.file("evil", Digest.ofText("evil"), 4);
    forge(RecordedProduct.folder("d", Digest.ofText("another"), List.of(evil)));
    other.build().ran("a");
    assertEquals(List.of(), other.kept());
  }

  @Test
  void anotherDeclaredProductIsNoneOfTheJobs() throws Exception {
    built(
        """
        a: { command: make a, needs: [x], produces: [a.out, 'g/*'] }
        b: { command: make b, produces: [h/b] }
        """);
    forge(RecordedProduct.file("h/b", Digest.ofText("evil"), 4));
    other.build().ran("a");
    other.restored("b");
    assertEquals(read("h/b"), other.read("h/b"));
  }

  /** All jobs are built when the signal comes, so the exit status stays 0. */
  @Test
  void aSignalEndsTheWaitForWhatIsBeingSent() throws Exception {
    Path key = elsewhere.resolve("key");
    SigningKey.make(key);
    Thread builds = Thread.currentThread();
    try (HostileServer server = new HostileServer()) {
      restores = true;
      givenFile(
          """
          stores: { shared: [{ url: '%s', key: %s }] }
          jobs: { a: { command: make a, produces: [a.out] } }
          """
              .formatted(server.url(), key));
      job("a", stub -> work(stub).lasting(60_000_000_000L)); // sending may take as long
      server.tricks.put(
          "PUT /ac",
          _ -> { // once the build has nothing else to do
            while (Arrays.stream(builds.getStackTrace())
                .noneMatch(frame -> frame.getMethodName().equals("finish"))) {
              Thread.onSpinWait();
            }
            running.signal(2);
            server.silence();
          });
      build().ran("a");
      assertTrue(server.requests.getLast().startsWith("PUT /ac"), server.requests::toString);
    }
    assertEquals(0, exit);
    assertEquals(List.of(), notes());
  }
}
