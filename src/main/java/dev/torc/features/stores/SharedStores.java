package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.ThreadEnd;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The shared stores of a build, in the order of the build file, and the uploads to them. Several
 * uploads run at a time, in parallel with the build. A result that contains the path of the root is
 * marked before it is sent, since it is valid in no other root. A store that fails never ends the
 * build: lookups are misses, and the user gets one line. Safe for several threads.
 */
public final class SharedStores implements AutoCloseable {

  private static final long NEWEST = 1_200_000_000L; // nanoseconds for newest()

  private static final int THREADS = 8;
  private static final long LEAST = TimeUnit.SECONDS.toNanos(30);
  private static final int PATIENCE = 5; // seconds; an interrupt ends all waits sooner
  private static final long LOOK = 20; // milliseconds

  private final List<SharedStore> stores = new ArrayList<>();
  private final SharedStore.Build build;
  private final TextSearch search; // for the root's path
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().daemon().name("torc-send-", 0).factory());

  private final AtomicBoolean hidden = new AtomicBoolean(); // whether tellHidden() has reported
  private final AtomicInteger unsent = new AtomicInteger(); // uploads skipped at the end
  private volatile boolean over; // all jobs have ended

  /** The number of results that are not sent yet. Like {@code wall}, guarded by this. */
  private int pending;

  private long wall; // nanoseconds that the jobs of the pending results took

  SharedStores(SharedStore.Build build, SharedStore... stores) {
    this.build = build;
    this.search = new TextSearch(build.root());
    this.stores.addAll(List.of(stores));
  }

  /**
   * Opens the stores without sending a request. {@code root} is a real path, {@code clock} returns
   * nanoseconds since an arbitrary moment, and {@code told} takes lines for the user, on any
   * thread; {@code env} is the caller's environment. Throws for settings that {@link
   * StoreSettings#check} refuses, and for an unreadable key.
   */
  public static SharedStores open(
      List<StoreSettings> settings,
      Path root,
      Map<String, String> env,
      LongSupplier clock,
      Consumer<String> told)
      throws StoreRefusal {
    AtomicBoolean stopped = new AtomicBoolean();
    String path = root.toString();
    SharedStores all =
        new SharedStores(new SharedStore.Build(path, clock, stopped, new Semaphore(1), told));
    for (StoreSettings each : settings) {
      SigningKey key = each.key() == null ? null : SigningKey.read(each.key());
      all.stores.add(new SharedStore(each.place(env), each.trusted(key), key, all.build));
    }
    return all;
  }

  public List<SharedStore> all() {
    return stores;
  }

  /**
   * Visits the newest results in shared folders, so that a message can say what differs. Reads at
   * most {@code most} records in each folder. A slow or very full folder gives only what was read
   * in time. Servers are not asked.
   */
  public void newest(int most, Consumer<SharedStore.Hit> visitor) {
    for (SharedStore store : stores) {
      store.newest(most, NEWEST / stores.size(), visitor);
    }
  }

  /**
   * Sends a result in the background to the stores that accept it. {@code nanos} is how long its
   * job took. A thread calls {@code maker} when it is free. The maker returns the upload, or null
   * if there is nothing to send; it throws if a product cannot be read or has changed.
   */
  public void send(long nanos, Io.Get<Upload> maker) {
    if (stores.stream().noneMatch(SharedStore::isSentTo)) {
      return;
    }
    count(1, nanos);
    try {
      threads.execute(() -> turn(nanos, maker));
    } catch (RejectedExecutionException e) {
      count(-1, nanos); // the build is over
    }
  }

  private void turn(long nanos, Io.Get<Upload> maker) {
    try {
      Upload upload = build.stopped().get() ? null : maker.get();
      if (upload != null) {
        sendNow(upload);
      }
    } catch (IOException e) {
      return; // a product has changed, so it is no longer the result of that job
    } finally {
      count(-1, nanos);
    }
  }

  private synchronized void count(int by, long nanos) {
    pending += by;
    wall += by * nanos;
    notifyAll();
  }

  public synchronized int pending() {
    return pending;
  }

  private void sendNow(Upload upload) throws IOException {
    Upload sent = upload.marked(holdsRoot(upload) ? build.root() : null);
    for (SharedStore store : stores) {
      if (sent.hidden() != null && !store.isPrivate()) {
        tellHidden(sent.hidden());
        continue;
      }
      while (store.rests() && !over) {
        pause();
      }
      if (store.rests()) { // waiting after the build would delay its end
        unsent.incrementAndGet();
      } else if (store.isSentTo()) {
        store.put(sent);
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(LOOK);
    } catch (InterruptedException e) {
      throw new IOException("the build was ended", e);
    }
  }

  private void tellHidden(String product) {
    if (hidden.compareAndSet(false, true)) {
      String why = " is for its owner alone; results with such products are not sent";
      build.told().accept("shared stores: " + SafeText.name(product) + why);
    }
  }

  /** Returns whether a result contains the root's path; throws if the search takes too long. */
  private boolean holdsRoot(Upload upload) throws IOException {
    Result result = upload.result();
    long start = build.clock().getAsLong();
    long most = Math.max(StoreCall.LEAST, result.spent().wall());
    BooleanSupplier ended = () -> build.stopped().get() || build.clock().getAsLong() - start > most;
    byte[] texts = texts(result).getBytes(StandardCharsets.UTF_8);
    boolean holds = search.isIn(new ByteArrayInputStream(texts), ended);
    for (BlobSource blob : upload.blobs()) {
      try (InputStream bytes = blob.open()) {
        holds |= search.isIn(bytes, ended);
      }
    }
    return holds;
  }

  /**
   * Returns the texts of a result that may contain its root's path, each followed by NUL. A
   * member's path includes the path of its folder, since {@code cp --parents} makes folders that
   * repeat the root's path. A symlink's target follows the path of the symlink's folder.
   */
  static String texts(Result result) {
    StringBuilder texts = new StringBuilder();
    for (RecordedProduct product : result.products()) {
      add(texts, "", product);
      for (RecordedProduct member : product.members()) {
        add(texts, product.path() + "/", member);
      }
    }
    for (StoredValue value : result.outputs().data()) {
      texts.append(value.key()).append('\0').append(value.text()).append('\0');
    }
    result.found().forEach(name -> texts.append(name).append('\0'));
    return texts.toString();
  }

  private static void add(StringBuilder texts, String folder, RecordedProduct part) {
    String path = folder + part.path();
    texts.append(path).append('\0');
    if (part.isLink()) {
      texts.append(path, 0, path.lastIndexOf('/') + 1).append(part.link()).append('\0');
    }
  }

  /**
   * Waits after the build until all results are sent, for at most 30 s or as long as their jobs
   * took. Reports how many were not sent; returns the nanoseconds waited.
   */
  public synchronized long finish() {
    over = true;
    long start = build.clock().getAsLong();
    long most = Math.max(LEAST, wall);
    try {
      while (pending > 0 && !build.stopped().get() && build.clock().getAsLong() - start < most) {
        wait(LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop();
    }
    tellUnsent(pending, " in " + TimeUnit.NANOSECONDS.toSeconds(most) + " s");
    tellUnsent(unsent.get(), ": the store had just failed, and is left alone for 10 s");
    return build.clock().getAsLong() - start;
  }

  private void tellUnsent(int count, String why) {
    if (count > 0 && !build.stopped().get()) {
      String results = count == 1 ? "1 result was" : count + " results were";
      build.told().accept("shared stores: " + results + " not sent" + why);
    }
  }

  /** Ends all waits because the user ended the build. Any thread may call it. */
  public void stop() {
    build.stopped().set(true);
  }

  /** Closes all stores and drops unsent results: no upload may read the project after this. */
  @Override
  public void close() {
    ThreadEnd.stop(threads, PATIENCE);
    stores.forEach(SharedStore::close);
  }

  /**
   * A result to send, with the bytes of its blobs.
   *
   * @param again whether to send blobs even if a store says that it has them
   * @param hidden a product that lacks read permission although the umask allows it; null if none
   */
  public record Upload(Result result, List<BlobSource> blobs, boolean again, String hidden) {

    private static final int READ = 0444;

    /**
     * Returns the upload of a successful result, with its products as they are on disk. Throws if a
     * product differs from the record. {@code said} is the job's output if it belongs to the
     * result, else null. Returns null if the result is useless in another root, because a product
     * is outside the root or is a link to something that is not a product.
     */
    public static Upload of(
        Path root,
        DigestMemo digests,
        Result made,
        byte[] said,
        int umask,
        String host,
        boolean again)
        throws IOException {
      if (made.products().stream().anyMatch(product -> product.path().startsWith("/"))) {
        return null;
      }
      List<RecordedProduct> products = new ArrayList<>();
      for (RecordedProduct product : made.products()) {
        products.add(standing(root, digests, product));
      }
      Result result = made.sent(products, host);
      Map<Blob, BlobSource> blobs = new HashMap<>();
      String hidden = null;
      List<RecordedProduct> all = new ArrayList<>(result.allFiles());
      all.addAll(result.made(Stamp.FileKind.FOLDER));
      for (RecordedProduct each : all) {
        Path at = root.resolve(each.path());
        FileStatus there = FileStatus.of(at.toString(), false);
        if (each.isFile()) {
          check(there.isFile() && there.size() == each.size(), each);
          Blob blob = Blob.of(each);
          blobs.put(blob, BlobSource.file(blob, at));
        }
        if (hidden == null && (READ & ~there.mode() & ~umask) != 0) { // lacks what umask allows
          hidden = each.path();
        }
      }
      if (said != null) {
        BlobSource log = BlobSource.bytes(said);
        blobs.put(log.blob(), log);
        result = result.withLog(log.blob());
      }
      return result.isWhole()
          ? new Upload(result, List.copyOf(blobs.values()), again, hidden)
          : null;
    }

    /** Returns a product; a folder gets its members from disk. Throws if it has changed. */
    private static RecordedProduct standing(Path root, DigestMemo digests, RecordedProduct product)
        throws IOException {
      String path = product.path();
      if (product.isLink()) {
        check(
            product.link().equals(Files.readSymbolicLink(root.resolve(path)).toString()), product);
      }
      if (product.stands() != Stamp.FileKind.FOLDER) {
        return product;
      }
      FolderDigest folder = digests.productFolder(path);
      check(folder.digest().equals(product.digest()), product);
      List<RecordedProduct> members = new ArrayList<>();
      for (FolderDigest.Member each : folder.members()) {
        String name = each.path();
        members.add(
            switch (each.kind()) {
              case FOLDER -> RecordedProduct.inner(name);
              case LINK -> {
                Path link = root.resolve(path).resolve(name);
                yield RecordedProduct.link(name, Files.readSymbolicLink(link).toString());
              }
              default -> {
                Digest bare = each.digest();
                Digest digest = each.executable() ? bare.executable() : bare;
                yield RecordedProduct.file(name, digest, each.stamp().size());
              }
            });
      }
      return RecordedProduct.folder(path, product.digest(), members);
    }

    private static void check(boolean same, RecordedProduct product) throws IOException {
      if (!same) {
        throw new IOException(product.path() + " changed since it was made");
      }
    }

    /** Returns the sources of some blobs, in the order of the set, with null for a missing one. */
    List<BlobSource> blobs(Set<Blob> some) {
      Map<Blob, BlobSource> all = new HashMap<>();
      blobs.forEach(each -> all.put(each.blob(), each));
      return some.stream().map(all::get).toList();
    }

    /**
     * Returns this upload, marked as valid only in the root with path {@code only}; null means all
     * roots. Throws {@link IllegalArgumentException} if the bytes of a blob are missing.
     */
    Upload marked(String only) {
      if (blobs(result.blobs()).stream().anyMatch(Objects::isNull)) {
        throw new IllegalArgumentException(
            "bytes of the result of " + result.job() + " are missing");
      }
      return new Upload(result.sorted(only), blobs, again, hidden);
    }
  }

  /**
   * A shared store as a build file describes it. It has a {@code path} if it is a folder, else a
   * {@code url}; the other is null.
   *
   * @param group the group whose members are trusted in the folder; null for none
   * @param key the file with the key that signs what is sent; null for none
   * @param trust public keys as text; the public half of {@code key} is always trusted
   */
  public record StoreSettings(
      Path path,
      String group,
      String url,
      Map<String, String> headers,
      Path key,
      List<String> trust) {

    /** Checks these settings without a request; throws with a line that says what is wrong. */
    public void check() throws StoreRefusal {
      words();
      place(Map.of());
      if (key != null) {
        SigningKey.check(key);
      }
    }

    private Set<SigningWord> words() throws StoreRefusal {
      Set<SigningWord> words = new LinkedHashSet<>();
      for (String word : trust) {
        words.add(SigningWord.of(word));
      }
      return words;
    }

    StorePlace place(Map<String, String> env) throws StoreRefusal {
      return url == null
          ? new FolderStore(path, FolderTrust.of(group))
          : new HttpStore(HttpAddress.of(url, headers), env);
    }

    /** Returns the signers whose records count; null if all records count. */
    Set<SigningWord> trusted(SigningKey own) throws StoreRefusal {
      if (url == null) {
        return null;
      }
      Set<SigningWord> words = words();
      if (own != null) {
        words.add(own.word());
      }
      return words;
    }

    /** Returns the folder or URL; never a header's value. */
    @Override
    public String toString() {
      return url == null ? path.toString() : url;
    }
  }
}
