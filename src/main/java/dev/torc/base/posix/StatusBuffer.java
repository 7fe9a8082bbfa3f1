package dev.torc.base.posix;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory for a path and for the result of {@code stat(2)}, in the layout of this system. The
 * methods without a path return numbers about the file that the last look found. For one thread.
 */
class StatusBuffer {

  /** The most bytes of a path, with its NUL, on any system. */
  private static final int LONGEST = 4096;

  private static final byte[] NUL = {0};

  /** Byte offsets. Seconds have 8 bytes, before nanoseconds; owner and group have 4 each. */
  private record Layout(
      int mode, int links, int owner, int size, int mtime, int ctime, int inode, int device) {}

  /** int statx(int directory, const char *path, int flags, unsigned mask, struct statx *). */
  private static final NativeCall STATX_CALL = NativeCall.find("statx").orElse(null);

  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int STATX_MNT_ID = 0x1000; // since Linux 5.8
  private static final int STATX_MNT_ID_UNIQUE = 0x4000; // replaces it, since Linux 6.8
  private static final int WANTED = STATX_BASIC_STATS | STATX_MNT_ID | STATX_MNT_ID_UNIQUE;

  /** {@code struct statx} of linux/stat.h, the same on every architecture; the mode has 16 bits. */
  private static final Layout STATX = new Layout(28, 16, 20, 40, 112, 96, 32, 136);

  /** {@code struct stat} of glibc and musl: on AArch64 that of asm-generic/stat.h. */
  private static final Layout LINUX =
      Libc.ARM
          ? new Layout(16, 20, 24, 48, 88, 104, 8, 0)
          : new Layout(24, 16, 28, 48, 88, 104, 8, 0);

  /** {@code struct stat} of macOS with 64-bit inodes; mode and links have 16 bits, device 32. */
  private static final Layout MACOS = new Layout(4, 6, 16, 96, 48, 64, 8, 0);

  private static final Layout PLAIN = Libc.MAC ? MACOS : LINUX;

  /** The layout of statx if the system has and allows it: as fast, and with the mount. */
  private static final Layout LAYOUT =
      STATX_CALL != null && (isAllowed() || Libc.symbol("stat") == 0) ? STATX : PLAIN;

  private static final NativeCall FOLLOWING = plain("stat");
  private static final NativeCall NOT_FOLLOWING = plain("lstat");

  private final Layout at;
  private final Memory status = Memory.of(256);
  private final Memory path = Memory.of(LONGEST + 2); // its last byte stays 0: an empty path
  private final Map<Long, Boolean> modeless = new HashMap<>(2); // by device
  private int last; // offset of the last path that was looked up
  boolean identity; // whether only this much of the answer matters

  StatusBuffer() {
    this(false);
  }

  /** Creates a buffer with this system's layout, or, if {@code plain}, with that of stat(2). */
  StatusBuffer(boolean plain) {
    at = plain ? PLAIN : LAYOUT;
  }

  long pathAddress() {
    return path.address() + last;
  }

  /** Returns whether statx may be called: old container runtimes refuse it. */
  private static boolean isAllowed() {
    Memory status = Memory.of(256);
    Memory path = Memory.ofText("/");
    int result = STATX_CALL.call(Libc.AT_FDCWD, path.address(), 0, WANTED, status.address(), 0);
    Reference.reachabilityFence(path);
    Reference.reachabilityFence(status);
    return result == 0;
  }

  /** Returns a function of the C library; null if it does not export it (glibc before 2.33). */
  private static NativeCall plain(String name) {
    if (Libc.symbol(name) == 0) {
      return null;
    }
    String exported = Libc.MAC && Libc.symbol(name + "$INODE64") != 0 ? name + "$INODE64" : name;
    return NativeCall.of(exported);
  }

  /** Writes part of a path at an offset and ends it there; throws if the path is too long. */
  void put(int offset, byte[] names, int from, int length) throws IOException {
    if (offset + length > LONGEST) {
      throw tooLong(new String(names, from, length, StandardCharsets.UTF_8));
    }
    path.put(offset, names, from, length);
    path.put(offset + length, NUL);
  }

