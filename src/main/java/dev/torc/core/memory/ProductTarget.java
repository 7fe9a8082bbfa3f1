package dev.torc.core.memory;

import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The place of a product, to which files are moved. An existing folder is never replaced. */
public record ProductTarget(CachePlace place, FolderHandle holder, Path name) {

  /**
   * Moves a file, link or folder of torc to this place; for two folders, only the members. To
   * another file system, copies and returns false: the source still exists.
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
      FileTree.copy(from, holder.path().resolve(name)); // its digest reveals a partial copy
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
