package dev.torc.show;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Calls a report again and again, on a thread of its own, until it is closed. An error in a call
 * ends the calls; {@link #tellBroken} throws it on the thread of the events.
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

  /** Throws the error of a call, once, after it has run {@code before}. */
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

  /** Ends the calls; returns when none is running any more. */
  @Override
  public void close() {
    thread.close(); // waits for a running call, and no other follows
  }
}
