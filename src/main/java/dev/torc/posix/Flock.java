package dev.torc.posix;

import java.io.IOException;
import java.lang.ref.Reference;
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
 * started program does not inherit it. It does not wait, and does not read the file.
 */
public final class Flock implements AutoCloseable {

  private static final int FLAGS = Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC | Libc.O_NOFOLLOW;
  private static final int EXCLUSIVE_NOW = 2 | 4;

  /** Variadic, but called without a mode: then the arguments lie where those of others do. */
  private static final NativeCall OPEN = NativeCall.of("open");

  private static final NativeCall FLOCK = NativeCall.of("flock");
  private static final NativeCall CLOSE = NativeCall.of("close");

  private int fd;

  private Flock(int fd) {
    this.fd = fd;
  }

  /**
   * Locks the file, creating it where it is missing; never waits.
   *
   * @return the lock, or nothing while somebody else (of this process too) holds it
   * @throws IOException where the file cannot be opened for writing or locked
   */
  public static Optional<Flock> tryLock(Path file) throws IOException {
    while (true) {
      OwnFile.outChannel(file).close();
      Object before = key(file);
      Optional<Flock> lock = before == null ? Optional.empty() : lock(file);
      // Whoever removed the file meanwhile has left us a lock on a file that nobody finds any more.
      if (before != null && before.equals(key(file))) {
        return lock;
      }
      lock.ifPresent(Flock::close);
    }
  }

  /** What tells the file that is there now from another one; null where there is none. */
  private static Object key(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  private static Optional<Flock> lock(Path file) throws IOException {
    Memory path = Memory.ofText(file.toString());
    int fd = OPEN.call(path.address(), FLAGS);
    Reference.reachabilityFence(path);
    if (fd == -Libc.ENOENT) {
      return Optional.empty();
    }
    if (fd < 0) {
      throw new IOException(file + ": cannot be opened, error " + -fd);
    }
    int result;
    do {
      result = FLOCK.call(fd, EXCLUSIVE_NOW);
    } while (result == -Libc.EINTR);
    if (result == 0) {
      return Optional.of(new Flock(fd));
    }
    int closed = CLOSE.call(fd);
    if (result == -Libc.EAGAIN && closed == 0) {
      return Optional.empty();
    }
    throw new IOException(file + ": cannot be locked, error " + -result);
  }

  /** Gives the lock back; the file stays. */
  @Override
  public synchronized void close() {
    if (fd < 0) {
      return;
    }
    CLOSE.call(fd);
    fd = -1;
  }
}
