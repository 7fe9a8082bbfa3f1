package dev.torc.posix;

import java.io.IOException;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * A {@link StatusBuffer} whose numbers come from an open descriptor: a client of a network file
 * system answers {@code stat(2)} out of its memory, and asks the server when a file is opened (NFS
 * calls that close-to-open). A file costs three calls more than a plain look, a missing one some.
 *
 * <ul>
 *   <li>The plain look comes first and tells the kind: to open a FIFO, socket or device could wake
 *       a writer or rewind a tape, and no file system asks again for the text of a link.
 *   <li>For a file that may not be opened, the plain look counts.
 *   <li>The client remembers a missing name as long as its folder seems to be the same. So the
 *       nearest folder above that exists is opened, and the name is looked up once more.
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
      return true; // not for us to read, a lease of another process, or a socket by now
    }
    if (fd == -Libc.ENOENT || fd == -Libc.ENOTDIR || fd == -Libc.ELOOP) {
      return plainLook(offset, follow); // gone, or a link by now: the client knows since it opened
    }
    if (fd < 0) {
      throw refusal(-fd);
    }
    int result = lookAtOpen(fd);
    Libc.close(fd);
    if (result != 0) {
      throw refusal(-result);
    }
    return true;
  }

  /** Opens the nearest folder above the path that is there, so that the client asks for it. */
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

  /** Returns where the folder of the path ends: 1 for {@code /}, 0 for the process's folder. */
  private static int folderEnd(byte[] path, int pathEnd) {
    int end = pathEnd;
    while (end > 1 && path[end - 1] == '/') {
      end--; // slashes behind the path of a folder
    }
    while (end > 0 && path[end - 1] != '/') {
      end--;
    }
    while (end > 1 && path[end - 1] == '/') {
      end--;
    }
    return end;
  }

  /** Returns one look without opening; tests count it, or answer in its place. */
  boolean plainLook(int offset, boolean follow) throws IOException {
    return super.look(offset, follow);
  }

  /** Returns one {@code open(2)}: a descriptor or {@code -errno}; tests count it. */
  int open(long path, int flags) {
    return Libc.open(path, flags, 0);
  }
}
