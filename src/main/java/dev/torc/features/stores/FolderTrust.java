package dev.torc.features.stores;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.features.stores.StoreRefusal.Failure;
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
 * Decides which files in a shared folder count: those of the user, of root, and of the store's
 * group, whose members are all trusted. No other user may be able to change or replace such a file,
 * so the folders above it and the links to it are checked, too. Contents are not.
 */
public record FolderTrust(GroupPrincipal group) {

  private static final int OF_GROUP = 0020;
  private static final int OF_OTHERS = 0002;
  private static final int STICKY = 01000;
  private static final int MOST_LINKS = 40; // as many as the kernel follows

  /**
   * Returns the trust in a group, given by name or number, or in no group (null). Throws if the
   * group does not exist.
   */
  public static FolderTrust of(String group) throws StoreRefusal {
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

  /** The status of a path; links are not followed. */
  private record Status(Path path, int mode, int owner, boolean ofGroup) {

    boolean own() {
      return owner == 0 || OwnUser.is(owner);
    }

    /**
     * Returns whether this is a sticky folder of root: other users may add entries, but can replace
     * only their own.
     */
    boolean isSticky() {
      return owner == 0 && (mode & STICKY) != 0;
    }

    /** Returns whether it belongs to a trusted user, and no other user can write to it. */
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

  /**
   * Returns whether a path belongs to the trusted group. Call it only if needed, since the lookup
   * of a group name may ask another machine.
   */
  private boolean isOfGroup(Path path) throws IOException {
    return group != null
        && group.equals(Files.getAttribute(path, "unix:group", LinkOption.NOFOLLOW_LINKS));
  }

  /** Returns whether a file counts, provided that its folder does. */
  public boolean isTrusted(Path file) throws IOException {
    Status status = status(file);
    return status.kind() == FileStatus.FILE && status.isTrusted();
  }

  /**
   * Checks a folder and all folders above it. Throws {@link NoSuchFileException} if one is missing,
   * and {@link StoreRefusal}, with the reason and what to do, if one is not trusted.
   */
  public void check(Path folder) throws IOException, StoreRefusal {
    check(folder.toAbsolutePath(), true, 0);
  }

  /**
   * Checks a folder after {@code links} links were followed. The {@code last} folder must be
   * trusted; a folder above it may also be sticky.
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
