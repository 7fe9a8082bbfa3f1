package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.ThreadEnd;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.features.stores.Result.ResultParts;
import dev.torc.features.stores.SealedRecord.StoreRecord;
import dev.torc.features.stores.SharedStores.Upload;
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
 * One shared store, in a folder or on a server. It decides which records of the store count, and in
 * which order records, blobs and entries are sent. A {@link StorePlace} reads and writes the bytes;
 * {@link LocalStore} is the local store. A store that fails never ends the build: the lookup is a
 * miss with a reason. Safe for several threads.
 */
public final class SharedStore implements AutoCloseable {

  /**
   * The answer of a store for one key. With a result, {@code inside} has the blobs that came with
   * its record. A record that may not be used has a {@code reason}, one line. Without a record,
   * both are null.
   */
  public record Hit(Result result, SharedStore store, String reason, Map<Blob, byte[]> inside) {}

  private static final long LARGE = 1 << 20; // bytes; larger records are read one at a time

  /** Milliseconds between tries to start reading a large record. */
  private static final long LOOK = 20;

  private static final double USUAL = 0.01; // bytes per nanosecond, until a rate is measured

  private static final int BREADTH = 8;

  /** How long, in seconds, close() waits for abandoned requests. */
  private static final int PATIENCE = 1;

  /**
   * The state that all stores of a build share. {@code root} is the real path of the root, {@code
   * clock} returns nanoseconds since an arbitrary moment, {@code stopped} is set when the user ends
   * the build, {@code large} is held while a large record is read, and {@code told} takes lines for
   * the user.
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

  /**
   * The rates of fetching and sending, in bytes per nanosecond, from the last call that was large
   * enough to measure; 0 if unknown.
   */
  private volatile double readingRate = USUAL;

  private volatile double sendingRate;

  /** Blobs that came with wrong bytes. They are sent again, although the store has them. */
  private final Set<Blob> wrong = ConcurrentHashMap.newKeySet();

  /**
   * Creates a store. Only records that a key in {@code trust} signed count. If {@code trust} is
   * null, all records count, as in a folder that only trusted users can write to. {@code key} signs
   * what is sent; it may be null.
   */
  SharedStore(StorePlace place, Set<SigningWord> trust, SigningKey key, Build build) {
    this.place = place;
    this.trust = trust;
    this.key = key;
    this.build = build;
    this.reading = new StoreHealth(place.name(), "left alone for this build", build);
    this.sending = new StoreHealth(place.name(), "nothing more is sent to it in this build", build);
  }

  public String name() {
    return place.name();
  }

  /** Returns whether results of this build may be sent to the store. */
  boolean isSentTo() {
    return (trust == null || key != null)
        && !reading.isAlone()
        && !sending.isAlone()
        && !build.stopped.get();
  }

  /** Returns whether uploads must wait because one has just failed. */
  boolean rests() {
    return isSentTo() && sending.rest() != null;
  }

  private int breadth() {
    return place.isFar() ? BREADTH : 1;
  }

  boolean isPrivate() {
    return place.isPrivate();
  }

