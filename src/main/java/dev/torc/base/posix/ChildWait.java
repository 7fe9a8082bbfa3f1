package dev.torc.base.posix;

/**
 * Waits for one child process by its id. Waiting and reaping are two steps: until a dead child is
 * reaped, no other process gets its id or its group's, so the group can be signaled safely. It
 * never waits for "any child", which could reap children of the JDK or of another runner; the price
 * is one waiting thread per child.
 */
public final class ChildWait {

  public enum What {
    EXITED,
    SIGNALED,
    STOPPED
  }

  /** CPU nanoseconds and disk bytes that a child and the descendants it waited for have used. */
  public record ChildUse(long user, long system, long read, long written) {}

  /** News of a child: its exit status if it exited, otherwise the signal's number. */
  public record News(What what, int code) {}

  private static final int P_PID = 1;
  private static final int CLD_EXITED = 1;
  private static final int CLD_STOPPED = 5;
  private static final int WEXITED = 4;
  private static final int WSTOPPED = NativeCall.number(2, 8);
  private static final int WNOHANG = 1;
  private static final int WNOWAIT = NativeCall.number(0x01000000, 0x20);
  private static final int SIGINFO_CODE = 8;
  private static final int SIGINFO_STATUS = NativeCall.number(24, 20);
  private static final int BLOCKS_IN = 88; // offset in struct rusage, whose longs have 8 bytes
  private static final int BLOCKS_OUT = 96;
  private static final int BLOCK = 512; // bytes per block that getrusage(2) counts
  private static final int ROOM = 256; // for siginfo_t (128) and rusage (144)

  private static final NativeCall WAITID = NativeCall.of("waitid");
  private static final NativeCall WAIT4 = NativeCall.of("wait4");

  private static final ThreadLocal<Memory> INFO = ThreadLocal.withInitial(() -> Memory.of(ROOM));

  private ChildWait() {}

  /** Waits until the child has stopped or died; a dead child stays until {@link #reap}. */
  public static News next(int pid) {
    Memory info = INFO.get();
    waitid(pid, info, WEXITED | WSTOPPED | WNOWAIT);
    int how = info.getInt(SIGINFO_CODE);
    int code = info.getInt(SIGINFO_STATUS);
    if (how == CLD_STOPPED) {
      waitid(pid, info, WSTOPPED | WNOHANG); // consumes the report of the stop, never of a death
      return new News(What.STOPPED, code);
    }
    return new News(how == CLD_EXITED ? What.EXITED : What.SIGNALED, code);
  }

  /** Waits until the child is dead and reaps it, which frees its id; returns what it used. */
  public static ChildUse reap(int pid) {
    Memory usage = INFO.get();
    // waitid has already returned the status
    check(pid, WAIT4.again(pid, 0, 0, usage.address()));
    return new ChildUse(
        time(usage, 0),
        time(usage, 16),
        usage.getLong(BLOCKS_IN) * BLOCK,
        usage.getLong(BLOCKS_OUT) * BLOCK);
  }

  private static void waitid(int pid, Memory info, int options) {
    check(pid, WAITID.again(P_PID, pid, info.address(), options));
  }

  private static void check(int pid, int result) {
    if (result < 0) {
      throw new IllegalStateException(
          "process " + pid + " is not a child of torc anymore (error " + -result + ")");
    }
  }

  /** Converts a struct timeval to nanoseconds; its microseconds have 32 bits on macOS. */
  private static long time(Memory usage, int offset) {
    return usage.getLong(offset) * 1_000_000_000 + usage.getInt(offset + 8) * 1_000L;
  }
}
