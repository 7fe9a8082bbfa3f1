package dev.torc.base.posix;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A lock that belongs to an open file, not to the process: a lock of a {@link
 * java.nio.channels.FileChannel} vanishes as soon as the process opens and closes the same file
 * elsewhere. It is exclusive, unless the caller shares it with others that do. The kernel releases
 * it when the holder ends; started programs do not inherit it. Locking never waits and does not
 * read the file. There are two kinds.
 *
 * <p>{@code flock(2)}: it depends on the file system which other hosts see the lock.
 *
 * <p>F_OFD_SETLK of {@code fcntl(2)} on all bytes (Linux only): network file systems forward it to
 * their server, so all hosts see it. It locks all bytes up to any size, since AFS keeps locks on
 * fewer bytes local to the host. Three traps: NFS clients turn a flock into such a lock, so each
 * kind needs its own file. SMB servers refuse to read or write locked bytes, so the file stays
 * empty. FUSE servers may keep one lock for all processes of a host, and drop it soon after any of
 * them closes the file (bindfs even when the holder starts a program). So the processes of one host
 * first exclude each other by a flock, and only its holder opens the file, once.
 */
public final class OpenFileLock implements AutoCloseable {

  private static final int FLAGS = Libc.O_NONBLOCK | Libc.O_CLOEXEC | Libc.O_NOFOLLOW;

  private static final NativeCall FLOCK = NativeCall.of("flock");
  private static final int SHARED = 1;
  private static final int EXCLUSIVE = 2;
  private static final int NOW = 4;
  private static final int UNLOCK = 8;

  /** Variadic, but on Linux its arguments are passed as in other functions. */
  private static final NativeCall FCNTL = NativeCall.of("fcntl");

  private static final int F_OFD_GETLK = 36;
  private static final int F_OFD_SETLK = 37;
  private static final short F_RDLCK = 0;
  private static final short F_WRLCK = 1;
  private static final short F_UNLCK = 2;

  /** Bytes of struct flock: short type, short whence, long start, long length, int pid (0). */
  private static final int SIZE = 32;

  private final boolean ofBytes;
  private int fd;

  private OpenFileLock(int fd, boolean ofBytes) {
    this.fd = fd;
    this.ofBytes = ofBytes;
  }

  /**
   * Locks the file by {@code flock}, creating it if it is missing. Returns empty if another holder,
   * even in this process, has the lock. Throws {@link Unlockable} if there are no locks.
   */
  public static Optional<OpenFileLock> flock(Path file) throws IOException {
    return flock(file, true);
  }

  /** Locks the file by {@code flock}; if not {@code alone}, beside others that do not either. */
  public static Optional<OpenFileLock> flock(Path file, boolean alone) throws IOException {
    return lock(file, false, alone);
  }

  /** Locks all bytes of the file; otherwise like {@link #flock}. */
  public static Optional<OpenFileLock> bytes(Path file) throws IOException {
    return bytes(file, true);
  }

  /** Locks all bytes of the file; if not {@code alone}, beside others that do not either. */
  public static Optional<OpenFileLock> bytes(Path file, boolean alone) throws IOException {
    return lock(file, true, alone);
  }

  private static Optional<OpenFileLock> lock(Path file, boolean ofBytes, boolean alone)
      throws IOException {
    while (true) {
      OwnFile.prepare(file);
      if (Libc.MAC) {
        OwnFile.outChannel(file).close(); // on macOS the next call cannot pass a mode
      }
      int fd = Libc.check(file.toString(), open(file, Libc.O_RDWR | Libc.O_CREAT, 0666));
      int result =
          ofBytes
              ? set(fd, alone ? F_WRLCK : F_RDLCK)
              : FLOCK.again(fd, (alone ? EXCLUSIVE : SHARED) | NOW);
      // If the file has been removed since, this lock is on a file that no other torc opens.
      boolean found = isAt(file, fd);
      Optional<OpenFileLock> lock = locked(file, fd, ofBytes, result);
      if (found) {
        return lock;
      }
      lock.ifPresent(OpenFileLock::close);
    }
  }

  /** Returns the lock for the result of its call; empty if another holder has it. */
  private static Optional<OpenFileLock> locked(Path file, int fd, boolean ofBytes, int result)
      throws IOException {
    if (result == 0) {
      return Optional.of(new OpenFileLock(fd, ofBytes));
    }
    Libc.close(fd);
    if (result == -Libc.EAGAIN || ofBytes && result == -Libc.EACCES) {
      return Optional.empty();
    }
    throw unlockable(file, -result);
  }

  /** Returns whether this system has the locks of {@link #bytes}. */
  public static boolean hasBytes() {
    return !Libc.MAC;
  }

  /** Returns whether another holder may have the lock on the bytes; locks and creates nothing. */
  public static boolean bytesMayBeHeld(Path file) {
    int fd = open(file, 0, 0);
    if (fd < 0) {
      return fd != -Libc.ENOENT;
    }
    try {
      Memory lock = struct(F_WRLCK);
      int result = FCNTL.call(fd, F_OFD_GETLK, lock.address());
      return result != 0 || lock.getShort(0) != F_UNLCK;
    } finally {
      Libc.close(fd);
    }
  }

  private static int open(Path file, int access, int mode) {
    return Libc.open(file.toString(), access | FLAGS, mode);
  }

  /** Returns whether the open file is still the one at this path. */
  private static boolean isAt(Path file, int fd) throws IOException {
    StatusBuffer open = new StatusBuffer();
    Libc.check(file.toString(), open.lookAtOpen(fd));
    FileStatus there = FileStatus.of(file.toString(), false);
    return there.inode() == open.inode() && there.device() == open.device();
  }

  /** Sets or releases the lock of an open file. Returns 0 or {@code -errno}. */
  private static int set(int fd, short type) {
    Memory lock = struct(type);
    int result = FCNTL.again(fd, F_OFD_SETLK, lock.address());
    Reference.reachabilityFence(lock);
    return result;
  }

  private static Memory struct(short type) {
    Memory lock = Memory.of(SIZE);
    lock.putInt(0, type); // sets whence, too, to 0: all processors are little-endian
    return lock;
  }

  /**
   * Releases the lock, then closes the file. Closing alone may release it late: a process that is
   * being started still has the descriptor, and a FUSE server hears of the close later.
   */
  @Override
  public synchronized void close() {
    if (fd >= 0 && ofBytes) {
      set(fd, F_UNLCK);
    } else if (fd >= 0) {
      FLOCK.call(fd, UNLOCK);
    }
    Libc.close(fd);
    fd = -1;
  }

  /** Returns {@link Unlockable} if the file system lacks locks; otherwise another error. */
  static IOException unlockable(Path file, int errno) {
    String said = Libc.reason(errno);
    if (errno == Libc.ENOLCK) {
      return new Unlockable(
          file,
          "the file system gives no locks now (" + said + ")",
          "see that its lock service is at work (for NFS 3 rpc.statd, on this host and the"
              + " server)");
    }
    return errno == Libc.ENOSYS || errno == Libc.EOPNOTSUPP
        ? new Unlockable(file, "the file system has no locks (" + said + ")", "mount it with locks")
        : new FileSystemException(file.toString(), null, "cannot be locked: " + said);
  }

  /** Thrown if a file system has no locks, or none now. The caller decides whether it needs one. */
  public static final class Unlockable extends FileSystemException {

    private static final long serialVersionUID = 1L;

    private final String next;

    private Unlockable(Path file, String reason, String next) {
      super(file.toString(), null, reason);
      this.next = next;
    }

    /** Returns what the user should do about it, in the imperative. */
    public String next() {
      return next;
    }
  }
}
