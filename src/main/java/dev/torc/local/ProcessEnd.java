package dev.torc.local;

import dev.torc.machine.Series;
import dev.torc.machine.Series.Usage;
import java.util.Map;

/**
 * How an attempt ended, as far as it is known. It ends nothing: {@link ProcessTree} ends processes.
 *
 * @param code exit status for EXITED, signal number for SIGNALED, otherwise 0
 * @param wall nanoseconds from start to end; -1 where it is not known
 * @param message what a person should know beyond the cause, empty if nothing
 * @param series what it used over time; null without samples, as for a short one
 * @param elsewhere where it ran; null for here
 */
public record ProcessEnd(
    How how, int code, long wall, Usage usage, String message, Series series, Elsewhere elsewhere) {

  /** The message of an attempt that the kernel killed, though no limit of torc's was exceeded. */
  public static final String BY_KERNEL = "killed by the kernel";

  /**
   * Another machine: when the attempt was handed out (by this machine's clock) and when its
   * processes began (by that one's), in milliseconds since 1970, and its system as {@link
   * dev.torc.posix.SystemName} has it, or empty.
   *
   * @param made the files of its products at the end, by absolute path, and others that the
   *     script's pattern matches. A folder that is a product has a slash behind its path; names
   *     with a line end are missing. Null: unknown
   */
  public record Elsewhere(
      String host, long submitted, long began, String system, Map<String, MadeFile> made) {}

  /** A file: bytes, seconds since 1970, and SHA-256 in hexadecimal, or null as for a large file. */
  public record MadeFile(long bytes, long time, String digest) {}

  public enum How {
    EXITED,
    SIGNALED,
    TIMEOUT,
    MEMORY,
    /** Ended because it wanted the terminal without being interactive. */
    TERMINAL,
    CANCELLED,
    /** Handed out to a scheduler, where it stays though torc ends. */
    PASSED_ON,
    /** Torc ended before it was handed out, though it was its turn. */
    NOT_REACHED,
    /** Ended well elsewhere, but its products are different ones here. */
    ALTERED,
    INTERRUPTED,
    NOT_STARTED
  }

  public ProcessEnd(How how, int code, long wall, Usage usage, String message) {
    this(how, code, wall, usage, message, null, null);
  }

  public static ProcessEnd unstarted(How how, String message) {
    return new ProcessEnd(how, 0, 0, Usage.NOTHING, message);
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

  /** Returns this end without the files of the products, which may be very many. */
  public ProcessEnd withoutMade() {
    Elsewhere all = elsewhere;
    return at(new Elsewhere(all.host, all.submitted, all.began, all.system, null));
  }

  /** Returns when its processes began: milliseconds since 1970; the argument if they ran here. */
  public long began(long otherwise) {
    return elsewhere == null ? otherwise : elsewhere.began;
  }

  public boolean ok() {
    return how == How.EXITED && code == 0;
  }

  /** Returns whether a signal ended it; of a container, only an exit status is known. */
  public boolean isBySignal(int number, boolean contained) {
    return how == How.SIGNALED && code == number
        || contained && how == How.EXITED && code == 128 + number;
  }
}
