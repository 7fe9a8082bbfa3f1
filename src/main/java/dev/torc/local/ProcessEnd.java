package dev.torc.local;

import dev.torc.machine.Series;
import dev.torc.machine.Series.Usage;
import java.util.Map;

/**
 * How an attempt ended, as far as it is known. It ends nothing: {@link ProcessTree} ends processes.
 *
 * @param how the cause
 * @param code exit status for EXITED, signal number for SIGNALED, otherwise 0
 * @param wall nanoseconds from start to end; -1 where it is not known
 * @param message what a person should know beyond the cause, empty if nothing
 * @param series what it used over time; null where no sample was taken, as for a short one
 * @param elsewhere where it ran; null for here
 */
public record ProcessEnd(
    How how, int code, long wall, Usage usage, String message, Series series, Elsewhere elsewhere) {

  /** The message of an attempt that the kernel killed, though no limit of torc's was exceeded. */
  public static final String BY_KERNEL = "killed by the kernel";

  /**
   * Another machine.
   *
   * @param host its name
   * @param submitted when it was handed out: milliseconds since 1970, by this machine's clock
   * @param began when its processes began: milliseconds since 1970, by that machine's clock
   * @param system as {@link dev.torc.posix.SystemName} has it; empty where that is not known
   * @param made the files of its products as that machine saw them at the end, by absolute path;
   *     other files too, where the script's pattern matches more than the product's. A folder that
   *     is a product has a slash behind its path; names with a line end are missing. Null: unknown
   */
  public record Elsewhere(
      String host, long submitted, long began, String system, Map<String, MadeFile> made) {}

  /**
   * One file.
   *
   * @param time of its last change, in seconds since 1970
   * @param digest SHA-256 in hexadecimal digits; null where it is not known, as for a large file
   */
  public record MadeFile(long bytes, long time, String digest) {}

  /** The cause of an attempt's end. */
  public enum How {
    EXITED,
    SIGNALED,
    /** Ended for its time limit. */
    TIMEOUT,
    /** Ended for its memory limit. */
    MEMORY,
    /** Ended because it wanted the terminal without being interactive. */
    TERMINAL,
    /** Ended because the scheduler that ran it was told to. */
    CANCELLED,
    /** Handed out to a scheduler, where it stays though torc ends. */
    PASSED_ON,
    /** Torc ended before it was handed out, though it was its turn. */
    NOT_REACHED,
    /** Ended well elsewhere, but its products are different ones here. */
    ALTERED,
    /** Ended because torc itself was told to end. */
    INTERRUPTED,
    /** The program could not be started; the message says why. */
    NOT_STARTED
  }

  /** Creates the end of an attempt that ran here, without samples. */
  public ProcessEnd(How how, int code, long wall, Usage usage, String message) {
    this(how, code, wall, usage, message, null, null);
  }

  /** Returns the end of an attempt of which no process was started. */
  public static ProcessEnd unstarted(How how, String message) {
    return new ProcessEnd(how, 0, 0, Usage.NOTHING, message);
  }

  /** Returns an end of which only the cause and the message are known. */
  public static ProcessEnd unknown(How how, String message) {
    return new ProcessEnd(how, 0, 0, Usage.UNKNOWN, message);
  }

  public ProcessEnd as(How cause, int status, String words) {
    return new ProcessEnd(cause, status, wall, usage, words, series, elsewhere);
  }

  /** Returns this end with another time from start to end, in nanoseconds; -1 unknown. */
  public ProcessEnd lasting(long time) {
    return new ProcessEnd(how, code, time, usage, message, series, elsewhere);
  }

  /** Returns this end as one on another machine. */
  public ProcessEnd at(Elsewhere place) {
    return new ProcessEnd(how, code, wall, usage, message, series, place);
  }

  /** Returns this end without the files of the products, which may be very many. */
  public ProcessEnd withoutMade() {
    Elsewhere all = elsewhere;
    return at(new Elsewhere(all.host, all.submitted, all.began, all.system, null));
  }

  /**
   * Returns when its processes began, in milliseconds since 1970; {@code otherwise} if they ran
   * here.
   */
  public long began(long otherwise) {
    return elsewhere == null ? otherwise : elsewhere.began;
  }

  /** Returns whether the attempt succeeded. */
  public boolean ok() {
    return how == How.EXITED && code == 0;
  }

  /**
   * Returns whether a signal ended it.
   *
   * @param contained whether it ran in a container, of which only an exit status is known
   */
  public boolean isBySignal(int number, boolean contained) {
    return how == How.SIGNALED && code == number
        || contained && how == How.EXITED && code == 128 + number;
  }
}
