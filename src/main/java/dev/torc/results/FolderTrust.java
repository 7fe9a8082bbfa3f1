package dev.torc.results;

import dev.torc.posix.FileStatus;
import dev.torc.posix.OwnUser;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * Whose files in a shared folder count: those of the user and of root, and those of the group that
 * the store names, all of whose members are trusted. Nobody else may be able to write to such a
 * file, nor to put another one in its place: so the folders above it count too, and links on the
 * way there. What a file holds is not known here.
 */
final class FolderTrust {

  private static final int OF_GROUP = 0020;
  private static final int OF_OTHERS = 0002;
  private static final int STICKY = 01000;
  private static final int MOST_LINKS = 40; // as the kernel follows

  private final GroupPrincipal group;

  private FolderTrust(GroupPrincipal group) {
    this.group = group;
  }

  /**
   * The trust in a group's members.
   *
   * @param group its name or number; null for none
   * @throws StoreRefusal where there is no such group
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
      throw new StoreRefusal("there is no group " + SafeText.name(group) + " on this machine");
    } catch (IOException e) {
      throw new StoreRefusal(
          "cannot look for group " + SafeText.name(group) + ": " + Refusal.why(e));
    }
  }

  /** The group; null for none. */
  GroupPrincipal group() {
    return group;
  }

  /** What stands at a path, without following a link there. */
  private record Status(Path path, int mode, int owner, boolean ofGroup) {

    boolean own() {
      return owner == 0 || OwnUser.is(owner);
    }

    /** Whether only the owners of what is in it can replace that, though others can add to it. */
    boolean isSticky() {
      return owner == 0 && (mode & STICKY) != 0;
    }

    /** Whether nobody else made it, nor can write to it. */
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
   * Groups are looked for by name, which may mean to ask another machine: only where it matters.
   */
  private boolean isOfGroup(Path path) throws IOException {
    return group != null
        && group.equals(Files.getAttribute(path, "unix:group", LinkOption.NOFOLLOW_LINKS));
  }

  /**
   * Whether the file at a path counts; only where its folder does.
   *
   * @throws NoSuchFileException where nothing is there
   */
  boolean isTrusted(Path file) throws IOException {
    Status status = status(file);
    return status.kind() == FileStatus.FILE && status.isTrusted();
  }

  /**
   * Looks at a folder and all above it.
   *
   * @return why it does not count, and what may be done about it; null where it does
   * @throws NoSuchFileException where nothing is there
   */
  String refusal(Path folder) throws IOException {
    Deque<Path> names = new ArrayDeque<>();
    Path at = folder.toAbsolutePath().getRoot();
    push(names, folder.toAbsolutePath());
    int links = 0;
    Status status = status(at);
    while (true) {
      boolean last = names.isEmpty();
      if (!status.isTrusted() && (last || !status.isSticky())) {
        return refusal(status);
      }
      if (last) {
        return null;
      }
      Path name = names.pop();
      Path next = name.toString().equals("..") ? at.getParent() : at.resolve(name);
      next = next == null ? at : next;
      status = status(next);
      if (status.kind() == FileStatus.LINK) {
        if (!status.own() && !status.ofGroup() || ++links > MOST_LINKS) {
          return refusal(status);
        }
        Path target = Files.readSymbolicLink(next);
        push(names, target);
        at = target.isAbsolute() ? target.getRoot() : at;
        status = status(at);
      } else if (status.kind() == FileStatus.FOLDER) {
        at = next;
      } else {
        return SafeText.name(next.toString()) + " is no folder";
      }
    }
  }

  private static void push(Deque<Path> names, Path path) {
    for (int i = path.getNameCount() - 1; i >= 0; i--) {
      String name = path.getName(i).toString();
      if (!name.isEmpty() && !name.equals(".")) {
        names.push(path.getName(i));
      }
    }
  }

  private static String refusal(Status status) {
    String path = SafeText.name(status.path().toString());
    if (!status.own() && !status.ofGroup()) {
      return path + " is another user's; name its group in the store, or use a folder of your own";
    }
    return (status.mode() & OF_OTHERS) != 0
        ? "others can write to " + path + "; run: chmod o-w " + path
        : "a group can write to "
            + path
            + "; name that group in the store, or run: chmod g-w "
            + path;
  }
}
