package dev.torc.posix;

import java.util.Map;

/**
 * How a job wants to be ended: by which signal first (0: INT after Ctrl-C, otherwise TERM), and the
 * nanoseconds from it to KILL (-1: the usual time). It sends nothing.
 */
public record Stop(int signal, long grace) {

  /** How a job is ended that says nothing. */
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

  /** Returns the signal that comes first, where a job that says nothing would get {@code usual}. */
  public int first(int usual) {
    return signal == 0 ? usual : signal;
  }

  /** Returns nanoseconds until KILL, where a job that says nothing would have {@code usual}. */
  public long grace(long usual) {
    return grace < 0 ? usual : grace;
  }

  /** Returns the name of the signal without SIG; empty if none is named. */
  public String name() {
    for (Map.Entry<String, Integer> each : SIGNALS.entrySet()) {
      if (each.getValue() == signal) {
        return each.getKey();
      }
    }
    return "";
  }
}
