package dev.torc.results;

import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.Fields;
import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import dev.torc.posix.FileStatus;
import dev.torc.posix.Io;
import dev.torc.posix.ThreadEnd;
import dev.torc.records.JobResult.StoredValue;
import dev.torc.records.RecordedProduct;
import dev.torc.results.Blob.BlobSource;
import dev.torc.results.HttpStore.HttpAddress;
import dev.torc.results.SharedStore.StorePlace;
import dev.torc.results.SigningKey.SigningWord;
import dev.torc.text.SafeText;
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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The shared stores of a build, in the order in which they were written, and what is sent to them
 * beside the build, several results at a time. What holds the root's path is marked before: it
 * counts in no other root. Nothing of them ends a build or holds it up: what a store cannot do is
 * told in one line, and is a miss. For several threads.
 */
public final class SharedStores implements AutoCloseable {

  /** So long, in nanoseconds, a look at the newest results may take. */
  private static final long NEWEST = 1_200_000_000L;

  private static final int THREADS = 8;
  private static final long LEAST = TimeUnit.SECONDS.toNanos(30);
  private static final int PATIENCE = 5; // seconds; an interrupt ends all waits before
  private static final long LOOK = 20; // milliseconds

  private final List<SharedStore> stores = new ArrayList<>();
  private final SharedStore.Build build;
  private final TextSearch search; // for the root's path
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().daemon().name("torc-send-", 0).factory());

  private final AtomicBoolean hidden = new AtomicBoolean(); // a private product was told of
  private volatile boolean over; // all jobs have ended

  /** Results that are not sent yet, and how long their jobs took; guarded by this. */
  private int pending;

  private long wall; // nanoseconds

  SharedStores(SharedStore.Build build, SharedStore... stores) {
    this.build = build;
    this.search = new TextSearch(build.root());
    this.stores.addAll(List.of(stores));
  }

  /**
   * Opens stores; none of them is asked yet.
   *
   * @param root the real path of the root
   * @param clock nanoseconds from any moment on
   * @param told takes lines for people, from any thread
   * @throws StoreRefusal where the settings cannot be, as {@link StoreSettings#check}, or a key
   *     cannot be read
   */
  public static SharedStores open(
      List<StoreSettings> settings, Path root, LongSupplier clock, Consumer<String> told)
      throws StoreRefusal {
    SharedStores all =
        new SharedStores(
            new SharedStore.Build(
                root.toString(), clock, new AtomicBoolean(), new Semaphore(1), told));
    for (StoreSettings each : settings) {
      SigningKey key = each.key() == null ? null : SigningKey.read(each.key());
      all.stores.add(new SharedStore(each.place(), each.trusted(key), key, all.build));
    }
    return all;
  }

  /** All of them, in their order. */
  public List<SharedStore> all() {
    return stores;
  }

  /**
   * Hands over the newest results in the folders, whatever their keys, to tell people what differs.
   * Where the folders are slow, or very full, it is what was seen in a while. No server is asked.
   *
   * @param most how many records are looked at in each folder
   */
  public void newest(int most, Consumer<SharedStore.Hit> visitor) {
    for (SharedStore store : stores) {
      store.newest(most, NEWEST / stores.size(), visitor);
    }
  }

  /**
   * Sends a result beside the build, to the stores that take it. It does not wait.
   *
   * @param nanos how long its job took
   * @param maker makes the upload when it is its turn: null for nothing; it throws where a product
   *     cannot be looked at, or is not what it was any more
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
      return; // it changed since: then it is no result of that job any more
    } finally {
      count(-1, nanos);
    }
  }

  /** One more, or one less, is to be sent. */
  private synchronized void count(int by, long nanos) {
    pending += by;
    wall += by * nanos;
    notifyAll();
  }

  /** How many results are still to be sent. */
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
      while (store.rests() && !over) { // after the build a pause would hold it up
        pause();
      }
      if (store.isSentTo()) {
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
      build
          .told()
          .accept(
              "shared stores: %s is for its owner alone; results with such products are not sent"
                  .formatted(SafeText.name(product)));
    }
  }

  /** What takes longer to read than it may take to send is not read to its end, and not sent. */
  private boolean holdsRoot(Upload upload) throws IOException {
    Result result = upload.result();
    long start = build.clock().getAsLong();
    long most = Math.max(StoreCall.LEAST, result.wall());
    BooleanSupplier ended = () -> build.stopped().get() || build.clock().getAsLong() - start > most;
    ByteWriter names = new ByteWriter(0);
    Fields.write(
        names,
        result,
        (fields, of) -> {
          fields.list(1, of, Result::products, RecordedProduct::form);
          fields.list(2, of, Result::data, StoredValue::form);
          fields.texts(3, of, Result::found);
          return of;
        });
    boolean holds = search.in(new ByteArrayInputStream(names.bytes()), ended);
    for (BlobSource blob : upload.blobs()) {
      try (InputStream bytes = blob.open()) {
        holds |= search.in(bytes, ended);
      }
    }
    return holds;
  }

  /**
   * Waits for what is being sent, after the build: as long as these jobs took, and 30 s at least.
   * What is not sent then is told.
   *
   * @return nanoseconds of this wait
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
    if (pending > 0 && !build.stopped().get()) {
      String results = pending == 1 ? "1 result was" : pending + " results were";
      long seconds = TimeUnit.NANOSECONDS.toSeconds(most);
      build.told().accept("shared stores: %s not sent in %d s".formatted(results, seconds));
    }
    return build.clock().getAsLong() - start;
  }

  /** Ends every wait, from any thread: the user ended the build. */
  public void stop() {
    build.stopped().set(true);
  }

  /**
   * Says of each store what is still to be said, and lets go of all. What is not sent by now is not
   * sent: nothing is read of the project or its cache after this.
   */
  @Override
  public void close() {
    ThreadEnd.stop(threads, PATIENCE);
    stores.forEach(SharedStore::close);
  }

  /**
   * A result to be sent, with the bytes that go with it.
   *
   * @param again whether it is sent whatever a store says it has
   * @param hidden a product that only its owner can read here; null for none
   */
  public record Upload(Result result, List<BlobSource> blobs, boolean again, String hidden) {

    private static final int READ = 0444;

    /**
     * What others are sent of a good result: its products as they stand, each held against the
     * record.
     *
     * @param said what the job wrote, where that belongs to the result; else null
     * @param umask the caller's
     * @param host where it was made
     * @return null where it serves in no other root: a product lies outside of this one, or is a
     *     link to what is no product
     * @throws IOException where a product is not what the record says any more
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
        if (hidden == null && (READ & ~there.mode() & ~umask) != 0) { // the umask would give it
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

    /** A product, with the members of a folder as they stand. */
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

    /** The bytes of some of its blobs, in their order. */
    List<BlobSource> blobs(Set<Blob> some) {
      Map<Blob, BlobSource> all = new HashMap<>();
      blobs.forEach(each -> all.put(each.blob(), each));
      return some.stream().map(all::get).toList();
    }

    /**
     * The same as a result that counts in one root only, or in all. Throws {@link
     * IllegalArgumentException} where the bytes of a blob are missing.
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
   * Looks for a text in bytes of any number, as they are: whether a result holds the path of its
   * root. It is not found where it is written in another encoding, or compressed.
   */
  static final class TextSearch {

    private static final int PIECE = 1 << 16;

    private final String text; // a character for each byte

    /** A text of at least one byte. */
    TextSearch(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      this.text = chars(bytes, bytes.length);
    }

    private static String chars(byte[] bytes, int length) {
      return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    /**
     * Whether it is among the bytes of a stream, which is read to its end either way.
     *
     * @param stopped whether the user ended the build: asked before each piece
     * @throws IOException where it cannot be read, or the build was ended
     */
    boolean in(InputStream bytes, BooleanSupplier stopped) throws IOException {
      byte[] window = new byte[PIECE + text.length()];
      int kept = 0; // from the bytes before: a text may begin there
      boolean found = false;
      for (int read = bytes.read(window, 0, PIECE);
          read >= 0;
          read = bytes.read(window, kept, PIECE)) {
        if (stopped.getAsBoolean()) {
          throw new IOException("the build was ended");
        }
        int length = kept + read;
        found = found || chars(window, length).contains(text);
        kept = Math.min(text.length() - 1, length);
        System.arraycopy(window, length - kept, window, 0, kept);
      }
      return found;
    }
  }

  /**
   * A shared store as a build file describes it: a folder or a URL.
   *
   * @param path the folder; null with a URL
   * @param group whose members are trusted in the folder; null for none
   * @param url the server; null with a folder
   * @param headers names and values that go to the server, empty for a folder
   * @param key the file with the key that signs what is sent; null for none
   * @param trust public keys, as words; one's own is trusted in any case
   */
  public record StoreSettings(
      Path path,
      String group,
      String url,
      Map<String, String> headers,
      Path key,
      List<String> trust) {

    /**
     * Looks whether a store can be meant by it, without asking it; it opens nothing.
     *
     * @throws StoreRefusal with a line that says what cannot be
     */
    public void check() throws StoreRefusal {
      words();
      place();
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

    /** Where its files lie. */
    StorePlace place() throws StoreRefusal {
      return url == null
          ? new FolderStore(path, FolderTrust.of(group))
          : new HttpStore(HttpAddress.of(url, headers));
    }

    /** Whose records count; null where all that lie there do. */
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

    /** Shows no header's value. */
    @Override
    public String toString() {
      return url == null ? path.toString() : url;
    }
  }
}
