package dev.torc.results;

import dev.torc.posix.FileStatus;
import dev.torc.posix.OwnUser;
import dev.torc.results.StoreRefusal.Failure;
import dev.torc.text.Refusal;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Map;

/**
 * Decides which files in a shared folder count: those of the user and of root, and those of the
 * group that the store names, all of whose members are trusted. No other user may be able to write
 * to such a file, or to put another file in its place; so the folders above it count too, and the
 * links on the way there. It does not know what a file holds.
 */
final class FolderTrust {

  private static final int OF_GROUP = 0020;
  private static final int OF_OTHERS = 0002;
  private static final int STICKY = 01000;
  private static final int MOST_LINKS = 40; // as many as the kernel follows

  private final GroupPrincipal group;

  private FolderTrust(GroupPrincipal group) {
    this.group = group;
  }

  /**
   * Returns the trust in the user, in root and in a group.
   *
   * @param group its name or number; null for none
   * @throws StoreRefusal if there is no such group
   */
  static FolderTrust of(String group) throws StoreRefusal {
    if (group == null) {
      return new FolderTrust(null);
    }
    try {
      return new FolderTrust(
          FileSystems.getDefault()
              .getUserPrincipalLookupService()
              .lookupPrincipalByGroupName(group));
    } catch (UserPrincipalNotFoundException e) {
      throw new StoreRefusal("group " + SafeText.name(group) + " does not exist on this machine");
    } catch (IOException e) {
      throw new StoreRefusal(
          "cannot look for group " + SafeText.name(group) + ": " + Refusal.why(e));
    }
  }

  /** Returns the group; null for none. */
  GroupPrincipal group() {
    return group;
  }

  /** The status of a path, of a link itself. */
  private record Status(Path path, int mode, int owner, boolean ofGroup) {

    boolean own() {
      return owner == 0 || OwnUser.is(owner);
    }

    /**
     * Returns whether only the owners of its entries can replace them, though others can add to it.
     */
    boolean isSticky() {
      return owner == 0 && (mode & STICKY) != 0;
    }

    /** Returns whether no other user made it, or can write to it. */
    boolean isTrusted() {
      return (own() || ofGroup) && (mode & OF_OTHERS) == 0 && ((mode & OF_GROUP) == 0 || ofGroup);
    }

    int kind() {
      return mode & FileStatus.KIND;
    }
  }

  private Status status(Path path) throws IOException {
    Map<String, Object> is = Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
    int mode = (int) is.get("mode");
    int owner = (int) is.get("uid");
    boolean plain = (owner == 0 || OwnUser.is(owner)) && (mode & OF_GROUP) == 0;
    return new Status(path, mode, owner, !plain && isOfGroup(path));
  }

  /** Looks up the group by name, which may ask another machine, so only where it matters. */
  private boolean isOfGroup(Path path) throws IOException {
    return group != null
        && group.equals(Files.getAttribute(path, "unix:group", LinkOption.NOFOLLOW_LINKS));
  }

  /**
   * Returns whether the file at a path counts, if its folder does.
   *
   * @throws NoSuchFileException if it is not there
   */
  boolean isTrusted(Path file) throws IOException {
    Status status = status(file);
    return status.kind() == FileStatus.FILE && status.isTrusted();
  }

  /**
   * Checks a folder and all folders above it.
   *
   * @throws StoreRefusal if it does not count: with the reason, and what may be done
   * @throws NoSuchFileException if it is not there
   */
  void check(Path folder) throws IOException, StoreRefusal {
    check(folder.toAbsolutePath(), true, 0);
  }

  /**
   * Checks a folder on the way.
   *
   * @param last whether it is the folder itself, for which the sticky bit is not enough
   * @param links how many links led there
   */
  private void check(Path folder, boolean last, int links) throws IOException, StoreRefusal {
    int names = folder.getNameCount();
    for (int i = 0; i <= names; i++) {
      Path above = folder.getRoot();
      Status status = status(i == 0 ? above : above.resolve(folder.subpath(0, i)));
      String name = SafeText.name(status.path.toString());
      boolean end = last && i == names;
      if (status.kind() == FileStatus.LINK) {
        if (!status.own() && !status.ofGroup) {
          throw refusal(status, name);
        }
        if (links == MOST_LINKS) {
          throw new StoreRefusal(name + " is in a loop of links", Failure.LASTING);
        }
        check(status.path.resolveSibling(Files.readSymbolicLink(status.path)), end, links + 1);
      } else if (status.kind() != FileStatus.FOLDER) {
        throw new StoreRefusal(name + " is not a folder", Failure.LASTING);
      } else if (!status.isTrusted() && (end || !status.isSticky())) {
        throw refusal(status, name);
      }
    }
  }

  private static StoreRefusal refusal(Status status, String path) {
    String why;
    if (!status.own() && !status.ofGroup()) {
      why = path + " is another user's; name its group in the store, or use a folder of your own";
    } else if ((status.mode() & OF_OTHERS) != 0) {
      why = "others can write to " + path + "; run: chmod o-w " + path;
    } else {
      String next = "; name that group in the store, or run: chmod g-w ";
      why = "a group can write to " + path + next + path;
    }
    return new StoreRefusal(why, Failure.LASTING);
  }
}
