package dev.torc.hash;

/**
 * What the file system says about a file without reading it. Equal stamps make equal bytes likely;
 * rule 4 says when torc relies on that. Sizes are bytes, times nanoseconds since 1970.
 *
 * @param executable whether the owner may execute it; false if the file system shows that for all
 * @param attributes mode, owner, group and link count in one number, odd if the file has several
 *     names; 0 if unknown. It explains a changed ctime and is neither compared nor stored
 */
public record Stamp(
    FileKind kind,
    boolean executable,
    long size,
    long mtime,
    long ctime,
    long inode,
    long attributes) {

  public enum FileKind {
    MISSING,
    FILE,
    FOLDER,
    /** A FIFO, socket or device, which is never read. */
    OTHER,
    /** A symlink, if links are not followed. */
    LINK
  }

  public static final int NUMBERS = 4;

  /** The bit of the first number, beside the size, for an executable file. */
  public static final long EXECUTABLE = Long.MIN_VALUE;

  public static final Stamp MISSING = new Stamp(FileKind.MISSING, false, 0, 0, 0, 0);

  /** Makes a stamp as it is stored, without attributes. */
  public Stamp(FileKind kind, boolean executable, long size, long mtime, long ctime, long inode) {
    this(kind, executable, size, mtime, ctime, inode, 0);
  }

  /** Compares in plain code: the JVM links a record's own equals again at each start. */
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

  public long[] numbers() {
    return new long[] {executable ? size | EXECUTABLE : size, mtime, ctime, inode};
  }

  /** Returns whether it is a file with another name through which it may be written. */
  public boolean hasOtherName() {
    return kind == FileKind.FILE && (attributes & 1) != 0;
  }

  public boolean exists() {
    return kind != FileKind.MISSING;
  }
}
