package dev.torc.front.show;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Calls a method again and again, on a separate thread, until the beat is closed. An error ends the
 * calls; {@link #tellBroken} throws it on the thread of the events.
 */
final class Beat implements AutoCloseable {
  private final ScheduledExecutorService thread;
  private final Future<?> calls;
  private boolean told;

  Beat(String name, long period, Runnable each) {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
    calls = thread.scheduleWithFixedDelay(each, 0, period, TimeUnit.NANOSECONDS);
  }

  /** Runs {@code before} and throws the error if a call has failed; does so only once. */
  synchronized void tellBroken(Runnable before) {
    if (!told && calls.state() == Future.State.FAILED) {
      told = true;
      before.run();
      switch (calls.exceptionNow()) {
        case Error e -> throw e;
        case Throwable e -> throw (RuntimeException) e;
      }
    }
  }

  /** Ends the calls, after waiting for one that is running. */
  @Override
  public void close() {
    thread.close(); // no other call follows
  }
}
