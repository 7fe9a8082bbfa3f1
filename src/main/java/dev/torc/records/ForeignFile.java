package dev.torc.records;

import dev.torc.posix.GroupAccess;
import dev.torc.posix.OwnUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;

/**
 * Says whose file is in the way of a member of the group that writes to a root, and what they have
 * to run. Such files come of a torc that knew no groups, and of commands by hand. It only looks.
 */
final class ForeignFile {

  private ForeignFile() {}

  /**
   * The line for people.
   *
   * @param refused a file in {@code .torc}, or where one was to be made
   * @return empty where it can be written, its root is no group's, or it is this user's own
   */
  static String line(Path refused) {
    Path torc = refused;
    while (torc != null && !torc.endsWith(".torc")) {
      torc = torc.getParent();
    }
    if (torc == null) {
      return "";
    }
    try {
      Path root = torc.toAbsolutePath().getParent();
      GroupAccess group = GroupAccess.of(root);
      String name = group == null ? "" : attributes(root).group().getName();
      if (group != null && !Files.isWritable(root)) {
        return group.isMember()
            ? ""
            : root + ": only group " + name + " may write here: have yourself added to it";
      }
      return group == null ? "" : line(root, name, culprit(torc, refused));
    } catch (IOException | UnsupportedOperationException unknown) {
      return ""; // the refusal itself is told
    }
  }

  /** The first that cannot be written, on the way down to a file; null where all can. */
  private static Path culprit(Path torc, Path file) {
    Path at = torc;
    Path last = file.toAbsolutePath();
    for (Path name : torc.toAbsolutePath().relativize(last)) {
      if (Files.exists(at, LinkOption.NOFOLLOW_LINKS) && !Files.isWritable(at)) {
        return at;
      }
      at = name.toString().isEmpty() ? at : at.resolve(name);
    }
    return Files.exists(at, LinkOption.NOFOLLOW_LINKS) && !Files.isWritable(at) ? at : null;
  }

  private static String line(Path root, String group, Path culprit) throws IOException {
    if (culprit == null) {
      return "";
    }
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
