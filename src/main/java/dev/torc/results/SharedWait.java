package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.machine.SafeText;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A place that is waited for no longer than {@link SharedCall} and these rules allow, whatever it
 * does: a server that says nothing, a disk of a network that hangs. What it does runs on a thread
 * of its own, which is given up where it is too slow. It does not know what is asked.
 */
final class SharedWait implements StorePlace {

  /** Below so many bytes in so many nanoseconds it is too slow. */
  private static final long SLOW = 500_000;

  private static final long SPAN = TimeUnit.SECONDS.toNanos(5);

  /** An answer that begins later than this is waited for. */
  private static final long PROMPT = TimeUnit.SECONDS.toNanos(1);

  /** How long the wait goes on before it looks at the time, and at whether the build was ended. */
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(20);

  private final StorePlace place;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("torc-store-", 0).factory());

  /** Waits for a place, which is closed with this. */
  SharedWait(StorePlace place) {
    this.place = place;
  }

  @Override
  public String name() {
    return place.name();
  }

  @Override
  public boolean isPrivate() {
    return place.isPrivate();
  }

  @Override
  public int breadth() {
    return place.breadth();
  }

  @Override
  public List<Digest> newest(int most, SharedCall call) throws StoreFailure, StoreRefusal {
    SharedCall request = call.request();
    return await(() -> place.newest(most, request), request);
  }

  @Override
  public byte[] entry(Digest key, SharedCall call) throws StoreFailure, StoreRefusal {
    SharedCall request = call.request();
    return await(() -> place.entry(key, request), request);
  }

  @Override
  public boolean fetch(Blob blob, BlobSink into, SharedCall call)
      throws StoreFailure, StoreRefusal {
    SharedCall request = call.request();
    return await(() -> place.fetch(blob, into, request), request);
  }

  @Override
  public boolean has(Blob blob, SharedCall call) throws StoreFailure, StoreRefusal {
    SharedCall request = call.request();
    return await(() -> place.has(blob, request), request);
  }

  @Override
  public void put(String in, Digest name, BlobSource bytes, SharedCall call)
      throws StoreFailure, StoreRefusal {
    SharedCall request = call.request();
    await(
        () -> {
          place.put(in, name, bytes, request);
          return true;
        },
        request);
  }

  private <T> T await(Callable<T> work, SharedCall request) throws StoreFailure, StoreRefusal {
    request.check();
    Future<T> answer = submit(work);
    try {
      long last = request.now();
      long prompt = last + PROMPT;
      long mark = last;
      long marked = 0;
      while (true) {
        try {
          return answer.get(LOOK, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          request.check();
        }
        long now = request.now();
        if (!request.hasBegun() && now > prompt) {
          request.waited(Math.max(prompt, last), now);
        }
        last = now;
        if (now - mark >= SPAN) {
          if (request.moved() - marked < SLOW) {
            throw StoreFailure.of(
                request.hasBegun() ? "slower than 100 kB/s for 5 s" : "no answer in 5 s");
          }
          mark = now;
          marked = request.moved();
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case StoreFailure failure -> throw failure;
        case StoreRefusal refusal -> throw refusal;
        default -> throw StoreFailure.of(SafeText.line(e.getCause().toString(), 200));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreRefusal("the build was ended");
    } finally {
      answer.cancel(true);
    }
  }

  private <T> Future<T> submit(Callable<T> work) throws StoreRefusal {
    try {
      return threads.submit(work);
    } catch (RejectedExecutionException closed) { // while something was being sent
      throw new StoreRefusal("the build was ended");
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
    place.close();
  }
}
