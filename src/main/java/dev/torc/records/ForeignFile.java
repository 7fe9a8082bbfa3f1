package dev.torc.records;

import dev.torc.posix.GroupAccess;
import dev.torc.posix.OwnUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;

/**
 * Says which file a member of the group that writes to a root cannot write, and what the owner of
 * the file has to run. Such files come from a torc that knew no groups, and from commands by hand.
 * It only looks.
 */
final class ForeignFile {

  private ForeignFile() {}

  /**
   * Returns the line for people.
   *
   * @param refused a file in {@code .torc}, or where one was to be made
   * @return empty where it can be written, its root is no group's, or it is this user's own
   */
  static String line(Path refused) {
    Path file = refused.toAbsolutePath();
    Path torc = file;
    while (torc != null && !torc.endsWith(".torc")) {
      torc = torc.getParent();
    }
    try {
      Path root = torc == null ? null : torc.getParent();
      GroupAccess group = root == null ? GroupAccess.NONE : GroupAccess.of(root);
      if (group.isNone()) {
        return "";
      }
      String name = attributes(root).group().getName();
      if (!Files.isWritable(root)) {
        return group.isMember()
            ? ""
            : root + ": only group " + name + " may write here: have yourself added to it";
      }
      Path culprit = culprit(torc, file);
      return culprit == null ? "" : line(root, name, culprit);
    } catch (IOException | UnsupportedOperationException unknown) {
      return ""; // the refusal itself is told
    }
  }

  /**
   * Returns, on the way down to a file, the first path that is there and not writable; null for
   * none.
   */
  private static Path culprit(Path torc, Path file) {
    for (int names = torc.getNameCount(); names <= file.getNameCount(); names++) {
      Path at = file.getRoot().resolve(file.subpath(0, names));
      if (Files.exists(at, LinkOption.NOFOLLOW_LINKS) && !Files.isWritable(at)) {
        return at;
      }
    }
    return null;
  }

  private static String line(Path root, String group, Path culprit) throws IOException {
    PosixFileAttributes there = attributes(culprit);
    String owner = there.owner().getName();
    int number = (int) Files.getAttribute(culprit, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if (OwnUser.is(number)) {
      return "";
    }
    String command = "chmod -R g+rwX .torc";
    if (!there.group().getName().equals(group)) {
      command = "chgrp -R " + group + " .torc && " + command;
    }
    return "%s: owned by %s, not writable for group %s: let %s run in %s: %s"
        .formatted(culprit, owner, group, owner, root, command);
  }

  private static PosixFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }
}