  /** Returns the result under a key, or the reason why its record may not be used. */
  public Hit find(Digest of) {
    try {
      SealedRecord sealed = read(of, true);
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

  /** Returns the lists of found needs under a first key; empty if they cannot be read. */
  public List<List<String>> names(Digest first) {
    try {
      SealedRecord sealed = read(first, false);
      return sealed == null ? List.of() : ((FoundNames) sealed.record()).lists();
    } catch (StoreRefusal e) {
      return List.of(); // read() has counted the failure
    }
  }

  /** Returns the record under a key; null if missing. Counts a failure in {@link #reading}. */
  private SealedRecord read(Digest of, boolean result) throws StoreRefusal {
    mayRead();
    StoreCall call = StoreCall.small(build, reading);
    try {
      SealedRecord sealed = record(of, call);
      StoreRecord record = sealed == null ? null : sealed.record();
      if (record != null && (record instanceof Result != result || !record.key().equals(of))) {
        throw new StoreRefusal("the record under key " + of + " belongs to another result");
      }
      return sealed;
    } catch (StoreRefusal e) {
      boolean ended = build.stopped.get() || Thread.currentThread().isInterrupted();
      if (e.failure() != null || !ended) {
        reading.failed(call.start, e);
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
   * Visits the newest results, and reads at most {@code most} records in {@code nanos} nanoseconds.
   * Two thirds of that time are for finding the newest keys. On a server it visits nothing, since a
   * server cannot list its records.
   */
  void newest(int most, long nanos, Consumer<Hit> visitor) {
    StoreCall call = StoreCall.small(build, reading);
    try {
      for (Digest each : call.ask(threads, request -> place.newest(most, nanos / 3 * 2, request))) {
        if (call.now() - call.start > nanos) {
          return;
        }
        if (anyRecord(each, call) instanceof Result result && result.key().equals(each)) {
          visitor.accept(new Hit(result, this, null, Map.of()));
        }
      }
    } catch (StoreRefusal e) {
      failed(reading, call, e);
    }
  }

  /** Returns a record of either kind; null if it is missing or invalid, which is not reported. */
  private StoreRecord anyRecord(Digest of, StoreCall call) {
    try {
      SealedRecord record = record(of, call);
      return record == null ? null : record.record();
    } catch (StoreRefusal e) {
      return null;
    }
  }

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

  private byte[] entry(Digest of, StoreRequest request) throws StoreRefusal {
    try (InputStream in = place.open(StorePlace.ENTRIES, of, request)) {
      return in == null ? null : ActionEntry.read(in);
    } catch (IOException e) {
      throw place.broken(e);
    }
  }

  /** Fetches a record. If no trusted key signed it, throws after reading only the head. */
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
              bytes.transferTo(OutputStream.nullOutputStream()); // throws if more bytes follow
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

  private interface Taker {
    void take(BlobStream bytes) throws IOException, StoreRefusal;
  }

  /**
   * Passes the bytes of a blob to {@code to}. Returns false if the store does not have the blob,
   * and throws if the bytes are wrong.
   */
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
   * Returns whether the blobs of a result are there with the right bytes, as far as a command that
   * only looks can tell: it reads no server, and no large result.
   */
  public boolean holds(Hit hit) {
    Result result = hit.result();
    boolean reads = !place.isFar() && result.bytes() <= LocalStore.MOST_CHECKED;
    StoreCall call = StoreCall.large(build, reading, result.spent().wall(), result.bytes());
    try {
      for (Blob blob : reads ? result.blobs() : Set.<Blob>of()) {
        if (!hit.inside().containsKey(blob)
            && !fetch(blob, call, bytes -> bytes.transferTo(OutputStream.nullOutputStream()))) {
          return false;
        }
      }
      return true;
    } catch (StoreRefusal e) {
      return false; // the build cannot restore it either
    }
  }

  /** Fetches a result into an empty folder; returns null if that fails. */
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

  /** Fetches all blobs of a result into files with their names; throws if one is missing. */
  void fetchBlobs(Hit hit, Path folder) throws StoreRefusal {
    mayRead();
    Result result = hit.result();
    long inside = hit.inside().keySet().stream().mapToLong(Blob::size).sum();
    StoreCall call =
        StoreCall.large(build, reading, result.spent().wall(), result.bytes() - inside);
    try {
      call.check(readingRate);
      StoreCall.each(
          result.blobs(),
          breadth(),
          blob -> {
            Path file = folder.resolve(blob.name());
            try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
              byte[] here = hit.inside().get(blob); // its digest was checked with the record
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
      health.failed(call.start, e);
    }
  }

  /** Sends a result, then its found needs as the newest list. Counts a failure. */
  void put(Upload upload) {
    Result result = upload.result();
    StoreCall call = StoreCall.large(build, null, result.spent().wall(), result.bytes());
    try {
      send(upload, call);
      if (result.first() != null && reading.rest() == null) {
        sendNames(result);
      }
    } catch (StoreRefusal e) {
      failed(sending, call, e); // else the build was ended, or a file has changed
    }
  }

  /** Sends missing blobs, the record and then the entry, which must name existing blobs. */
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

  /**
   * Sends the lists of found needs with those of the result in front. Reads the current lists
   * first, since the upload replaces them.
   */
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
      sending.noteLine(e.getMessage()); // no store would accept it
      throw e;
    }
  }

  private void sendRecord(Digest of, BlobSource record, StoreCall call) throws StoreRefusal {
    sendBlob(record, false, call);
    put(StorePlace.ENTRIES, of, BlobSource.bytes(ActionEntry.encode(record.blob())), call);
  }

  private void put(String in, Digest name, BlobSource bytes, StoreCall call) throws StoreRefusal {
    call.ask(
        threads,
        request -> {
          place.put(in, name, bytes, request);
          return null;
        });
  }

  /** Reports the last failure, if it was not reported yet, and stops all threads. */
  @Override
  public void close() {
    reading.end();
    sending.end();
    ThreadEnd.stop(threads, PATIENCE); // so an interrupted request can remove its half-written file
    place.close();
  }
}
