package dev.torc.features.stores;

import dev.torc.base.text.SafeText;
import java.util.Collection;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests to a shared store for one record, or for all blobs of one result, with a time limit.
 * The call ends when the user ends the build. A call for blobs also ends when they would take
 * longer than the job took (at least two seconds). Each request has its own thread, which is
 * abandoned if it is too slow: a server may not answer, and a network disk may hang. The call does
 * not know what is requested.
 */
final class StoreCall {

  static final long LEAST = TimeUnit.SECONDS.toNanos(2); // shorter jobs count as this long

  private static final long TELLING = 1 << 18; // bytes; with fewer, no rate is measured

  /** The first nanoseconds of a request, which do not count as waiting. */
  private static final long PROMPT = TimeUnit.SECONDS.toNanos(1);

  /** Nanoseconds between two checks of the time and of whether the build was ended. */
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(20);

  private static final String ENDED = "the build was ended";

  private final SharedStore.Build build;
  private final StoreHealth waits;
  final long start;
  private final long most; // nanoseconds
  private final long total; // bytes
  private final AtomicLong moved = new AtomicLong();

  private StoreCall(SharedStore.Build build, StoreHealth waits, long most, long total) {
    this.build = build;
    this.waits = waits;
    this.start = now();
    this.most = most;
    this.total = total;
  }

  /** Returns a call for a record; {@code waits} is null if no job waits for the record. */
  static StoreCall small(SharedStore.Build build, StoreHealth waits) {
    return new StoreCall(build, waits, Long.MAX_VALUE, 0);
  }

  /** Returns a call for all bytes of a result whose job took {@code wall} nanoseconds. */
  static StoreCall large(SharedStore.Build build, StoreHealth waits, long wall, long total) {
    return new StoreCall(build, waits, Math.max(LEAST, wall), total);
  }

  interface Question<T> {
    T of(StoreRequest request) throws StoreRefusal;
  }

  /** Sends a request and waits for the answer, as long as the limits allow. */
  <T> T ask(ExecutorService threads, Question<T> what) throws StoreRefusal {
    check();
    StoreRequest request = new StoreRequest(() -> now() - start, this::moved);
    Future<T> answer = submit(threads, request, what);
    try {
      long begin = now();
      long last = begin;
      long mark = begin; // when the current span began
      long marked = 0;
      boolean flowed = false;
      while (true) {
        try {
          return answer.get(LOOK, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          check();
        }
        long now = now();
        // A wait for a record counts until the record is complete. A wait for blobs counts only
        // until their bytes arrive, since check() limits the time after that.
        if (most == Long.MAX_VALUE || !request.hasBegun()) {
          waited(Math.max(begin + PROMPT, last), now);
        }
        last = now;
        boolean flows = request.flows();
        long span = request.patience(flows);
        if (flows != flowed || now - mark >= span) {
          long all = request.moved();
          if (flows == flowed) {
            check(flows, all - marked, span);
          }
          flowed = flows;
          mark = now;
          marked = all;
        }
      }
    } catch (ExecutionException e) {
      throw refusal(e.getCause());
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      answer.cancel(true);
    }
  }

  /** Throws if nothing came in a span of silence, or too few bytes passed in a span of flow. */
  private static void check(boolean flows, long bytes, long span) throws StoreRefusal {
    if (!flows) {
      throw StoreRefusal.failed("no answer in " + TimeUnit.NANOSECONDS.toSeconds(span) + " s");
    }
    if (bytes < StoreRequest.SLOW) {
      throw StoreRefusal.failed("slower than 100 kB/s for 5 s");
    }
  }

  private static <T> Future<T> submit(
      ExecutorService threads, StoreRequest request, Question<T> what) throws StoreRefusal {
    try {
      return threads.submit(() -> what.of(request));
    } catch (RejectedExecutionException closed) { // the store was closed during an upload
      throw new StoreRefusal(ENDED);
    }
  }

  /** Returns the refusal that a request threw, or a failure that names another exception. */
  private static StoreRefusal refusal(Throwable e) {
    return e instanceof StoreRefusal refusal
        ? refusal
        : StoreRefusal.failed(SafeText.line(e.toString(), 200));
  }

  /** Returns the refusal for a thread that was interrupted: the user ended the build. */
  static StoreRefusal interrupted() {
    Thread.currentThread().interrupt();
    return new StoreRefusal(ENDED);
  }

  interface ItemWork<T> {
    void of(T item) throws StoreRefusal;
  }

  /**
   * Does the work for each item, up to {@code breadth} at a time, so that many small blobs do not
   * wait for one round trip after another. After an exception it starts nothing more, waits for all
   * threads, and throws the first exception.
   */
  static <T> void each(Collection<T> items, int breadth, ItemWork<T> work) throws StoreRefusal {
    try (ExecutorService crew =
        Executors.newFixedThreadPool(breadth, Thread.ofVirtual().factory())) {
      CompletionService<Void> done = new ExecutorCompletionService<>(crew);
      for (T item : items) {
        done.submit(
            () -> {
              work.of(item);
              return null;
            });
      }
      try {
        for (int i = 0; i < items.size(); i++) {
          done.take().get();
        }
      } catch (ExecutionException e) {
        throw refusal(e.getCause());
      } catch (InterruptedException e) {
        throw interrupted();
      } finally {
        crew.shutdownNow();
      }
    }
  }

  /** Throws if the result would take too long. The rate is in bytes/ns; 0 means unknown. */
  void check(double rate) throws StoreRefusal {
    if (rate > 0 && total / rate > most) {
      throw longer();
    }
  }

  private static StoreRefusal longer() {
    return new StoreRefusal("would take longer than the job did");
  }

  /** Returns the bytes per nanosecond of this call, or {@code known} if too few bytes passed. */
  double rate(double known) {
    return moved.get() < TELLING ? known : (double) moved.get() / Math.max(1, now() - start);
  }

  long now() {
    return build.clock().getAsLong();
  }

  /** Notes that more bytes have passed, or need not be sent. */
  void moved(long bytes) {
    moved.addAndGet(bytes);
  }

  /** Notes how long a job waited; throws if the store is now left alone. */
  void waited(long from, long to) throws StoreRefusal {
    if (waits != null) {
      waits.waited(from, to);
      if (waits.isAlone()) {
        throw new StoreRefusal(waits.rest());
      }
    }
  }

  /** Throws with the reason if the call must end. */
  void check() throws StoreRefusal {
    if (build.stopped().get()) {
      throw new StoreRefusal(ENDED);
    }
    if (most < Long.MAX_VALUE) {
      long took = now() - start;
      long bytes = moved.get();
      boolean slow = took > LEAST && bytes > 0 && (double) took * total / bytes > most;
      if (took > most || slow) {
        throw longer();
      }
    }
  }
}
