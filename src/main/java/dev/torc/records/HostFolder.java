package dev.torc.records;

import dev.torc.posix.OwnFile;
import dev.torc.posix.OwnUser;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * The folder of a user in a place where everybody may write, as {@code /var/tmp}: it is used only
 * if it is the user's own and nobody else can reach into it. Whoever makes it first under this name
 * could give torc records that lie. It does not know what lies there.
 */
final class HostFolder {

  private static final int OTHERS = 0077;

  private HostFolder() {}

  /** Makes it where it is missing; throws where it is not the user's own. */
  static void make(Path folder) throws IOException {
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException there) {
      // then it has to be the right one
    }
    if (!isOwn(folder)) {
      throw new FileSystemException(folder.toString(), null, refusal());
    }
  }

  /** Throws {@link CacheException} where something else stands there; nothing is as good. */
  static void check(Path folder) {
    try {
      if (!isOwn(folder)) {
        throw new CacheException(folder + ": " + refusal());
      }
    } catch (NoSuchFileException none) {
      return;
    } catch (IOException e) {
      throw CacheTrouble.of("cannot look at", folder, e);
    }
  }

  private static String refusal() {
    return "it is not your own folder with mode 0700, so its records are not trusted;"
        + " set TORC_CACHE to a folder of yours";
  }

  private static boolean isOwn(Path folder) throws IOException {
    OwnFile.refuseLink(folder);
    Map<String, Object> status =
        Files.readAttributes(folder, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && ((int) status.get("mode") & OTHERS) == 0
        && OwnUser.is((int) status.get("uid"));
  }
}
