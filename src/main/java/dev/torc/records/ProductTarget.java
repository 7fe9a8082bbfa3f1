package dev.torc.records;

import dev.torc.posix.FileTree;
import dev.torc.posix.FolderHandle;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The place of a product, to which files move. An existing folder stays the same folder. */
public record ProductTarget(CachePlace place, FolderHandle holder, Path name) {

  /**
   * Moves a file, link or folder of torc's own here; of a folder only the members, if a folder
   * exists here. To another file system it copies. Returns whether the old place is empty.
   */
  public boolean put(Path from) throws IOException {
    Path old = from.getFileName();
    try (FolderHandle above = FolderHandle.of(from.getParent())) {
      if (holder.status(name).isFolder() && above.status(old).isFolder()) {
        fill(above, old);
      } else if (!above.move(old, holder, name)) {
        throw new NoSuchFileException(from.toString());
      }
      return true;
    } catch (AtomicMoveNotSupportedException otherDisk) {
      FileTree.copy(from, holder.path().resolve(name)); // its digest shows whether a copy is torn
      return false;
    }
  }

  private void fill(FolderHandle above, Path old) throws IOException {
    try (FolderHandle product = holder.enter(name)) {
      MovingFolder moving = MovingFolder.begin(place, product.path());
      moving.take(above, old);
      try {
        moving.fill(product);
      } catch (IOException e) {
        moving.giveBack(above, old);
        moving.end();
        throw e;
      }
      moving.end();
    }
  }
}
