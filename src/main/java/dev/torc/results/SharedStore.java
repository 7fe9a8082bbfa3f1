package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.results.StoreRecord.Type;
import dev.torc.text.SafeText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A shared store: what of its records is believed, and in which order it is sent to. It throws
 * nothing at the build: where it cannot serve there is a miss with a reason. Where the bytes lie, a
 * {@link StorePlace} knows. For several threads.
 */
final class SharedStore implements ResultStore, AutoCloseable {

  /** Records of more bytes are looked at one at a time. */
  private static final long LARGE = 1 << 20;

  /** Milliseconds until it looks again whether another large record is done. */
  private static final long LOOK = 20;

  /** Bytes each nanosecond, until one was measured. */
  private static final double USUAL = 0.01;

  private static final int BREADTH = 8;

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
      Consumer<String> told) {

    /** Outside of a build: nothing waits, and nothing is told. */
    static Build none() {
      return new Build("", System::nanoTime, new AtomicBoolean(), new Semaphore(1), _ -> {});
    }
  }

  private final StorePlace place;
  private final Set<SigningWord> trust;
  private final SigningKey key;
  private final Build build;
  private final StoreHealth reading;
  private final StoreHealth sending;
  private final StoreThreads threads = new StoreThreads();

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

  @Override
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

  @Override
  public Hit find(Digest of) {
    return look(of, Type.RESULT, this::hit, reason -> new Hit(null, this, reason, Map.of()));
  }

  private Hit hit(SealedRecord record) throws StoreRefusal {
    Result result = (Result) record.record();
    if (result.root() != null && !result.root().equals(build.root)) {
      String there = "the result holds the path of its root, " + SafeText.name(result.root());
      return new Hit(null, this, there, Map.of());
    }
    return new Hit(result, this, null, record.inside());
  }

  @Override
  public List<List<String>> names(Digest first) {
    FoundNames names = foundNames(first);
    return names == null ? List.of() : names.lists();
  }

  private FoundNames foundNames(Digest first) {
    return look(first, Type.NAMES, record -> (FoundNames) record.record(), _ -> null);
  }

  /** What is made of a record. */
  private interface Reader<T> {
    T of(SealedRecord record) throws StoreRefusal;
  }

  /**
   * What lies under a key.
   *
   * @param miss makes the answer of the reason why there is none; null where nothing lies there
   */
  private <T> T look(Digest of, Type type, Reader<T> found, Function<String, T> miss) {
    String rest = reading.rest();
    if (rest != null) {
      return miss.apply(rest);
    }
    StoreCall call = StoreCall.small(build, reading);
    try {
      SealedRecord record = record(of, call);
      if (record != null && (record.type() != type || !record.record().key().equals(of))) {
        throw new StoreRefusal("another's record lies under the key " + of);
      }
      return record == null ? miss.apply(null) : found.of(record);
    } catch (StoreRefusal e) {
      boolean ended = build.stopped.get() || Thread.currentThread().isInterrupted();
      if (e instanceof StoreFailure || !ended) {
        reading.failed(call.start(), e);
      }
      return miss.apply(e.getMessage());
    }
  }

  /**
   * Hands over the newest results, with any key; of a server none are known.
   *
   * @param most how many records are looked at
   * @param nanos how long that may take; two thirds of it until the newest ones are known
   */
  void newest(int most, long nanos, Consumer<Result> visitor) {
    if (reading.isAlone()) {
      return;
    }
    StoreCall call = StoreCall.small(build, reading);
    try {
      for (Digest each : threads.ask(call, request -> place.newest(most, nanos / 3 * 2, request))) {
        if (call.now() - call.start() > nanos) {
          return;
        }
        if (anyRecord(each, call) instanceof Result result) {
          visitor.accept(result);
        }
      }
    } catch (StoreRefusal e) {
      failed(reading, call, e);
    }
  }

  /** A record of whatever kind; null where it is not to be believed, without a line about it. */
  private StoreRecord anyRecord(Digest of, StoreCall call) throws StoreFailure {
    try {
      SealedRecord record = record(of, call);
      return record != null && record.record().key().equals(of) ? record.record() : null;
    } catch (StoreRefusal e) {
      return null;
    }
  }

  /** What lies under a key, whatever it is; null for nothing. */
  private SealedRecord record(Digest of, StoreCall call) throws StoreRefusal {
    byte[] entry = threads.ask(call, request -> place.entry(of, request));
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
      Thread.currentThread().interrupt();
      throw new StoreRefusal("the build was ended");
    }
    try {
      return record(blob, call);
    } finally {
      build.large.release();
    }
  }

  private SealedRecord record(Blob blob, StoreCall call) throws StoreRefusal {
    try (BlobSink sink = new BlobSink(blob, this::isKnown)) {
      if (!fetch(blob, sink, call)) {
        throw new StoreRefusal("a record is gone, and its entry is still there");
      }
      return SealedRecord.open(sink.bytes()); // whose signer counts: its head was looked at;
    }
  }

  /**
   * Whether enough of a record has come to see its signer; throws where no record of that signer
   * counts, so that the rest need not come.
   */
  private boolean isKnown(byte[] record, int length) throws StoreRefusal {
    if (length < Math.min(record.length, SealedRecord.SIGNED)) {
      return false;
    }
    check(SealedRecord.signer(record));
    return true;
  }

  private void check(SigningWord signer) throws StoreRefusal {
    if (trust != null && signer == null) {
      throw new StoreRefusal("a record is not signed");
    }
    if (trust != null && !trust.contains(signer)) {
      throw new StoreRefusal("a record is signed by " + signer + ", which is not in trust");
    }
  }

  private boolean fetch(Blob blob, BlobSink sink, StoreCall call) throws StoreRefusal {
    try {
      return threads.ask(call, request -> place.fetch(blob, sink, request));
    } finally {
      if (sink.isWrong()) {
        wrong.add(blob);
      }
    }
  }

  @Override
  public ResultParts fetch(Hit hit, Path folder) {
    FetchedResult fetched = new FetchedResult(hit.result(), folder);
    if (fetchBlobs(hit, folder) == null) {
      return fetched;
    }
    fetched.done();
    return null;
  }

  /**
   * Fetches all blobs of a result into a folder, each under its name.
   *
   * @return null where all are there, else the reason; then none is
   */
  String fetchBlobs(Hit hit, Path folder) {
    String rest = reading.rest();
    if (rest != null) {
      return rest;
    }
    long inside = hit.inside().keySet().stream().mapToLong(Blob::size).sum();
    StoreCall call =
        StoreCall.large(build, reading, hit.result().wall(), hit.result().bytes() - inside);
    Queue<Path> made = new ConcurrentLinkedQueue<>();
    try {
      call.check(readingRate);
      StoreThreads.each(
          hit.result().blobs(),
          breadth(),
          blob -> {
            Path file = folder.resolve(blob.name());
            fetch(blob, hit.inside().get(blob), file, call);
            made.add(file);
          });
      return null;
    } catch (StoreRefusal e) {
      failed(reading, call, e);
      made.forEach(file -> file.toFile().delete());
      return e.getMessage();
    } finally {
      readingRate = call.rate() > 0 ? call.rate() : readingRate;
    }
  }

  private static void failed(StoreHealth health, StoreCall call, StoreRefusal e) {
    if (e instanceof StoreFailure) {
      health.failed(call.start(), e);
    }
  }

  /**
   * Fetches one of them.
   *
   * @param here its bytes where they came with the record, else null
   */
  private void fetch(Blob blob, byte[] here, Path to, StoreCall call) throws StoreRefusal {
    call.check();
    try (BlobSink sink = new BlobSink(blob, to)) {
      if (here != null) {
        sink.take(here, here.length);
        sink.end();
      } else if (!fetch(blob, sink, call)) {
        throw new StoreRefusal(blob.digest() + " is gone from the store");
      }
    }
  }

  /** Sends it: where its entry is found, the rest is there. What fails is told. */
  @Override
  public void put(Upload upload) {
    Result result = upload.result();
    if (send(upload) && result.first() != null && reading.rest() == null) {
      FoundNames there = foundNames(result.first()); // what is there would be lost
      FoundNames before = there == null ? new FoundNames(result.first(), List.of()) : there;
      FoundNames now = before.with(result.found());
      if (!now.equals(there)) {
        StoreCall call = StoreCall.small(build, null);
        sent(call, () -> sendRecord(now.key(), sealed(now, List.of()), call));
      }
    }
  }

  /** Its blobs that are not there, then its record, then the entry; whether all were sent. */
  private boolean send(Upload upload) {
    Result result = upload.result();
    Set<Blob> inside = place.isFar() ? SealedRecord.small(result) : Set.of();
    List<BlobSource> outside = new ArrayList<>(upload.blobs());
    outside.removeIf(blob -> inside.contains(blob.blob()));
    StoreCall call = StoreCall.large(build, null, result.wall(), result.bytes());
    return sent(
        call,
        () -> {
          call.check(sendingRate);
          BlobSource record = sealed(result, upload.blobs(inside));
          try {
            StoreThreads.each(outside, breadth(), blob -> sendBlob(blob, upload.again(), call));
          } finally {
            sendingRate = call.rate() > 0 ? call.rate() : sendingRate;
          }
          sendRecord(result.key(), record, call);
        });
  }

  /** What is done to send something. */
  private interface Step {
    void take() throws StoreRefusal;
  }

  private boolean sent(StoreCall call, Step step) {
    try {
      step.take();
      return true;
    } catch (StoreRefusal e) {
      failed(sending, call, e); // else the build was ended, or a file is another by now
      return false;
    }
  }

  private void sendBlob(BlobSource blob, boolean again, StoreCall call) throws StoreRefusal {
    call.check();
    boolean small = place.isFar() && blob.blob().size() < SealedRecord.SMALL;
    if (again
        || small
        || wrong.contains(blob.blob())
        || !threads.ask(call, request -> place.has(blob.blob(), request))) {
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
    threads.ask(
        call,
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
    threads.close();
    place.close();
  }
}
