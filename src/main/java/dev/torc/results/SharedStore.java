package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.posix.ThreadEnd;
import dev.torc.results.Blob.BlobSource;
import dev.torc.results.Blob.BlobStream;
import dev.torc.results.Result.ResultParts;
import dev.torc.results.SealedRecord.ActionEntry;
import dev.torc.results.SealedRecord.FoundNames;
import dev.torc.results.SealedRecord.StoreRecord;
import dev.torc.results.SharedStores.Upload;
import dev.torc.results.SigningKey.SigningWord;
import dev.torc.text.Refusal;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A place where results are kept for others, in a folder or on a server: what of its records is
 * believed, and in which order it is sent to. What is kept here is in {@link KeptResults}. It
 * throws nothing at the build: where it cannot serve there is a miss with a reason. Where the bytes
 * lie, a {@link StorePlace} knows. For several threads.
 */
public final class SharedStore implements AutoCloseable {

  /**
   * What a store has under a key.
   *
   * @param result null for a miss
   * @param reason why what lies there may not be used, in one line; null for a result, and where
   *     nothing lies there
   * @param inside blobs that came with the record
   */
  public record Hit(Result result, SharedStore store, String reason, Map<Blob, byte[]> inside) {

    Hit(Result result, SharedStore store) {
      this(result, store, null, Map.of());
    }
  }

  /** Records of more bytes are looked at one at a time. */
  private static final long LARGE = 1 << 20;

  /** Milliseconds until it looks again whether another large record is done. */
  private static final long LOOK = 20;

  /** Bytes each nanosecond, until one was measured. */
  private static final double USUAL = 0.01;

  private static final int BREADTH = 8;

  /** So many seconds are left to requests that were given up. */
  private static final int PATIENCE = 1;

  /**
   * What the stores of a build have in common.
   *
   * @param root the real path of the root here
   * @param clock nanoseconds from any moment on
   * @param stopped whether the user ended the build
   * @param large lets one thread at a time look at a large record
   * @param told takes a line for people
   */
  record Build(
      String root,
      LongSupplier clock,
      AtomicBoolean stopped,
      Semaphore large,
      Consumer<String> told) {}

