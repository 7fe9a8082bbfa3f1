package dev.torc.base.digests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Stamps of files in memory, which a test may forge. jimfs has no ctime that moves: the mtime
 * stands for it.
 */
public final class FakeStamps implements StampSource {

  private final Map<Path, UnaryOperator<Stamp>> forged = new ConcurrentHashMap<>();

  /** From now on stamps of this path go through the change. */
  public void forge(Path path, UnaryOperator<Stamp> change) {
    forged.put(path, change);
  }

  /** From now on this file has this ctime, in nanoseconds. */
  public void ctime(Path path, long ctime) {
    forge(
        path,
        s ->
            new Stamp(
                s.kind(), s.executable(), s.size(), s.mtime(), ctime, s.inode(), s.attributes()));
  }

  @Override
  public Stamp at(Path folder, String path, boolean follow) throws IOException {
    LinkOption[] how = follow ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    return read(folder.resolve(path), how);
  }

  private Stamp read(Path path, LinkOption... options) throws IOException {
    BasicFileAttributes a;
    try {
      a = Files.readAttributes(path, BasicFileAttributes.class, options);
    } catch (NoSuchFileException e) {
      return Stamp.MISSING;
    }
    Stamp.FileKind kind =
        a.isSymbolicLink()
            ? Stamp.FileKind.LINK
            : a.isRegularFile()
                ? Stamp.FileKind.FILE
                : a.isDirectory() ? Stamp.FileKind.FOLDER : Stamp.FileKind.OTHER;
    boolean executable =
        path.getFileSystem().supportedFileAttributeViews().contains("posix")
            && kind != Stamp.FileKind.LINK
            && Files.getPosixFilePermissions(path).contains(PosixFilePermission.OWNER_EXECUTE);
    long mtime = a.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    Stamp stamp =
        new Stamp(kind, executable, a.size(), mtime, mtime, String.valueOf(a.fileKey()).hashCode());
    return forged.getOrDefault(path, UnaryOperator.identity()).apply(stamp);
  }
}
