package dev.torc.workflow;

import java.util.Set;

/**
 * When a failed attempt is repeated, and how.
 *
 * @param retries how many more attempts after the first; 0 for none
 * @param exitCodes statuses that allow a retry
 * @param on causes that allow a retry; with {@code exitCodes} empty too, any failure does
 * @param delay nanoseconds before the next attempt; it holds no resources meanwhile
 * @param growMemory factor for the memory of the next attempt, 1 for none
 * @param growRuntime factor for the time limit of the next attempt, 1 for none
 * @param recover command run by the job's shell before the next attempt, null for none
 */
public record Retry(
    int retries,
    Set<Integer> exitCodes,
    Set<Cause> on,
    long delay,
    double growMemory,
    double growRuntime,
    Template recover) {

  /** A cause of failure that {@code retry.on} can name. */
  public enum Cause {
    TIMEOUT,
    MEMORY,
    SIGNAL
  }

  /** No retries. */
  public static final Retry NONE = new Retry(0, Set.of(), Set.of(), 0, 1, 1, null);
}
