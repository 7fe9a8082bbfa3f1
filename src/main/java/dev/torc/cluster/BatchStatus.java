package dev.torc.cluster;

import dev.torc.exec.ProcessEnd;
import dev.torc.machine.Usage;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a job of a batch ended, as its script says it.
 *
 * @param job the name of its claim
 * @param code exit status for EXITED, signal number for SIGNALED, otherwise 0
 * @param message what a person should know beyond the cause, on one line, empty if nothing
 * @param began milliseconds since 1970 by the node's clock, to 10 ms where its {@code date} can
 * @param ended likewise
 * @param wall nanoseconds between both, by a clock that does not jump; to 10 ms
 * @param usage what its processes used, as far as a shell can tell
 * @param host the node's name
 * @param boot the id of its boot, as Linux gives it
 * @param system kernel, its release, the machine's architecture, and the C library
 * @param os id and version of the distribution; empty unknown
 * @param made what the files of the products were when it ended; null where that is not known
 */
public record BatchStatus(
    String job,
    Cause cause,
    int code,
    String message,
    long began,
    long ended,
    long wall,
    Usage usage,
    String host,
    String boot,
    String system,
    String os,
    MadeFiles made) {

  /** Why a job is over. */
  public enum Cause {
    EXITED,
    /**
     * Ended by a signal, as far as a shell can tell: it cannot tell an exit status of 128 and a
     * signal's number from the signal.
     */
    SIGNALED,
    /** Ended for its time limit. */
    TIMEOUT,
    /** Ended for its memory limit. */
    MEMORY,
    /** Ended because the script was told to end, by the scheduler or whoever. */
    CANCELLED,
    /** No process could be started; the message says why. */
    NOT_STARTED
  }

  private static final int SIGNALS = 64;

  private static final long MILLISECOND = 1_000_000;

  private static final Pattern TIME = Pattern.compile("(\\d+)m(\\d+)(?:[.,](\\d+))?s");

  /**
   * What a status file says; null where there is none, or none that is whole and understood.
   *
   * @param made the file that says what the files of the products were, where the first names one
   */
  static BatchStatus read(Path file, Path made) {
    return BatchWord.read(file, word -> of(word, made));
  }

  private static BatchStatus of(BatchWord word, Path made) {
    boolean says = !word.all("made").isEmpty() && word.known("made") >= 0;
    MadeFiles files = says ? MadeFiles.read(made, word.known("made")) : null;
    if (says && files == null) {
      return null;
    }
    Cause cause = cause(word.text("cause"));
    int code = cause == Cause.EXITED ? (int) word.number("code") : 0;
    if (code > 128 && code <= 128 + SIGNALS) {
      cause = Cause.SIGNALED;
      code -= 128;
    }
    long peak = word.known("peak");
    return new BatchStatus(
        word.text("job"),
        cause,
        code,
        word.text("message"),
        moment(word.text("begin")),
        moment(word.text("end")),
        word.number("wall") * MILLISECOND,
        usage(word.text("cpu"), peak < 0 ? -1 : peak * 1024),
        word.text("host"),
        word.text("boot"),
        word.text("system"),
        word.text("os").strip(),
        files);
  }

  /** Seconds, with or without hundredths, as milliseconds. */
  private static long moment(String seconds) {
    return new BigDecimal(seconds).movePointRight(3).longValue();
  }

  private static Cause cause(String word) {
    return Cause.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** With what the shell says of user and system time, in this order. */
  private static Usage usage(String words, long peak) {
    Matcher time = TIME.matcher(words);
    long user = cpu(time);
    return new Usage(user, cpu(time), peak, -1, -1);
  }

  /** The next time, as {@code 1m2.345s}; -1 for none. */
  private static long cpu(Matcher time) {
    if (!time.find()) {
      return -1;
    }
    String fraction = ((time.group(3) == null ? "" : time.group(3)) + "000000000").substring(0, 9);
    long seconds = Long.parseLong(time.group(1)) * 60 + Long.parseLong(time.group(2));
    return seconds * 1_000_000_000 + Long.parseLong(fraction);
  }

  /** As {@link SystemName} has it. */
  private String kind() {
    String[] words = system.split(" ", 3);
    return words.length < 3 ? "" : words[0] + " " + words[2];
  }

  /**
   * The same as of a job that ran here; one that was cancelled counts as interrupted.
   *
   * @param submitted when its script was handed out, milliseconds since 1970
   */
  ProcessEnd end(long submitted) {
    ProcessEnd.How how =
        cause == Cause.CANCELLED
            ? ProcessEnd.How.INTERRUPTED
            : ProcessEnd.How.valueOf(cause.name());
    return new ProcessEnd(
        how,
        code,
        wall,
        usage,
        message,
        null,
        new ProcessEnd.Elsewhere(host, submitted, began, kind()));
  }
}
