package dev.torc.features.stores;

import dev.torc.features.stores.StoreRefusal.Failure;
import java.util.concurrent.TimeUnit;

/**
 * Decides whether this build still uses a shared store. After a failure the store is left alone for
 * 10 s; failures of overlapping requests count as one. It is left alone for the rest of the build
 * after a lasting failure, the third failure, the second failure to connect, or 30 s of waiting.
 * Reports at most one line in a build.
 */
final class StoreHealth {

  private static final int MOST_FAILURES = 3;
  private static final int MOST_UNREACHED = 2;
  private static final long REST = TimeUnit.SECONDS.toNanos(10);
  private static final long MOST_WAITING = TimeUnit.SECONDS.toNanos(30);

  private final String store;
  private final String consequence;
  private final SharedStore.Build build;
  private int failures;
  private int unreached;
  private long failed; // when the last failure was counted
  private long waited; // nanoseconds
  private long waitedUntil = Long.MIN_VALUE;
  private int lines;
  private String last;
  private boolean alone;

  /** Creates the health of a store; {@code consequence} says what being left alone means. */
  StoreHealth(String store, String consequence, SharedStore.Build build) {
    this.store = store;
    this.consequence = consequence;
    this.build = build;
    this.failed = build.clock().getAsLong() - REST; // so the store is not left alone at first
  }

  /** Returns whether the store is left alone for the rest of the build. */
  synchronized boolean isAlone() {
    return alone;
  }

  /** Returns why the store is left alone now; null if it is not. */
  synchronized String rest() {
    boolean rests = build.clock().getAsLong() - failed < REST;
    return alone ? "left alone for this build" : rests ? "left alone for 10 s" : null;
  }

  /** Counts a failure, unless its request began before the last counted one. */
  synchronized void failed(long began, StoreRefusal refusal) {
    noteLine(refusal.getMessage());
    if (began - failed < 0) {
      return; // the request began before the last failure was known
    }
    failed = build.clock().getAsLong();
    failures++;
    unreached += refusal.failure() == Failure.UNREACHED ? 1 : 0;
    if (failures >= MOST_FAILURES
        || unreached >= MOST_UNREACHED
        || refusal.failure() == Failure.LASTING) {
      leaveAlone(last);
    }
  }

  /** Adds the time that a job waited; times when several jobs wait count once. */
  synchronized void waited(long from, long to) {
    waited += Math.max(0, to - Math.max(from, waitedUntil));
    waitedUntil = Math.max(waitedUntil, to);
    if (waited > MOST_WAITING) {
      leaveAlone("jobs waited 30 s for it");
    }
  }

  /** Keeps a line to report at the end of the build. */
  synchronized void noteLine(String line) {
    lines++;
    last = line;
  }

  private void leaveAlone(String why) {
    if (!alone) {
      alone = true;
      build.told().accept("store " + store + ": " + why + "; " + consequence);
    }
  }

  /** Reports the last line, unless the store was reported as left alone. */
  synchronized void end() {
    if (!alone && lines > 0) {
      alone = true;
      String count = lines == 1 ? "" : " (the last of " + lines + " such answers)";
      build.told().accept("store " + store + ": " + last + count);
    }
  }
}
