package dev.torc.core.attempt;

import dev.torc.base.digests.FolderPart;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.text.Refusal;
import dev.torc.core.attempt.RemovedOrSetAside.Standing;
import dev.torc.core.memory.MovingFolder;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Path;
import java.util.List;

/**
 * Empties folder products without replacing the folders, and moves members back after torc was
 * killed. {@link RemovedOrSetAside} decides which folder is emptied, and which of its members are
 * torc's own.
 */
public record FolderEmptying(RemovedOrSetAside removal) {

  private static final Standing NOTHING = new Standing(0, false, List.of(), List.of());

  /** Takes all members of a folder product, which were moved to another folder. */
  public interface Emptied {
    /** Returns whether it took the members. */
    boolean take(FolderHandle from, Path name) throws IOException;
  }

  /**
   * Empties a folder product, or a part of it; mounts on the folder and shells in it continue to
   * work. It first moves the members away, then compares them with the record, so that a file added
   * meanwhile is set aside. On another file system it removes the members one by one.
   *
   * @param standing the unaltered product; null if everything is the user's
   * @param emptied takes the members if none is missing or altered
   */
  public void empty(
      OwnedPath owned, FolderHandle folder, FolderPart part, Standing standing, Emptied emptied)
      throws IOException {
    if (FileTree.entries(folder.path()).isEmpty()) {
      return;
    }
    if (standing == null) {
      removal.aside().moveMembers(folder, part);
      return;
    }
    Path file = removal.place().root().resolve(owned.path());
    KnownMembers recorded = KnownMembers.of(file, standing, part, removal.aside());
    MovingFolder moving = MovingFolder.begin(removal.place(), folder.path());
    removal.place().give(folder.makeAlike(moving.members()));
    try (FolderHandle members = FolderHandle.of(moving.members());
        FolderHandle above = FolderHandle.of(moving.path())) {
      FolderPart.move(folder, part, members, (from, name, to) -> from.move(name, to, name));
      KnownMembers.of(file, NOTHING, part, removal.aside()).sort(folder); // files added since
      if (!recorded.sort(members) || !emptied.take(above, moving.members().getFileName())) {
        moving.discardMembers();
        recorded.empty(members);
      }
    } catch (AtomicMoveNotSupportedException otherDisk) {
      recorded.empty(folder);
    } catch (IOException e) {
      moving.fill(folder); // else the next torc would add them to what is made later
      moving.end();
      throw e;
    }
    moving.end();
  }

  /** Moves members back to folder products if a killed torc had moved them away. */
  public void recover() {
    try {
      for (MovingFolder each : MovingFolder.unfinished(removal.place())) {
        each.recover(
            removal.place(),
            (from, name, wanted) ->
                removal.aside().move(wanted, from, name, null, MovesAside.ALTERED));
      }
    } catch (IOException e) {
      removal.note().accept("cannot move the members of a folder back: " + Refusal.line(e));
    }
  }
}