  private final StorePlace place;
  private final Set<SigningWord> trust;
  private final SigningKey key;
  private final Build build;
  private final StoreHealth reading;
  private final StoreHealth sending;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("torc-store-", 0).factory());

  /** Bytes each nanosecond, as the last of the larger results came and went; 0 where unknown. */
  private volatile double readingRate = USUAL;

  private volatile double sendingRate;

  /** Blobs that came wrong: they are sent again, though something lies there. */
  private final Set<Blob> wrong = ConcurrentHashMap.newKeySet();

  /**
   * A store.
   *
   * @param trust whose records count; null where all do, as in a folder that only the trusted write
   * @param key by which records are signed; null for none
   */
  SharedStore(StorePlace place, Set<SigningWord> trust, SigningKey key, Build build) {
    this.place = place;
    this.trust = trust;
    this.key = key;
    this.build = build;
    this.reading = new StoreHealth(place.name(), "left alone for this build", build);
    String silent = "nothing more is sent to it in this build";
    this.sending = new StoreHealth(place.name(), silent, build);
  }

  /** As messages name it. */
  public String name() {
    return place.name();
  }

  /** Whether it takes results of this build. */
  boolean isSentTo() {
    return (trust == null || key != null)
        && !reading.isAlone()
        && !sending.isAlone()
        && !build.stopped.get();
  }

  /** Whether what is to be sent waits, since it just failed. */
  boolean rests() {
    return isSentTo() && sending.rest() != null;
  }

  /** How many requests at once it is good at. */
  private int breadth() {
    return place.isFar() ? BREADTH : 1;
  }

  /** Whether its owner alone can read what lies there. */
  boolean isPrivate() {
    return place.isPrivate();
  }

  /** What lies under a key. */
  public Hit find(Digest of) {
    try {
      SealedRecord sealed = look(of, true);
      Result result = sealed == null ? null : (Result) sealed.record();
      if (result != null && result.root() != null && !result.root().equals(build.root)) {
        throw new StoreRefusal(
            "the result holds the path of its root, " + SafeText.name(result.root()));
      }
      return new Hit(result, this, null, sealed == null ? Map.of() : sealed.inside());
    } catch (StoreRefusal e) {
      return new Hit(null, this, e.getMessage(), Map.of());
    }
  }

  /** The lists of files that depfiles named, to which a first key leads, the newest first. */
  public List<List<String>> names(Digest first) {
    try {
      SealedRecord sealed = look(first, false);
      return sealed == null ? List.of() : ((FoundNames) sealed.record()).lists();
    } catch (StoreRefusal e) {
      return List.of(); // it was noted
    }
  }

  /**
   * What lies under a key; null for nothing. Where it may not be used, that is noted.
   *
   * @param result whether a result should lie there
   */
  private SealedRecord look(Digest of, boolean result) throws StoreRefusal {
    mayRead();
    StoreCall call = StoreCall.small(build, reading);
    try {
      SealedRecord sealed = record(of, call);
      StoreRecord record = sealed == null ? null : sealed.record();
      if (record != null && (record instanceof Result != result || !record.key().equals(of))) {
        throw new StoreRefusal("another's record lies under the key " + of);
      }
      return sealed;
    } catch (StoreRefusal e) {
      boolean ended = build.stopped.get() || Thread.currentThread().isInterrupted();
      if (e.failure() != null || !ended) {
        reading.failed(call.start(), e);
      }
      throw e;
    }
  }

  private void mayRead() throws StoreRefusal {
    String rest = reading.rest();
    if (rest != null) {
      throw new StoreRefusal(rest);
    }
  }

  /**
   * Hands over the newest results, with any key; of a server none are known.
   *
   * @param most how many records are looked at
   * @param nanos how long that may take; two thirds of it until the newest ones are known
   */
  void newest(int most, long nanos, Consumer<Hit> visitor) {
    StoreCall call = StoreCall.small(build, reading);
    try {
      for (Digest each : call.ask(threads, request -> place.newest(most, nanos / 3 * 2, request))) {
        if (call.now() - call.start() > nanos) {
          return;
        }
        if (anyRecord(each, call) instanceof Result result && result.key().equals(each)) {
          visitor.accept(new Hit(result, this));
        }
      }
    } catch (StoreRefusal e) {
      failed(reading, call, e);
    }
  }

  /** A record of whatever kind; null where it is not to be believed, without a line about it. */
  private StoreRecord anyRecord(Digest of, StoreCall call) {
    try {
      SealedRecord record = record(of, call);
      return record == null ? null : record.record();
    } catch (StoreRefusal e) {
      return null;
    }
  }

  /** What lies under a key, whatever it is; null for nothing. */
  private SealedRecord record(Digest of, StoreCall call) throws StoreRefusal {
    byte[] entry = call.ask(threads, request -> entry(of, request));
    if (entry == null) {
      return null;
    }
    Blob blob = ActionEntry.decode(entry);
    if (blob.size() <= LARGE) {
      return record(blob, call);
    }
    long from = call.now();
    try {
      while (!build.large.tryAcquire(LOOK, TimeUnit.MILLISECONDS)) {
        call.check();
        call.waited(from, call.now());
      }
    } catch (InterruptedException e) {
      throw StoreCall.interrupted();
    }
    try {
      return record(blob, call);
    } finally {
      build.large.release();
    }
  }

  private byte[] entry(Digest of, StoreCall.Request request) throws StoreRefusal {
    try (InputStream in = place.open(StorePlace.ENTRIES, of, request)) {
      return in == null ? null : ActionEntry.read(in);
    } catch (IOException e) {
      throw place.broken(e);
    }
  }

  /** Its head is looked at first: where no trusted key signed it, the rest need not come. */
  private SealedRecord record(Blob blob, StoreCall call) throws StoreRefusal {
    byte[] record = new byte[Math.toIntExact(blob.size())];
    boolean there =
        fetch(
            blob,
            call,
            bytes -> {
              int head = Math.min(record.length, SealedRecord.SIGNED);
              bytes.readNBytes(record, 0, head);
              check(SealedRecord.signer(record));
              bytes.readNBytes(record, head, record.length - head);
              bytes.transferTo(OutputStream.nullOutputStream()); // there are no more
            });
    if (!there) {
      throw new StoreRefusal("a record is gone, and its entry is still there");
    }
    return SealedRecord.open(record);
  }

  private void check(SigningWord signer) throws StoreRefusal {
    if (trust != null && signer == null) {
      throw new StoreRefusal("a record is not signed");
    }
    if (trust != null && !trust.contains(signer)) {
      throw new StoreRefusal("a record is signed by " + signer + ", which is not in trust");
    }
  }

  /** What takes the bytes of a blob. */
  private interface Taker {
    void take(BlobStream bytes) throws IOException, StoreRefusal;
  }

  /** Whether a blob is there; all its bytes were taken then, and are the right ones. */
  private boolean fetch(Blob blob, StoreCall call, Taker to) throws StoreRefusal {
    return call.ask(
        threads,
        request -> {
          try (InputStream in = place.open(StorePlace.BLOBS, blob.digest(), request)) {
            if (in != null) {
              to.take(new BlobStream(blob, in, request::passed));
            }
            return in != null;
          } catch (BlobStream.Broken e) {
            if (e.getCause() instanceof IOException cause) {
              throw place.broken(cause);
            }
            wrong.add(blob);
            throw StoreRefusal.failed(e.getMessage());
          } catch (IOException e) {
            throw unwritten(e);
          }
        });
  }

  private static StoreRefusal unwritten(IOException e) {
    return new StoreRefusal("cannot write " + Refusal.line(e));
  }

  /**
   * Makes the bytes of a result ready to be put in place.
   *
   * @param folder an empty one for what comes; it goes when all is done
   * @return null where they cannot be had, which the store tells
   */
  public ResultParts fetch(Hit hit, Path folder) {
    FetchedProducts fetched = new FetchedProducts(hit.result(), folder);
    try {
      fetchBlobs(hit, folder);
      return fetched;
    } catch (StoreRefusal e) {
      fetched.done();
      return null;
    }
  }

  /** Fetches all blobs of a result into a folder, each under its name; throws where one is not. */
  void fetchBlobs(Hit hit, Path folder) throws StoreRefusal {
    mayRead();
    Result result = hit.result();
    long inside = hit.inside().keySet().stream().mapToLong(Blob::size).sum();
    StoreCall call = StoreCall.large(build, reading, result.wall(), result.bytes() - inside);
    try {
      call.check(readingRate);
      StoreCall.each(
          result.blobs(),
          breadth(),
          blob -> {
            Path file = folder.resolve(blob.name());
            try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
              byte[] here = hit.inside().get(blob); // it was checked with its record
              if (here != null) {
                out.write(here);
              } else if (!fetch(blob, call, bytes -> bytes.transferTo(out))) {
                throw new StoreRefusal(blob.digest() + " is gone from the store");
              }
            } catch (IOException e) {
              throw unwritten(e);
            }
          });
    } catch (StoreRefusal e) {
      failed(reading, call, e);
      throw e;
    } finally {
      readingRate = call.rate(readingRate);
    }
  }

  private static void failed(StoreHealth health, StoreCall call, StoreRefusal e) {
    if (e.failure() != null) {
      health.failed(call.start(), e);
    }
  }

  /**
   * Sends a result, and what its depfile named as the newest list: where its entry is found, the
   * rest is there. What fails is told.
   */
  void put(Upload upload) {
    Result result = upload.result();
    StoreCall call = StoreCall.large(build, null, result.wall(), result.bytes());
    try {
      send(upload, call);
      if (result.first() != null && reading.rest() == null) {
        sendNames(result);
      }
    } catch (StoreRefusal e) {
      failed(sending, call, e); // else the build was ended, or a file is another by now
    }
  }

  /** Its blobs that are not there, then its record, then the entry. */
  private void send(Upload upload, StoreCall call) throws StoreRefusal {
    call.check(sendingRate);
    Result result = upload.result();
    Set<Blob> inside = place.isFar() ? SealedRecord.small(result) : Set.of();
    List<BlobSource> outside = new ArrayList<>(upload.blobs());
    outside.removeIf(blob -> inside.contains(blob.blob()));
    BlobSource record = sealed(result, upload.blobs(inside));
    try {
      StoreCall.each(outside, breadth(), blob -> sendBlob(blob, upload.again(), call));
    } finally {
      sendingRate = call.rate(sendingRate);
    }
    sendRecord(result.key(), record, call);
  }

  /** What its depfile named, before what was there: that would be lost. */
  private void sendNames(Result result) throws StoreRefusal {
    List<List<String>> before = names(result.first());
    List<List<String>> lists = FoundNames.with(before, result.found());
    if (!lists.equals(before)) {
      FoundNames now = new FoundNames(result.first(), lists);
      sendRecord(now.key(), sealed(now, List.of()), StoreCall.small(build, null));
    }
  }

  private void sendBlob(BlobSource blob, boolean again, StoreCall call) throws StoreRefusal {
    boolean small = place.isFar() && blob.blob().size() < SealedRecord.SMALL;
    if (again
        || small
        || wrong.contains(blob.blob())
        || !call.ask(threads, request -> place.has(blob.blob(), request))) {
      put(StorePlace.BLOBS, blob.blob().digest(), blob, call);
    } else {
      call.moved(blob.blob().size());
    }
  }

  private BlobSource sealed(StoreRecord record, List<BlobSource> inside) throws StoreRefusal {
    try {
      return BlobSource.bytes(SealedRecord.seal(record, inside, key));
    } catch (StoreRefusal e) {
      sending.noted(e.getMessage()); // no store would take it
      throw e;
    }
  }

  private void sendRecord(Digest of, BlobSource record, StoreCall call) throws StoreRefusal {
    sendBlob(record, false, call);
    BlobSource entry = BlobSource.bytes(ActionEntry.encode(record.blob()));
    put(StorePlace.ENTRIES, of, entry, call);
  }

  private void put(String in, Digest name, BlobSource bytes, StoreCall call) throws StoreRefusal {
    call.ask(
        threads,
        request -> {
          place.put(in, name, bytes, request);
          return null;
        });
  }

  /** Says what is still to be said, and lets go. */
  @Override
  public void close() {
    reading.end();
    sending.end();
    ThreadEnd.stop(threads, PATIENCE); // a place that can takes its half-written files away
    place.close();
  }

  /**
   * Where entries and blobs of a shared store lie: a folder or a server. What it gives is checked
   * by {@link SharedStore}. How long it takes, {@link StoreCall} says; it tells the call when an
   * answer begins and when bytes pass, and ends when its thread is interrupted. For several
   * threads.
   */
  interface StorePlace extends AutoCloseable {

    /** Where blobs lie, and where entries do. */
    String BLOBS = "cas";

    String ENTRIES = "ac";

    /** As messages name it: a path or a URL. */
    String name();

    /** Whether its owner alone can read what lies there. */
    default boolean isPrivate() {
      return false;
    }

    /**
     * Opens what lies there; null for nothing. The bytes may be others than were asked for.
     *
     * @param in {@link #BLOBS} or {@link #ENTRIES}
     */
    InputStream open(String in, Digest name, StoreCall.Request request) throws StoreRefusal;

    /** What it means that a stream of this place broke off. */
    StoreRefusal broken(IOException e);

    /** Whether a blob of this size lies there; its bytes are not looked at. */
    boolean has(Blob blob, StoreCall.Request request) throws StoreRefusal;

    /**
     * Puts bytes there, in place of any others.
     *
     * @param in as for {@link #open}
     */
    void put(String in, Digest name, BlobSource bytes, StoreCall.Request request)
        throws StoreRefusal;

    /**
     * Keys with entries, the newest first; none where they cannot be listed.
     *
     * @param nanos when it goes by what was seen until then
     */
    default List<Digest> newest(int most, long nanos, StoreCall.Request request)
        throws StoreRefusal {
      return List.of();
    }

    /**
     * Whether each request is a way of its own: several go at once, and small blobs go together.
     */
    default boolean isFar() {
      return false;
    }

    /** Closes it; it is not asked any more. */
    @Override
    default void close() {}
  }
}
