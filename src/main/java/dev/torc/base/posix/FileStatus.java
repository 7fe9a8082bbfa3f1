package dev.torc.base.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The status of one file, from one system call: {@code stat(2)}, or {@code lstat(2)} if links are
 * not followed. Times are in nanoseconds since 1970, sizes in bytes.
 *
 * @param mode {@code st_mode}, but without {@link #EXECUTABLE} if the file system shows that bit
 *     for all files; 0 if the file is missing
 * @param ctime time of the last change of bytes or attributes
 * @param device number of the file system; a remount may change it
 * @param mount number of the mount that the path leads through: a bind mount has its own, but the
 *     same device. Since Linux 6.8, these numbers are above 2³¹ and not reused before a reboot. If
 *     the system provides none, it is a negative number that stands for the device
 * @param attributes a hash of mode, owner, group and (except for folders) link count: it differs if
 *     one of them does, and almost always if several do
 */
public record FileStatus(
    int mode,
    long size,
    long mtime,
    long ctime,
    long inode,
    long device,
    long mount,
    int links,
    long attributes) {

  /** The bits of a mode for the kind of the file: one of the next three, or another kind. */
  public static final int KIND = 0170000;

  public static final int FILE = 0100000;
  public static final int FOLDER = 0040000;
  public static final int LINK = 0120000;

  public static final int EXECUTABLE = 0100; // for the owner

  public static final FileStatus MISSING = new FileStatus(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Odd, so that a change of only one attribute always changes the hash. */
  private static final long MIX = 0x9E3779B97F4A7C15L;

  static final ThreadLocal<StatusBuffer> BUFFER = ThreadLocal.withInitial(StatusBuffer::new);

  /** Returns the status of a path; {@link #MISSING} also for a followed link that is broken. */
  public static FileStatus of(String path, boolean follow) throws IOException {
    return of(path, follow, BUFFER.get());
  }

  /**
   * Opens the file and returns its status. Clients of network file systems cache a status for
   * seconds, but ask the server again at an open. The caller decides where that is needed.
   */
  public static FileStatus ofOpened(String path, boolean follow) throws IOException {
    return of(path, follow, OpenedBuffer.OF_THREAD.get());
  }

  /** Returns a status of which only device, inode and mode matter to the caller: see Questions. */
  public static FileStatus identity(String path, boolean follow) throws IOException {
    StatusBuffer b = BUFFER.get();
    b.identity = true;
    try {
      return of(path, follow, b);
    } finally {
      b.identity = false;
    }
  }

  /**
   * Returns the user id of the owner of a file, or of a link itself; -1 if it is missing. Another
   * owner changes the ctime, so a memo that has the stamp needs no more.
   */
  public static int owner(String path) throws IOException {
    StatusBuffer b = BUFFER.get();
    return b.look(path, false) ? b.owner() : -1;
  }

  static FileStatus of(String path, boolean follow, StatusBuffer b) throws IOException {
    if (path.indexOf(0) >= 0) {
      throw new IOException("cannot look at " + path + ": a name has no NUL");
    }
    return b.look(path, follow) ? of(b, b.mode()) : MISSING;
  }

  /** Returns the status of a name in an open folder, with the mode as the file system shows it. */
  static FileStatus in(int folder, byte[] name, Path shown) throws IOException {
    StatusBuffer b = BUFFER.get();
    int result = b.lookIn(folder, name);
    if (result == -Libc.ENOENT) {
      return MISSING;
    }
    Libc.check(shown.toString(), result);
    return of(b, b.modeAsIs());
  }

  static FileStatus of(StatusBuffer b, int mode) {
    return new FileStatus(
        mode,
        b.size(),
        b.mtime(),
        b.ctime(),
        b.inode(),
        b.device(),
        b.mount(),
        b.links(),
        b.attributes());
  }

  /** Hashes the four to one number, which is odd if the file has more than one link. */
  static long attributes(int mode, int owner, int group, int links) {
    long mixed = (((long) owner * MIX + group) * MIX + links) * MIX + mode;
    return links > 1 ? mixed | 1 : mixed & ~1L;
  }

  public boolean exists() {
    return mode != 0;
  }

  public boolean isFile() {
    return (mode & KIND) == FILE;
  }

  public boolean isFolder() {
    return (mode & KIND) == FOLDER;
  }

  /** Returns whether it is a link; always false if links were followed. */
  public boolean isLink() {
    return (mode & KIND) == LINK;
  }

  /** Returns whether it is a FIFO or an anonymous pipe. */
  public boolean isFifo() {
    return (mode & KIND) == 0010000;
  }

  /** Returns whether it is a character device, such as a terminal. */
  public boolean isDevice() {
    return (mode & KIND) == 0020000;
  }

  /** Returns a text that differs for any other file, and after any change of this file. */
  public String id() {
    // Not toString, for which the JVM would generate classes at each start.
    return inode + " " + size + " " + mtime + " " + ctime;
  }

  public boolean isSame(FileStatus other) {
    return inode == other.inode && device == other.device;
  }

  /** Returns whether a later status shows the same file, with the same mode, size and times. */
  public boolean isUnchanged(FileStatus later) {
    return isSame(later)
        && mode == later.mode
        && size == later.size
        && mtime == later.mtime
        && ctime == later.ctime;
  }

  public boolean executable() {
    return (mode & EXECUTABLE) != 0;
  }

  /** Reads the status of many files in one folder, without an object for each. For one thread. */
  public static final class StatusReader {

    private final StatusBuffer buffer;
    private final int prefix; // length of the folder; 0 for the current folder, which is faster
    private final boolean follow;

    /** Creates a reader for an absolute folder; {@code opened}: see {@link FileStatus#ofOpened}. */
    public StatusReader(String folder, boolean follow, boolean opened) throws IOException {
      this.buffer = opened ? new OpenedBuffer() : new StatusBuffer();
      this.follow = follow;
      byte[] path = (folder.endsWith("/") ? folder : folder + "/").getBytes(StandardCharsets.UTF_8);
      prefix = isHere(folder) ? 0 : path.length;
      buffer.put(0, path, 0, prefix);
    }

    private static boolean isHere(String folder) throws IOException {
      FileStatus here = FileStatus.identity(".", true);
      return here.exists() && here.isSame(FileStatus.identity(folder, true));
    }

    /** Returns the mount of the file that {@link #look} read last, if that file exists. */
    public long mount() {
      return buffer.mount();
    }

    /**
     * Reads the status of a file. Its path, absolute or relative to the folder, is the UTF-8 text
     * without a NUL between the two indexes. Puts size, mtime, ctime and inode into {@code
     * numbers}; returns the mode, or 0 if the file is missing. Errors name the path.
     */
    public int look(byte[] names, int from, int to, long[] numbers) throws IOException {
      boolean absolute = from < to && names[from] == '/';
      buffer.put(prefix, names, from, to - from);
      if (!buffer.look(absolute ? prefix : 0, follow)) {
        return 0;
      }
      numbers[0] = buffer.size();
      numbers[1] = buffer.mtime();
      numbers[2] = buffer.ctime();
      numbers[3] = buffer.inode();
      return buffer.mode();
    }
  }
}
