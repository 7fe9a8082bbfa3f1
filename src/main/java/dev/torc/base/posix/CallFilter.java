package dev.torc.base.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A filter in the kernel that reports each {@link FileCall} of a process and its descendants to a
 * listener before the call runs (seccomp user notification, Linux 5.9 and later, on x86-64 and
 * AArch64). {@link CallNotice} and its users decide how the listener answers.
 */
final class CallFilter {

  private static final int SECCOMP = Libc.ARM ? 277 : 317;
  private static final int ARCHITECTURE = Libc.ARM ? 0xC00000B7 : 0xC000003E;
  private static final int IO_URING_SETUP = 425;
  private static final int X32 = 0x40000000;

  private static final int LOAD = 0x20; // loads a word of struct seccomp_data
  private static final int IF_EQUAL = 0x15;
  private static final int IF_ANY_BIT = 0x45;
  private static final int RETURN = 0x06;
  private static final int ALLOW = 0x7fff0000;
  private static final int NOTIFY = 0x7fc00000;
  private static final int NO_SUCH_CALL = 0x00050000 | 38;

  private static final int NO_NEW_PRIVS = 38;
  private static final int SET_MODE_FILTER = 1;
  private static final int NEW_LISTENER = 8;
  private static final int WAIT_KILLABLE = 32; // Linux 5.19 and later: fewer calls are restarted

  // Linux 6.6 and later: caller and listener run on the same processor, one at a time. Waking a
  // sleeping processor takes longer than handling a call.
  private static final long SET_FLAGS = 0x40082104L;
  private static final int SYNC_WAKE_UP = 1;

  private static final int EINVAL = 22;

  private static final NativeCall SYSCALL = NativeCall.of("syscall");
  private static final NativeCall PRCTL = NativeCall.of("prctl");
  private static final NativeCall IOCTL = NativeCall.of("ioctl");

  private final Memory code;
  private final Memory program = Memory.of(16); // struct sock_fprog

  /** Writes the program; {@code changes} adds the calls that have a {@link FileCall.Change}. */
  CallFilter(boolean changes) {
    ByteBuffer out = ByteBuffer.allocate(8 * 256).order(ByteOrder.nativeOrder());
    add(out, LOAD, 0, 0, 4); // the architecture
    add(out, IF_EQUAL, 1, 0, ARCHITECTURE);
    add(out, RETURN, 0, 0, NOTIFY);
    add(out, LOAD, 0, 0, 0); // the call's number
    when(out, IF_ANY_BIT, X32, NOTIFY);
    for (FileCall call : FileCall.values()) {
      if (call.number(Libc.ARM) >= 0 && (changes || call.change == null)) {
        when(out, IF_EQUAL, call.number(Libc.ARM), NOTIFY);
      }
    }
    when(out, IF_EQUAL, IO_URING_SETUP, NO_SUCH_CALL); // files opened through it would go unseen
    add(out, RETURN, 0, 0, ALLOW);
    code = Memory.of(out.position());
    code.put(0, out.array(), 0, out.position());
    program.putInt(0, out.position() / 8); // a short; both processors are little-endian
    program.putLong(8, code.address());
  }

  private static void when(ByteBuffer out, int test, int value, int result) {
    add(out, test, 0, 1, value);
    add(out, RETURN, 0, 0, result);
  }

  /** Writes a {@code struct sock_filter}. */
  private static void add(ByteBuffer out, int operation, int yes, int no, int value) {
    out.putShort((short) operation).put((byte) yes).put((byte) no).putInt(value);
  }

  /** Returns whether a call is native to this architecture: neither a 32-bit nor an x32 call. */
  static boolean isOwn(int architecture, int number) {
    return architecture == ARCHITECTURE && (number & X32) == 0;
  }

  /** Returns why {@link #lay} failed with this error number. */
  static String refusal(int error) {
    return error == Libc.EBUSY
        ? "the processes of torc are traced already"
        : "the system refuses seccomp: " + Libc.reason(error);
  }

  /**
   * Installs the filter on this thread and on the processes that it starts. From then on, each
   * reported call waits for the listener. Returns the listener's descriptor, or {@code -errno}.
   */
  int lay() {
    int error = PRCTL.call(NO_NEW_PRIVS, 1, 0, 0, 0, 0);
    if (error < 0) {
      return error;
    }
    int listener = lay(NEW_LISTENER | WAIT_KILLABLE);
    listener = listener == -EINVAL ? lay(NEW_LISTENER) : listener; // an older kernel
    IOCTL.call(listener, SET_FLAGS, SYNC_WAKE_UP, 0, 0, 0);
    return listener;
  }

  private int lay(int flags) {
    return SYSCALL.call(SECCOMP, SET_MODE_FILTER, flags, program.address(), 0, 0);
  }
}
