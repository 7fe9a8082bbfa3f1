package dev.torc.base.posix;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Receives a system call that waits for its listener's answer, reads the names that it passes, and
 * sends the answer, which {@link JobTrace} decides. Reused for many calls, on one thread.
 */
final class CallNotice {

  private static final long RECEIVE = 0xc0502100L;
  private static final long SEND = 0xc0182101L;
  private static final long POLLIN = 1;
  private static final int PAGE = 4096; // bytes of a memory page at least, and of a path at most
  private static final int PATH_ONLY = 010000000; // O_PATH
  static final int RESOLVE_NO_SYMLINKS = 4;
  static final int RESOLVE_IN_ROOT = 0x10;
  private static final int OPENAT2 = 437;

  private static final NativeCall IOCTL = NativeCall.of("ioctl");
  private static final NativeCall SYSCALL = NativeCall.of("syscall");
  private static final NativeCall POLL = NativeCall.of("poll");
  private static final NativeCall READLINK = NativeCall.of("readlink");
  private static final NativeCall READ_MEMORY = NativeCall.find("process_vm_readv").orElse(null);

  /** Thrown if a name or number that a call passes cannot be read or decoded. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String why) {
      super(why, null, false, false);
    }
  }

  // Indexes of longs: struct seccomp_notif_resp at 0, then struct pollfd and struct seccomp_notif.
  private static final int POLLED = 3;
  private static final int NOTICE = 4;
  private final long[] to = new long[NOTICE + 10]; // zeros from NOTICE on: the kernel requires them
  private final long[] from = new long[to.length];
  private final Memory shared = Memory.of(Long.BYTES * to.length);

  private final long[] vectors = new long[6]; // struct iovec: one for torc, two for the caller
  private final Memory vector = Memory.of(Long.BYTES * vectors.length);
  private final Memory text = Memory.of(PAGE);
  private final Memory path = Memory.of(PAGE);
  private final Memory how = Memory.of(24); // struct open_how: flags, mode, resolve

  private byte[] held = {}; // the last link's text, decoded in target: most calls read it again
  private String target = "";

  CallNotice() {
    how.putLong(0, PATH_ONLY | Libc.O_CLOEXEC);
  }

  /** Waits for a call; returns 1 if one came, 0 for a timeout or a canceled call, -1 at the end. */
  int next(int listener, int milliseconds) {
    long asked = POLLIN << 32 | Integer.toUnsignedLong(listener);
    if (to[POLLED] != asked) { // otherwise the last answer wrote it
      to[POLLED] = asked;
      shared.put(to);
    }
    long polled = shared.address() + Long.BYTES * POLLED;
    if (POLL.call(polled, 1, milliseconds, 0, 0, 0) <= 0) {
      return 0;
    }
    if ((Memory.longAt(polled) >>> 48 & POLLIN) == 0) {
      return -1;
    }
    if (IOCTL.call(listener, RECEIVE, shared.address() + Long.BYTES * NOTICE, 0, 0, 0) != 0) {
      return 0;
    }
    shared.get(from);
    return 1;
  }

  long id() {
    return from[NOTICE];
  }

  /** Lets a call continue if {@code error} is 0, otherwise fail; ignores a call that is gone. */
  void answer(int listener, long id, int error) {
    to[0] = id;
    to[2] = error == 0 ? 1L << 32 : Integer.toUnsignedLong(-error); // 1: continue
    shared.put(to);
    IOCTL.call(listener, SEND, shared.address(), 0, 0, 0);
  }

  /** Returns the call; null if it is a 32-bit or x32 call, whose arguments have another meaning. */
  FileCall call() {
    int number = (int) from[NOTICE + 2];
    return CallFilter.isOwn((int) (from[NOTICE + 2] >>> 32), number) ? FileCall.of(number) : null;
  }

  int thread() {
    return (int) from[NOTICE + 1];
  }

  long argument(int index) {
    return from[NOTICE + 4 + index];
  }

