package dev.torc.base.posix;

import java.io.IOException;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * A {@link StatusBuffer} that opens each file: a client of a network file system answers {@code
 * stat(2)} from its cache, but asks the server when a file is opened (NFS calls that
 * close-to-open). This costs three more calls for a file, and a few more for a missing one.
 *
 * <ul>
 *   <li>A plain status is read first, for the kind of file: opening a FIFO, socket or device could
 *       wake a writer or rewind a tape, and opening does not refresh the target of a link.
 *   <li>If a file may not be opened, the plain status is used.
 *   <li>A client remembers a missing name as long as its folder seems unchanged. So the nearest
 *       existing folder above it is opened, and the status is read again.
 * </ul>
 */
class OpenedBuffer extends StatusBuffer {

  static final ThreadLocal<OpenedBuffer> OF_THREAD = ThreadLocal.withInitial(OpenedBuffer::new);

  private static final int QUIETLY = Libc.O_NONBLOCK | Libc.O_CLOEXEC | Libc.O_NOCTTY;

  OpenedBuffer() {
    this(false);
  }

  OpenedBuffer(boolean plain) {
    super(plain);
  }

  @Override
  boolean look(int offset, boolean follow) throws IOException {
    boolean there = plainLook(offset, follow);
    if (!there) {
      askFolders();
      there = plainLook(offset, follow);
    }
    return there && (!isOpenable() || lookOpened(offset, follow));
  }

  private boolean isOpenable() {
    int kind = mode() & FileStatus.KIND;
    return kind == FileStatus.FILE || kind == FileStatus.FOLDER;
  }

  private boolean lookOpened(int offset, boolean follow) throws IOException {
    int fd = open(pathAddress(), follow ? QUIETLY : QUIETLY | Libc.O_NOFOLLOW);
    if (fd == -Libc.EACCES || fd == -Libc.EPERM || fd == -Libc.EAGAIN || fd == -Libc.ENXIO) {
      return true; // no permission, another process's lease, or now a socket
    }
    if (fd == -Libc.ENOENT || fd == -Libc.ENOTDIR || fd == -Libc.ELOOP) {
      return plainLook(offset, follow); // gone or now a link, which the client now knows
    }
    int result = fd < 0 ? fd : lookAtOpen(fd);
    Libc.close(fd);
    if (result < 0) {
      throw refusal(-result);
    }
    return true;
  }

  /** Opens the nearest existing folder above the path, so that the client asks the server. */
  private void askFolders() {
    byte[] path = Memory.textAt(pathAddress());
    Memory text = Memory.of(Math.max(2, path.length + 1));
    int end = path.length;
    int fd;
    do {
      end = folderEnd(path, end);
      byte[] folder = end == 0 ? new byte[] {'.'} : Arrays.copyOf(path, end);
      text.put(0, Arrays.copyOf(folder, folder.length + 1));
      fd = open(text.address(), QUIETLY | Libc.O_DIRECTORY);
      Reference.reachabilityFence(text);
    } while ((fd == -Libc.ENOENT || fd == -Libc.ENOTDIR) && end > 1);
    Libc.close(fd);
  }

  /** Returns where the path's folder ends: 1 for {@code /}, 0 for the current folder. */
  private static int folderEnd(byte[] path, int pathEnd) {
    int end = pathEnd;
    while (end > 1 && path[end - 1] == '/') {
      end--; // trailing slashes
    }
    while (end > 0 && path[end - 1] != '/') {
      end--;
    }
    while (end > 1 && path[end - 1] == '/') {
      end--;
    }
    return end;
  }

  /** Reads the status without opening; tests count the calls or replace the method. */
  boolean plainLook(int offset, boolean follow) throws IOException {
    return super.look(offset, follow);
  }

  /** Opens a file; returns a descriptor or {@code -errno}. Tests count the calls. */
  int open(long path, int flags) {
    return Libc.open(path, flags, 0);
  }
}
