package dev.torc.core.attempt;

import dev.torc.base.digests.FolderPart;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.GroupAccess;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.Paths;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.memory.CachePlace;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Sets the user's files aside (rule 15): moves them to a folder of this build and reports that.
 * {@link RemovedOrSetAside} and {@link KnownMembers} decide which files those are. Only {@code
 * clean --kept} ever removes them.
 */
public record MovesAside(
    CachePlace place, ProductRoots grounds, String build, Consumer<String> note) {

  public static final String ALTERED = "modified, or not made by torc";

  /**
   * Sets aside a file or folder, or a part of it. It is {@code name} in {@code from} now; {@code
   * file} is its original path.
   */
  public void move(Path file, FolderHandle from, Path name, FolderPart part, String why)
      throws IOException {
    if (from.status(name).isFolder()) {
      try (FolderHandle folder = from.enter(name)) {
        folder.refuseMounts();
      }
    }
    Path to = make(file);
    if (part != null) {
      part.move(from, name, Files.createDirectory(to), MovesAside::moveInto);
    } else {
      try (FolderHandle target = FolderHandle.of(to.getParent())) {
        if (!move(from, name, target, to.getFileName())) {
          return; // already gone
        }
      }
    }
    report("moved", file, to, why);
  }

  /** Sets aside the members of a folder product, or a part of them; the folder stays. */
  void moveMembers(FolderHandle folder, FolderPart part) throws IOException {
    folder.refuseMounts();
    Path to = make(folder.path());
    group(grounds.spot(folder.path())).give(folder.makeAlike(to));
    try (FolderHandle target = FolderHandle.of(to)) {
      FolderPart.move(folder, part, target, MovesAside::moveInto);
    }
    report("moved", folder.path(), to, ALTERED);
  }

  /** Moves an entry to another folder, on any file system. */
  public static void moveInto(FolderHandle from, Path name, FolderHandle to) throws IOException {
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

  /** Sets aside a copy of a file or folder, which stays in place. */
  void copy(Path file, FolderPart part) throws IOException {
    Path to = make(file);
    if (part == null) {
      FileTree.copy(file, to);
    } else {
      try (FolderHandle folder = FolderHandle.of(file)) {
        part.copy(folder, Files.createDirectory(to));
      }
    }
    report("copied", file, to, ALTERED);
  }

  private void report(String done, Path file, Path to, String why) {
    boolean git = Files.exists(to.resolve(".git"), LinkOption.NOFOLLOW_LINKS);
    String what = git ? why + "; its .git may hold commits" : why;
    note.accept("%s %s to %s: %s".formatted(done, shown(place, file), shown(place, to), what));
  }

  /** Copies an entry to another file system, and removes the original. */
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

  /** Makes the folder for a file to set aside; returns an unused path in it. */
  private Path make(Path file) throws IOException {
    ProductRoots.Spot spot = grounds.spot(file);
    Path to = free(pathAside(spot, file));
    makeFolders(spot == null ? place.root() : spot.ground(), to.getParent(), group(spot));
    return to;
  }

  private GroupAccess group(ProductRoots.Spot spot) throws IOException {
    return spot == null ? place.group() : GroupAccess.of(spot.ground());
  }

  /** Makes folders; if a group of users shares the ground, only its members may use them. */
  private static void makeFolders(Path ground, Path last, GroupAccess group) throws IOException {
    Path at = ground;
    for (Path name : ground.relativize(last)) {
      at = at.resolve(name);
      OwnFile.folder(at);
      if (!group.isNone() && !at.endsWith(".torc")) {
        group.giveAlone(at);
      }
    }
  }

  private Path pathAside(ProductRoots.Spot spot, Path file) {
    if (spot != null) {
      Path aside = spot.ground().resolve(CachePlace.SET_ASIDE_BELOW_ROOTS).resolve(build);
      return aside.resolve(spot.path().toString());
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

  /** Returns a path as it is recorded: relative if it is below the root, else absolute. */
  public static String shown(CachePlace place, Path path) {
    return Paths.named(place.root(), path);
  }
}
