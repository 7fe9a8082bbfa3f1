package dev.torc.base.posix;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.util.Arrays;

/** A file descriptor that was inherited or must not block; Java's channels support neither. */
public record Descriptor(int number) {

  /** Returned by {@link #read} at the end of the file, or once the other side is closed. */
  public static final int END = -1;

  /** Returned by {@link #read} if there is nothing to read yet. */
  public static final int NOTHING = -2;

  private static final int POLLIN = 1;
  private static final int POLLOUT = 4;
  private static final int PIECE = 8 << 10;

  private static final NativeCall READ = NativeCall.of("read");
  private static final NativeCall WRITE = NativeCall.of("write");
  private static final NativeCall POLL = NativeCall.of("poll");

  /** Opens a file so that neither the open nor a read blocks; no child process inherits it. */
  public static Descriptor open(String path, boolean write) throws IOException {
    return opened(path, Libc.O_NONBLOCK | Libc.O_CLOEXEC | (write ? Libc.O_RDWR : 0));
  }

  private static Descriptor opened(String path, int flags) throws IOException {
    int number = Libc.open(path, flags, 0);
    if (number < 0) {
      throw new IOException("cannot open " + path + ": " + Libc.reason(-number));
    }
    return new Descriptor(number);
  }

  /** Opens a FIFO, terminal or other file to append; neither the open nor a later write blocks. */
  public static Descriptor openToAppend(String path) throws IOException {
    int how = Libc.O_WRONLY | Libc.O_APPEND;
    return opened(path, how | Libc.O_NONBLOCK | Libc.O_CLOEXEC | Libc.O_NOCTTY);
  }

  /** Makes a FIFO that only this user may open. */
  public static void makeFifo(String path) throws IOException {
    Memory name = Memory.ofText(path);
    Libc.check(path, NativeCall.of("mkfifo").call(name.address(), 0600));
    Reference.reachabilityFence(name);
  }

  /** Reads the available bytes; returns their count, {@link #END} or {@link #NOTHING}. */
  public int read(byte[] into) throws IOException {
    Memory some = Memory.of(into.length);
    int count = READ.again(number, some.address(), into.length);
    if (count == -Libc.EAGAIN) {
      return NOTHING;
    }
    if (count < 0) {
      throw new IOException("cannot read: " + Libc.reason(-count));
    }
    some.get(0, into, 0, count);
    return count == 0 ? END : count;
  }

  /** Writes as many bytes as there is room for, and returns their count. */
  public int write(byte[] bytes, int from, int length) throws IOException {
    Memory piece = Memory.of(length);
    piece.put(0, bytes, from, length);
    int count = WRITE.again(number, piece.address(), length);
    Reference.reachabilityFence(piece);
    if (count < 0 && count != -Libc.EAGAIN) {
      throw new IOException(Libc.words(-count));
    }
    return Math.max(0, count);
  }

  /**
   * Waits until a file is readable or has lost its reader; skips nulls. Returns which are ready.
   */
  public static boolean[] await(Descriptor[] files, int milliseconds) {
    Memory asked = Memory.of(8 * files.length); // struct pollfd: int fd, short events, revents
    for (int i = 0; i < files.length; i++) {
      asked.putInt(8 * i, files[i] == null ? -1 : files[i].number);
      asked.putInt(8 * i + 4, POLLIN);
    }
    boolean any = POLL.call(asked.address(), files.length, milliseconds) > 0;
    boolean[] told = new boolean[files.length];
    for (int i = 0; i < files.length; i++) {
      told[i] = any && asked.getInt(8 * i + 4) >>> 16 != 0;
    }
    return told;
  }

  /** Reads one byte; returns 0 to 255, {@link #END} or {@link #NOTHING}. */
  public int read() throws IOException {
    byte[] one = new byte[1];
    int count = read(one);
    return count == 1 ? Byte.toUnsignedInt(one[0]) : count;
  }

  /** Writes one byte; there must be room for it. */
  public void write(int value) throws IOException {
    Memory one = Memory.of(1);
    one.put(0, new byte[] {(byte) value});
    int count = WRITE.again(number, one.address(), 1);
    Reference.reachabilityFence(one);
    if (count < 0) {
      throw new IOException("cannot write: " + Libc.reason(-count));
    }
  }

  /**
   * Returns a stream that waits while a non-blocking file has no room. Java's own streams fail in
   * that case and do not tell how much they wrote. Errors have the system's message.
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
            throw new IOException(Libc.words(-count));
          } else {
            at += count;
          }
        }
      }
    };
  }

  public boolean isTerminal() {
    return Terminal.isTerminal(number);
  }

  /** Waits until a write would not block; returns false if {@code milliseconds} pass first. */
  public boolean writable(int milliseconds) {
    return awaits(POLLOUT, milliseconds);
  }

  /** Waits until a read would not block; returns false if {@code milliseconds} pass first. */
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

  /** Closes the file; its number may then be reused for another file. */
  public void close() {
    Libc.close(number);
  }
}
