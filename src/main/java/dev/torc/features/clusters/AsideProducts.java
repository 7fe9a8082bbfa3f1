package dev.torc.features.clusters;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderPart;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.core.attempt.ClearedProducts;
import dev.torc.core.attempt.MovesAside;
import dev.torc.core.attempt.ProductWays;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.attempt.RemovedOrSetAside.Standing;
import dev.torc.core.memory.ProductTarget;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Decides about files that the script of a job on another machine moved aside from the places of
 * its products: applies rule 15 to them, as {@link RemovedOrSetAside} does, or puts them back.
 */
record AsideProducts(RemovedOrSetAside removal) {

  /**
   * Applies rule 15, since the job has begun: torc's own unaltered product goes to the store or is
   * deleted; anything else is set aside. {@code product} is its absolute path.
   */
  void sort(Path product, Path aside, ProductWays ways, ClearedProducts cleared)
      throws IOException {
    if (!Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    FolderPart part = removal.part(MovesAside.shown(removal.place(), product), aside);
    if (part != null && ways.changed() == null) {
      try (FolderHandle from = FolderHandle.of(aside);
          FolderHandle to = ways.open(removal, product.getParent())) {
        part.restore(from, to, product.getFileName(), MovesAside::moveInto);
      }
    }
    OwnedPath owned = removal.cache().owned(MovesAside.shown(removal.place(), product));
    DigestMemo fresh = removal.digests().unstoppableCopy(); // works after a signal, too
    Standing standing =
        owned == null || !owned.isRemovable()
            ? null
            : removal.standing(owned, aside.toString(), null, fresh);
    try (FolderHandle from = FolderHandle.of(aside.getParent())) {
      if (standing == null) {
        removal.aside().move(product, from, aside.getFileName(), part, MovesAside.ALTERED);
      } else {
        removal.storeOrDelete(owned, from, aside.getFileName(), standing, cleared);
      }
      if (part != null && Files.exists(aside)) { // excluded members that the job has made again
        removal.aside().move(product, from, aside.getFileName(), null, "the job has made its own");
      }
    }
  }

  /**
   * Puts {@code aside} back, since the job never began; if something else is there now, applies
   * rule 15 to {@code aside} instead.
   */
  void putBack(Path product, Path aside, ProductWays ways, ClearedProducts cleared)
      throws IOException {
    if (!Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (ways.changed() != null) {
      sort(product, aside, ways, cleared);
      return;
    }
    Path name = product.getFileName();
    try (FolderHandle holder = ways.open(removal, product.getParent())) {
      boolean folder = holder.status(name).isFolder();
      boolean empty = folder && FileTree.entries(product).isEmpty(); // made by the job's script
      if (empty && !Files.isDirectory(aside, LinkOption.NOFOLLOW_LINKS)) {
        holder.removeEmpty(name);
      } else if (!empty && holder.status(name).exists()) {
        sort(product, aside, ways, cleared);
        return;
      }
      if (!new ProductTarget(removal.place(), holder, name).put(aside)) {
        FileTree.remove(aside); // it was copied, to another file system
      }
    }
  }
}
