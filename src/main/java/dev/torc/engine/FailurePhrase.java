package dev.torc.engine;

import dev.torc.local.ProcessEnd;
import dev.torc.text.Amount;

/** How an attempt that failed ended, in one phrase for people. */
final class FailurePhrase {

  private FailurePhrase() {}

  /**
   * Says how processes ended that did not end well.
   *
   * @param timeLimit nanoseconds
   * @param memoryLimit bytes
   */
  static String of(ProcessEnd ended, long timeLimit, long memoryLimit) {
    return switch (ended.how()) {
      // So a shell tells of the signal that ended a program, such as 141 in a pipe.
      case EXITED -> "exit " + ended.code() + name(ended.code() - 128);
      case SIGNALED -> "signal " + ended.code() + name(ended.code());
      case TIMEOUT -> "timed out after " + Amount.time(timeLimit) + beside(ended);
      case MEMORY ->
          ended.usage().peak() < 0 && !ended.message().isEmpty()
              ? "out of memory" + beside(ended)
              : ended.usage().peak() < memoryLimit
                  ? "out of memory: the kernel ended a process at the limit of "
                      + Amount.size(memoryLimit, memoryLimit)
                  : "out of memory: it took %s of %s"
                      .formatted(
                          Amount.size(ended.usage().peak(), memoryLimit),
                          Amount.size(memoryLimit, memoryLimit));
      case INTERRUPTED, LEFT, NOT_REACHED -> "interrupted" + beside(ended);
      case CANCELLED -> "cancelled" + beside(ended);
      case TERMINAL, ALTERED, NOT_STARTED -> ended.message();
    };
  }

  /** A scheduler's own words, or what could not be ended with it; normally nothing. */
  private static String beside(ProcessEnd ended) {
    return ended.message().isEmpty() ? "" : "; " + ended.message();
  }

  /** Names of the signals whose numbers are the same everywhere, and of a few of Linux. */
  private static String name(int signal) {
    return switch (signal) {
      case 1 -> " (HUP)";
      case 2 -> " (INT)";
      case 3 -> " (QUIT)";
      case 4 -> " (ILL)";
      case 6 -> " (ABRT)";
      case 7 -> " (BUS)";
      case 8 -> " (FPE)";
      case 9 -> " (KILL)";
      case 11 -> " (SEGV)";
      case 13 -> " (PIPE)";
      case 14 -> " (ALRM)";
      case 15 -> " (TERM)";
      case 24 -> " (XCPU)";
      case 25 -> " (XFSZ)";
      default -> "";
    };
  }
}
