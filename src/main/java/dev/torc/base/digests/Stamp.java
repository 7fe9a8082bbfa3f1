package dev.torc.base.digests;

import dev.torc.base.posix.Walk;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * What the file system says about a file without reading it. Equal stamps make equal bytes likely;
 * rule 4 says when torc relies on that. Sizes are in bytes, times in nanoseconds since 1970.
 *
 * @param executable whether its owner may execute it; false if the file system shows all files as
 *     executable
 * @param attributes mode, owner, group and link count in one number, odd if the file has several
 *     names; 0 if unknown. They explain a changed ctime, and are neither compared nor stored
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

  /** The bit in the first of the {@link #numbers}, beside the size, for an executable file. */
  public static final long EXECUTABLE = Long.MIN_VALUE;

  private static final long LONG_AGO = 1_000_000_000_000_000_000L;

  public static final Stamp MISSING = new Stamp(FileKind.MISSING, false, 0, 0, 0, 0);

  /** Creates a stamp without attributes, as it is stored. */
  public Stamp(FileKind kind, boolean executable, long size, long mtime, long ctime, long inode) {
    this(kind, executable, size, mtime, ctime, inode, 0);
  }

  /**
   * Returns the stamp of a {@linkplain Walk#isWay way}. It differs if the way leads to another
   * place, and says nothing of the folder there.
   */
  static Stamp ofWay(Path folder, String way) {
    Path to = Walk.end(folder, way);
    String place = (to.startsWith(folder) ? folder.relativize(to) : to).toString();
    ByteBuffer id = ByteBuffer.wrap(Digest.ofText(place).bytes());
    return new Stamp(FileKind.FILE, false, 0, id.getLong(), LONG_AGO, id.getLong());
  }

  /** Compares in plain code. A generated equals would slow down each start of the JVM. */
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

  /** Returns whether this is a file with another name, through which it may be written. */
  public boolean hasOtherName() {
    return kind == FileKind.FILE && (attributes & 1) != 0;
  }

  /** Returns whether this folder was renamed, or got a new mode, after the last change in it. */
  public boolean isRenamedFolder() {
    return kind == FileKind.FOLDER && ctime > mtime;
  }

  public boolean exists() {
    return kind != FileKind.MISSING;
  }
}
