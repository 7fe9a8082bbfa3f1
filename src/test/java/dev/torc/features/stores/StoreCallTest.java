package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.features.stores.SharedStores.Upload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** How long a build waits for a store, by a clock that the test moves. */
@Execution(ExecutionMode.CONCURRENT)
class StoreCallTest {

  private static final long SECOND = 1_000_000_000;
  private static final Digest KEY = ResultSamples.KEY;
  private static final long BEGIN = 1000 * SECOND;

  private final AtomicLong now = new AtomicLong(BEGIN);
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<String> told = new CopyOnWriteArrayList<>();

  /** What the store does with bytes that are sent. */
  private interface Taker {
    void take(String in, BlobSource bytes, StoreRequest call) throws StoreRefusal;
  }

  /** A store whose answers come when the test lets them. */
  private static class Place implements StorePlace {

    /** Each latch lets one answer begin. */
    private volatile CountDownLatch answer = new CountDownLatch(1);

    @Override
    public String name() {
      return "place";
    }

    /** Gives the bytes of an entry; null for none. {@link #blob} gives those of a blob. */
    private Function<StoreRequest, byte[]> entry = this::none;

    private Function<StoreRequest, InputStream> blob = this::none;

    private Taker put = (in, bytes, call) -> none(call);

    <T> T none(StoreRequest call) {
      try {
        answer.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return null;
    }

    @Override
    public InputStream open(String in, Digest name, StoreRequest call) {
      if (in.equals(BLOBS)) {
        return blob.apply(call);
      }
      byte[] bytes = entry.apply(call);
      return bytes == null ? null : new ByteArrayInputStream(bytes);
    }

    @Override
    public StoreRefusal broken(IOException e) {
      return StoreRefusal.failed(e.getMessage());
    }

    @Override
    public boolean has(Blob blob, StoreRequest call) {
      return false;
    }

    @Override
    public void put(String in, Digest name, BlobSource bytes, StoreRequest call)
        throws StoreRefusal {
      put.take(in, bytes, call);
    }

    @Override
    public void close() {
      answer.countDown();
    }
  }

  /** Each look moves the clock by half a second, until the answer may begin: then it stands. */
  private long look(Place place, AtomicLong until) {
    if (now.get() >= until.get()) {
      place.answer.countDown();
      return now.get();
    }
    return now.addAndGet(SECOND / 2);
  }

  private SharedStore store(StorePlace place, LongSupplier clock) {
    return new SharedStore(place, null, null, build(clock));
  }

  private SharedStore.Build build(LongSupplier clock) {
    return new SharedStore.Build("/root", clock, stopped, new Semaphore(1), told::add);
  }

  private SharedStores stores(StorePlace place, LongSupplier clock) {
    return new SharedStores(build(clock), store(place, clock));
  }

  /** Asks until the store is left alone, but forty times at most; each answer has this delay. */
  private int asked(long delay) {
    Place place = new Place();
    AtomicLong until = new AtomicLong();
    LongSupplier clock = () -> look(place, until);
    try (SharedStore store = store(place, clock)) {
      for (int i = 0; i < 40; i++) {
        if (!told.isEmpty()) {
          return i;
        }
        place.answer = new CountDownLatch(1);
        until.set(now.get() + delay);
        assertNull(store.find(KEY).result());
      }
      return 40;
    }
  }

  @Test
  void thirtySecondsOfWaitingAreEnough() {
    int asked = asked(SECOND * 9 / 2); // of each the first second does not count
    assertTrue(asked >= 8 && asked < 20, asked + " asked");
    assertEquals(List.of("store place: jobs waited 30 s for it; left alone for this build"), told);
  }

  @Test
  void anAnswerWithinASecondIsNotWaitedFor() {
    assertEquals(40, asked(SECOND));
    assertEquals(List.of(), told);
  }

  /** The pieces come fast enough one by one, but the whole record would take minutes. */
  @Test
  void aRecordThatTricklesIsNotWaitedForLongerThanThirtySeconds() {
    Place place = new Place();
    place.entry =
        call -> {
          call.begin();
          return ActionEntry.encode(new Blob(KEY, 10 << 20));
        };
    place.blob =
        call -> {
          call.begin();
          while (!Thread.currentThread().isInterrupted()) {
            call.moved(1 << 20);
          }
          return null;
        };
    try (SharedStore store = store(place, () -> now.addAndGet(SECOND / 10))) {
      for (int i = 0; i < 3; i++) {
        assertNull(store.find(KEY).result());
      }
    }
    assertEquals(1, told.size(), told.toString());
    assertTrue(now.get() < BEGIN + 60 * SECOND, now.toString());
  }

