package dev.torc.front.project;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.GroupAccess;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.features.reading.BuildFile;
import dev.torc.front.buildfile.UserConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Decides whether torc may read a build file that it found above the working directory (rule 17):
 * in {@code /tmp} or on a cluster's scratch disk, any user can put one above other users' folders.
 * A build file in the working directory is always allowed, as with make. This class checks owners,
 * not contents, and reads the user's configuration only if it would otherwise refuse.
 */
record TrustedBuildFile(Caller caller, Path found) {

  private static final int OF_OTHERS = 0002; // the mode bit that lets all users write
  private static final int MOST_LINKS = 40; // the kernel's limit

  /**
   * Refuses a build file above the working directory if the file, or a symlink that leads to it,
   * belongs to another user. The refusal has no place, so that no command falls back to the records
   * beside such a file.
   */
  static void refuseStrangers(Caller caller, Path found) throws IOException {
    Path start = caller.cwd();
    Path folder = found.getParent();
    if (!folder.equals(start) && !folder.equals(BuildFile.root(start.resolve(BuildFile.INPUT)))) {
      new TrustedBuildFile(caller, found).check();
    }
  }

  private void check() throws IOException {
    Path at = found;
    for (int links = 0; links <= MOST_LINKS; links++) {
      int owner = FileStatus.owner(at.toString());
      if (owner != -1 && !isOwn(owner, caller)) {
        refuseUnlessShared(at);
      }
      if (!FileStatus.of(at.toString(), false).isLink()) {
        return;
      }
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
  }

  /**
   * Returns whether {@code user} is root or the caller. Under {@code sudo}, the user that ran it
   * counts too.
   */
  private static boolean isOwn(int user, Caller caller) {
    String sudo = OwnUser.isRoot() ? caller.env().getOrDefault("SUDO_UID", "") : "";
    return user == 0 || OwnUser.is(user) || sudo.equals(Integer.toUnsignedString(user));
  }

  private void refuseUnlessShared(Path strangers) throws IOException {
    Path folder = BuildFile.root(strangers);
    if (isOfOwnGroup(folder)) {
      return;
    }
    Path file = UserConfig.file(caller.env());
    String next = "";
    if (file != null) {
      String config = SafeText.name("" + file);
      try {
        if (trusts(folder)) {
          return;
        }
        next = ", or add %s to trust in %s".formatted(SafeText.name("" + folder), config);
      } catch (BadInput wrong) {
        next = "; no folder is trusted, because " + wrong.diagnostics().getFirst();
      }
    }
    String shown = SafeText.name("" + found);
    String what = strangers.equals(found) ? shown : shown + " leads to " + strangers + ", which";
    String owner = Files.getOwner(strangers, LinkOption.NOFOLLOW_LINKS).getName();
    throw new BadInput(
        "%s belongs to user %s, so it is not used here; to use it, pass -C %s%s"
            .formatted(what, SafeText.name(owner), SafeText.name("" + found.getParent()), next));
  }

  /** Returns whether the folder is writable only for members of one of the caller's groups. */
  private static boolean isOfOwnGroup(Path folder) throws IOException {
    GroupAccess group = GroupAccess.of(folder);
    return !group.isNone() && !isOpenToAll(folder) && OwnUser.isMember(group.group());
  }

  private static boolean isOpenToAll(Path path) throws IOException {
    return (FileStatus.of(path.toString(), true).mode() & OF_OTHERS) != 0;
  }

  /** Returns whether the user's configuration trusts the folder or one above it. */
  private boolean trusts(Path folder) throws IOException {
    UserConfig config = configuration(caller);
    for (Path trusted : config == null ? List.<Path>of() : config.trust()) {
      if (folder.startsWith(Files.exists(trusted) ? trusted.toRealPath() : trusted)) {
        return true;
      }
    }
    return false;
  }

  /** Reads the caller's configuration; see {@link ProjectOptions#configuration}. */
  static UserConfig configuration(Caller caller) throws IOException {
    Path file = UserConfig.file(caller.env());
    if (file == null || Files.notExists(file)) {
      return null;
    }
    Place whole = new Place(file.toString(), 0, 0);
    try {
      Path real = file.toRealPath();
      if (!isOwn(FileStatus.owner(real.toString()), caller)) {
        throw new BadInput(whole, "another user's");
      }
      if (isOpenToAll(real)) {
        throw new BadInput(whole, "all users can write to it; run: chmod o-w " + file);
      }
      return UserConfig.read(file);
    } catch (IOException e) {
      throw new BadInput(whole, Refusal.why(e));
    }
  }
}
