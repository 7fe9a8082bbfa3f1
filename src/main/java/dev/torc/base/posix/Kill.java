package dev.torc.base.posix;

import java.lang.ref.Reference;

/** Sends signals to processes and process groups. {@code ProcessTree} determines which. */
public final class Kill {

  public static final int INT = 2;
  public static final int KILL = 9;
  public static final int PIPE = 13;
  public static final int USR1 = NativeCall.number(10, 30);
  public static final int TERM = 15;
  public static final int CONT = NativeCall.number(18, 19);
  public static final int STOP = NativeCall.number(19, 17);
  public static final int TSTP = NativeCall.number(20, 18);
  public static final int TTIN = 21;
  public static final int TTOU = 22;

  private static final int ACTION = 512; // more bytes than struct sigaction has on any system

  private static final NativeCall CALL = NativeCall.of("kill");

  private Kill() {}

  /** Signals one process; returns false if it does not exist or belongs to another user. */
  public static boolean process(int pid, int signal) {
    return CALL.call(checked(pid), signal) == 0;
  }

  /** Signals a group (0 only checks); returns false if it is empty. A zombie counts as a member. */
  public static boolean group(int group, int signal) {
    return CALL.call(-checked(group), signal) == 0;
  }

  /**
   * Stops this process as Ctrl-Z does by default; returns when it is continued. In an orphaned
   * process group, where no shell could continue it, this has no effect.
   */
  static void stopSelf() {
    withDefaultStop(() -> NativeCall.of("raise").call(TSTP));
  }

  private static void withDefaultStop(Runnable work) {
    Memory usual = Memory.of(ACTION);
    Memory before = Memory.of(ACTION);
    NativeCall action = NativeCall.of("sigaction");
    action.call(TSTP, usual.address(), before.address());
    try {
      work.run();
    } finally {
      action.call(TSTP, before.address(), 0);
      Reference.reachabilityFence(usual);
      Reference.reachabilityFence(before);
    }
  }

  /**
   * Stops this process's group as Ctrl-Z does; returns when it is continued. The signal to the
   * group may reach this process late. So this thread sends itself the same signal, which stays
   * blocked until the group's signal is sent. Either the unblocked signal stops this process, or
   * the group's signal has already stopped it, and the end of that stop has discarded the blocked
   * signal.
   */
  public static void stopOwnGroup() {
    withDefaultStop(
        () ->
            SignalMask.blocked(
                TSTP,
                () -> {
                  NativeCall.of("raise").call(TSTP);
                  CALL.call(0, TSTP);
                }));
  }

  /** Rejects 0 and negative numbers, by which kill(2) would signal many processes, and init's 1. */
  private static int checked(int pid) {
    if (pid <= 1) {
      throw new IllegalArgumentException("no process to signal: " + pid);
    }
    return pid;
  }

  /** Blocks a signal for the calling thread while some work runs. */
  static final class SignalMask {

    private static final int SIG_BLOCK = NativeCall.number(0, 1);
    private static final int SIG_SETMASK = NativeCall.number(2, 3);
    private static final int SIGSET = 128; // bytes of the largest sigset_t

    private SignalMask() {}

    /** Runs something with the signal blocked; the thread must be a platform thread. */
    static void blocked(int signal, Runnable work) {
      NativeCall mask = NativeCall.of("pthread_sigmask");
      Memory set = Memory.of(SIGSET);
      Memory old = Memory.of(SIGSET);
      NativeCall.of("sigaddset").call(set.address(), signal);
      mask.call(SIG_BLOCK, set.address(), old.address());
      try {
        work.run();
      } finally {
        mask.call(SIG_SETMASK, old.address(), 0);
        Reference.reachabilityFence(set);
        Reference.reachabilityFence(old);
      }
    }
  }
}
