package dev.torc.core.memory;

import dev.torc.base.posix.GroupAccess;
import dev.torc.base.posix.OwnUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;

/**
 * Explains which file a member of the root's group cannot write, and which command its owner must
 * run. Such files come from commands run by hand, or from a version of torc that did not support
 * groups.
 */
final class ForeignFile {

  private ForeignFile() {}

  /** Returns a line about a refused file in {@code .torc}; empty if its owner is not the cause. */
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
            : root + ": only group " + name + " may write here: ask to be added to it";
      }
      Path culprit = culprit(torc, file);
      return culprit == null ? "" : line(root, name, culprit);
    } catch (IOException | UnsupportedOperationException unknown) {
      return ""; // the caller's message reports only the refusal
    }
  }

  /** Returns the first existing path on the way down to a file that is not writable, or null. */
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
