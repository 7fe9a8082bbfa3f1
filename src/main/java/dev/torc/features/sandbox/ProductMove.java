package dev.torc.features.sandbox;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.FolderPart;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.core.attempt.MovesAside;
import dev.torc.core.attempt.ProductWays;
import dev.torc.core.attempt.RemovedOrSetAside;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Moves what a job made to its place, each file at once: by a rename, or on another file system by
 * a copy beside it and a rename. A folder in the place stays, and gets what is in the other one. A
 * file that came to the place while the job ran is set aside (rule 15). {@code ways} tells which
 * links may be followed on the way to a place.
 */
record ProductMove(RemovedOrSetAside removal, ProductWays ways) {

  /** Moves a file, a symlink or a folder; makes missing folders above its place. */
  void move(FolderHandle made, Path name, Path to) throws IOException {
    try (FolderHandle place = ways.open(removal, to.getParent())) {
      entry(made, name, place, to.getFileName());
    }
  }

  /** Moves the members of a folder, or a part of them; {@code part} may be null. */
  void members(FolderHandle made, Path name, Path to, FolderPart part) throws IOException {
    if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)
        && !Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS)) {
      try (FolderHandle above = ways.open(removal, to.getParent())) {
        removal.aside().move(to, above, to.getFileName(), null, MovesAside.ALTERED);
      }
    }
    try (FolderHandle from = made.enter(name);
        FolderHandle place = ways.open(removal, to)) {
      FolderPart.move(from, part, place, (in, each, into) -> entry(in, each, into, each));
    }
  }

  private void entry(FolderHandle from, Path name, FolderHandle to, Path fresh) throws IOException {
    FileStatus made = from.status(name);
    FileStatus there = to.status(fresh);
    if (made.isFolder() && there.isFolder()) {
      try (FolderHandle inner = from.enter(name);
          FolderHandle place = to.enterSame(fresh)) {
        FolderPart.move(inner, null, place, (in, each, into) -> entry(in, each, into, each));
      }
      return;
    }
    Path file = from.path().resolve(name);
    Path place = to.path().resolve(fresh);
    boolean files = made.isFile() && there.isFile();
    if (there.isFolder() && FileTree.entries(place).isEmpty()) {
      to.removeEmpty(fresh); // torc made it for a product that is a link
    } else if (there.exists() && !(files && Files.mismatch(file, place) < 0)) {
      removal.aside().move(place, to, fresh, null, MovesAside.ALTERED);
    }
    try {
      from.move(name, to, fresh);
    } catch (AtomicMoveNotSupportedException e) { // another file system
      carry(from, name, to, fresh);
    }
    if (made.isFolder() && to.status(fresh).mode() != made.mode()) { // else it could not be moved
      try (FolderHandle moved = to.enter(fresh)) {
        moved.setMode(made.mode());
      }
    }
  }

  private static void carry(FolderHandle from, Path name, FolderHandle to, Path fresh)
      throws IOException {
    Path beside =
        Path.of(".torc-sandbox-" + Digest.ofText(fresh.toString()).hex().substring(0, 32));
    Path file = from.path().resolve(name);
    to.remove(beside); // of a killed torc
    FileTree.copy(file, to.path().resolve(beside));
    boolean same = FileStatus.of(file.toString(), false).isSame(from.status(name));
    if (!same || !to.move(beside, to, fresh)) { // a path led elsewhere meanwhile
      throw new IOException(file + " was moved while torc copied it");
    }
    from.remove(name); // what stays counts as something else that the job wrote
  }
}
