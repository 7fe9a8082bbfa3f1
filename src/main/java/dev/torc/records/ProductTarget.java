package dev.torc.records;

import dev.torc.posix.FileTree;
import dev.torc.posix.FolderHandle;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The place of a product: what stands elsewhere is moved there. A folder that is there already
 * stays the same folder. The callers know whether the place is free.
 *
 * @param holder the folder that holds the product under a name
 */
public record ProductTarget(CachePlace place, FolderHandle holder, Path name) {

  /**
   * Moves a file, a link or a folder here that nothing else uses; of a folder the members, if there
   * is a folder here. To another file system it is copied.
   *
   * @param from in a folder of torc's own
   * @return whether it is gone from its old place
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
      FileTree.copy(from, holder.path().resolve(name)); // a torn copy is found by its digest
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
