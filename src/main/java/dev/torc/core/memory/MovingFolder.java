package dev.torc.core.memory;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.OwnFile;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * A move of the members of a folder product to or from the store, in which the folder itself stays.
 * If torc is killed during the move, the members are in two places. The next torc then moves all of
 * them into the product, which undoes a removal and completes a restore.
 *
 * <p>Each move is a folder in {@code .torc/moving}. Its folder {@code in} holds the members. Its
 * symlink {@code of}, which is never followed, has the product's path as its text. The symlink is
 * renamed to {@code gone} once the members are no longer needed.
 */
public record MovingFolder(Path path) {

  private static final Path IN = Path.of("in");
  private static final Path OF = Path.of("of");
  private static final Path GONE = Path.of("gone");

  /** Handles a member whose place in the product is already taken. */
  public interface Conflicts {
    void take(FolderHandle from, Path name, Path wanted) throws IOException;
  }

  /** Starts a move of the members of an opened folder. */
  public static MovingFolder begin(CachePlace place, Path product) throws IOException {
    Path root = place.root();
    Path path = make(place);
    place.makePrivate(path);
    Path text = product.startsWith(root) ? root.relativize(product) : product;
    Files.createSymbolicLink(path.resolve(OF), text);
    return new MovingFolder(path);
  }

  private static Path make(CachePlace place) throws IOException {
    place.makePrivate(place.moving());
    for (int i = 1; ; i++) {
      try {
        return Files.createDirectory(place.moving().resolve(Integer.toString(i)));
      } catch (FileAlreadyExistsException another) {
        continue;
      }
    }
  }

  public Path members() {
    return path.resolve(IN);
  }

  /** Moves a folder here, whose members will then move into the product. */
  public void take(FolderHandle from, Path name) throws IOException {
    from.move(name, members());
  }

  /** Moves the rest of a taken folder back to its place. */
  void giveBack(FolderHandle to, Path name) throws IOException {
    try (FolderHandle here = FolderHandle.of(path)) {
      here.move(IN, to, name);
    }
  }

  /** Moves the members into the product. Folders of the same name are merged. */
  public void fill(FolderHandle product) throws IOException {
    merge(
        product,
        (from, name, wanted) -> {
          throw new FileAlreadyExistsException(wanted.toString());
        });
  }

  private void merge(FolderHandle product, Conflicts taken) throws IOException {
    try (FolderHandle members = FolderHandle.of(members())) {
      merge(members, product, taken);
    }
  }

  private static void merge(FolderHandle from, FolderHandle to, Conflicts taken)
      throws IOException {
    for (Path each : FileTree.entries(from.path())) {
      Path name = each.getFileName();
      FileStatus there = to.status(name);
      if (!there.exists()) {
        move(from, name, to);
      } else if (there.isFolder() && from.status(name).isFolder()) {
        try (FolderHandle inner = from.enter(name);
            FolderHandle into = to.enterSame(name)) {
          merge(inner, into, taken);
        }
      } else {
        taken.take(from, name, to.path().resolve(name));
      }
    }
  }

  private static void move(FolderHandle from, Path name, FolderHandle to) throws IOException {
    try {
      from.move(name, to, name);
    } catch (AtomicMoveNotSupportedException otherDisk) {
      FileTree.copy(from.path().resolve(name), to.path().resolve(name));
    }
  }

  /** Notes that the members are no longer needed, so that they are removed even after a kill. */
  public void discardMembers() throws IOException {
    try (FolderHandle here = FolderHandle.of(path)) {
      here.move(OF, here, GONE);
    }
  }

  /** Ends the move and removes what is left of it. */
  public void end() throws IOException {
    FileTree.remove(path);
  }

  /** Removes the folder of all moves if it is empty. */
  public static void tidy(CachePlace place) {
    OwnFile.removeEmpty(place.moving());
  }

  /** Returns the moves that killed torc processes have left. */
  public static List<MovingFolder> unfinished(CachePlace place) throws IOException {
    return Files.isDirectory(place.moving(), LinkOption.NOFOLLOW_LINKS)
        ? FileTree.entries(place.moving()).stream().sorted().map(MovingFolder::new).toList()
        : List.of();
  }

  /** Completes the move of a killed torc. */
  public void recover(CachePlace place, Conflicts taken) throws IOException {
    try (FolderHandle here = FolderHandle.of(path)) {
      if (here.status(IN).exists() && here.status(OF).isLink()) {
        recover(place, here, taken);
      } else if (here.status(IN).exists() && !here.status(GONE).exists()) {
        taken.take(here, IN, members()); // the machine crashed, and the symlink was lost
      }
    }
    end();
  }

  private void recover(CachePlace place, FolderHandle here, Conflicts taken) throws IOException {
    Path text = Files.readSymbolicLink(path.resolve(OF));
    Path product = place.root().resolve(text);
    Path ground = text.isAbsolute() ? product.getRoot() : place.root();
    Path name = product.getFileName();
    Files.createDirectories(product.getParent());
    try (FolderHandle holder = FolderHandle.below(ground, product.getParent())) {
      FileStatus there = holder.status(name);
      if (there.isFolder()) {
        try (FolderHandle folder = holder.enter(name)) {
          merge(folder, taken);
        }
      } else if (there.exists()) {
        taken.take(here, IN, product);
      } else {
        here.move(IN, holder, name);
      }
    }
  }
}
