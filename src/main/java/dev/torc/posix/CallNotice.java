package dev.torc.posix;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Memory for one system call that waits for its listener's answer: which it is, what it names, and
 * the answer. For one thread; {@link CallFilter} makes the listener.
 */
public final class CallNotice {

  /** In place of a descriptor: the folder in which a thread is. */
  public static final int HERE = -100;

  private static final int SIZE = 80; // struct seccomp_notif
  private static final byte[] ZEROS = new byte[SIZE];
  private static final long RECEIVE = 0xc0502100L;
  private static final long SEND = 0xc0182101L;
  private static final short POLLIN = 1;
  private static final int PIECE = 256; // bytes of a name that are read at first
  private static final int PAGE = 4096; // the smallest; a piece ends where a page may end
  private static final int PATH_ONLY = 010000000; // O_PATH
  private static final int RESOLVE_IN_ROOT = 0x10;
  private static final int OPENAT2 = 437;

  private static final NativeCall IOCTL = NativeCall.of("ioctl");
  private static final NativeCall SYSCALL = NativeCall.of("syscall");
  private static final NativeCall POLL = NativeCall.of("poll");
  private static final NativeCall READLINK = NativeCall.of("readlink");
  private static final NativeCall READ_MEMORY = NativeCall.find("process_vm_readv").orElse(null);

