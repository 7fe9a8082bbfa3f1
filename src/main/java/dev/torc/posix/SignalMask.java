package dev.torc.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Holds a signal off from the calling thread for a while. */
final class SignalMask {

  private static final int SIG_BLOCK = NativeCall.number(0, 1);
  private static final int SIG_SETMASK = NativeCall.number(2, 3);
  private static final long SIGSET = 128; // bytes of the largest sigset_t

  private SignalMask() {}

  /** Runs something with the signal blocked; the thread must be a platform thread. */
  static void blocked(int signal, Runnable work) {
    NativeCall mask = NativeCall.of("pthread_sigmask");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(SIGSET, 16);
      MemorySegment old = arena.allocate(SIGSET, 16);
      NativeCall.of("sigaddset").call(set.address(), signal);
      mask.call(SIG_BLOCK, set.address(), old.address());
      try {
        work.run();
      } finally {
        mask.call(SIG_SETMASK, old.address(), 0);
      }
    }
  }
}
