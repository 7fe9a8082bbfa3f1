package dev.torc.posix;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Memory for one system call that waits for its listener's answer: which it is, what it names, and
 * the answer. For one thread; {@link CallFilter} makes the listener.
 */
public final class CallNotice {

  /** What {@link #await} says where the last process that was listened to has ended. */
  private static final int OVER = -1;

  private static final int SIZE = 80; // struct seccomp_notif
  private static final byte[] ZEROS = new byte[SIZE];
  private static final long RECEIVE = 0xc0502100L;
  private static final long SEND = 0xc0182101L;
  private static final short POLLIN = 1;
  private static final int PIECE = 256; // bytes of a name that are read at first
  private static final int PAGE = 4096; // the smallest; a piece ends where a page may end
  private static final int AT_FDCWD = -100;
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
  private final Memory text = Memory.of(PAGE + 1);
  private final Memory vectors = Memory.of(32); // a struct iovec here, and one there
  private final Memory path = Memory.of(64);
  private final ByteBuffer numbers = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
  private final byte[] bytes = new byte[PAGE];

  /** Waits for a call. Returns 1 if there is one, 0 after the time, -1 when none can come. */
  static int await(int listener, int milliseconds) {
    Memory asked = Memory.of(8); // struct pollfd
    asked.put(
        0,
        ByteBuffer.allocate(8)
            .order(ByteOrder.nativeOrder())
            .putInt(listener)
            .putShort(POLLIN)
            .array());
    int count = POLL.call(asked.address(), 1, milliseconds, 0, 0, 0);
    int events = asked.getShort(6);
    Reference.reachabilityFence(asked);
    return count <= 0 ? 0 : (events & POLLIN) != 0 ? 1 : OVER;
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
    numbers.putLong(0, id).putLong(8, 0).putInt(16, -error).putInt(20, error == 0 ? 1 : 0);
    answer.put(0, numbers.array(), 0, 24);
    return IOCTL.call(listener, SEND, answer.address(), 0, 0, 0) == 0;
  }

  /** Which call it is; null for one by numbers of another form, whose arguments mean nothing. */
  public FileCall call() {
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
    read(address, 8);
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong();
  }

  /** The first name of the call as its process wrote it; empty for none. */
  public String name(FileCall call) throws Unreadable {
    return call.name < 0 ? "" : text(argument(call.name));
  }

  /** The second name of the call. */
  public String other(FileCall call) throws Unreadable {
    return text(argument(call.other));
  }

  /** The folder from which the first name goes, if it is relative; null where there is none. */
  public String folder(FileCall call) throws Unreadable {
    return folder(call.folder);
  }

  /** The same of the second name. */
  public String otherFolder(FileCall call) throws Unreadable {
    return folder(call.otherFolder);
  }

  private String folder(int argument) throws Unreadable {
    int fd = argument < 0 ? AT_FDCWD : (int) argument(argument);
    return link(fd == AT_FDCWD ? "cwd" : "fd/" + fd);
  }

  /**
   * Where a link below the calling thread's folder in {@code /proc} leads; null where there is
   * none.
   */
  public String link(String name) throws Unreadable {
    return target("/proc/" + thread() + "/" + name);
  }

  private String target(String link) throws Unreadable {
    byte[] from = (link + "\0").getBytes(StandardCharsets.US_ASCII);
    path.put(0, from);
    int length = READLINK.call(path.address(), text.address(), PAGE, 0, 0, 0);
    if (length < 0) {
      if (length == -Libc.EACCES || length == -Libc.EPERM) {
        throw new Unreadable("the system hides a process of it");
      }
      return null;
    }
    text.get(0, bytes, 0, length);
    return decoded(length);
  }

  /** The real path of a file, all links followed; null where nothing is there. */
  public String real(String file) throws Unreadable {
    int fd = Libc.open(file, PATH_ONLY | Libc.O_CLOEXEC, 0);
    if (fd < 0) {
      return null;
    }
    try {
      return target("/proc/self/fd/" + fd);
    } finally {
      Libc.close(fd);
    }
  }

  /**
   * The real path, as this process sees it, of what the calling thread names from a root of its
   * own; of what is not there, by its folder's; null where that is not there either.
   */
  public String rooted(String file) throws Unreadable {
    int root = Libc.open("/proc/" + thread() + "/root", PATH_ONLY | Libc.O_CLOEXEC, 0);
    try {
      int slash = file.lastIndexOf('/');
      String real = below(root, file);
      String folder = real != null ? null : below(root, file.substring(0, slash + 1));
      return folder == null ? real : folder + file.substring(slash);
    } finally {
      Libc.close(root);
    }
  }

  private String below(int root, String file) throws Unreadable {
    Memory name = Memory.ofText(file);
    Memory how = Memory.of(24); // struct open_how: flags, mode, resolve
    ByteBuffer fields = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
    how.put(0, fields.putLong(0, PATH_ONLY | Libc.O_CLOEXEC).putLong(16, RESOLVE_IN_ROOT).array());
    int fd = SYSCALL.call(OPENAT2, root, name.address(), how.address(), 24, 0);
    Reference.reachabilityFence(name);
    Reference.reachabilityFence(how);
    try {
      return fd < 0 ? null : target("/proc/self/fd/" + fd);
    } finally {
      Libc.close(fd);
    }
  }

  private String text(long address) throws Unreadable {
    if (address == 0) {
      return "";
    }
    int length = 0;
    while (length < PAGE) {
      long at = address + length;
      int piece = (int) Math.min(Math.min(PIECE, PAGE - length), PAGE - at % PAGE);
      int end = length + piece;
      read(at, length, piece);
      for (; length < end; length++) {
        if (bytes[length] == 0) {
          return decoded(length);
        }
      }
    }
    return ""; // too long for the system, too
  }

  private String decoded(int length) throws Unreadable {
    for (int i = 0; i < length; i++) {
      if (bytes[i] < 0) {
        try {
          return StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, 0, length))
              .toString();
        } catch (CharacterCodingException e) {
          throw new Unreadable("it opened a name that is no UTF-8");
        }
      }
    }
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  private void read(long address, int length) throws Unreadable {
    read(address, 0, length);
  }

  private void read(long address, int into, int length) throws Unreadable {
    numbers.putLong(0, text.address()).putLong(8, length).putLong(16, address).putLong(24, length);
    vectors.put(0, numbers.array());
    long here = vectors.address();
    int count =
        READ_MEMORY == null ? -Libc.ENOSYS : READ_MEMORY.call(thread(), here, 1, here + 16, 1, 0);
    if (count != length) {
      throw new Unreadable("the memory of a process of it cannot be read");
    }
    text.get(0, bytes, into, length);
  }
}
