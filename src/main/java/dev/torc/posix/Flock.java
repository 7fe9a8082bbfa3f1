package dev.torc.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * An exclusive {@code flock(2)} on a file. It belongs to the open file, not to the process as the
 * locks of {@link java.nio.channels.FileChannel} do: those vanish as soon as the process opens and
 * closes the same file anywhere else. The kernel drops it when the holder ends, however it ends; a
 * started program does not inherit it. Who waits, and what the file says, is not its business.
 */
public final class Flock implements AutoCloseable {

  private static final int OPEN_READ_WRITE_CLOEXEC = 2 | (Libc.MAC ? 0x1000000 : 0x80000);
  private static final int EXCLUSIVE_NOW = 2 | 4;
  private static final int WOULD_BLOCK = Libc.MAC ? 35 : 11;
  private static final int INTERRUPTED = 4;
  private static final int MISSING = 2;

  private static final MethodHandle OPEN =
      Libc.variadic(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, Libc.POINTER, ValueLayout.JAVA_INT),
          2);
  private static final MethodHandle FLOCK =
      Libc.call(
          "flock",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle CLOSE =
      Libc.call("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

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
      Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
      Object before = key(file);
      Optional<Flock> lock = before == null ? Optional.empty() : lock(file);
      // Whoever removed the file meanwhile has left us a lock on a file that nobody finds any more.
      if (before != null && before.equals(key(file))) {
        return lock;
      }
      lock.ifPresent(Flock::close);
    }
  }

  /** What tells the file that stands there now from another one; null where there is none. */
  private static Object key(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  private static Optional<Flock> lock(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Libc.errnoBuffer(arena);
      int fd =
          (int)
              OPEN.invokeExact(errno, Libc.string(arena, file.toString()), OPEN_READ_WRITE_CLOEXEC);
      if (fd < 0) {
        if (Libc.errno(errno) == MISSING) {
          return Optional.empty();
        }
        throw new IOException(file + ": cannot be opened, error " + Libc.errno(errno));
      }
      int result;
      do {
        result = (int) FLOCK.invokeExact(errno, fd, EXCLUSIVE_NOW);
      } while (result != 0 && Libc.errno(errno) == INTERRUPTED);
      if (result == 0) {
        return Optional.of(new Flock(fd));
      }
      int why = Libc.errno(errno);
      int closed = (int) CLOSE.invokeExact(errno, fd);
      if (why == WOULD_BLOCK && closed == 0) {
        return Optional.empty();
      }
      throw new IOException(file + ": cannot be locked, error " + why);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a call of the C library throws nothing", e);
    }
  }

  /** Gives the lock back; the file stays. */
  @Override
  public synchronized void close() {
    if (fd < 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      int unused = (int) CLOSE.invokeExact(Libc.errnoBuffer(arena), fd);
      fd = -1;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a call of the C library throws nothing", e);
    }
  }
}
