package dev.torc.results;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Whether a shared store is still asked in this build, or sent to: after three failures, or when
 * the build has waited for it too long, it is left alone. Whatever there is to say of it is one
 * line in a build.
 */
final class SharedHealth {

  private static final int MOST_FAILURES = 3;
  private static final long MOST_WAITING = TimeUnit.SECONDS.toNanos(30);

  private final String store;
  private final String consequence;
  private final Consumer<String> told;
  private int failures;
  private long waited; // nanoseconds
  private long waitedUntil = Long.MIN_VALUE;
  private int refusals;
  private String last;
  private boolean alone;

  /**
   * Of one store.
   *
   * @param store its name
   * @param consequence what follows from leaving it alone
   * @param told takes the line
   */
  SharedHealth(String store, String consequence, Consumer<String> told) {
    this.store = store;
    this.consequence = consequence;
    this.told = told;
  }

  /** Whether it is left alone. */
  synchronized boolean isAlone() {
    return alone;
  }

  /** It could not do what it was asked. */
  synchronized void failed(StoreFailure failure) {
    failures++;
    last = failure.getMessage();
    if (failures >= MOST_FAILURES || failure.isLasting()) {
      leave(last);
    }
  }

  /**
   * The build had nothing to do but to wait for it, from one moment to another; who waits at the
   * same time for another answer does not wait longer.
   */
  synchronized void waited(long from, long to) {
    waited += Math.max(0, to - Math.max(from, waitedUntil));
    waitedUntil = Math.max(waitedUntil, to);
    if (waited > MOST_WAITING) {
      leave("the build waited 30 s for it");
    }
  }

  /** Something of it was not taken. */
  synchronized void refused(String reason) {
    refusals++;
    last = reason;
  }

  private void leave(String why) {
    if (!alone) {
      alone = true;
      told.accept("store " + store + ": " + why + "; " + consequence);
    }
  }

  /** The build is over: says what was not said yet, if anything. */
  synchronized void end() {
    int times = failures + refusals;
    if (!alone && times > 0) {
      alone = true;
      String count = times == 1 ? "" : " (the last of " + times + " such answers)";
      told.accept("store " + store + ": " + last + count);
    }
  }
}
