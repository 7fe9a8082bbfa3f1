package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.machine.SafeText;
import dev.torc.results.StoreRecord.Type;
import java.nio.file.Path;
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
import java.util.function.LongSupplier;

/**
 * One shared store: what of its records is believed, and in which order it is sent to. It throws
 * nothing at the build: where it cannot serve there is a miss with a reason. Where the bytes lie, a
 * {@link StorePlace} knows. For several threads.
 */
final class SharedStore implements AutoCloseable {

  /** Records of more bytes are looked at one at a time. */
  private static final long LARGE = 1 << 20;

  /** Milliseconds until it looks again whether another large record is done. */
  private static final long LOOK = 20;

  /** Bytes each nanosecond, until one was measured. */
  private static final double USUAL = 0.01;

  private final StorePlace place;
  private final Set<SigningWord> trust;
  private final SigningKey key;
  private final String root;
  private final LongSupplier clock;
  private final AtomicBoolean stopped;
  private final StoreHealth reading;
  private final StoreHealth sending;

  private final Semaphore large;
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
   * @param root the real path of the root here
   * @param clock nanoseconds from any moment on
   * @param stopped whether the user ended the build
   * @param large lets one thread at a time look at a large record
   * @param told takes a line for people
   */
  SharedStore(
      StorePlace place,
      Set<SigningWord> trust,
      SigningKey key,
      String root,
      LongSupplier clock,
      AtomicBoolean stopped,
      Semaphore large,
      Consumer<String> told) {
    this.place = place;
    this.trust = trust;
    this.key = key;
    this.root = root;
    this.clock = clock;
    this.stopped = stopped;
    this.large = large;
    this.reading = new StoreHealth(place.name(), "left alone for this build", clock, told);
    this.sending =
        new StoreHealth(place.name(), "nothing more is sent to it in this build", clock, told);
  }

  String name() {
    return place.name();
  }

  /** Whether it takes results of this build. */
  boolean isSentTo() {
    return (trust == null || key != null)
        && !reading.isAlone()
        && !sending.isAlone()
        && !stopped.get();
  }

  /** Whether what is to be sent waits, since it just failed. */
  boolean rests() {
    return isSentTo() && sending.rest() != null;
  }

  /** Whether its owner alone can read what lies there. */
  boolean isPrivate() {
    return place.isPrivate();
  }

  /** The result under a key. */
  SharedLook<Result> result(Digest of) {
    return look(of, Type.RESULT, Result.class);
  }

  /** The lists of names under a key. */
  SharedLook<FoundNames> names(Digest of) {
    return look(of, Type.NAMES, FoundNames.class);
  }

