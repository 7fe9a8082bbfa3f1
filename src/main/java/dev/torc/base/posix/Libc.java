package dev.torc.base.posix;

import com.kenai.jffi.Library;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/** The basic functions of the C library, and the constants that differ between systems. */
final class Libc {

  private Libc() {}

  static final boolean MAC = System.getProperty("os.name").startsWith("Mac");

  /** Whether the processor is AArch64; otherwise it is x86-64. */
  static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

  /** Flags of {@code open}. */
  static final int O_WRONLY = 1;

  static final int O_RDWR = 2;
  static final int O_CREAT = MAC ? 0x200 : 0100;
  static final int O_TRUNC = MAC ? 0x400 : 01000;
  static final int O_APPEND = MAC ? 8 : 02000;
  static final int O_NONBLOCK = MAC ? 4 : 04000;
  static final int O_NOCTTY = MAC ? 0x20000 : 0400;
  static final int O_CLOEXEC = MAC ? 0x1000000 : 02000000;

  static final int O_NOFOLLOW = NativeCall.number(ARM ? 0100000 : 0400000, 0x100);

  static final int O_DIRECTORY = NativeCall.number(ARM ? 040000 : 0200000, 0x100000);

  /** Passed instead of a folder's descriptor: the current folder. */
  static final int AT_FDCWD = MAC ? -2 : -100;

  static final int AT_SYMLINK_NOFOLLOW = MAC ? 0x20 : 0x100;

  /** Error numbers of Linux and macOS. */
  static final int EPERM = 1;

  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int ENXIO = 6;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int EXDEV = 18;
  static final int ENOTDIR = 20;
  static final int EAGAIN = MAC ? 35 : 11;
  static final int ENOLCK = MAC ? 77 : 37;
  static final int ENOSYS = MAC ? 78 : 38;
  static final int EOPNOTSUPP = MAC ? 102 : 95;
  static final int ELOOP = MAC ? 62 : 40;
  static final int ENOTEMPTY = MAC ? 66 : 39;

  /** Variadic, but a mode is passed only on Linux, where it is passed as in other functions. */
  private static final NativeCall OPEN = NativeCall.of("open");

  private static final NativeCall CLOSE = NativeCall.of("close");

  /** Opens the file whose name is at an address; returns a descriptor, or {@code -errno}. */
  static int open(long path, int flags, int mode) {
    return OPEN.again(path, flags, mode, 0, 0, 0);
  }

  static int open(String path, int flags, int mode) {
    Memory name = Memory.ofText(path);
    int fd = open(name.address(), flags, mode);
    Reference.reachabilityFence(name);
    return fd;
  }

  /** Closes a descriptor; ignores a negative one. */
  static void close(int fd) {
    if (fd >= 0) {
      CLOSE.call(fd, 0, 0, 0, 0, 0);
    }
  }

  /** Returns the result of a call on a file, or throws its error as {@link FileSystemException}. */
  static int check(String path, int result) throws FileSystemException {
    if (result >= 0) {
      return result;
    }
    throw switch (-result) {
      case ENOENT, ENOTDIR -> new NoSuchFileException(path);
      case EACCES -> new AccessDeniedException(path);
      default -> new FileSystemException(path, null, reason(-result));
    };
  }

  /** Returns a symbol's address; 0 if this version of the C library lacks it. */
  static long symbol(String name) {
    return Library.getDefault().getSymbolAddress(name);
  }

  /** Returns the system's message for an error number. */
  static String words(int errno) {
    return new String(
        Memory.textAt(NativeCall.of("strerror").pointer(errno)), StandardCharsets.UTF_8);
  }

  /** Returns the system's message for an error number, beginning in lower case. */
  static String reason(int errno) {
    String words = words(errno);
    return words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1);
  }
}
