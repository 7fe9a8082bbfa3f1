package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.machine.SafeText;
import dev.torc.results.StoreRecord.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One shared store: what of its records is believed, and in which order it is sent to. It throws
 * nothing at the build: where it cannot serve there is a miss with a reason. Where the bytes lie, a
 * {@link StorePlace} knows. For several threads.
 */
final class SharedStore implements AutoCloseable {

  /** What is sent is sent beside the build, which does not wait for it. */
  private static final SharedCall.Waited BESIDE = (from, to) -> {};

  private final StorePlace place;
  private final Set<SigningWord> trust;
  private final SigningKey key;
  private final String root;
  private final SharedClock clock;
  private final AtomicBoolean stopped;
  private final SharedHealth reading;
  private final SharedHealth sending;

  /** Bytes each nanosecond, as the last of the larger results came and went; 0 where unknown. */
  private volatile double readingRate;

  private volatile double sendingRate;

  /** Blobs that came wrong: they are sent again, though something lies there. */
  private final Set<Blob> wrong = ConcurrentHashMap.newKeySet();

  /**
   * A store.
   *
   * @param trust whose records count; null where all do, as in a folder that only the trusted write
   * @param key by which records are signed; null for none
   * @param root the real path of the root here
   * @param stopped whether the user ended the build
   * @param told takes a line for people
   */
  SharedStore(
      StorePlace place,
      Set<SigningWord> trust,
      SigningKey key,
      String root,
      SharedClock clock,
      AtomicBoolean stopped,
      Consumer<String> told) {
    this.place = place;
    this.trust = trust;
    this.key = key;
    this.root = root;
    this.clock = clock;
    this.stopped = stopped;
    this.reading = new SharedHealth(place.name(), "left alone for this build", told);
    this.sending = new SharedHealth(place.name(), "nothing more is sent to it in this build", told);
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

  /** Whether nobody else can read what lies there. */
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
    if (reading.isAlone()) {
      return SharedLook.miss(name(), "left alone for this build");
    }
    try {
      T record = kind.cast(record(of, type));
      if (record instanceof Result result && !fits(result)) {
        String there = "the result holds the path of its root, " + SafeText.name(result.root());
        return SharedLook.miss(name(), there);
      }
      return new SharedLook<>(record, name(), null);
    } catch (StoreFailure e) {
      reading.failed(e);
      return SharedLook.miss(name(), e.getMessage());
    } catch (StoreRefusal e) {
      refused(e);
      return SharedLook.miss(name(), e.getMessage());
    }
  }

  /**
   * The newest results that may be those of a job, with any key; of a server none are known.
   *
   * @param most how many records are looked at
   */
  List<Result> newest(String job, int most) {
    List<Result> found = new ArrayList<>();
    if (reading.isAlone()) {
      return found;
    }
    try {
      SharedCall call = SharedCall.small(clock, stopped::get, reading::waited);
      for (Digest each : place.newest(most, call)) {
        if (anyRecord(each) instanceof Result result && result.job().equals(job)) {
          found.add(result);
        }
      }
    } catch (StoreFailure e) {
      reading.failed(e);
    } catch (StoreRefusal e) {
      return found; // the build was ended
    }
    return found;
  }

  /** A record of whatever kind; null where it is not to be believed, which is nobody's trouble. */
  private StoreRecord anyRecord(Digest of) throws StoreFailure {
    try {
      StoreRecord record = record(of);
      return record != null && record.key().equals(of) ? record : null;
    } catch (StoreRefusal e) {
      return null;
    }
  }

  private boolean fits(Result result) {
    return result.root() == null || result.root().equals(root);
  }

  private void refused(StoreRefusal e) {
    if (!stopped.get() && !Thread.currentThread().isInterrupted()) {
      reading.refused(e.getMessage());
    }
  }

  /** Null where nothing lies under the key. */
  private StoreRecord record(Digest of, Type type) throws StoreFailure, StoreRefusal {
    StoreRecord record = record(of);
    if (record != null && (record.type() != type || !record.key().equals(of))) {
      throw new StoreRefusal("another's record lies under the key " + of);
    }
    return record;
  }

