package dev.torc.posix;

/**
 * Waits for one child by its number. Looking and reaping are two steps: until a dead child is
 * reaped, its number and its group's belong to no other process, so the group can be signaled
 * safely. It never waits for "any child", which could take those of the JDK or of a second runner;
 * the price is one waiting thread per child.
 */
public final class ChildWait {

  public enum What {
    EXITED,
    SIGNALED,
    STOPPED
  }

  /** CPU nanoseconds and disk bytes that a child used, with the descendants that it waited for. */
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
  private static final int BLOCKS_IN = 88; // in struct rusage, of longs of 8 bytes
  private static final int BLOCKS_OUT = 96;
  private static final int BLOCK = 512; // bytes that getrusage(2) counts
  private static final int ROOM = 256; // for siginfo_t (128) and rusage (144)

  private static final NativeCall WAITID = NativeCall.of("waitid");
  private static final NativeCall WAIT4 = NativeCall.of("wait4");

  private static final ThreadLocal<Memory> INFO = ThreadLocal.withInitial(() -> Memory.of(ROOM));

  private ChildWait() {}

  /** Blocks until the child has stopped or is dead; a dead one stays for {@link #reap}. */
  public static News next(int pid) {
    Memory info = INFO.get();
    waitid(pid, info, WEXITED | WSTOPPED | WNOWAIT);
    int how = info.getInt(SIGINFO_CODE);
    int code = info.getInt(SIGINFO_STATUS);
    if (how == CLD_STOPPED) {
      waitid(pid, info, WSTOPPED | WNOHANG); // takes the report of the stop, never a death
      return new News(What.STOPPED, code);
    }
    return new News(how == CLD_EXITED ? What.EXITED : What.SIGNALED, code);
  }

  /** Frees a dead child's numbers, waiting until it is dead; returns what it used. */
  public static ChildUse reap(int pid) {
    Memory usage = INFO.get();
    // the status is not needed: waitid has told it
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
          "process " + pid + " is no child of ours any more (error " + -result + ")");
    }
  }

  /** Returns a struct timeval in nanoseconds; the microseconds are 32 bits wide on macOS. */
  private static long time(Memory usage, int offset) {
    return usage.getLong(offset) * 1_000_000_000 + usage.getInt(offset + 8) * 1_000L;
  }
}
