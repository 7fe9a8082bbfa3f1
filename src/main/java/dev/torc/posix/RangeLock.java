package dev.torc.posix;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An exclusive lock on all bytes of a file, as {@code fcntl(2)} has them for open files
 * (F_OFD_SETLK): the kind that network file systems carry to their server, so that the hosts that
 * mount it and the machine that has the disks see the same locks. Like {@link Flock} it belongs to
 * the open file and not to the process, and the kernel drops it however the holder ends. All bytes
 * up to any size are locked: AFS keeps smaller parts to the host.
 *
 * <p>Three traps. NFS clients make a range lock of a flock too, so each kind wants a file of its
 * own. SMB servers refuse to read or write what is locked, so nothing stands in that file. Servers
 * that are programs (FUSE) may keep one lock for all processes of a host and drop it when any of
 * them closes the file, some time after it did: the processes of one host have to exclude each
 * other by a flock first, only its holder opens the file, and it does so once. (bindfs drops it
 * even when the holder starts a program; there it is the flock that keeps others out.)
 *
 * <p>Linux only.
 */
public final class RangeLock implements AutoCloseable {

  /** Variadic, as fcntl is, but on Linux the arguments lie where those of others do. */
  private static final NativeCall FCNTL = NativeCall.of("fcntl");

  private static final int O_CREAT = 0100;
  private static final int F_OFD_GETLK = 36;
  private static final int F_OFD_SETLK = 37;
  private static final short F_WRLCK = 1;
  private static final short F_UNLCK = 2;

  /** struct flock: short type, short whence, long start, long length, int pid, which must be 0. */
  private static final int SIZE = 32;

  private int fd;

  private RangeLock(int fd) {
    this.fd = fd;
  }

  /** Whether this system has such locks. */
  public static boolean isKnown() {
    return !Libc.MAC;
  }

  /**
   * Locks the file, creating it where it is missing; never waits.
   *
   * @return the lock, or nothing while another holder (of this process too) has it
   * @throws UnlockableException where the file system has no locks
   * @throws IOException where the file cannot be opened for writing or locked
   */
  public static Optional<RangeLock> tryLock(Path file) throws IOException {
    while (true) {
      OwnFile.prepare(file);
      int fd = Flock.open(file, Libc.O_RDWR | O_CREAT, 0666);
      Libc.check(file, fd);
      int result = set(fd, F_WRLCK);
      // If the file was removed meanwhile, this lock is on a file that no other torc finds.
      boolean found = isAt(file, fd);
      if (result == 0 && found) {
        return Optional.of(new RangeLock(fd));
      }
      Libc.close(fd);
      if (result != 0 && result != -Libc.EAGAIN && result != -Libc.EACCES) {
        throw UnlockableException.of(file, -result);
      }
      if (found) {
        return Optional.empty();
      }
    }
  }

  /** Whether a place still has the file that is open; yes where there is no /proc to tell. */
  private static boolean isAt(Path file, int fd) throws IOException {
    Object open = Flock.key(Path.of("/proc/self/fd/" + fd));
    return open == null || open.equals(Flock.key(file, LinkOption.NOFOLLOW_LINKS));
  }

  /**
   * Whether another process holds the lock, as far as it can be told: where it cannot, yes. It is
   * free where there is no file. It takes and creates nothing.
   */
  public static boolean mayBeHeld(Path file) {
    int fd = Flock.open(file, 0, 0);
    if (fd < 0) {
      return fd != -Libc.ENOENT;
    }
    try {
      Memory lock = flock(F_WRLCK);
      int result = FCNTL.call(fd, F_OFD_GETLK, lock.address());
      return result != 0 || lock.getShort(0) != F_UNLCK;
    } finally {
      Libc.close(fd);
    }
  }

  /** Sets the lock of an open file, or takes it away; 0, or the error negative. */
  private static int set(int fd, short type) {
    Memory lock = flock(type);
    int result = FCNTL.again(fd, F_OFD_SETLK, lock.address());
    Reference.reachabilityFence(lock);
    return result;
  }

  private static Memory flock(short type) {
    Memory lock = Memory.of(SIZE);
    lock.put(0, ByteBuffer.allocate(2).order(ByteOrder.nativeOrder()).putShort(type).array());
    return lock;
  }

  /** Gives the lock back, before the file is closed: see {@link Flock#unlock}. The file stays. */
  @Override
  public synchronized void close() {
    if (fd >= 0) {
      set(fd, F_UNLCK);
      Libc.close(fd);
      fd = -1;
    }
  }
}
