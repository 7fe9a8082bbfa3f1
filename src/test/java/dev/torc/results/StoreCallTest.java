package dev.torc.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.hash.Digest;
import dev.torc.records.RecordedProduct;
import dev.torc.results.Blob.BlobSource;
import dev.torc.results.ResultStore.Upload;
import dev.torc.results.SealedRecord.ActionEntry;
import dev.torc.results.SharedStore.StorePlace;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** How long a build waits for a store: by a clock of the test's own, which stands when it says. */
@Execution(ExecutionMode.CONCURRENT)
class StoreCallTest {

  private static final long SECOND = 1_000_000_000;
  private static final Digest KEY = ResultSamples.KEY;

  private final AtomicLong now = new AtomicLong();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<String> told = new CopyOnWriteArrayList<>();

  /** A store whose answers come when the time is right. */
  private static class Place implements StorePlace {

    /** Each of them lets one answer begin. */
    private volatile CountDownLatch answer = new CountDownLatch(1);

    @Override
    public String name() {
      return "place";
    }

    void await() {
      try {
        answer.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** The bytes of an entry; null for none. */
    byte[] entry(StoreCall.Request call) {
      await();
      return null;
    }

    /** A blob comes, which is not there after all. */
    void blob(StoreCall.Request call) {
      await();
    }

    @Override
    public InputStream open(String in, Digest name, StoreCall.Request call) {
      byte[] bytes = null;
      if (in.equals(ENTRIES)) {
        bytes = entry(call);
      } else {
        blob(call);
      }
      return bytes == null ? null : new ByteArrayInputStream(bytes);
    }

    @Override
    public StoreRefusal broken(IOException e) {
      return StoreRefusal.failed(e.getMessage());
    }

    @Override
    public boolean has(Blob blob, StoreCall.Request call) {
      return false;
    }

    @Override
    public void put(String in, Digest name, BlobSource bytes, StoreCall.Request call) {
      await();
    }

    @Override
    public void close() {
      answer.countDown();
    }
  }

  /** At each look half a second has passed, until the answer may begin: then it stands. */
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

  /** Asks until the store is left alone, or twenty times, with such answers. */
  private int asked(long delay) {
    Place place = new Place();
    AtomicLong until = new AtomicLong();
    LongSupplier clock = () -> look(place, until);
    try (SharedStore store = store(place, clock)) {
      for (int i = 0; i < 20; i++) {
        if (!told.isEmpty()) {
          return i;
        }
        place.answer = new CountDownLatch(1);
        until.set(now.get() + delay);
        assertNull(store.find(KEY).result());
      }
      return 20;
    }
  }

  @Test
  void thirtySecondsOfWaitingAreEnough() {
    int asked = asked(SECOND * 9 / 2); // of which the first does not count
    assertTrue(asked >= 8 && asked < 20, asked + " asked");
    assertEquals(List.of("store place: jobs waited 30 s for it; left alone for this build"), told);
  }

  @Test
  void anAnswerWithinASecondIsNotWaitedFor() {
    assertEquals(20, asked(SECOND / 2));
    assertEquals(List.of(), told);
  }

  /** Each of its bytes comes soon enough, and all of them would take minutes. */
  @Test
  void aRecordThatTricklesIsNotWaitedForLongerThanThirtySeconds() {
    Place place =
        new Place() {
          @Override
          byte[] entry(StoreCall.Request call) {
            call.begin();
            return ActionEntry.encode(new Blob(KEY, 10 << 20));
          }

          @Override
          void blob(StoreCall.Request call) {
            call.begin();
            while (!Thread.currentThread().isInterrupted()) {
              call.moved(1 << 20);
            }
          }
        };
    try (SharedStore store = store(place, () -> now.addAndGet(SECOND / 10))) {
      for (int i = 0; i < 3; i++) {
        assertNull(store.find(KEY).result());
      }
    }
    assertEquals(1, told.size(), told.toString());
    assertTrue(now.get() < 60 * SECOND, now.toString());
  }

  /** With each look at the clock a second and so many bytes have passed, for longer than 100 s. */
  @Test
  void whatFlowsFastEnoughMayTakeLong(@TempDir Path folder) {
    AtomicReference<StoreCall.Request> flowing = new AtomicReference<>();
    Place place =
        new Place() {
          @Override
          void blob(StoreCall.Request call) {
            call.begin();
            flowing.set(call);
            await();
          }
        };
    LongSupplier clock =
        () -> {
          if (flowing.get() != null) {
            flowing.get().moved(110_000);
            if (now.addAndGet(SECOND) > 100 * SECOND) {
              place.answer.countDown();
            }
          }
          return now.get();
        };
    Blob blob = new Blob(KEY, 10 << 20);
    Result result = ResultSamples.of(RecordedProduct.file("x", blob.digest(), blob.size()));
    try (SharedStore store = store(place, clock)) {
      ResultStore.Hit hit = new ResultStore.Hit(ResultSamples.lasting(200 * SECOND, result), store);
      StoreRefusal refused = assertThrows(StoreRefusal.class, () -> store.fetchBlobs(hit, folder));
      assertEquals(KEY + " is gone from the store", refused.getMessage(), "all of it came");
    }
  }

  /** What is said of a store that takes so many of 100 bytes, and then nothing more. */
  private String sent(long taken) {
    Place place =
        new Place() {
          @Override
          public void put(String in, Digest name, BlobSource bytes, StoreCall.Request call) {
            call.sends(100);
            call.moved(taken);
            await();
          }
        };
    Result result = ResultSamples.lasting(100 * SECOND, ResultSamples.of());
    LongSupplier clock = () -> now.addAndGet(SECOND / 10);
    try (SharedStores stores = stores(place, clock)) {
      stores.send(result.wall(), () -> new Upload(result, List.of(), false, null));
      stores.finish();
    }
    return told.toString();
  }

  @Test
  void whatIsSentFlows() {
    assertEquals("[store place: slower than 100 kB/s for 5 s]", sent(99));
  }

  @Test
  void whenAllIsSentTheAnswerBeginsSoon() {
    assertEquals("[store place: no answer in 10 s]", sent(100));
  }

  /** Half of the bytes have come in 3 s: all would take 6, and the job took 5. */
  @Test
  void whatWouldTakeTooLongIsGivenUpAndNotBegunAgain(@TempDir Path folder) {
    Blob blob = new Blob(KEY, 1 << 20);
    AtomicInteger begun = new AtomicInteger();
    Place place =
        new Place() {
          @Override
          void blob(StoreCall.Request call) {
            begun.incrementAndGet();
            call.begin();
            call.moved(blob.size() / 2);
            now.addAndGet(3 * SECOND);
            await();
          }
        };
    Result result = ResultSamples.of(RecordedProduct.file("x", blob.digest(), blob.size()));
    LongSupplier clock = now::get;
    String reason = "would take longer than the job did";
    try (SharedStore store = store(place, clock)) {
      ResultStore.Hit hit = new ResultStore.Hit(result, store);
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

  /** Some of 16 MiB each at a time would be too much for a small heap. */
  @Test
  void largeRecordsAreLookedAtOneAtATime() throws Exception {
    AtomicInteger at = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger looked = new AtomicInteger();
    Place place =
        new Place() {
          @Override
          byte[] entry(StoreCall.Request call) {
            return ActionEntry.encode(new Blob(KEY, 2 << 20));
          }

          @Override
          void blob(StoreCall.Request call) {
            most.accumulateAndGet(at.incrementAndGet(), Math::max);
            for (int i = 0; i < 100; i++) {
              Thread.yield();
            }
            looked.incrementAndGet();
            at.decrementAndGet();
          }
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
    Place place =
        new Place() {
          @Override
          byte[] entry(StoreCall.Request call) {
            throw new IllegalStateException("a bug\nof two lines");
          }
        };
    try (SharedStore store = store(place, now::get)) {
      String line = "java.lang.IllegalStateException: a bug ⏎ of two lines";
      assertEquals(line, store.find(KEY).reason());
    }
  }

  @Test
  void whoIsInterruptedWaitsNoMore() {
    try (SharedStore store = store(new Place(), now::get)) {
      Thread.currentThread().interrupt();
      assertEquals("the build was ended", store.find(KEY).reason());
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void afterTheBuildSendingEndsInTime() throws Exception {
    Place place = new Place();
    LongSupplier clock = () -> now.addAndGet(SECOND);
    SharedStores sender = stores(place, clock);
    for (int i = 0; i < 4; i++) {
      sender.send(
          10 * SECOND, // so long did the job take
          () -> {
            place.await();
            return null;
          });
    }
    long waited = sender.finish();
    assertTrue(waited >= 40 * SECOND, waited + " ns");
    assertEquals(List.of("shared stores: 4 results were not sent in 40 s"), told);
    sender.close();
  }

  @Test
  void whatIsSentInTimeIsAwaited() throws Exception {
    Place place = new Place();
    LongSupplier clock = () -> now.addAndGet(SECOND / 1000);
    SharedStores sender = stores(place, clock);
    Upload sending = new Upload(ResultSamples.of(), List.of(), false, null);
    sender.send(sending.result().wall(), () -> sending);
    assertEquals(1, sender.pending());
    place.answer.countDown();
    sender.finish();
    assertEquals(0, sender.pending());
    sender.close();
    assertEquals(List.of(), told);
  }

  /** The search for the root's path takes no longer than sending may. */
  @Test
  void whatTakesTooLongToSearchIsNotSent() {
    List<String> sent = new CopyOnWriteArrayList<>();
    Place place =
        new Place() {
          @Override
          public void put(String in, Digest name, BlobSource bytes, StoreCall.Request call) {
            sent.add(in);
          }
        };
    BlobSource large = BlobSource.bytes(new byte[1 << 20]);
    Result result =
        ResultSamples.of(RecordedProduct.file("x", large.blob().digest(), large.blob().size()));
    Upload upload = new Upload(result, List.of(large), false, null);
    AtomicLong step = new AtomicLong(SECOND); // with each piece, and the job took 5 s
    LongSupplier clock =
        () ->
            Thread.currentThread().getName().startsWith("torc-send")
                ? now.addAndGet(step.get())
                : now.get();
    try (SharedStores stores = stores(place, clock)) {
      stores.send(result.wall(), () -> upload);
      stores.finish();
      assertEquals(List.of(), sent);
      step.set(0);
      stores.send(result.wall(), () -> upload);
      stores.finish();
      assertEquals(List.of("cas", "cas", "ac"), sent);
    }
    assertEquals(List.of(), told);
  }

  /** What is still being sent when all is over is no failure of the store, and nobody's trouble. */
  @Test
  void whoAsksWhenAllIsOverIsRefused() {
    Place place = new Place();
    SharedStore store = store(place, now::get);
    store.close();
    assertEquals("the build was ended", store.find(KEY).reason());
    assertEquals(List.of(), told);
  }

  /** What makes it reads the project and its cache, which are closed after this. */
  @Test
  void whatIsStillBeingMadeIsAwaitedAtTheEnd() throws Exception {
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