  /** What lies under a key, whatever it is; null for nothing. */
  private StoreRecord record(Digest of) throws StoreFailure, StoreRefusal {
    SharedCall call = SharedCall.small(clock, stopped::get, reading::waited);
    byte[] entry = place.entry(of, call);
    if (entry == null) {
      return null;
    }
    Blob blob = ActionEntry.decode(entry);
    SealedRecord envelope = envelope(blob, call);
    if (trust != null && envelope.signer() == null) {
      throw new StoreRefusal("a record is not signed");
    }
    if (trust != null && !trust.contains(envelope.signer())) {
      throw new StoreRefusal(
          "a record is signed by " + envelope.signer() + ", which is not in trust");
    }
    return envelope.record();
  }

  private SealedRecord envelope(Blob blob, SharedCall call) throws StoreFailure, StoreRefusal {
    try (BlobSink sink = BlobSink.memory(blob)) {
      if (!fetch(blob, sink, call)) {
        throw new StoreRefusal("a record is gone, and its entry is still there");
      }
      return SealedRecord.open(sink.bytes());
    }
  }

  private boolean fetch(Blob blob, BlobSink sink, SharedCall call)
      throws StoreFailure, StoreRefusal {
    try {
      return place.fetch(blob, sink, call);
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
    if (reading.isAlone()) {
      return "left alone for this build";
    }
    SharedCall call = call(result, total(blobs.keySet()), reading::waited);
    Queue<Path> made = new ConcurrentLinkedQueue<>();
    try {
      call.check(readingRate);
      SharedCrew.each(
          blobs.entrySet(),
          place.breadth(),
          each -> {
            fetch(each.getKey(), each.getValue(), call);
            made.add(each.getValue());
          });
      return null;
    } catch (StoreFailure e) {
      reading.failed(e);
      made.forEach(file -> file.toFile().delete());
      return e.getMessage();
    } catch (StoreRefusal e) {
      made.forEach(file -> file.toFile().delete());
      return e.getMessage();
    } finally {
      readingRate = call.rate() > 0 ? call.rate() : readingRate;
    }
  }

  private SharedCall call(Result result, long total, SharedCall.Waited waited) {
    return SharedCall.large(clock, stopped::get, waited, result.wall(), total);
  }

  private void fetch(Blob blob, Path to, SharedCall call) throws StoreFailure, StoreRefusal {
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
   * Sends a result: its blobs that are not there, then its record, then the entry, so that whoever
   * finds the entry finds the rest.
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
    SharedCall call = call(result, result.bytes(), BESIDE);
    return sent(
        () -> {
          call.check(sendingRate);
          try {
            SharedCrew.each(blobs, place.breadth(), blob -> sendBlob(blob, again, call));
          } finally {
            sendingRate = call.rate() > 0 ? call.rate() : sendingRate;
          }
          sendRecord(result.key(), record, call);
        });
  }

  /** A record's blob; null where nobody would take it, which is told. */
  private BlobSource sealed(StoreRecord record) {
    try {
      return BlobSource.bytes(SealedRecord.seal(record, key));
    } catch (StoreRefusal e) {
      sending.refused(e.getMessage());
      return null;
    }
  }

  /** What is done to send something. */
  private interface Step {
    void take() throws StoreFailure, StoreRefusal;
  }

  private String sent(Step step) {
    try {
      step.take();
      return null;
    } catch (StoreFailure e) {
      sending.failed(e);
      return e.getMessage();
    } catch (StoreRefusal e) {
      return e.getMessage();
    }
  }

  private void sendBlob(BlobSource blob, boolean again, SharedCall call)
      throws StoreFailure, StoreRefusal {
    call.check();
    if (again || wrong.contains(blob.blob()) || !place.has(blob.blob(), call)) {
      place.send(blob, call);
    } else {
      call.moved(blob.blob().size());
    }
  }

  private void sendRecord(Digest of, BlobSource record, SharedCall call)
      throws StoreFailure, StoreRefusal {
    sendBlob(record, false, call);
    place.sendEntry(of, ActionEntry.encode(record.blob()), call);
  }

  /** Puts a list of names first among those under a key. */
  String sendNames(Digest of, List<String> newest) {
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
    SharedCall call = SharedCall.small(clock, stopped::get, BESIDE);
    return sent(() -> sendRecord(of, record, call));
  }

  /** Says what is still to be said, and lets go. */
  @Override
  public void close() {
    reading.end();
    sending.end();
    place.close();
  }
}
