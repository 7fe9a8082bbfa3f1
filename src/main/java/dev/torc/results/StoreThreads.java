package dev.torc.results;

import dev.torc.text.SafeText;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Requests to one place, each on a thread of its own, which is given up where it is too slow: a
 * server that says nothing, a disk of a network that hangs. None is waited for longer than {@link
 * StoreCall} and these rules allow. It does not know what is asked.
 */
final class StoreThreads implements AutoCloseable {

  /** Below so many bytes in so many nanoseconds an answer is too slow. */
  private static final long SLOW = 500_000;

  private static final long SPAN = TimeUnit.SECONDS.toNanos(5);

  /** So long may it be until it begins. */
  private static final long SILENCE = TimeUnit.SECONDS.toNanos(10);

  /** What is there sooner is not waited for. */
  private static final long PROMPT = TimeUnit.SECONDS.toNanos(1);

  /** How long the wait goes on before it looks at the time, and at whether the build was ended. */
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(20);

  private static final String ENDED = "the build was ended";

  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("torc-store-", 0).factory());

  /** What is asked. */
  interface Request<T> {
    T ask(StoreCall request) throws StoreRefusal;
  }

  /** Asks, and waits for the answer. */
  <T> T ask(StoreCall call, Request<T> what) throws StoreRefusal {
    StoreCall request = call.request();
    request.check();
    Future<T> answer = submit(request, what);
    try {
      long last = request.start();
      long mark = last;
      long marked = 0;
      while (true) {
        try {
          return answer.get(LOOK, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          request.check();
        }
        long now = request.now();
        request.waited(Math.max(request.start() + PROMPT, last), now);
        last = now;
        if (!request.hasBegun()) {
          mark = now;
          if (now - request.start() >= SILENCE) {
            throw StoreFailure.of("no answer in 10 s");
          }
        } else if (now - mark >= SPAN) {
          if (request.moved() - marked < SLOW) {
            throw StoreFailure.of("slower than 100 kB/s for 5 s");
          }
          mark = now;
          marked = request.moved();
        }
      }
    } catch (ExecutionException e) {
      throw refusal(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreRefusal(ENDED);
    } finally {
      answer.cancel(true);
    }
  }

  private <T> Future<T> submit(StoreCall request, Request<T> what) throws StoreRefusal {
    try {
      return threads.submit(() -> what.ask(request));
    } catch (RejectedExecutionException closed) { // while something was being sent
      throw new StoreRefusal(ENDED);
    }
  }

  /** What a request threw, or a failure that tells of it. */
  private static StoreRefusal refusal(Throwable e) {
    return e instanceof StoreRefusal refusal
        ? refusal
        : StoreFailure.of(SafeText.line(e.toString(), 200));
  }

  /** What is done with each item. */
  interface Work<T> {
    void of(T item) throws StoreRefusal;
  }

  /**
   * Does the work for each item: many small blobs would otherwise take a way to the server and back
   * each, one after the other. After an exception nothing more is begun; the first one is thrown
   * when all threads have ended.
   *
   * @param breadth at most so many at a time
   */
  static <T> void each(Collection<T> items, int breadth, Work<T> work) throws StoreRefusal {
    if (Math.min(breadth, items.size()) <= 1) {
      for (T item : items) {
        work.of(item);
      }
      return;
    }
    AtomicReference<StoreRefusal> first = new AtomicReference<>();
    try (ExecutorService crew =
        Executors.newFixedThreadPool(breadth, Thread.ofVirtual().factory())) {
      for (T item : items) {
        crew.execute(
            () -> {
              try {
                work.of(item);
              } catch (StoreRefusal | RuntimeException e) {
                first.compareAndSet(null, refusal(e));
                crew.shutdownNow();
              }
            });
      }
    } catch (RejectedExecutionException e) {
      // one failed while others were begun; it is closed when all have ended
    }
    if (first.get() != null) {
      throw first.get();
    }
    if (Thread.currentThread().isInterrupted()) { // what was not begun then never is
      throw new StoreRefusal(ENDED);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try { // so that a place that can take its half-written files away does so
      threads.awaitTermination(PROMPT, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
