package dev.torc.posix;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * A file descriptor by its number, read and written byte by byte: what Java's channels cannot do
 * with a descriptor that was inherited or must not block. The caller knows which file it is.
 */
public record Descriptor(int number) {

  /** What {@link #read} returns at the end: the other side is closed. */
  public static final int END = -1;

  /** What {@link #read} returns where there is nothing to read now. */
  public static final int NOTHING = -2;

  private static final int POLLIN = 1;
  private static final int POLLOUT = 4;
  private static final int PIECE = 8 << 10;

  private static final NativeCall READ = NativeCall.of("read");
  private static final NativeCall WRITE = NativeCall.of("write");
  private static final NativeCall POLL = NativeCall.of("poll");

  /**
   * Opens a file without waiting for a writer or reader; reads do not block, and no child process
   * inherits it.
   *
   * @param write whether it is opened for writing, too
   */
  public static Descriptor open(String path, boolean write) throws IOException {
    int flags = Libc.O_NONBLOCK | Libc.O_CLOEXEC | (write ? Libc.O_RDWR : 0);
    int number = Libc.open(path, flags, 0);
    if (number < 0) {
      throw new IOException("cannot open " + path + ": " + FileStatus.reason(-number));
    }
    return new Descriptor(number);
  }

  /** Reads one byte: 0 to 255, {@link #END} or {@link #NOTHING}. */
  public int read() throws IOException {
    Memory one = Memory.of(1);
    byte[] value = new byte[1];
    int count = READ.again(number, one.address(), 1);
    if (count == -Libc.EAGAIN) {
      return NOTHING;
    }
    if (count < 0) {
      throw new IOException("cannot read: " + FileStatus.reason(-count));
    }
    one.get(0, value, 0, 1);
    return count == 0 ? END : Byte.toUnsignedInt(value[0]);
  }

  /** Writes one byte, for which there is room. */
  public void write(int value) throws IOException {
    Memory one = Memory.of(1);
    one.put(0, new byte[] {(byte) value});
    int count = WRITE.again(number, one.address(), 1);
    Reference.reachabilityFence(one);
    if (count < 0) {
      throw new IOException("cannot write: " + FileStatus.reason(-count));
    }
  }

  /**
   * A stream that writes all bytes, and waits where the file has no room and does not block: Java's
   * own streams fail there, and do not tell how much they wrote. Its errors have the system's
   * words.
   */
  public OutputStream stream() {
    Memory piece = Memory.of(PIECE);
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        int end = from + length;
        for (int at = from; at < end; ) {
          int next = Math.min(PIECE, end - at);
          piece.put(0, Arrays.copyOfRange(bytes, at, at + next));
          int count = WRITE.again(number, piece.address(), next);
          if (count == -Libc.EAGAIN) {
            awaits(POLLOUT, -1);
          } else if (count < 0) {
            throw new IOException(FileStatus.words(-count));
          } else {
            at += count;
          }
        }
      }
    };
  }

  /** Waits until a read would not block; false if it still would after so many milliseconds. */
  public boolean readable(int milliseconds) {
    return awaits(POLLIN, milliseconds);
  }

  private boolean awaits(int event, int milliseconds) {
    Memory asked = Memory.of(8); // struct pollfd: int fd, short events, short revents
    asked.putInt(0, number);
    asked.putInt(4, event); // both shorts: all processors are little-endian
    boolean ready = POLL.call(asked.address(), 1, milliseconds) > 0;
    Reference.reachabilityFence(asked);
    return ready;
  }

  /** Closes the file; its number may then stand for another one. */
  public void close() {
    Libc.close(number);
  }
}
