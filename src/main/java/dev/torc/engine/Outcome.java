package dev.torc.engine;

import dev.torc.cache.Datum;
import dev.torc.cache.Made;
import dev.torc.cache.Owned;
import dev.torc.exec.Ended;
import dev.torc.plan.Snapshot;
import java.util.List;

/**
 * What an attempt came to. Making records of it is the {@link Recorder}'s business.
 *
 * @param ended how its processes ended; for what failed before or after them, an end that is not ok
 * @param what the failure in one phrase, empty if the attempt succeeded
 * @param snapshot the needs as it found them, null if it did not come so far
 * @param products what it left, in declared order
 * @param owned the same for the record of who made what
 * @param found what its depfile named beyond the declared needs, sorted
 * @param moved needs that moved while it ran
 * @param started milliseconds since 1970
 * @param data the values that it stored, if it succeeded
 * @param command the commands as they ran, empty if it did not come so far
 * @param posts the events that it posted: JSON objects
 */
record Outcome(
    Ended ended,
    String what,
    Snapshot snapshot,
    List<Made> products,
    List<Owned> owned,
    List<String> found,
    List<String> moved,
    long started,
    List<Datum> data,
    String command,
    List<String> posts) {

  /** Whether the attempt succeeded. */
  boolean ok() {
    return what.isEmpty();
  }

  /** A failure that left nothing. */
  Outcome(Ended ended, String what, Snapshot snapshot, long started) {
    this(
        ended, what, snapshot, List.of(), List.of(), List.of(), List.of(), started, List.of(), "",
        List.of());
  }

  /** The end of an attempt whose mark could not be written: it was never started. */
  static Outcome unmarked() {
    Ended ended = new Ended(Ended.How.INTERRUPTED, 0, 0, 0, -1, "");
    return new Outcome(ended, "its mark could not be written", null, System.currentTimeMillis());
  }

  /** The end of an attempt that a hook did not let start. */
  static Outcome refused(String why) {
    Ended ended = new Ended(Ended.How.NOT_STARTED, 0, 0, 0, -1, "");
    return new Outcome(ended, why, null, System.currentTimeMillis());
  }

  /** The same failure, with what the job left in the places of its products. */
  Outcome leaving(List<Owned> left) {
    return new Outcome(
        ended, what, snapshot, products, left, found, moved, started, data, command, posts);
  }

  /** The same with the commands as they ran, and the events that were posted meanwhile. */
  Outcome of(String commands, List<String> events) {
    return new Outcome(
        ended, what, snapshot, products, owned, found, moved, started, data, commands, events);
  }
}
