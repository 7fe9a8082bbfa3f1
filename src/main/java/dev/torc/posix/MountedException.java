package dev.torc.posix;

import java.nio.file.FileSystemException;

/** Says at which mount point a removal, a move or a digest of a folder stopped. */
public final class MountedException extends FileSystemException {

  private static final long serialVersionUID = 1;

  /** Something is mounted on a path. */
  public MountedException(String path) {
    super(path, null, "a mount point, which torc does not cross; unmount it first");
  }
}
