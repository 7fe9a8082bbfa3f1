package dev.torc.results;

import dev.torc.text.SafeText;
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
 * What is asked of a shared store for one record, or for one result, in as many requests as it
 * takes, and how long that may last. It ends where the user ends the build, and the bytes of a
 * result where they would take longer than the job did; a job of less than two seconds counts as
 * one of two. A request goes on a thread of its own, which is given up where it is too slow: a
 * server that says nothing, a disk of a network that hangs. It does not know what is asked.
 */
final class StoreCall {

  /** A job of less counts as one of so many nanoseconds. */
  static final long LEAST = TimeUnit.SECONDS.toNanos(2);

  private static final long TELLING = 1 << 18; // bytes

  /** Below so many bytes in so many nanoseconds what flows is too slow. */
  private static final long SLOW = 500_000;

  private static final long SPAN = TimeUnit.SECONDS.toNanos(5);

  /** So long may it be until an answer begins, where nothing is on its way to the store. */
  private static final long SILENCE = TimeUnit.SECONDS.toNanos(10);

  /** So many sent bytes may still be on their way, in the buffers of both machines. */
  private static final long BUFFERED = 4 << 20;

  /** What is there sooner is not waited for. */
  private static final long PROMPT = TimeUnit.SECONDS.toNanos(1);

  /** How long the wait goes on before it looks at the time, and at whether the build was ended. */
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(20);

  private static final String ENDED = "the build was ended";

  private final SharedStore.Build build;
  private final StoreHealth waits;
  private final long start;
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

  /**
   * A call for a record, whatever the job.
   *
   * @param waits is told how long a job waits for it; null where none does
   */
  static StoreCall small(SharedStore.Build build, StoreHealth waits) {
    return new StoreCall(build, waits, Long.MAX_VALUE, 0);
  }

  /**
   * A call for all bytes of a result.
   *
   * @param wall how long the job took, in nanoseconds
   * @param total how many bytes there are
   */
  static StoreCall large(SharedStore.Build build, StoreHealth waits, long wall, long total) {
    return new StoreCall(build, waits, Math.max(LEAST, wall), total);
  }

  /** One request of a call: what is known of how it goes on. */
  static final class Request {

    private final StoreCall call;
    private final AtomicLong moved = new AtomicLong();
    private volatile long sent; // bytes that will have moved when all is sent
    private volatile boolean begun;

    private Request(StoreCall call) {
      this.call = call;
    }

    /** Nanoseconds since its call began. */
    long age() {
      return call.now() - call.start;
    }

    /** Says that the answer has begun. */
    void begin() {
      begun = true;
    }

    /** Says that so many bytes are going to be sent; the answer may begin when they are. */
    void sends(long bytes) {
      sent = moved.get() + bytes;
    }

    /** Says that so many bytes more have passed. */
    void moved(long bytes) {
      moved.addAndGet(bytes);
      call.moved(bytes);
    }

    /** The same of an answer, which has begun then. */
    void passed(long bytes) {
      begin();
      moved(bytes);
    }

    /** Whether bytes are to flow: its answer has begun, or not all is sent. */
    private boolean flows() {
      return begun || moved.get() < sent;
    }

    /** Nanoseconds that it may be silent: what was sent last may flow on as slowly as may be. */
    private long silence() {
      return SILENCE + Math.min(sent, BUFFERED) * SPAN / SLOW;
    }
  }

  /** What is asked. */
  interface Question<T> {
    T of(Request request) throws StoreRefusal;
  }

  /** Asks, and waits for the answer, no longer than the rules allow. */
  <T> T ask(ExecutorService threads, Question<T> what) throws StoreRefusal {
    check();
    Request request = new Request(this);
    Future<T> answer = submit(threads, request, what);
    try {
      long begin = now();
      long last = begin;
      long mark = begin; // since then it flows, or does not
      long marked = 0;
      boolean flowed = false;
      while (true) {
        try {
          return answer.get(LOOK, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          check();
        }
        long now = now();
        // A record is waited for until it is whole, bytes until they begin to come: of these it is
        // known how long they may take.
        if (most == Long.MAX_VALUE || !request.begun) {
          waited(Math.max(begin + PROMPT, last), now);
        }
        last = now;
        boolean flows = request.flows();
        long span = flows ? SPAN : request.silence();
        if (flows != flowed || now - mark >= span) {
          long all = request.moved.get();
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

  /** It was silent for as long as it may be, or flowed so long; throws where that is too slow. */
  private static void check(boolean flows, long bytes, long span) throws StoreRefusal {
    if (!flows) {
      throw StoreRefusal.failed("no answer in " + TimeUnit.NANOSECONDS.toSeconds(span) + " s");
    }
    if (bytes < SLOW) {
      throw StoreRefusal.failed("slower than 100 kB/s for 5 s");
    }
  }

  private static <T> Future<T> submit(ExecutorService threads, Request request, Question<T> what)
      throws StoreRefusal {
    try {
      return threads.submit(() -> what.of(request));
    } catch (RejectedExecutionException closed) { // while something was being sent
      throw new StoreRefusal(ENDED);
    }
  }

  /** What a request threw, or a failure that tells of it. */
  private static StoreRefusal refusal(Throwable e) {
    return e instanceof StoreRefusal refusal
        ? refusal
        : StoreRefusal.failed(SafeText.line(e.toString(), 200));
  }

  /** The user ended the build while this thread waited. */
  static StoreRefusal interrupted() {
    Thread.currentThread().interrupt();
    return new StoreRefusal(ENDED);
  }

  /** What is done with each item. */
  interface ItemWork<T> {
    void of(T item) throws StoreRefusal;
  }

  /**
   * Does the work for each item: many small blobs would otherwise take a way to the server and back
   * each, one after the other. After an exception nothing more is begun; the first one is thrown
   * when all threads have ended.
   *
   * @param breadth at most so many at a time
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

  /** Whether so many bytes at so many each nanosecond would take too long; 0 is not known. */
  void check(double rate) throws StoreRefusal {
    if (rate > 0 && total / rate > most) {
      throw longer();
    }
  }

  private static StoreRefusal longer() {
    return new StoreRefusal("would take longer than the job did");
  }

  /** How many bytes passed each nanosecond; where too few did to tell, what was known. */
  double rate(double known) {
    return moved.get() < TELLING ? known : (double) moved.get() / Math.max(1, now() - start);
  }

  /** When it began. */
  long start() {
    return start;
  }

  long now() {
    return build.clock().getAsLong();
  }

  /** Says that so many bytes more have passed, or need not. */
  void moved(long bytes) {
    moved.addAndGet(bytes);
  }

  /** Says that a job waited for its turn from one moment to another. */
  void waited(long from, long to) throws StoreRefusal {
    if (waits != null) {
      waits.waited(from, to);
      if (waits.isAlone()) {
        throw new StoreRefusal(waits.rest());
      }
    }
  }

  /** Goes on, or does not: throws with the reason. */
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
