package dev.torc.results;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The time by which shared stores are waited for, and what the build says of that wait. Tests let
 * the time fly.
 *
 * @param nanos the time in nanoseconds, from any moment on
 * @param idle whether the build has nothing else to do now: only then it waits for a store
 */
public record SharedClock(LongSupplier nanos, BooleanSupplier idle) {

  /** The time of this machine. */
  public static SharedClock of(BooleanSupplier idle) {
    return new SharedClock(System::nanoTime, idle);
  }

  long now() {
    return nanos.getAsLong();
  }
}
