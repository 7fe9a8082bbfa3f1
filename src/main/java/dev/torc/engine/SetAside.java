package dev.torc.engine;

import dev.torc.plan.AllowedRoots;
import dev.torc.posix.FileStatus;
import dev.torc.posix.FileTree;
import dev.torc.posix.FolderHandle;
import dev.torc.posix.GroupAccess;
import dev.torc.posix.OwnFile;
import dev.torc.records.CachePlace;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Sets aside what is the user's (rule 15): moves it to the kept things of a build, with a line.
 * {@link ProductRemoval} and {@link KnownMembers} tell what that is. Nothing is ever removed from
 * the kept things, but by {@code clean --kept}.
 *
 * @param grounds where products may lie
 * @param build names the folder of kept things
 * @param note takes a line for each thing that was moved
 */
record SetAside(CachePlace place, AllowedRoots grounds, String build, Consumer<String> note) {

  static final String ALTERED = "modified, or not made by torc";

  /**
   * Moves a thing.
   *
   * @param file where it stood
   * @param from the folder that holds it now, under a name
   * @param part what to move of a folder; null for all
   */
  void move(Path file, FolderHandle from, Path name, FolderPart part, String why)
      throws IOException {
    if (from.status(name).isFolder()) {
      try (FolderHandle folder = from.enter(name)) {
        folder.refuseMounts();
      }
    }
    Path to = make(file);
    if (part != null) {
      part.move(from, name, Files.createDirectory(to), SetAside::take);
    } else {
      try (FolderHandle kept = FolderHandle.of(to.getParent())) {
        if (!move(from, name, kept, to.getFileName())) {
          return; // it is not there any more
        }
      }
    }
    told("moved", file, to, why);
  }

  /**
   * Moves the members of a folder product, which stays.
   *
   * @param part which of them; null for all
   */
  void moveMembers(FolderHandle folder, FolderPart part, String why) throws IOException {
    folder.refuseMounts();
    Path to = make(folder.path());
    group(grounds.spot(folder.path())).give(folder.makeAlike(to));
    try (FolderHandle kept = FolderHandle.of(to)) {
      FolderPart.move(folder, part, kept, SetAside::take);
    }
    told("moved", folder.path(), to, why);
  }

  /** Moves a thing to another folder, of any file system. */
  static void take(FolderHandle from, Path name, FolderHandle to) throws IOException {
    move(from, name, to, name);
  }

  private static boolean move(FolderHandle from, Path name, FolderHandle to, Path fresh)
      throws IOException {
    try {
      return from.move(name, to, fresh);
    } catch (AtomicMoveNotSupportedException otherDisk) {
      carry(from, name, to.path().resolve(fresh));
      return true;
    }
  }

  /** Copies a thing that stays where it is. */
  void copy(Path file, FolderPart part, String why) throws IOException {
    Path to = make(file);
    if (part == null) {
      FileTree.copy(file, to);
    } else {
      try (FolderHandle folder = FolderHandle.of(file)) {
        part.copy(folder, Files.createDirectory(to));
      }
    }
    told("copied", file, to, why);
  }

  private void told(String done, Path file, Path to, String why) {
    note.accept("%s %s to %s: %s".formatted(done, shown(file), shown(to), why));
  }

  private String shown(Path path) {
    return shown(place, path);
  }

  /** Copies a thing to another file system, and removes what it copied. */
  private static void carry(FolderHandle from, Path name, Path to) throws IOException {
    FileStatus there = from.status(name);
    if (there.isFolder()) {
      Files.createDirectory(to);
      try (FolderHandle folder = from.enterSame(name)) {
        for (Path each : FileTree.entries(folder.path())) {
          carry(folder, each.getFileName(), to.resolve(each.getFileName()));
        }
      }
      from.removeEmpty(name);
      return;
    }
    Path file = from.path().resolve(name);
    FileTree.copy(file, to);
    if (!from.status(name).equals(there)) {
      String why = "changed while torc copied it to " + to + "; build again";
      throw new FileSystemException(file.toString(), null, why);
    }
    from.removeFile(name);
  }

  /** Makes the folder for a kept thing; returns the thing's path there, where nothing stands. */
  private Path make(Path file) throws IOException {
    AllowedRoots.Spot spot = grounds.spot(file);
    Path to = free(keptPlace(spot, file));
    makeFolders(spot == null ? place.root() : spot.ground(), to.getParent(), group(spot));
    return to;
  }

  private GroupAccess group(AllowedRoots.Spot spot) throws IOException {
    return spot == null ? place.group() : GroupAccess.of(spot.ground());
  }

  /**
   * Makes the folders of kept things. If a group of users writes to the ground, its members may use
   * these folders, and no other user may.
   */
  private static void makeFolders(Path ground, Path last, GroupAccess group) throws IOException {
    OwnFile.folders(ground, last);
    if (!group.isNone()) {
      Path at = ground;
      for (Path name : ground.relativize(last)) {
        at = at.resolve(name);
        if (!at.endsWith(".torc")) {
          group.giveAlone(at);
        }
      }
    }
  }

  private Path keptPlace(AllowedRoots.Spot spot, Path file) {
    if (spot != null) {
      Path kept = spot.ground().resolve(CachePlace.KEPT_BELOW_ROOTS).resolve(build);
      return kept.resolve(spot.path().toString());
    }
    return file.startsWith(place.root())
        ? place.setAside(build).resolve(place.root().relativize(file).toString())
        : place.setAside(build).resolve("outside").resolve(file.getFileName().toString());
  }

  private static Path free(Path wanted) {
    Path free = wanted;
    for (int n = 2; Files.exists(free, LinkOption.NOFOLLOW_LINKS); n++) {
      free = wanted.resolveSibling(wanted.getFileName() + "." + n);
    }
    return free;
  }

  /**
   * Returns a path as it is recorded: relative to the root if it lies below the root, else
   * absolute.
   */
  static String shown(CachePlace place, Path path) {
    Path root = place.root();
    return path.startsWith(root) ? root.relativize(path).toString() : path.toString();
  }
}
