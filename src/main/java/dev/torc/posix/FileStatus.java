package dev.torc.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What the system says of one file in one call: {@code stat(2)}, or {@code lstat(2)} if links are
 * not followed. Times are nanoseconds since 1970, sizes bytes.
 *
 * @param mode as {@code st_mode}, but without {@link #EXECUTABLE} where the file system shows that
 *     for all files; 0 if nothing is there
 * @param ctime of the last change of bytes or attributes
 * @param device number of the file system; it may change over a remount
 * @param mount number of the mount by which the file was reached: a bind mount has its own, unlike
 *     a device. Since Linux 6.8 none is ever used twice after a boot; these are above 2³¹. Where
 *     the system tells none, it is negative and stands for the device
 * @param attributes mode, owner, group and (not of a folder) link count in one number: it differs
 *     if one of them does, and almost always if several do
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

  /** The bits of a mode that say what is there: one of the next three, or something else. */
  public static final int KIND = 0170000;

  public static final int FILE = 0100000;
  public static final int FOLDER = 0040000;
  public static final int LINK = 0120000;

  public static final int EXECUTABLE = 0100; // for the owner

  public static final FileStatus MISSING = new FileStatus(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Odd, so that a change of one attribute alone always changes the product. */
  private static final long MIX = 0x9E3779B97F4A7C15L;

  static final ThreadLocal<StatusBuffer> BUFFER = ThreadLocal.withInitial(StatusBuffer::new);

  /** Looks at a path; returns {@link #MISSING} also for a followed link that leads nowhere. */
  public static FileStatus of(String path, boolean follow) throws IOException {
    return of(path, follow, BUFFER.get());
  }

  /**
   * Looks at the opened file: clients of network file systems remember for seconds what they heard
   * of a file, and ask again when it is opened. The caller knows which root needs that.
   */
  public static FileStatus ofOpened(String path, boolean follow) throws IOException {
    return of(path, follow, OpenedBuffer.OF_THREAD.get());
  }

  /** Returns the number of the owner of a file, or of a link itself; -1 if it is missing. */
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

  /** Looks at a name in an opened folder; modes are as the file system shows them. */
  static FileStatus in(int folder, byte[] name, Path shown) throws IOException {
    StatusBuffer b = BUFFER.get();
    int result = b.lookIn(folder, name);
    if (result == -Libc.ENOENT) {
      return MISSING;
    }
    Libc.check(shown.toString(), result);
    return of(b, b.modeAsIs());
  }

  private static FileStatus of(StatusBuffer b, int mode) {
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

  /** Returns the four in one number, which is odd where the file has more than one name. */
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

  /** Returns whether it is a link; only where links were not followed. */
  public boolean isLink() {
    return (mode & KIND) == LINK;
  }

  /** Returns whether it is a FIFO or an anonymous pipe. */
  public boolean isFifo() {
    return (mode & KIND) == 0010000;
  }

  /** Returns whether it is a terminal or another device that is written byte by byte. */
  public boolean isDevice() {
    return (mode & KIND) == 0020000;
  }

  /** Returns a text that differs for another file, and after a change of this one. */
  public String id() {
    // Not toString, for which the JVM writes classes: each start would pay.
    return inode + " " + size + " " + mtime + " " + ctime;
  }

  public boolean isSame(FileStatus other) {
    return inode == other.inode && device == other.device;
  }

  public boolean executable() {
    return (mode & EXECUTABLE) != 0;
  }

  /** Looks at many files of one folder, without an object for each. For one thread. */
  public static final class StatusReader {

    private final StatusBuffer buffer;
    private final int prefix; // length of the folder; 0 for that of the process, which is faster
    private final boolean follow;

    /**
     * Creates a reader of an absolute folder, with {@code opened} by {@link FileStatus#ofOpened}.
     */
    public StatusReader(String folder, boolean follow, boolean opened) throws IOException {
      this.buffer = opened ? new OpenedBuffer() : new StatusBuffer();
      this.follow = follow;
      byte[] path = (folder.endsWith("/") ? folder : folder + "/").getBytes(StandardCharsets.UTF_8);
      prefix = isHere(folder) ? 0 : path.length;
      buffer.put(0, path, 0, prefix);
    }

    private static boolean isHere(String folder) throws IOException {
      FileStatus here = FileStatus.of(".", true);
      FileStatus wanted = FileStatus.of(folder, true);
      return here.exists() && here.inode() == wanted.inode() && here.device() == wanted.device();
    }

    /** Returns the mount of the file that was looked at last, if it exists. */
    public long mount() {
      return buffer.mount();
    }

    /**
     * Looks at a file, absolute or relative to the folder. Its name in UTF-8, without a NUL, lies
     * between the two indexes. Puts size, mtime, ctime and inode into {@code numbers}; returns the
     * mode as {@link FileStatus} has it, 0 if nothing is there. Errors name the path.
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
