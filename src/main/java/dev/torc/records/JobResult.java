package dev.torc.records;

import dev.torc.hash.Digest;
import java.util.List;

/**
 * The last run of a job: what the next verdict needs, and no more. What only people ask for is in
 * {@link RunDetails}, stored apart.
 *
 * @param outcome how the run ended
 * @param build the random id of its build
 * @param manifest digest of the manifest it ran under
 * @param products what it left, in declared order, matches of globs sorted
 * @param found needed files that the depfile or a trace named beyond the declared ones, sorted
 * @param moved needed files that moved while it ran: it runs again
 * @param wall nanoseconds of the last attempt
 * @param traced whether a trace, to its end, is among what tells the found files
 */
public record JobResult(
    Outcome outcome,
    String build,
    Digest manifest,
    List<RecordedProduct> products,
    List<String> found,
    List<String> moved,
    long wall,
    boolean traced) {

  /** How a run ended. The order is that of the codes in the database: only append. */
  public enum Outcome {
    OK,
    FAILED,
    TIMED_OUT,
    OUT_OF_MEMORY,
    INTERRUPTED,
    ADOPTED;

    /** Whether the products are those of a job that ended well, or accepted as such. */
    public boolean isGood() {
      return this == OK || this == ADOPTED;
    }

    /** Whether a run failed by itself, and was not ended. */
    public boolean isFailure() {
      return !isGood() && this != INTERRUPTED;
    }

    /** Whether a run tells what its job needs: it ended well, or ran out of what it had. */
    public boolean isTelling() {
      return this == OK || this == OUT_OF_MEMORY || this == TIMED_OUT;
    }
  }
}
