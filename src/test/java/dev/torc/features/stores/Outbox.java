package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.features.stores.SharedStore.Hit;
import dev.torc.features.stores.SharedStores.StoreSettings;
import dev.torc.features.stores.SharedStores.Upload;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** One root's shared stores, with a clock that the test moves, and the lines that they told. */
final class Outbox implements AutoCloseable {

  /** After so many looks at the time, each thread that waits has looked at least once. */
  private static final int LOOKS = 8;

  /** Lines for people. */
  final List<String> told = new CopyOnWriteArrayList<>();

  /** Nanoseconds by which each look at the time moves it on, beside the one that always passes. */
  final AtomicLong step = new AtomicLong();

  final SharedStores stores;

  private final AtomicLong flown = new AtomicLong();
  private int looks; // at the time; guarded by this

  Outbox(Path root, StoreSettings... settings) throws StoreRefusal {
    this(root, Map.of(), settings);
  }

  /** Opens stores by the proxies and CA files of an environment. */
  Outbox(Path root, Map<String, String> env, StoreSettings... settings) throws StoreRefusal {
    stores = SharedStores.open(List.of(settings), root, env, this::now, told::add);
  }

  private synchronized long now() {
    looks++;
    notifyAll();
    return flown.addAndGet(1 + step.get());
  }

  /** Lets time pass, and waits until all threads that wait for a store looked at it. */
  synchronized void fly(long nanos) throws InterruptedException {
    flown.addAndGet(nanos);
    for (int until = looks + LOOKS; looks < until; ) {
      wait();
    }
  }

  /** Sends a result of one file of each text, named by the text, and waits until it is sent. */
  Result send(Digest key, String... texts) {
    List<RecordedProduct> products = new ArrayList<>();
    List<BlobSource> blobs = new ArrayList<>();
    for (String text : texts) {
      String name = text.lines().findFirst().orElse("").replaceAll("\\W+", "-");
      name = name.substring(0, Math.min(50, name.length()));
      products.add(ResultSamples.file("out/x" + name, text));
      blobs.add(BlobSource.bytes(text.getBytes()));
    }
    Result result = ResultSamples.of(key, products.toArray(RecordedProduct[]::new)).sorted(null);
    post(new Upload(result, blobs, false, null));
    stores.finish();
    return result;
  }

  /** The hit of the first store that has a result; else the miss of the last store. */
  Hit find(Digest key) {
    Hit hit = null;
    for (SharedStore store : stores.all()) {
      hit = hit == null || hit.result() == null ? store.find(key) : hit;
    }
    return hit;
  }

  /** The lists of names of all stores, each once. */
  List<List<String>> names(Digest first) {
    return stores.all().stream().flatMap(each -> each.names(first).stream()).distinct().toList();
  }

  /** Fetches all blobs of a hit into a folder. Returns null, or why none was placed there. */
  String fetch(Hit found, Path into) {
    List<String> before = List.of(into.toFile().list());
    try {
      found.store().fetchBlobs(found, into);
      return null;
    } catch (StoreRefusal e) {
      for (File each : into.toFile().listFiles()) {
        if (!before.contains(each.getName())) {
          each.delete(); // as SharedStore.fetch does
        }
      }
      return e.getMessage();
    }
  }

  /** Lets 11 s pass: after them a store is no longer left alone for a failure. */
  void later() {
    flown.addAndGet(11_000_000_000L);
  }

  /** The text of the first file of a key's result; for a miss, its reason or an empty text. */
  String get(Digest key, Path into) throws Exception {
    Hit found = find(key);
    if (found.result() == null) {
      String reason = found.reason();
      return reason == null ? "" : "store " + found.store().name() + ": " + reason;
    }
    String reason = fetch(found, into);
    if (reason != null) {
      return reason;
    }
    RecordedProduct first = found.result().allFiles().getFirst();
    return Files.readString(into.resolve(first.digest().hex()));
  }

  @Override
  public void close() {
    stores.close();
  }

  /** Sends a result while the test goes on. */
  void post(Upload sending) {
    stores.send(sending.result().spent().wall(), () -> sending);
  }
}