  /** Reads eight bytes at an address in the calling process. */
  long number(long address) throws Unreadable {
    if (read(address, Long.BYTES) != Long.BYTES) {
      throw new Unreadable("the memory of one of its processes cannot be read");
    }
    return text.getLong(0);
  }

  /** Returns the name that an argument points to, exactly as passed; empty if there is none. */
  String name(int index) throws Unreadable {
    if (index < 0 || argument(index) == 0) {
      return "";
    }
    int count = read(argument(index), PAGE);
    byte[] name = text.text(count);
    return name.length < count ? decoded(name) : ""; // too long: the call will fail
  }

  /** Reads bytes at an address in the caller, at least up to a page's end; returns their count. */
  private int read(long address, int length) throws Unreadable {
    long first = Math.min(length, PAGE - (address & PAGE - 1));
    vectors[0] = text.address();
    vectors[1] = length;
    vectors[2] = address;
    vectors[3] = first;
    vectors[4] = address + first;
    vectors[5] = length - first;
    vector.put(vectors);
    long here = vector.address();
    int count = READ_MEMORY == null ? 0 : READ_MEMORY.call(thread(), here, 1, here + 16, 2, 0);
    if (count <= 0) {
      throw new Unreadable("the memory of one of its processes cannot be read");
    }
    return count;
  }

  /** Returns the folder whose descriptor is in an argument (-1: the current one); null if gone. */
  String folder(int index) throws Unreadable {
    int to = index < 0 ? Libc.AT_FDCWD : (int) argument(index);
    String folder = target("/proc/" + thread() + (to == Libc.AT_FDCWD ? "/cwd" : "/fd/" + to));
    return folder != null && folder.startsWith("/") ? folder : null;
  }

  /** Returns the root folder of the calling thread; empty if it is torc's root, too. */
  String root() throws Unreadable {
    String root = target("/proc/" + thread() + "/root");
    return root != null && root.equals("/") ? "" : root;
  }

  private String target(String link) throws Unreadable {
    put(link);
    int length = READLINK.call(path.address(), text.address(), PAGE - 1, 0, 0, 0);
    if (length == -Libc.EACCES || length == -Libc.EPERM) {
      throw new Unreadable("the system hides one of its processes");
    }
    if (length < 0) {
      return null;
    }
    byte[] now = text.text(length);
    if (!Arrays.equals(now, held)) {
      target = decoded(now);
      held = now;
    }
    return target;
  }

  /** Writes a name to {@link #path}; returns false if it is too long for the system. */
  private boolean put(String name) {
    byte[] put = name.getBytes(StandardCharsets.UTF_8);
    if (put.length >= PAGE) {
      return false;
    }
    path.putText(put);
    return true;
  }

  /**
   * Returns the real path of a file as this process sees it; null if it is missing. If {@code
   * rooted}, resolves {@code file} in the root of the calling thread.
   */
  String real(String file, boolean rooted) throws Unreadable {
    int root = Libc.AT_FDCWD;
    if (rooted) {
      root = Libc.open("/proc/" + thread() + "/root", PATH_ONLY | Libc.O_CLOEXEC, 0);
    }
    how.putLong(16, rooted ? RESOLVE_IN_ROOT : 0);
    int fd = put(file) ? SYSCALL.call(OPENAT2, root, path.address(), how.address(), 24, 0) : -1;
    try {
      return fd >= 0 ? target("/proc/self/fd/" + fd) : null;
    } finally {
      Libc.close(fd);
      Libc.close(root);
    }
  }

  private static String decoded(byte[] name) throws Unreadable {
    String decoded = new String(name, StandardCharsets.UTF_8);
    if (decoded.indexOf('\ufffd') >= 0 // may replace bytes that are not valid UTF-8
        && !Arrays.equals(decoded.getBytes(StandardCharsets.UTF_8), name)) {
      throw new Unreadable("it opened a name that is not valid UTF-8");
    }
    return decoded;
  }
}
