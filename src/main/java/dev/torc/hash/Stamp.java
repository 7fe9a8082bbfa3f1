package dev.torc.hash;

/**
 * What the file system says of a file without reading it; links are followed. Two equal stamps make
 * it likely that the bytes are equal; rule 4 says when that may be relied on.
 *
 * @param kind what is there
 * @param executable whether the owner may execute it, as far as its file system tells files apart
 *     by that
 * @param size bytes
 * @param mtime nanoseconds since 1970 of the last change of the bytes
 * @param ctime nanoseconds since 1970 of the last change of bytes or attributes
 * @param inode number of the file in its file system
 * @param attributes mode, owner, group and link count in one number, odd where there is more than
 *     one name; 0 where they are not known. It changes with the ctime and says why that changed, so
 *     it is neither compared nor stored
 */
public record Stamp(
    FileKind kind,
    boolean executable,
    long size,
    long mtime,
    long ctime,
    long inode,
    long attributes) {

  /** What stands at a path. */
  public enum FileKind {
    MISSING,
    FILE,
    FOLDER,
    /** A FIFO, socket or device: it is never read. */
    OTHER,
    /** A symbolic link, only where links are not followed. */
    LINK
  }

  /** How many {@link #numbers} a stamp has. */
  public static final int NUMBERS = 4;

  /** The bit of the first number, beside the size, that a file has if its owner may execute it. */
  public static final long EXECUTABLE = Long.MIN_VALUE;

  /** Nothing is there. */
  public static final Stamp MISSING = new Stamp(FileKind.MISSING, false, 0, 0, 0, 0);

  /** Creates a stamp as it is stored, without attributes. */
  public Stamp(FileKind kind, boolean executable, long size, long mtime, long ctime, long inode) {
    this(kind, executable, size, mtime, ctime, inode, 0);
  }

  /**
   * Compares by hand: all files are compared by it, and the JVM links a record's equals at every
   * start.
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Stamp that
        && kind == that.kind
        && executable == that.executable
        && size == that.size
        && mtime == that.mtime
        && ctime == that.ctime
        && inode == that.inode;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(size ^ mtime ^ ctime ^ inode);
  }

  /** Returns size and executable bit, mtime, ctime and inode. */
  public long[] numbers() {
    return new long[] {executable ? size | EXECUTABLE : size, mtime, ctime, inode};
  }

  /**
   * Returns whether it is a file that is known to have another name, through which it may be
   * written.
   */
  public boolean hasOtherName() {
    return kind == FileKind.FILE && (attributes & 1) != 0;
  }

  /** Returns whether anything is there. */
  public boolean exists() {
    return kind != FileKind.MISSING;
  }
}
