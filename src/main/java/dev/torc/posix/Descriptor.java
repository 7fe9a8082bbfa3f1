package dev.torc.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A file descriptor by its number, read and written byte by byte: what Java's channels cannot do
 * with a descriptor that was inherited or must not block. Whose number it is, the caller knows.
 */
public record Descriptor(int number) {

  /** What {@link #read} returns at the end: nobody has the other side open. */
  public static final int END = -1;

  /** What {@link #read} returns where there is nothing to read now. */
  public static final int NOTHING = -2;

  private static final int EINTR = 4;
  private static final int EAGAIN = Libc.MAC ? 35 : 11;
  private static final short POLLIN = 1;
  private static final short POLLOUT = 4;

  private static final MethodHandle OPEN =
      Libc.variadic(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          2);
  private static final FunctionDescriptor TRANSFER =
      FunctionDescriptor.of(
          ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  private static final MethodHandle READ = Libc.call("read", TRANSFER);
  private static final MethodHandle WRITE = Libc.call("write", TRANSFER);
  private static final MethodHandle POLL =
      Libc.call(
          "poll",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));
  private static final MethodHandle CLOSE =
      Libc.call("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  /**
   * Opens a file without waiting for a writer or reader; reads do not block, and no child process
   * inherits it.
   *
   * @param write whether it is opened for writing, too
   */
  public static Descriptor open(String path, boolean write) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Libc.errnoBuffer(arena);
      int flags = Libc.O_NONBLOCK | Libc.O_CLOEXEC | (write ? Libc.O_RDWR : 0);
      int number = (int) OPEN.invokeExact(errno, Libc.string(arena, path), flags);
      if (number < 0) {
        throw new IOException("cannot open " + path + ": " + FileStatus.reason(Libc.errno(errno)));
      }
      return new Descriptor(number);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // a wrong signature: not a matter of the file
    }
  }

  /** Reads one byte: 0 to 255, {@link #END} or {@link #NOTHING}. */
  public int read() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Libc.errnoBuffer(arena);
      MemorySegment one = arena.allocate(1);
      long count = (long) READ.invokeExact(errno, number, one, 1L);
      if (count == 1) {
        return Byte.toUnsignedInt(one.get(ValueLayout.JAVA_BYTE, 0));
      }
      if (count == 0) {
        return END;
      }
      int error = Libc.errno(errno);
      if (error == EAGAIN || error == EINTR) {
        return NOTHING;
      }
      throw new IOException("cannot read: " + FileStatus.reason(error));
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes one byte, waiting for room. */
  public void write(int value) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Libc.errnoBuffer(arena);
      MemorySegment one = arena.allocate(1);
      one.set(ValueLayout.JAVA_BYTE, 0, (byte) value);
      while ((long) WRITE.invokeExact(errno, number, one, 1L) != 1) {
        int error = Libc.errno(errno);
        if (error == EAGAIN) {
          poll(arena, POLLOUT, 100);
        } else if (error != EINTR) {
          throw new IOException("cannot write: " + FileStatus.reason(error));
        }
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until a read would not block. Returns whether it would not, after some milliseconds. */
  public boolean readable(int milliseconds) {
    try (Arena arena = Arena.ofConfined()) {
      return poll(arena, POLLIN, milliseconds);
    }
  }

  /** struct pollfd: int fd, short events, short revents. */
  private boolean poll(Arena arena, short events, int milliseconds) {
    MemorySegment asked = arena.allocate(8, 4);
    asked.set(ValueLayout.JAVA_INT, 0, number);
    asked.set(ValueLayout.JAVA_SHORT, 4, events);
    try {
      return (int) POLL.invokeExact(Libc.errnoBuffer(arena), asked, 1L, milliseconds) > 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Closes it; the number may then stand for another file. */
  public void close() {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(Libc.errnoBuffer(arena), number);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