  /** In each second sixteen pieces of 16 KiB come, for 35 seconds: this counts as no waiting. */
  @Test
  void aFastAnswerMayTakeLong(@TempDir Path folder) {
    byte[] bytes = new byte[35 << 18];
    AtomicBoolean waits = new AtomicBoolean();
    Semaphore pieces = new Semaphore(0);
    InputStream slow =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            waits.set(pieces.availablePermits() == 0);
            pieces.acquireUninterruptibly();
            return super.read(into, offset, Math.min(length, 1 << 14));
          }
        };
    Place place = new Place();
    place.blob =
        call -> {
          call.begin();
          return slow;
        };
    LongSupplier clock =
        () -> {
          if (waits.compareAndSet(true, false)) {
            now.addAndGet(SECOND);
            pieces.release(16);
          }
          return now.get();
        };
    Result result = ResultSamples.lasting(200 * SECOND, ResultSamples.of(file(bytes)));
    try (SharedStore store = store(place, clock)) {
      assertNotNull(store.fetch(new SharedStore.Hit(result, store, null, Map.of()), folder));
    }
    assertEquals(List.of(), told);
  }

  private static RecordedProduct file(byte[] bytes) {
    return RecordedProduct.file("x", Digest.ofBytes(bytes), bytes.length);
  }

  /** The lines about a store that takes so many bytes of all, and then nothing more. */
  private String sent(long taken, long all) {
    Place place = new Place();
    place.put =
        (in, bytes, call) -> {
          call.sends(all);
          call.moved(taken);
          place.none(call);
        };
    Result result = ResultSamples.lasting(100 * SECOND, ResultSamples.of());
    LongSupplier clock = () -> now.addAndGet(SECOND / 10);
    try (SharedStores stores = stores(place, clock)) {
      stores.send(result.spent().wall(), () -> new Upload(result, List.of(), false, null));
      stores.finish();
    }
    return told.toString();
  }

  @Test
  void sentBytesFlow() {
    assertEquals("[store place: slower than 100 kB/s for 5 s]", sent(99, 100));
  }

  @Test
  void whenAllIsSentTheAnswerBeginsSoon() {
    assertEquals("[store place: no answer in 10 s]", sent(100, 100));
  }

  /** The last bytes lie in the buffers of both machines, which empty at 100 kB/s. */
  @Test
  void anAnswerOnItsWayIsAwaited() {
    assertEquals("[store place: no answer in 20 s]", sent(1_000_000, 1_000_000));
    told.clear();
    assertEquals("[store place: no answer in 51 s]", sent(40 << 20, 40 << 20));
  }

  /** Half of the bytes have come in 3 s: all would take 6 s, and the job took 5 s. */
  @Test
  void aSlowAnswerIsGivenUpAndNotBegunAgain(@TempDir Path folder) {
    Blob blob = new Blob(KEY, 1 << 20);
    AtomicInteger begun = new AtomicInteger();
    Place place = new Place();
    place.blob =
        call -> {
          begun.incrementAndGet();
          call.begin();
          call.moved(blob.size() / 2);
          now.addAndGet(3 * SECOND);
          return place.none(call);
        };
    Result result = ResultSamples.of(RecordedProduct.file("x", blob.digest(), blob.size()));
    LongSupplier clock = now::get;
    String reason = "would take longer than the job did";
    try (SharedStore store = store(place, clock)) {
      SharedStore.Hit hit = new SharedStore.Hit(result, store, null, Map.of());
      for (int i = 0; i < 2; i++) {
        StoreRefusal refused =
            assertThrows(StoreRefusal.class, () -> store.fetchBlobs(hit, folder));
        assertEquals(reason, refused.getMessage());
      }
      assertNull(store.fetch(hit, folder));
    }
    assertEquals(1, begun.get());
    assertFalse(Files.exists(folder));
    assertEquals(List.of(), told);
  }

  /**
   * What a result of so many bytes, sent twice, puts in a place that already has large blobs. Half
   * of another blob goes in three seconds, and the job took five.
   */
  private List<String> sentTwice(int size) {
    List<String> puts = new CopyOnWriteArrayList<>();
    Place place =
        new Place() {
          @Override
          public boolean has(Blob blob, StoreRequest call) {
            return blob.size() > 1 << 20;
          }
        };
    place.put =
        (in, bytes, call) -> {
          puts.add(in);
          now.addAndGet(3 * SECOND);
          call.moved(bytes.blob().size() / 2);
        };
    BlobSource source = BlobSource.bytes(new byte[size]);
    Upload upload =
        new Upload(ResultSamples.of(file(source.memory())), List.of(source), false, null);
    try (SharedStore store = store(place, now::get)) {
      store.put(upload);
      store.put(upload);
    }
    assertEquals(List.of(), told);
    return puts;
  }

  /** To fetch 21 MB would take more than two seconds at the rate that is assumed at first. */
  @Test
  void filesOfTheRecordAreNotOnTheirWay(@TempDir Path folder) {
    byte[] bytes = new byte[21_000_000];
    Result result = ResultSamples.lasting(SECOND, ResultSamples.of(file(bytes)));
    Map<Blob, byte[]> inside = Map.of(BlobSource.bytes(bytes).blob(), bytes);
    try (SharedStore store = store(new Place(), now::get)) {
      assertNotNull(store.fetch(new SharedStore.Hit(result, store, null, inside), folder));
    }
  }

  @Test
  void aSlowTransferIsNotSentAgain() {
    assertEquals(List.of("cas"), sentTwice(1 << 20));
  }

  @Test
  void anExistingFileCountsAsSent() {
    assertEquals(List.of("cas", "ac", "cas", "ac"), sentTwice(2 << 20));
  }

  @Test
  void theRateIsThatOfAllThatPassed() {
    StoreCall call = StoreCall.large(build(now::get), null, SECOND, 0);
    call.moved((1 << 18) - 1);
    now.addAndGet(SECOND);
    assertEquals(7, call.rate(7), "too little to tell");
    call.moved(1);
    assertEquals((1 << 18) / 1e9, call.rate(7));
  }

  /** A job of five seconds has a result of 100 bytes; in the first two no rate is judged. */
  @Test
  void bytesMayTakeAsLongAsTheJobDid() throws Exception {
    StoreCall call = StoreCall.large(build(now::get), null, 5 * SECOND, 100);
    call.moved(1);
    now.addAndGet(2 * SECOND);
    call.check();
    now.addAndGet(SECOND);
    assertThrows(StoreRefusal.class, call::check);
    call.moved(59);
    call.check();
    now.addAndGet(2 * SECOND);
    call.moved(40);
    call.check();
    now.addAndGet(1);
    assertThrows(StoreRefusal.class, call::check);
    StoreCall silent = StoreCall.large(build(now::get), null, 5 * SECOND, 100);
    now.addAndGet(3 * SECOND);
    silent.check();
  }

  /** The seconds after which a request that begins so, and then does nothing, is given up. */
  private long givenUp(String why, Consumer<StoreRequest> beginning) {
    CountDownLatch begun = new CountDownLatch(1);
    LongSupplier clock = () -> begun.getCount() > 0 ? now.get() : now.addAndGet(SECOND);
    StoreCall call = StoreCall.small(build(clock), null);
    StoreCall.Question<Object> asked =
        request -> {
          assertEquals(SECOND, request.age());
          beginning.accept(request);
          begun.countDown();
          new Place().none(request);
          return null;
        };
    long from = now.addAndGet(SECOND);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      StoreRefusal refused = assertThrows(StoreRefusal.class, () -> call.ask(threads, asked));
      assertEquals(why, refused.getMessage());
    }
    return (now.get() - from) / SECOND;
  }

  /** A call is given up after ten seconds of silence, or five of too slow a flow. */
  @Test
  void aStalledTransferIsGivenUp() {
    String slow = "slower than 100 kB/s for 5 s";
    assertEquals(11, givenUp("no answer in 10 s", _ -> {}), 1);
    assertEquals(7, givenUp(slow, StoreRequest::begin), 1);
    givenUp(slow, request -> request.passed(1 << 20)); // the bytes came before it stood still
  }

  /**
   * The outcome of a look at a large record that gets no turn, since others are looked at.
   *
   * @param clock is asked for the time from when the record's place is known
   */
  private String turn(LongSupplier clock) {
    Place place = new Place();
    AtomicBoolean known = new AtomicBoolean();
    place.entry =
        _ -> {
          known.set(true);
          return ActionEntry.encode(new Blob(KEY, 2 << 20));
        };
    LongSupplier time = () -> known.get() ? clock.getAsLong() : now.get();
    Semaphore none = new Semaphore(0);
    SharedStore.Build build = new SharedStore.Build("/root", time, stopped, none, told::add);
    try (SharedStore store = new SharedStore(place, null, null, build)) {
      return store.find(KEY).reason();
    }
  }

  /** The wait for a turn ends with the build, and counts as time that a job waited. */
  @Test
  void aTurnAtALargeRecordIsWaitedForLikeAnAnswer() {
    assertEquals("left alone for this build", turn(() -> now.addAndGet(SECOND)));
    AtomicInteger looks = new AtomicInteger();
    LongSupplier ends =
        () -> {
          stopped.set(looks.incrementAndGet() > 9);
          return now.get();
        };
    assertEquals("the build was ended", turn(ends));
    assertEquals(1, told.size());
  }

  /** Several records of 16 MiB at a time would be too much for a small heap. */
  @Test
  void largeRecordsAreLookedAtOneAtATime() throws Exception {
    AtomicInteger at = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger looked = new AtomicInteger();
    Place place = new Place();
    place.entry = call -> ActionEntry.encode(new Blob(KEY, 2 << 20));
    place.blob =
        call -> {
          most.accumulateAndGet(at.incrementAndGet(), Math::max);
          for (int i = 0; i < 100; i++) {
            Thread.yield();
          }
          looked.incrementAndGet();
          at.decrementAndGet();
          return null;
        };
    SharedStore.Build build = build(now::get);
    try (ExecutorService jobs = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        jobs.submit(
            () -> {
              try (SharedStore store = new SharedStore(place, null, null, build)) {
                return store.find(KEY);
              }
            });
      }
    }
    assertEquals(8, looked.get());
    assertEquals(1, most.get());
  }

  @Test
  void aPlaceThatBreaksIsAStoreThatFails() {
    Place place = new Place();
    place.entry =
        call -> {
          throw new IllegalStateException("a bug\nof two lines");
        };
    try (SharedStore store = store(place, now::get)) {
      String line = "java.lang.IllegalStateException: a bug ⏎ of two lines";
      for (int i = 0; i < 3; i++) {
        assertEquals(line, store.find(KEY).reason());
        now.addAndGet(11 * SECOND);
      }
      assertEquals(List.of("store place: " + line + "; left alone for this build"), told);
    }
  }

  @Test
  void aThreadThatIsInterruptedWaitsNoMore() {
    try (SharedStore store = store(new Place(), now::get)) {
      Thread.currentThread().interrupt();
      assertEquals("the build was ended", store.find(KEY).reason());
      assertTrue(Thread.interrupted());
    }
    assertEquals(List.of(), told);
  }

  @Test
  void afterTheEndNothingMoreIsAsked() {
    Place place = new Place();
    place.answer.countDown(); // the store would answer that it has nothing
    stopped.set(true);
    try (SharedStore store = store(place, now::get)) {
      assertEquals("the build was ended", store.find(KEY).reason());
    }
    assertEquals(List.of(), told);
  }

  /** After a failure uploads wait for ten seconds, while the build goes on. */
  @Test
  void afterAFailureSendingRests() throws Exception {
    AtomicInteger puts = new AtomicInteger();
    AtomicInteger looks = new AtomicInteger();
    Place place = new Place();
    place.put =
        (in, bytes, call) -> {
          if (puts.incrementAndGet() == 1) {
            throw StoreRefusal.failed("once");
          }
        };
    LongSupplier clock =
        () -> {
          looks.incrementAndGet();
          return now.get();
        };
    Upload upload = new Upload(ResultSamples.of(), List.of(), false, null);
    try (SharedStores stores = stores(place, clock)) {
      stores.send(1, () -> upload);
      until(() -> stores.pending() == 0);
      stores.send(1, () -> upload);
      int before = looks.get();
      until(() -> looks.get() > before + 10);
      assertEquals(1, puts.get());
      now.addAndGet(10 * SECOND);
      until(() -> stores.pending() == 0);
    }
    assertEquals(3, puts.get());
  }

  /** Section 11: the end of the build does not end the rest after a failure, nor wait for it. */
  @Test
  void atTheEndNothingGoesToAStoreThatRests() throws Exception {
    AtomicInteger puts = new AtomicInteger();
    Place place = new Place();
    place.put =
        (in, bytes, call) -> {
          puts.incrementAndGet();
          throw StoreRefusal.failed("403");
        };
    Upload upload = new Upload(ResultSamples.of(), List.of(), false, null);
    try (SharedStores stores = stores(place, now::get)) {
      stores.send(1, () -> upload);
      until(() -> stores.pending() == 0);
      for (int i = 0; i < 12; i++) {
        stores.send(1, () -> upload);
      }
      stores.finish();
    }
    assertEquals(1, puts.get());
    String why = ": the store had just failed, and is left alone for 10 s";
    assertEquals("shared stores: 12 results were not sent" + why, told.getFirst());
  }

  private static void until(BooleanSupplier done) throws InterruptedException {
    while (!done.getAsBoolean()) {
      Thread.sleep(1);
    }
  }

  @Test
  void afterTheBuildSendingEndsInTime() throws Exception {
    Place place = new Place();
    LongSupplier clock = () -> now.addAndGet(SECOND);
    SharedStores sender = stores(place, clock);
    for (int i = 0; i < 4; i++) {
      sender.send(
          10 * SECOND, // the time that the job took
          () -> {
            place.none(null);
            return null;
          });
    }
    long waited = sender.finish();
    assertTrue(waited >= 40 * SECOND, waited + " ns");
    assertEquals(List.of("shared stores: 4 results were not sent in 40 s"), told);
    sender.close();
  }

  @Test
  void transfersInTimeAreAwaited() throws Exception {
    Place place = new Place();
    LongSupplier clock = () -> now.addAndGet(SECOND / 1000);
    SharedStores sender = stores(place, clock);
    Upload sending = new Upload(ResultSamples.of(), List.of(), false, null);
    sender.send(sending.result().spent().wall(), () -> sending);
    assertEquals(1, sender.pending());
    place.answer.countDown();
    sender.finish();
    assertEquals(0, sender.pending());
    place.answer = new CountDownLatch(1);
    sender.send(SECOND, () -> place.none(null));
    Thread.currentThread().interrupt();
    sender.finish(); // an interrupt ends the wait, as the user's end of the build does
    assertTrue(Thread.interrupted());
    sender.close();
    assertEquals(List.of(), told);
  }

  /** The search for the root's path takes no longer than sending may. */
  @Test
  void aResultThatTakesTooLongToSearchIsNotSent() {
    List<String> sent = new CopyOnWriteArrayList<>();
    Place place = new Place();
    place.put =
        (in, bytes, call) -> {
          sent.add(in);
        };
    BlobSource large = BlobSource.bytes(new byte[1 << 20]);
    Result result =
        ResultSamples.of(RecordedProduct.file("x", large.blob().digest(), large.blob().size()));
    Upload upload = new Upload(result, List.of(large), false, null);
    AtomicLong step = new AtomicLong(SECOND); // passes with each piece; the job took 5 s
    LongSupplier clock =
        () ->
            Thread.currentThread().getName().startsWith("torc-send")
                ? now.addAndGet(step.get())
                : now.get();
    try (SharedStores stores = stores(place, clock)) {
      stores.send(result.spent().wall(), () -> upload);
      stores.finish();
      assertEquals(List.of(), sent);
      step.set(0);
      stores.send(result.spent().wall(), () -> upload);
      stores.finish();
      assertEquals(List.of("cas", "cas", "ac"), sent);
    }
    assertEquals(List.of(), told);
  }

  /** An upload that the end of the build cuts off is no failure of the store, and is not told. */
  @Test
  void aQuestionWhenAllIsOverIsRefused() {
    Place place = new Place();
    SharedStore store = store(place, now::get);
    store.close();
    assertEquals("the build was ended", store.find(KEY).reason());
    assertEquals(List.of(), told);
  }

  /** The thread that makes an upload reads the project and its cache, which are closed later. */
  @Test
  void unfinishedUploadsAreAwaitedAtTheEnd() throws Exception {
    SharedStores sender = stores(new Place(), now::get);
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean over = new AtomicBoolean();
    sender.send(
        1,
        () -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            over.set(true);
          }
          return null;
        });
    begun.await();
    sender.close();
    assertTrue(over.get());
  }
}
