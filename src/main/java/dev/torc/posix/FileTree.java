package dev.torc.posix;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A folder with all it holds. Whose it is, and whether it may go, is known to the callers. */
public final class FileTree {

  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

  private FileTree() {}

  /**
   * Takes a file, a link or a folder with all it holds away, folders without permissions too
   * (caches of modules have such); links are not followed. Does nothing where nothing is.
   */
  public static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.isReadable(path) || !Files.isWritable(path) || !Files.isExecutable(path)) {
        Files.setPosixFilePermissions(path, OWN);
      }
      try (DirectoryStream<Path> inside = Files.newDirectoryStream(path)) {
        for (Path each : inside) {
          remove(each);
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    Files.deleteIfExists(path);
  }
}
