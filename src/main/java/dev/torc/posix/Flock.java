package dev.torc.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * An exclusive {@code flock(2)} on a file. It belongs to the open file, not to the process as the
 * locks of {@link java.nio.channels.FileChannel} do: those vanish as soon as the process opens and
 * closes the same file anywhere else. The kernel drops it when the holder ends, however it ends; a
 * started program does not inherit it. It does not wait, and does not read the file. Which other
 * hosts see it depends on the file system; {@link RangeLock} is for them.
 */
public final class Flock implements AutoCloseable {

  private static final int FLAGS = Libc.O_NONBLOCK | Libc.O_CLOEXEC | Libc.O_NOFOLLOW;

  private static final int EXCLUSIVE_NOW = 2 | 4;
  private static final int UNLOCK = 8;

  private static final NativeCall FLOCK = NativeCall.of("flock");

  private int fd;

  private Flock(int fd) {
    this.fd = fd;
  }

  /**
   * Locks the file, creating it where it is missing; never waits.
   *
   * @return the lock, or nothing while another holder (of this process too) has it
   * @throws UnlockableException where the file system has no locks
   * @throws IOException where the file cannot be opened for writing or locked
   */
  public static Optional<Flock> tryLock(Path file) throws IOException {
    while (true) {
      OwnFile.outChannel(file).close();
      Object before = key(file, LinkOption.NOFOLLOW_LINKS);
      Optional<Flock> lock = before == null ? Optional.empty() : lock(file);
      // If the file was removed meanwhile, this lock is on a file that no other torc finds.
      if (before != null && before.equals(key(file, LinkOption.NOFOLLOW_LINKS))) {
        return lock;
      }
      lock.ifPresent(Flock::close);
    }
  }

  /** What tells the file that is there now from another one; null where there is none. */
  static Object key(Path file, LinkOption... how) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, how).fileKey();
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  private static Optional<Flock> lock(Path file) throws IOException {
    int fd = open(file, Libc.O_RDWR, 0);
    if (fd == -Libc.ENOENT) {
      return Optional.empty();
    }
    Libc.check(file, fd);
    int result = FLOCK.again(fd, EXCLUSIVE_NOW);
    if (result == 0) {
      return Optional.of(new Flock(fd));
    }
    Libc.close(fd);
    if (result == -Libc.EAGAIN) {
      return Optional.empty();
    }
    throw UnlockableException.of(file, -result);
  }

  /**
   * Opens a file for the sake of a lock; the descriptor, or the error negative.
   *
   * @param mode of a new file, where the access makes one
   */
  static int open(Path file, int access, int mode) {
    return Libc.open(file.toString(), access | FLAGS, mode);
  }

  /**
   * Gives the lock back, then closes the file; the file stays. Closing alone does not free it at
   * once: a process that is just being started still has the descriptor, and a file system that is
   * a program of its own may learn of the end later.
   */
  @Override
  public synchronized void close() {
    if (fd >= 0) {
      FLOCK.call(fd, UNLOCK);
    }
    Libc.close(fd);
    fd = -1;
  }
}