  private <T extends StoreRecord> SharedLook<T> look(Digest of, Type type, Class<T> kind) {
    String rest = reading.rest();
    if (rest != null) {
      return SharedLook.miss(name(), rest);
    }
    StoreCall call = StoreCall.small(clock, stopped::get, reading);
    try {
      T record = kind.cast(record(of, type, call));
      if (record instanceof Result result && !fits(result)) {
        String there = "the result holds the path of its root, " + SafeText.name(result.root());
        return SharedLook.miss(name(), there);
      }
      return new SharedLook<>(record, name(), null);
    } catch (StoreFailure e) {
      reading.failed(call.start(), e);
      return SharedLook.miss(name(), e.getMessage());
    } catch (StoreRefusal e) {
      if (!stopped.get() && !Thread.currentThread().isInterrupted()) {
        reading.failed(call.start(), StoreFailure.of(e.getMessage()));
      }
      return SharedLook.miss(name(), e.getMessage());
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
    StoreCall call = StoreCall.small(clock, stopped::get, reading);
    try {
      for (Digest each : threads.ask(call, request -> place.newest(most, nanos / 3 * 2, request))) {
        if (call.now() - call.start() > nanos) {
          return;
        }
        if (anyRecord(each, call) instanceof Result result) {
          visitor.accept(result);
        }
      }
    } catch (StoreFailure e) {
      reading.failed(call.start(), e);
    } catch (StoreRefusal e) {
      return; // the build was ended
    }
  }

  /** A record of whatever kind; null where it is not to be believed, without a line about it. */
  private StoreRecord anyRecord(Digest of, StoreCall call) throws StoreFailure {
    try {
      StoreRecord record = record(of, call);
      return record != null && record.key().equals(of) ? record : null;
    } catch (StoreRefusal e) {
      return null;
    }
  }

  private boolean fits(Result result) {
    return result.root() == null || result.root().equals(root);
  }

  /** Null where nothing lies under the key. */
  private StoreRecord record(Digest of, Type type, StoreCall call)
      throws StoreFailure, StoreRefusal {
    StoreRecord record = record(of, call);
    if (record != null && (record.type() != type || !record.key().equals(of))) {
      throw new StoreRefusal("another's record lies under the key " + of);
    }
    return record;
  }

  /** What lies under a key, whatever it is; null for nothing. */
  private StoreRecord record(Digest of, StoreCall call) throws StoreFailure, StoreRefusal {
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
      while (!large.tryAcquire(LOOK, TimeUnit.MILLISECONDS)) {
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
      large.release();
    }
  }

  private StoreRecord record(Blob blob, StoreCall call) throws StoreFailure, StoreRefusal {
    try (BlobSink sink = BlobSink.memory(blob, this::isKnown)) {
      if (!fetch(blob, sink, call)) {
        throw new StoreRefusal("a record is gone, and its entry is still there");
      }
      SealedRecord record = SealedRecord.open(sink.bytes());
      check(record.signer());
      return record.record();
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

  private boolean fetch(Blob blob, BlobSink sink, StoreCall call)
      throws StoreFailure, StoreRefusal {
    try {
      return threads.ask(call, request -> place.fetch(blob, sink, request));
    } finally {
      if (sink.isWrong()) {
        wrong.add(blob);
      }
    }
  }

  /**
   * Fetches blobs of a result into new files.
   *
   * @return null where all are there, else the reason; then none of the files is
   */
  String fetch(Result result, Map<Blob, Path> blobs) {
    String rest = reading.rest();
    if (rest != null) {
      return rest;
    }
    StoreCall call = call(result, total(blobs.keySet()), reading);
    Queue<Path> made = new ConcurrentLinkedQueue<>();
    try {
      call.check(readingRate);
      StoreThreads.each(
          blobs.entrySet(),
          place.breadth(),
          each -> {
            fetch(each.getKey(), each.getValue(), call);
            made.add(each.getValue());
          });
      return null;
    } catch (StoreFailure e) {
      reading.failed(call.start(), e);
      made.forEach(file -> file.toFile().delete());
      return e.getMessage();
    } catch (StoreRefusal e) {
      made.forEach(file -> file.toFile().delete());
      return e.getMessage();
    } finally {
      readingRate = call.rate() > 0 ? call.rate() : readingRate;
    }
  }

  private StoreCall call(Result result, long total, StoreHealth waits) {
    return StoreCall.large(clock, stopped::get, waits, result.wall(), total);
  }

  private void fetch(Blob blob, Path to, StoreCall call) throws StoreFailure, StoreRefusal {
    call.check();
    try (BlobSink sink = BlobSink.file(blob, to)) {
      if (!fetch(blob, sink, call)) {
        throw new StoreRefusal(blob.digest() + " is gone from the store");
      }
    }
  }

  /** How many bytes blobs have. */
  private static long total(Set<Blob> blobs) {
    return blobs.stream().mapToLong(Blob::size).sum();
  }

  /**
   * Sends a result: its blobs that are not there, then its record, then the entry: where the entry
   * is found, the rest is there.
   *
   * @param blobs all of the result's
   * @param again whether what is there is sent, too
   * @return null where it was sent, else the reason
   */
  String send(Result result, List<BlobSource> blobs, boolean again) {
    BlobSource record = sealed(result);
    if (record == null) {
      return "its record cannot be sent";
    }
    StoreCall call = call(result, result.bytes(), null);
    return sent(
        call,
        () -> {
          call.check(sendingRate);
          try {
            StoreThreads.each(blobs, place.breadth(), blob -> sendBlob(blob, again, call));
          } finally {
            sendingRate = call.rate() > 0 ? call.rate() : sendingRate;
          }
          sendRecord(result.key(), record, call);
        });
  }

  /** A record's blob; null where no store would take it, which is told. */
  private BlobSource sealed(StoreRecord record) {
    try {
      return BlobSource.bytes(SealedRecord.seal(record, key));
    } catch (StoreRefusal e) {
      sending.noted(e.getMessage());
      return null;
    }
  }

  /** What is done to send something. */
  private interface Step {
    void take() throws StoreFailure, StoreRefusal;
  }

  private String sent(StoreCall call, Step step) {
    try {
      step.take();
      return null;
    } catch (StoreFailure e) {
      sending.failed(call.start(), e);
      return e.getMessage();
    } catch (StoreRefusal e) {
      return e.getMessage();
    }
  }

  private void sendBlob(BlobSource blob, boolean again, StoreCall call)
      throws StoreFailure, StoreRefusal {
    call.check();
    if (again
        || wrong.contains(blob.blob())
        || !threads.ask(call, request -> place.has(blob.blob(), request))) {
      put(StorePlace.BLOBS, blob.blob().digest(), blob, call);
    } else {
      call.moved(blob.blob().size());
    }
  }

  private void sendRecord(Digest of, BlobSource record, StoreCall call)
      throws StoreFailure, StoreRefusal {
    sendBlob(record, false, call);
    BlobSource entry = BlobSource.bytes(ActionEntry.encode(record.blob()));
    put(StorePlace.ENTRIES, of, entry, call);
  }

  private void put(String in, Digest name, BlobSource bytes, StoreCall call)
      throws StoreFailure, StoreRefusal {
    threads.ask(
        call,
        request -> {
          place.put(in, name, bytes, request);
          return null;
        });
  }

  /** Puts a list of names first among those under a key. */
  String sendNames(Digest of, List<String> newest) {
    String rest = reading.rest();
    if (rest != null) {
      return rest; // what is there would be lost
    }
    FoundNames there = names(of).record();
    FoundNames before = there == null ? new FoundNames(of, List.of()) : there;
    FoundNames now = before.with(newest);
    if (now.equals(there)) {
      return null;
    }
    BlobSource record = sealed(now);
    if (record == null) {
      return "its lists of names cannot be sent";
    }
    StoreCall call = StoreCall.small(clock, stopped::get, null);
    return sent(call, () -> sendRecord(of, record, call));
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
