package dev.torc.core.here;

import dev.torc.base.machine.Series;
import dev.torc.base.machine.Series.Usage;
import java.util.Map;

/**
 * How an attempt ended, as far as it is known. {@link ProcessTree}, not this record, ends
 * processes.
 *
 * @param code exit status for EXITED, signal number for SIGNALED, otherwise 0
 * @param wall nanoseconds from start to end; -1 if unknown
 * @param message what the user should know beyond the cause; empty if nothing
 * @param series what it used over time; null without samples, as for a short attempt
 * @param elsewhere the other machine that it ran on; null for this one
 */
public record ProcessEnd(
    How how, int code, long wall, Usage usage, String message, Series series, Elsewhere elsewhere) {

  /** The message for an attempt that the kernel killed, though it exceeded no limit of torc. */
  public static final String BY_KERNEL = "killed by the kernel";

  /**
   * A run on another machine. {@code submitted} is when the attempt was handed out, by this
   * machine's clock, and {@code began} when its processes started, by that machine's, both in
   * milliseconds since 1970. {@code system} is a {@link dev.torc.base.posix.SystemName}, or empty.
   *
   * @param made the files of its products at the end, by absolute path, and others that the
   *     script's pattern matches. A product folder has a slash after its path; names with newlines
   *     are missing. Null if unknown
   */
  public record Elsewhere(
      String host, long submitted, long began, String system, Map<String, MadeFile> made) {}

  /** A file: bytes, mtime in seconds since 1970, and SHA-256 in hexadecimal (null if large). */
  public record MadeFile(long bytes, long time, String digest) {}

  public enum How {
    EXITED,
    SIGNALED,
    TIMEOUT,
    MEMORY,
    /** Ended because it wanted the terminal without being interactive. */
    TERMINAL,
    CANCELLED,
    /** Handed out to a scheduler, which keeps it though torc ends. */
    PASSED_ON,
    /** Torc ended before the attempt was handed out, though it was due. */
    NOT_REACHED,
    /** Succeeded on another machine, but its products are different on this one. */
    ALTERED,
    INTERRUPTED,
    NOT_STARTED
  }

  public ProcessEnd(How how, int code, long wall, Usage usage, String message) {
    this(how, code, wall, usage, message, null, null);
  }

  public static ProcessEnd unstarted(How how) {
    return new ProcessEnd(how, 0, 0, Usage.NOTHING, "");
  }

  public static ProcessEnd unknown(How how, String message) {
    return new ProcessEnd(how, 0, 0, Usage.UNKNOWN, message);
  }

  public ProcessEnd as(How cause, int status, String words) {
    return new ProcessEnd(cause, status, wall, usage, words, series, elsewhere);
  }

  public ProcessEnd lasting(long time) {
    return new ProcessEnd(how, code, time, usage, message, series, elsewhere);
  }

  public ProcessEnd at(Elsewhere place) {
    return new ProcessEnd(how, code, wall, usage, message, series, place);
  }

  /** Returns this end without the product files, since there may be very many. */
  public ProcessEnd withoutMade() {
    Elsewhere all = elsewhere;
    return at(new Elsewhere(all.host, all.submitted, all.began, all.system, null));
  }

  /** Returns when the processes started, in milliseconds since 1970: elsewhere, or {@code here}. */
  public long began(long otherwise) {
    return elsewhere == null ? otherwise : elsewhere.began;
  }

  public boolean ok() {
    return how == How.EXITED && code == 0;
  }

  /** Returns whether this signal ended it; for a container, by the exit status. */
  public boolean isBySignal(int number, boolean contained) {
    return how == How.SIGNALED && code == number
        || contained && how == How.EXITED && code == 128 + number;
  }
}
