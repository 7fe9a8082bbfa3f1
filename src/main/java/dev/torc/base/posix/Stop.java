package dev.torc.base.posix;

import java.util.Map;

/**
 * How to end a job: the first signal (0: INT after Ctrl-C, otherwise TERM), and the nanoseconds
 * from that to KILL (-1: the default). This class sends no signals.
 */
public record Stop(int signal, long grace) {

  /** The default for jobs without settings of their own. */
  public static final Stop USUAL = new Stop(0, -1);

  /** The signals that a build file can name. */
  public static final Map<String, Integer> SIGNALS =
      Map.ofEntries(
          Map.entry("HUP", 1),
          Map.entry("INT", Kill.INT),
          Map.entry("QUIT", 3),
          Map.entry("TERM", Kill.TERM),
          Map.entry("USR1", Kill.USR1),
          Map.entry("USR2", NativeCall.number(12, 31)));

  /** Returns the first signal; {@code usual} if the job names none. */
  public int first(int usual) {
    return signal == 0 ? usual : signal;
  }

  /** Returns the nanoseconds until KILL; {@code usual} if the job sets none. */
  public long grace(long usual) {
    return grace < 0 ? usual : grace;
  }

  /** Returns the name of the signal without SIG; empty if none is named. */
  public String name() {
    return SIGNALS.keySet().stream()
        .filter(name -> SIGNALS.get(name) == signal)
        .findFirst()
        .orElse("");
  }
}