  boolean look(String name, boolean follow) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > LONGEST) {
      throw tooLong(name);
    }
    path.putText(bytes);
    return look(0, follow);
  }

  private static IOException tooLong(String name) {
    return new IOException("cannot look at " + name + ": file name too long");
  }

  /** Reads the status of the path at an offset; returns whether it exists. Errors name it. */
  boolean look(int offset, boolean follow) throws IOException {
    last = offset;
    int result = call(path.address() + offset, follow);
    Questions asked = Questions.here();
    if (asked != null) {
      FileStatus answer = result == 0 ? FileStatus.of(this, modeAsIs()) : FileStatus.MISSING;
      Questions.Depth depth = follow ? Questions.Depth.FOLLOWED : Questions.Depth.STAMP;
      depth = identity ? Questions.Depth.IDENTITY : depth;
      asked.saw(Memory.textAt(pathAddress()), depth, result, answer);
    }
    if (result == 0) {
      return true;
    }
    if (result == -Libc.ENOENT || result == -Libc.ENOTDIR) {
      return false;
    }
    throw refusal(-result);
  }

  /** Returns the exception for an error with the last path. */
  IOException refusal(int errno) {
    String name = new String(Memory.textAt(pathAddress()), StandardCharsets.UTF_8);
    return new IOException("cannot look at " + name + ": " + Libc.reason(errno));
  }

  /** Reads the status of an open file; returns 0 or {@code -errno}. */
  int lookAtOpen(int fd) {
    long empty = path.address() + LONGEST + 1;
    return at == STATX
        ? STATX_CALL.call(fd, empty, AT_EMPTY_PATH, WANTED, status.address(), 0)
        : Open.STATUS.call(fd, status.address(), 0, 0, 0, 0);
  }

  /** Reads the status of a name in a folder, following no link; returns 0 or {@code -errno}. */
  int lookIn(int folder, byte[] name) {
    path.putText(name);
    Questions.doubt("a folder was opened");
    int flags = Libc.AT_SYMLINK_NOFOLLOW;
    return at == STATX
        ? STATX_CALL.call(folder, path.address(), flags, WANTED, status.address(), 0)
        : In.STATUS.call(folder, path.address(), status.address(), flags, 0, 0);
  }

  private static final class In {
    static final NativeCall STATUS = plain("fstatat");
  }

  /** A class of its own, so that it is loaded only for open files, as in network roots. */
  private static final class Open {
    static final NativeCall STATUS = plain("fstat");
  }

  private int call(long name, boolean follow) {
    int flags = follow ? 0 : Libc.AT_SYMLINK_NOFOLLOW;
    return at == STATX
        ? STATX_CALL.call(Libc.AT_FDCWD, name, flags, WANTED, status.address(), 0)
        : (follow ? FOLLOWING : NOT_FOLLOWING).call(name, status.address(), 0, 0, 0, 0);
  }

  private boolean isWide() {
    return at == LINUX;
  }

  /** Returns the mode as in {@link FileStatus}; asks each file system once, if needed. */
  int mode() {
    int mode = modeAsIs();
    int executable = FileStatus.FILE | FileStatus.EXECUTABLE;
    return (mode & (FileStatus.KIND | FileStatus.EXECUTABLE)) == executable && isModeless()
        ? mode & ~FileStatus.EXECUTABLE
        : mode;
  }

  private boolean isModeless() {
    Boolean known = modeless.get(device());
    if (known == null) {
      known = isModeless(pathAddress());
      modeless.put(device(), known);
    }
    return known;
  }

  /** Asks the file system of the path at an address; tests override this. */
  boolean isModeless(long path) {
    return FileSystems.isModeless(path);
  }

  /** Returns the mode as the file system shows it. */
  int modeAsIs() {
    return isWide() ? status.getInt(at.mode) : Short.toUnsignedInt(status.getShort(at.mode));
  }

  long attributes() {
    int mode = modeAsIs();
    boolean folder = (mode & FileStatus.KIND) == FileStatus.FOLDER; // each subfolder is a link
    return FileStatus.attributes(mode, owner(), group(), folder ? 1 : links());
  }

  int owner() {
    return status.getInt(at.owner);
  }

  int group() {
    return status.getInt(at.owner + 4);
  }

  long size() {
    return status.getLong(at.size);
  }

  long mtime() {
    return time(at.mtime);
  }

  long ctime() {
    return time(at.ctime);
  }

  long inode() {
    return status.getLong(at.inode);
  }

  int links() {
    return at == MACOS ? Short.toUnsignedInt(status.getShort(at.links)) : status.getInt(at.links);
  }

  long device() {
    if (isWide()) {
      return status.getLong(at.device);
    }
    long number = Integer.toUnsignedLong(status.getInt(at.device));
    if (at != STATX) {
      return number;
    }
    long minor = Integer.toUnsignedLong(status.getInt(at.device + 4));
    return (minor & ~0xff) << 12 | number << 8 | minor & 0xff; // combined as by stat(2)
  }

  /** Returns the mount as in {@link FileStatus}. */
  long mount() {
    boolean told = at == STATX && (status.getInt(0) & (STATX_MNT_ID | STATX_MNT_ID_UNIQUE)) != 0;
    return told ? status.getLong(144) : ~device();
  }

  private long time(int offset) {
    return status.getLong(offset) * 1_000_000_000L + status.getInt(offset + 8);
  }
}
