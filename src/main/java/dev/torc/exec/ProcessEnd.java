package dev.torc.exec;

/**
 * How an attempt ended.
 *
 * @param how the cause
 * @param code exit status for EXITED, signal number for SIGNALED, otherwise 0
 * @param wall nanoseconds from start to end
 * @param cpu nanoseconds of CPU time of the processes that were waited for; -1 unknown
 * @param peak bytes of memory of the whole tree at its highest sample; -1 where there was none
 * @param message what a person should know beyond the cause, empty if nothing
 */
public record ProcessEnd(How how, int code, long wall, long cpu, long peak, String message) {

  /** Why a job's processes are no more. */
  public enum How {
    EXITED,
    SIGNALED,
    /** Ended for its time limit. */
    TIMEOUT,
    /** Ended for its memory limit. */
    MEMORY,
    /** Ended because it wanted the terminal without being interactive. */
    TERMINAL,
    /** Ended because somebody told the scheduler so that ran it. */
    CANCELLED,
    /** Handed out to a scheduler, where it stays though torc ends. */
    LEFT,
    /** It was its turn to be handed out, and torc ended before. */
    NOT_REACHED,
    /** Ended because torc itself was told to end. */
    INTERRUPTED,
    /** The program could not be started; the message says why. */
    NOT_STARTED
  }

  /** Whether the attempt succeeded. */
  public boolean ok() {
    return how == How.EXITED && code == 0;
  }

  /**
   * Whether a signal ended it.
   *
   * @param contained whether it ran in a container, of which only an exit status is known
   */
  public boolean isBySignal(int number, boolean contained) {
    return how == How.SIGNALED && code == number
        || contained && how == How.EXITED && code == 128 + number;
  }
}
