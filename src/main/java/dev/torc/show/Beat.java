package dev.torc.show;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Calls a report again and again, on a thread of its own, until it is closed. What breaks a call
 * ends that, and is kept for the thread of the events.
 */
final class Beat implements AutoCloseable {
  private final ScheduledExecutorService thread;
  private final Future<?> calls;
  private boolean told;

  /** Begins, with a call at once. */
  Beat(String name, long period, Runnable each) {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
    calls = thread.scheduleWithFixedDelay(each, 0, period, TimeUnit.NANOSECONDS);
  }

  /** Throws what broke a call, once; {@code before} is done where something did. */
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

  /** Returns when no call is under way any more. */
  @Override
  public void close() {
    thread.close(); // a call that is under way ends, and no other follows
  }
}
