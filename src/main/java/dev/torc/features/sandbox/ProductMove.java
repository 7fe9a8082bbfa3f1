package dev.torc.features.sandbox;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.FolderPart;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.core.run.MovesAside;
import dev.torc.core.run.RemovedOrSetAside;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Moves what a job made to its place, each file at once: by a rename, or on another file system by
 * a copy beside it and a rename. A folder in the place stays, and gets what is in the other one. A
 * file that came to the place while the job ran is set aside (rule 15).
 */
record ProductMove(RemovedOrSetAside removal) {

  private static final int PERMISSIONS = 07777;

  /** Moves a file, or a symlink; makes missing folders above its place. */
  void file(Path from, Path to) throws IOException {
    try (FolderHandle made = open(from.getParent());
        FolderHandle place = place(to)) {
      entry(made, to.getFileName(), place);
    }
  }

  /** Moves the members of a folder, or a part of them; {@code part} may be null. */
  void folder(Path from, Path to, FolderPart part) throws IOException {
    try (FolderHandle made = open(from);
        FolderHandle place = place(to.resolve("."))) {
      FolderPart.move(made, part, place, this::entry);
    }
  }

  /** Opens a folder of the job, which may have made it read-only. */
  private static FolderHandle open(Path folder) throws IOException {
    if (!Files.isWritable(folder)) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
    return FolderHandle.of(folder);
  }

  private FolderHandle place(Path file) throws IOException {
    if (!Files.isDirectory(file.getParent())) {
      removal.place().makeFolders(file.getParent());
    }
    return removal.grounds().holder(file);
  }

  private void entry(FolderHandle from, Path name, FolderHandle to) throws IOException {
    FileStatus made = from.status(name);
    FileStatus there = to.status(name);
    if (made.isFolder() && there.isFolder()) {
      try (FolderHandle inner = from.enter(name);
          FolderHandle place = to.enterSame(name)) {
        FolderPart.move(inner, null, place, this::entry);
      }
      return;
    }
    Path file = from.path().resolve(name);
    Path place = to.path().resolve(name);
    boolean files = made.isFile() && there.isFile();
    if (there.exists() && !(files && Files.mismatch(file, place) < 0)) {
      removal.aside().move(place, to, name, null, MovesAside.ALTERED);
    }
    try {
      from.move(name, to, name);
    } catch (AtomicMoveNotSupportedException e) { // another file system
      Path beside =
          Path.of(".torc-sandbox-" + Digest.ofText(name.toString()).hex().substring(0, 32));
      to.remove(beside); // of a killed torc
      FileTree.copy(file, to.path().resolve(beside));
      to.move(beside, to, name);
      from.remove(name); // what stays counts as something else that the job wrote
    }
    if (made.isFolder() && to.status(name).mode() != made.mode()) { // else it could not be moved
      Files.setAttribute(place, "unix:mode", made.mode() & PERMISSIONS);
    }
  }
}
