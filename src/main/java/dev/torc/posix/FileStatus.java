package dev.torc.posix;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What the system says of one file in one call: {@code stat(2)}, or {@code lstat(2)} where links
 * are not to be followed. What these numbers mean for a build is not its business.
 *
 * @param mode kind and permission bits as in {@code st_mode}; 0 where nothing stands there
 * @param size bytes
 * @param mtime nanoseconds since 1970 of the last change of the bytes
 * @param ctime nanoseconds since 1970 of the last change of bytes or attributes
 * @param inode number of the file in its file system
 * @param device number of the file system; it may change over a remount
 */
public record FileStatus(int mode, long size, long mtime, long ctime, long inode, long device) {

  /** Nothing stands there. */
  public static final FileStatus MISSING = new FileStatus(0, 0, 0, 0, 0, 0);

  private static final int ENOENT = 2;
  private static final int ENOTDIR = 20;

  /** Offsets in bytes of the fields of a structure; seconds are 8 bytes, nanoseconds after them. */
  private record Layout(int mode, int size, int mtime, int ctime, int inode, int device) {}

  /** {@code struct statx} of linux/stat.h, the same on every architecture; the mode has 16 bits. */
  private static final Layout STATX = new Layout(28, 40, 112, 96, 32, 136);

  /** {@code struct stat} of glibc and musl on x86-64. */
  private static final Layout LINUX_X86 = new Layout(24, 48, 88, 104, 8, 0);

  /** {@code struct stat} of glibc and musl on AArch64 and RISC-V 64 (asm-generic/stat.h). */
  private static final Layout LINUX_GENERIC = new Layout(16, 48, 88, 104, 8, 0);

  /** {@code struct stat} of macOS with 64-bit inodes; the mode has 16 bits, the device 32. */
  private static final Layout MACOS = new Layout(4, 96, 48, 64, 8, 0);

  /** Plain stat where it is exported (glibc does since 2.33, musl always) and its layout known. */
  private static final Layout LAYOUT =
      Libc.MAC
          ? MACOS
          : Libc.symbol("stat").isEmpty()
              ? STATX
              : switch (System.getProperty("os.arch")) {
                case "amd64", "x86_64" -> LINUX_X86;
                case "aarch64", "riscv64" -> LINUX_GENERIC;
                default -> STATX;
              };

  private static final Call FOLLOWING = plain("stat");
  private static final Call NOT_FOLLOWING = plain("lstat");

  /** int statx(int directory, const char *path, int flags, unsigned mask, struct statx *). */
  private static final Call STATX_CALL = Call.find("statx").orElse(null);

  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int STATX_BASIC_STATS = 0x7ff;

  private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

  /**
   * The memory of one thread, freed with it. The longest path a system takes has 4096 bytes. Byte
   * buffers, since memory segments would make the JVM write classes at every start.
   */
  private static final class Buffers {
    final ByteBuffer status = ByteBuffer.allocateDirect(256).order(ByteOrder.nativeOrder());
    final ByteBuffer path = ByteBuffer.allocateDirect(4097);
    final long statusAddress = MemorySegment.ofBuffer(status).address();
    final long pathAddress = MemorySegment.ofBuffer(path).address();
  }

  private static Call plain(String name) {
    if (LAYOUT == STATX) {
      return null;
    }
    String exported =
        Libc.MAC && Libc.symbol(name + "$INODE64").isPresent() ? name + "$INODE64" : name;
    return Call.of(exported);
  }

  /**
   * Looks at a path, relative to the folder of the process or absolute.
   *
   * @param follow whether a link at the end of the path is followed
   * @return {@link #MISSING} where nothing stands there, a link that leads nowhere included
   * @throws IOException with a line that names the path, where the system refuses to say
   */
  public static FileStatus of(String path, boolean follow) throws IOException {
    return of(path, follow, LAYOUT);
  }

  /** As where the C library has no plain stat: for tests, since few machines are such. */
  static FileStatus byStatx(String path, boolean follow) throws IOException {
    return of(path, follow, STATX);
  }

  private static FileStatus of(String path, boolean follow, Layout layout) throws IOException {
    Buffers b = BUFFERS.get();
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    if (name.length >= b.path.capacity()) {
      throw new IOException("cannot look at " + path + ": file name too long");
    }
    if (path.indexOf(0) >= 0) {
      throw new IOException("cannot look at " + path + ": a name has no NUL");
    }
    b.path.put(0, name).put(name.length, (byte) 0);
    int result = call(b, follow, layout);
    if (result == 0) {
      return read(b.status, layout);
    }
    if (result == -ENOENT || result == -ENOTDIR) {
      return MISSING;
    }
    throw new IOException("cannot look at " + path + ": " + reason(-result));
  }

  private static int call(Buffers b, boolean follow, Layout layout) {
    if (layout == STATX) {
      int flags = follow ? 0 : AT_SYMLINK_NOFOLLOW;
      return STATX_CALL.call(AT_FDCWD, b.pathAddress, flags, STATX_BASIC_STATS, b.statusAddress, 0);
    }
    return (follow ? FOLLOWING : NOT_FOLLOWING).call(b.pathAddress, b.statusAddress, 0, 0, 0, 0);
  }

  private static FileStatus read(ByteBuffer status, Layout at) {
    boolean wide = at == LINUX_X86 || at == LINUX_GENERIC;
    int mode = wide ? status.getInt(at.mode) : Short.toUnsignedInt(status.getShort(at.mode));
    long device =
        wide ? status.getLong(at.device) : Integer.toUnsignedLong(status.getInt(at.device));
    if (at == STATX) { // major and minor number apart
      device = device << 32 | Integer.toUnsignedLong(status.getInt(140));
    }
    return new FileStatus(
        mode,
        status.getLong(at.size),
        time(status, at.mtime),
        time(status, at.ctime),
        status.getLong(at.inode),
        device);
  }

  private static long time(ByteBuffer status, int offset) {
    return status.getLong(offset) * 1_000_000_000L + status.getInt(offset + 8);
  }

  /** The system's words for an error number, in lower case. */
  static String reason(int errno) {
    String words =
        new String(Memory.textAt(Call.of("strerror").pointer(errno)), StandardCharsets.UTF_8);
    return words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1);
  }

  /** Whether anything stands there. */
  public boolean exists() {
    return mode != 0;
  }

  /** Whether it is a regular file. */
  public boolean isFile() {
    return (mode & 0170000) == 0100000;
  }

  /** Whether it is a folder. */
  public boolean isFolder() {
    return (mode & 0170000) == 0040000;
  }

  /** Whether it is a link; only where links were not followed. */
  public boolean isLink() {
    return (mode & 0170000) == 0120000;
  }

  /** Whether it is a FIFO or an anonymous pipe. */
  public boolean isFifo() {
    return (mode & 0170000) == 0010000;
  }

  /** Whether the owner may execute it. */
  public boolean executable() {
    return (mode & 0100) != 0;
  }
}
