package dev.torc.base.posix;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads a file through a native descriptor, which Java's streams do not expose, so that the kernel
 * can be asked whether another process has the file open for writing. Started programs do not
 * inherit the descriptor, and an interrupt does not close it.
 */
public final class InputFile extends InputStream {

  /** Variadic, but on Linux its arguments are passed like those of other functions. */
  private static final NativeCall FCNTL = NativeCall.of("fcntl");

  private static final NativeCall READ = NativeCall.of("read");

  private static final int F_SETSIG = 10;
  private static final int F_SETLEASE = 1024;
  private static final int F_RDLCK = 0;
  private static final int F_UNLCK = 2;
  private static final int SIGURG = 23; // ignored by default

  private final Memory buffer;
  private int fd;

  private InputFile(int fd, Memory buffer) {
    this.fd = fd;
    this.buffer = buffer;
  }

  /**
   * Opens a file. Without {@code waits}, a read that would block for bytes fails, as for {@code
   * /proc/kmsg}. The buffer holds first the path and then the data, until the file is closed.
   */
  public static InputFile open(String path, boolean waits, Memory buffer) throws IOException {
    Questions.doubt("a file was read");
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    if (name.length + 1 > buffer.size()) {
      throw new FileSystemException(path, null, "file name too long");
    }
    buffer.putText(name);
    int flags = waits ? Libc.O_CLOEXEC : Libc.O_CLOEXEC | Libc.O_NONBLOCK;
    return new InputFile(Libc.check(path, Libc.open(buffer.address(), flags, 0)), buffer);
  }

  /**
   * Returns whether a process has the file open for writing, or mapped writable: then the file may
   * change without new times. The kernel refuses a read lease while there is a writer. Without
   * leases (network file systems, files of other users, macOS), writers go unseen. The lease is
   * given back at once. Until then, a process that opens the file for writing waits, and the kernel
   * sends torc a signal: SIGURG, because SIGIO would end torc.
   */
  public boolean hasWriters() {
    return lease() == -Libc.EAGAIN;
  }

  /**
   * Waits, for at most ten seconds, until no process has the file open for writing. A child that
   * was started while this process wrote the file has it open too, until it begins its program.
   */
  public void awaitClosed() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (hasWriters() && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(50));
    }
  }

  /** Returns whether {@link #hasWriters} can see writers of this file. */
  public boolean showsWriters() {
    int lease = lease();
    return lease == 0 || lease == -Libc.EAGAIN;
  }

  /** Takes a lease and gives it back; returns 0, {@code -errno}, or 1 if there are no leases. */
  private int lease() {
    if (Libc.MAC || FCNTL.call(fd, F_SETSIG, SIGURG, 0, 0, 0) != 0) {
      return 1;
    }
    int lease = FCNTL.call(fd, F_SETLEASE, F_RDLCK, 0, 0, 0);
    if (lease == 0) {
      FCNTL.call(fd, F_SETLEASE, F_UNLCK, 0, 0, 0);
    }
    return lease;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    int most = Math.min(length, buffer.size());
    int count = READ.again(fd, buffer.address(), most, 0, 0, 0);
    if (count < 0) {
      throw new IOException(
          count == -Libc.EAGAIN
              ? "a read waits for bytes, as of a pipe or device"
              : Libc.reason(-count));
    }
    buffer.get(0, into, offset, count);
    return count == 0 && length > 0 ? -1 : count;
  }

  @Override
  public void close() {
    Libc.close(fd);
    fd = -1;
  }
}
