package dev.torc.core.attempt;

import dev.torc.base.machine.Series.Usage;
import dev.torc.base.text.Amount;
import dev.torc.core.decide.KnownResult;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.model.Job;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The outcome of an attempt, from which {@link Recorder} makes records.
 *
 * @param ended how its processes ended; {@code NOT_STARTED} if it failed before they started
 * @param what the failure in one phrase; empty for success
 * @param snapshot the needs as the attempt found them; null if it did not get that far
 * @param started when torc began to work on it, in milliseconds since 1970
 * @param made what it made and found; if it failed, the paths that it owns and the needs that moved
 * @param restored the result that was restored instead of a run; null for a run
 */
public record AttemptOutcome(
    ProcessEnd ended,
    String what,
    NeedSnapshot snapshot,
    long started,
    Made made,
    Logged shown,
    KnownResult restored) {

  /** The names of the signals by number, on Linux; most are the same everywhere. */
  private static final String SIGNALS =
      "- HUP INT QUIT ILL - ABRT BUS FPE KILL - SEGV - PIPE ALRM TERM - - - - - - - - XCPU XFSZ";

  /**
   * What a successful attempt made and found.
   *
   * @param needs the needs that its depfile and its trace named
   * @param moved all needs that changed while it ran, including found needs
   * @param touched products whose time, but not their contents, changed after the job had ended on
   *     another machine
   * @param traced whether its trace is complete
   */
  public record Made(
      ProductScan products,
      FoundNeeds needs,
      List<String> moved,
      List<String> touched,
      boolean traced,
      List<StoredValue> data) {

    static final Made NOTHING = of(ProductScan.NOTHING);

    static Made of(ProductScan products) {
      return failed(products, FoundNeeds.none(), List.of());
    }

    static Made failed(ProductScan products, FoundNeeds earlier, List<String> moved) {
      return new Made(products, earlier, moved, List.of(), false, List.of());
    }
  }

  /**
   * What the log of an attempt has: the commands as they ran, empty if they are not known, and the
   * offset in the log where their output begins.
   */
  public record Logged(String command, long from) {
    static final Logged NONE = new Logged("", 0);
  }

  /** Returns when its processes began, on any machine, in milliseconds since 1970. */
  public long began() {
    return ended.began(started);
  }

  /**
   * Returns how long the attempt waited for resources and in a scheduler's queue, in nanoseconds.
   * {@code before} is how long it waited before torc began to work on it; this does not count if an
   * earlier torc had handed the job out.
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

  /** Returns whether the job ended with a status that means that there is nothing to do. */
  public boolean skips(Job job) {
    return ended.how() == How.EXITED && job.runs().skip().contains(ended.code());
  }

  public boolean ok() {
    return what.isEmpty();
  }

  public static AttemptOutcome unstarted(How how, String why) {
    return unstarted(how, why, null, Made.NOTHING);
  }

  /**
   * Returns the outcome of an attempt that never started. For an adopted job, {@code made} has the
   * products that already exist.
   */
  public static AttemptOutcome unstarted(How how, String why, NeedSnapshot snapshot, Made made) {
    ProcessEnd ended = ProcessEnd.unstarted(how);
    long now = System.currentTimeMillis();
    return new AttemptOutcome(ended, why, snapshot, now, made, Logged.NONE, null);
  }

  /** Returns the outcome of a restore that ends now. It lasted as long as the restore itself. */
  static AttemptOutcome restored(KnownResult from, ProductScan products, long started) {
    long wall = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - started);
    ProcessEnd ended = new ProcessEnd(How.EXITED, 0, wall, Usage.NOTHING, "");
    return new AttemptOutcome(ended, "", null, started, Made.of(products), Logged.NONE, from);
  }

  /** Returns how processes failed, in one phrase. Limits are in nanoseconds and bytes. */
  public static String phrase(ProcessEnd ended, long timeLimit, long memoryLimit) {
    return switch (ended.how()) {
      // A shell exits with 128 plus the number of the signal that ended its program: 141 is PIPE.
      case EXITED -> "exit " + ended.code() + name(ended.code() - 128);
      case SIGNALED -> "signal " + ended.code() + name(ended.code());
      case TIMEOUT -> "timed out after " + Amount.time(timeLimit) + beside(ended);
      case MEMORY ->
          ended.message().equals(ProcessEnd.BY_KERNEL)
              ? "out of memory (" + ended.message() + ")"
              : ended.usage().peak() < 0 && !ended.message().isEmpty()
                  ? "out of memory" + beside(ended)
                  : ended.usage().peak() < memoryLimit
                      ? "out of memory: the kernel ended a process at the limit of "
                          + Amount.size(memoryLimit, memoryLimit)
                      : "out of memory: it took %s of %s"
                          .formatted(
                              Amount.size(ended.usage().peak(), memoryLimit),
                              Amount.size(memoryLimit, memoryLimit));
      case INTERRUPTED, PASSED_ON, NOT_REACHED -> "interrupted" + beside(ended);
      case CANCELLED -> "cancelled" + beside(ended);
      case TERMINAL, ALTERED, NOT_STARTED -> ended.message();
    };
  }

  /** Returns a scheduler's own words, or which processes could not be ended; may be empty. */
  private static String beside(ProcessEnd ended) {
    return ended.message().isEmpty() ? "" : "; " + ended.message();
  }

  private static String name(int signal) {
    String[] names = SIGNALS.split(" ");
    String name = signal > 0 && signal < names.length ? names[signal] : "-";
    return name.equals("-") ? "" : " (" + name + ")";
  }
}
