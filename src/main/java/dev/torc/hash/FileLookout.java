package dev.torc.hash;

import dev.torc.posix.FileStatus;
import dev.torc.posix.StatusReader;
import java.io.IOException;

/** Looks at the machine's own files: one system call for each, and no object. */
record FileLookout(StatusReader reader) implements Lookout {

  @Override
  public Stamp.Kind look(byte[] names, int from, int to) throws IOException {
    return reader.look(names, from, to) ? kind(reader.mode()) : Stamp.Kind.MISSING;
  }

  /** What a mode says that stands there. */
  static Stamp.Kind kind(int mode) {
    return switch (mode & FileStatus.KIND) {
      case FileStatus.FILE -> Stamp.Kind.FILE;
      case FileStatus.FOLDER -> Stamp.Kind.FOLDER;
      case FileStatus.LINK -> Stamp.Kind.LINK;
      default -> Stamp.Kind.OTHER;
    };
  }

  @Override
  public long size() {
    return reader.size();
  }

  @Override
  public long mtime() {
    return reader.mtime();
  }

  @Override
  public long ctime() {
    return reader.ctime();
  }

  @Override
  public long inode() {
    return reader.inode();
  }
}