  /** A name that a call has in its arguments cannot be known. */
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String why) {
      super(why, null, false, false);
    }
  }

  private final Memory notice = Memory.of(SIZE);
  private final Memory answer = Memory.of(24); // struct seccomp_notif_resp
  private final Memory polled = Memory.of(8); // struct pollfd
  private final Memory text = Memory.of(PAGE + 1);
  private final Memory vectors = Memory.of(32); // a struct iovec here, and one there
  private final Memory path = Memory.of(PAGE);
  private final Memory how = Memory.of(24); // struct open_how: flags, mode, resolve

  CallNotice() {
    polled.putInt(4, POLLIN);
    how.putLong(0, PATH_ONLY | Libc.O_CLOEXEC);
  }

  /** Waits for a call. Returns 1 if there is one, 0 after the time, -1 when none can come. */
  int await(int listener, int milliseconds) {
    polled.putInt(0, listener);
    int count = POLL.call(polled.address(), 1, milliseconds, 0, 0, 0);
    return count <= 0 ? 0 : (polled.getShort(6) & POLLIN) != 0 ? 1 : -1;
  }

  /** Takes the next call; false where its process went away meanwhile. */
  boolean receive(int listener) {
    notice.put(0, ZEROS);
    return IOCTL.call(listener, RECEIVE, notice.address(), 0, 0, 0) == 0;
  }

  /** The number by which it is answered. */
  long id() {
    return notice.getLong(0);
  }

  /**
   * Answers the call that was taken.
   *
   * @param error what it fails with; 0 to let it go on
   * @return whether its process still waited
   */
  boolean answer(int listener, int error) {
    return answer(listener, id(), error);
  }

  boolean answer(int listener, long id, int error) {
    answer.putLong(0, id);
    answer.putInt(16, -error);
    answer.putInt(20, error == 0 ? 1 : 0);
    return IOCTL.call(listener, SEND, answer.address(), 0, 0, 0) == 0;
  }

  /** Which call it is; null for one by numbers of another form, whose arguments mean nothing. */
  FileCall call() {
    int number = notice.getInt(16);
    return CallFilter.isOwn(notice.getInt(20), number) ? FileCall.of(number) : null;
  }

  /** The number of the thread that calls. */
  public int thread() {
    return notice.getInt(8);
  }

  /** An argument by its index from 0 on. */
  public long argument(int index) {
    return notice.getLong(32 + 8 * index);
  }

  /** Eight bytes of the caller at an address. */
  public long number(long address) throws Unreadable {
    read(address, 0, 8);
    return text.getLong(0);
  }

  /** The first name of the call as its process wrote it; empty for none. */
  public String name(FileCall call) throws Unreadable {
    return call.name < 0 ? "" : text(argument(call.name));
  }

  /** The second name of the call. */
  public String other(FileCall call) throws Unreadable {
    return text(argument(call.other));
  }

  /** The descriptor of the folder from which the first name goes, if it is relative. */
  public int at(FileCall call) {
    return call.folder < 0 ? HERE : (int) argument(call.folder);
  }

  /** The same of the second name. */
  public int otherAt(FileCall call) {
    return call.otherFolder < 0 ? HERE : (int) argument(call.otherFolder);
  }

  /** The path of a folder that the calling thread has open; null where it is gone. */
  public String folder(int at) throws Unreadable {
    String folder = link(at == HERE ? "cwd" : "fd/" + at);
    return folder != null && folder.startsWith("/") ? folder : null;
  }

  /** The folder that is {@code /} to the calling thread. */
  public String root() throws Unreadable {
    return link("root");
  }

  private String link(String name) throws Unreadable {
    return target("/proc/" + thread() + "/" + name);
  }

  private String target(String link) throws Unreadable {
    put(link);
    int length = READLINK.call(path.address(), text.address(), PAGE, 0, 0, 0);
    if (length == -Libc.EACCES || length == -Libc.EPERM) {
      throw new Unreadable("the system hides a process of it");
    }
    if (length < 0) {
      return null;
    }
    text.put(length, ZEROS, 0, 1);
    return decoded(Memory.textAt(text.address()));
  }

  /** Whether it is short enough for the system. */
  private boolean put(String name) {
    byte[] put = name.getBytes(StandardCharsets.UTF_8);
    if (put.length >= PAGE) {
      return false;
    }
    path.put(0, put);
    path.put(put.length, ZEROS, 0, 1);
    return true;
  }

  /**
   * The real path of a file as this process sees it, all links followed; null where nothing is
   * there.
   *
   * @param rooted whether the file is named from the root of the calling thread
   */
  public String real(String file, boolean rooted) throws Unreadable {
    int root = HERE;
    if (rooted) {
      root = Libc.open("/proc/" + thread() + "/root", PATH_ONLY | Libc.O_CLOEXEC, 0);
    }
    how.putLong(16, rooted ? RESOLVE_IN_ROOT : 0);
    int fd = put(file) ? SYSCALL.call(OPENAT2, root, path.address(), how.address(), 24, 0) : -1;
    try {
      return fd < 0 ? null : target("/proc/self/fd/" + fd);
    } finally {
      Libc.close(fd);
      Libc.close(root);
    }
  }

  private String text(long address) throws Unreadable {
    int length = 0;
    while (address != 0 && length < PAGE) {
      long at = address + length;
      int piece = (int) Math.min(Math.min(PIECE, PAGE - length), PAGE - at % PAGE);
      read(at, length, piece);
      length += piece;
      text.put(length, ZEROS, 0, 1);
      byte[] name = Memory.textAt(text.address());
      if (name.length < length) {
        return decoded(name);
      }
    }
    return ""; // none, or too long for the system, too
  }

  private static String decoded(byte[] name) throws Unreadable {
    String decoded = new String(name, StandardCharsets.UTF_8);
    if (decoded.indexOf('\ufffd') >= 0 // perhaps in place of what is no UTF-8
        && !Arrays.equals(decoded.getBytes(StandardCharsets.UTF_8), name)) {
      throw new Unreadable("it opened a name that is no UTF-8");
    }
    return decoded;
  }

  private void read(long address, int into, int length) throws Unreadable {
    vectors.putLong(0, text.address() + into);
    vectors.putLong(8, length);
    vectors.putLong(16, address);
    vectors.putLong(24, length);
    long here = vectors.address();
    int count =
        READ_MEMORY == null ? -Libc.ENOSYS : READ_MEMORY.call(thread(), here, 1, here + 16, 1, 0);
    if (count != length) {
      throw new Unreadable("the memory of a process of it cannot be read");
    }
  }
}
