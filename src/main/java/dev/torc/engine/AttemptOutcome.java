package dev.torc.engine;

import dev.torc.cache.OwnedPath;
import dev.torc.cache.RecordedProduct;
import dev.torc.cache.StoredValue;
import dev.torc.exec.ProcessEnd;
import dev.torc.machine.Usage;
import dev.torc.plan.NeedSnapshot;
import dev.torc.results.Result;
import java.util.List;

/**
 * What an attempt came to. {@link Recorder} makes records of it.
 *
 * @param ended how its processes ended; for what failed before or after them, an end that is not ok
 * @param what the failure in one phrase, empty if the attempt succeeded
 * @param snapshot the needs as it found them, null if it did not come so far
 * @param products what it left, in declared order
 * @param owned the same for the record of owned paths
 * @param found what its depfile named beyond the declared needs, sorted
 * @param moved needs that moved while it ran
 * @param started when it was taken in hand, milliseconds since 1970
 * @param data the values that it stored, if it succeeded
 * @param command the commands as they ran, empty if it did not come so far
 * @param logFrom the byte of the log where it begins
 * @param posts the events that it posted
 * @param depfile the depfile that it left; null for none
 * @param files how many they are, those in folders counted one by one
 * @param touched products whose time alone is another one than when it ended elsewhere
 * @param restored the result that was put in its place; null where it ran
 * @param traced whether it was traced to its end
 * @param read what it was seen to read and does not need, where that does not count
 */
record AttemptOutcome(
    ProcessEnd ended,
    String what,
    NeedSnapshot snapshot,
    List<RecordedProduct> products,
    List<OwnedPath> owned,
    List<String> found,
    List<String> moved,
    long started,
    List<StoredValue> data,
    String command,
    long logFrom,
    List<PostedLines.Post> posts,
    RecordedProduct depfile,
    int files,
    List<String> touched,
    Result restored,
    boolean traced,
    List<String> read) {

  /** When its processes began, wherever they ran; milliseconds since 1970. */
  long began() {
    return ended.began(started);
  }

  /**
   * Nanoseconds that it waited before that, for resources and in a scheduler's queue.
   *
   * @param before what of it was over when it was taken in hand; that does not count for one that
   *     an earlier torc had handed out
   */
  long queued(long before) {
    ProcessEnd.Elsewhere there = ended.elsewhere();
    if (there == null) {
      return before;
    }
    boolean earlier = there.submitted() < started;
    long handed = there.began() - (earlier ? there.submitted() : started);
    return (earlier ? 0 : before) + Math.max(0, handed) * 1_000_000;
  }

  /** Whether the attempt succeeded. */
  boolean ok() {
    return what.isEmpty();
  }

  /** A failure that left nothing. */
  AttemptOutcome(ProcessEnd ended, String what, NeedSnapshot snapshot, long started) {
    this(
        ended, what, snapshot, List.of(), List.of(), List.of(), List.of(), started, List.of(), "",
        0, List.of(), null, 0, List.of(), null, false, List.of());
  }

  /** The end of an attempt whose mark could not be written: it was never started. */
  static AttemptOutcome unmarked() {
    ProcessEnd ended = ProcessEnd.unstarted(ProcessEnd.How.INTERRUPTED, "");
    return new AttemptOutcome(
        ended, "its mark could not be written", null, System.currentTimeMillis());
  }

  /** A known result was put in the place of a run; its record is made of that. */
  static AttemptOutcome restored(Result from, List<OwnedPath> owned, long started) {
    return new AttemptOutcome(
        new ProcessEnd(ProcessEnd.How.EXITED, 0, from.wall(), Usage.NOTHING, ""),
        "",
        null,
        from.recorded(),
        owned,
        from.found(),
        List.of(),
        started,
        from.data(),
        "",
        0,
        List.of(),
        null,
        0,
        List.of(),
        from,
        true,
        List.of());
  }

  /** The end of an attempt that a hook did not let start. */
  static AttemptOutcome refused(String why) {
    ProcessEnd ended = ProcessEnd.unstarted(ProcessEnd.How.NOT_STARTED, "");
    return new AttemptOutcome(ended, why, null, System.currentTimeMillis());
  }

  /** The same failure, with what the job left in the places of its products. */
  AttemptOutcome leaving(List<OwnedPath> left) {
    return new AttemptOutcome(
        ended, what, snapshot, products, left, found, moved, started, data, command, logFrom, posts,
        depfile, files, touched, restored, traced, read);
  }

  /** The same with what it made, found and stored, and which products were touched since. */
  AttemptOutcome with(
      ProductScan made,
      List<OwnedPath> own,
      List<String> named,
      List<String> changed,
      List<StoredValue> values,
      List<String> since) {
    List<RecordedProduct> all = made.made();
    RecordedProduct dep = made.depfile();
    int count = made.files();
    return new AttemptOutcome(
        ended, what, snapshot, all, own, named, changed, started, values, command, logFrom, posts,
        dep, count, since, restored, traced, read);
  }

  /** The same with what its trace came to. */
  AttemptOutcome traced(boolean whole, List<String> undeclared) {
    return new AttemptOutcome(
        ended,
        what,
        snapshot,
        products,
        owned,
        found,
        moved,
        started,
        data,
        command,
        logFrom,
        posts,
        depfile,
        files,
        touched,
        restored,
        whole,
        undeclared);
  }

  /** The same with the commands as they ran, and the events that were posted meanwhile. */
  AttemptOutcome of(String commands, long from, List<PostedLines.Post> events) {
    return new AttemptOutcome(
        ended, what, snapshot, products, owned, found, moved, started, data, commands, from, events,
        depfile, files, touched, restored, traced, read);
  }
}
