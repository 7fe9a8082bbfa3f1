package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.features.stores.SharedStore.Hit;
import dev.torc.features.stores.SharedStores.StoreSettings;
import dev.torc.features.stores.SharedStores.Upload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that people run take what torc sends, and give it back. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("SharedServersIT") // one of its tests at a time, beside other classes
class SharedServersIT {

  private static final Digest KEY = ResultSamples.KEY;

  @TempDir Path temp;
  private Path keyFile;
  private SigningWord word;

  @BeforeEach
  void aKey() throws Exception {
    keyFile = temp.resolve("key");
    word = SigningKey.make(keyFile);
  }

  private RealServer server(String which) throws Exception {
    Path folder = Files.createDirectories(temp.resolve(which));
    return which.equals("nginx") ? RealServer.nginx(folder, true) : RealServer.bazelRemote(folder);
  }

  private Outbox writer(RealServer server) throws StoreRefusal {
    return box(server, keyFile);
  }

  private Outbox reader(RealServer server) throws StoreRefusal {
    return box(server, null);
  }

  private Outbox box(RealServer server, Path key) throws StoreRefusal {
    return new Outbox(
        temp.resolve("root"),
        new StoreSettings(
            null, null, server.url(), Map.of("X-Any", "thing"), key, List.of(word.toString())));
  }

  private Path into() throws Exception {
    return Files.createTempDirectory(temp, "into");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nginx", "bazel-remote"})
  void aResultOfOneRootIsFoundByAnother(String which) throws Exception {
    byte[] large = new byte[3 << 20];
    new Random(1).nextBytes(large);
    List<BlobSource> blobs =
        List.of(
            BlobSource.bytes(large),
            BlobSource.bytes(new byte[0]),
            BlobSource.bytes("one\n".getBytes()));
    List<RecordedProduct> members =
        List.of(
            RecordedProduct.file("empty", blobs.get(1).blob().digest(), 0),
            RecordedProduct.link("link é", "empty"),
            RecordedProduct.file("run", blobs.get(2).blob().digest().executable(), 4));
    Digest first = Digest.ofText("first");
    Result result =
        ResultSamples.of(
            KEY,
            first,
            null,
            null,
            List.of(),
            List.of(),
            List.of(),
            RecordedProduct.folder("folder", Digest.ofText("folder"), members),
            RecordedProduct.file("large", blobs.get(0).blob().digest(), large.length));
    try (RealServer server = server(which);
        Outbox writer = writer(server);
        Outbox reader = reader(server)) {
      for (int i = 0; i < 3; i++) { // what is there is sent again, and taken
        writer.post(new Upload(result, blobs, false, null));
        writer.stores.finish();
      }
      Hit found = reader.find(KEY);
      assertEquals(result, found.result(), found.reason() + " " + writer.told);
      assertEquals(List.of(List.of()), reader.names(first));
      Path into = into();
      assertNull(reader.fetch(found, into));
      for (Blob each : result.blobs()) {
        byte[] bytes = Files.readAllBytes(into.resolve(each.name()));
        assertEquals(each.digest(), Digest.ofBytes(bytes));
      }
      assertEquals("", reader.get(Digest.ofText("no such key"), into));
      assertEquals(List.of(), writer.told);
      assertEquals(List.of(), reader.told);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nginx", "bazel-remote"})
  void aRecordIsReplaced(String which) throws Exception {
    try (RealServer server = server(which);
        Outbox writer = writer(server)) {
      writer.send(KEY, "one\n");
      writer.send(KEY, "two\n");
      assertEquals("two\n", writer.get(KEY, into()));
      assertEquals(List.of(), writer.told);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nginx", "bazel-remote"})
  void aServerThatIsGoneIsToldOnce(String which) throws Exception {
    RealServer server = server(which);
    try (Outbox writer = writer(server)) {
      writer.send(KEY, "one\n");
      server.close();
      for (int i = 0; i < 4; i++) {
        assertTrue(!writer.get(KEY, into()).isEmpty());
        writer.later();
      }
      assertEquals(1, writer.told.size(), writer.told.toString());
      assertTrue(writer.told.getFirst().contains("cannot connect"), writer.told.getFirst());
    }
  }

  private static void put(HttpStore store, StoreCall call, BlobSource entry) throws StoreRefusal {
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      call.ask(
          threads,
          request -> {
            store.put(StorePlace.ENTRIES, KEY, entry, request);
            return null;
          });
    }
  }

  /** Bazel-remote checks what it is sent, and shows no entry whose blob is missing. */
  @Test
  void bazelRemoteBelievesNothingEither() throws Exception {
    try (RealServer server = server("bazel-remote");
        Outbox writer = writer(server);
        HttpStore store = new HttpStore(HttpAddress.of(server.url(), Map.of()), Map.of())) {
      StoreCall call =
          StoreCall.small(
              new SharedStore.Build("/", System::nanoTime, new AtomicBoolean(), null, null), null);
      Blob missing = new Blob(Digest.ofText("missing"), 7);
      StoreRefusal refused =
          assertThrows(
              StoreRefusal.class, () -> put(store, call, BlobSource.bytes("no entry".getBytes())));
      assertEquals("it answered PUT with 400", refused.getMessage());
      put(store, call, BlobSource.bytes(ActionEntry.encode(missing)));
      assertEquals("", writer.get(KEY, into()));
      writer.send(KEY, "one\n");
      assertEquals("one\n", writer.get(KEY, into()));
    }
  }

  @Test
  void theNextBuildMendsADamagedFile() throws Exception {
    try (RealServer server = server("nginx");
        Outbox writer = writer(server)) {
      String large = "one\n".repeat(1 << 14); // a small file would lie in the record
      writer.send(KEY, large);
      Path blob = temp.resolve("nginx/data/cas/" + Digest.ofText(large).hex());
      Files.writeString(blob, large.replace("one", "two"));
      assertEquals(
          "other bytes lie under the name " + Digest.ofText(large), writer.get(KEY, into()));
      writer.send(KEY, large);
      writer.later();
      assertEquals(large, writer.get(KEY, into()));
      Files.delete(blob);
      assertEquals(Digest.ofText(large) + " is gone from the store", writer.get(KEY, into()));
    }
  }

  @Test
  void aServerThatTakesNothingIsRead() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("nginx"));
    try (RealServer server = RealServer.nginx(folder, true);
        Outbox writer = writer(server)) {
      writer.send(KEY, "one\n");
    }
    try (RealServer server = RealServer.nginx(folder, false);
        Outbox writer = writer(server)) {
      for (int i = 0; i < 4; i++) {
        writer.send(Digest.ofText("key " + i), "two\n");
        writer.later();
      }
      assertEquals("one\n", writer.get(KEY, into()));
      assertEquals(
          List.of(
              "store "
                  + server.url()
                  + ": it answered PUT with 405; nothing more is sent to it in this build"),
          writer.told);
    }
  }
}
