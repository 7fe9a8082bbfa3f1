package dev.torc.core.attempt;

import dev.torc.base.posix.FolderHandle;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes the unaltered products of good results that one attempt clears away; by itself, takes none.
 * {@link RemovedOrSetAside} handles the user's files.
 */
public interface ClearedProducts {

  enum Added {
    MOVED,
    /** The store already has it. The product is still in its place and may be removed. */
    THERE,
    /** It is not stored, and is still in its place. */
    STAYED
  }

  /** Moves an unaltered product to the store, if the store wants it. */
  default Added store(OwnedPath owned, FolderHandle from, Path name, long bytes)
      throws IOException {
    return Added.STAYED;
  }

  /** Stores the record of a job's result, even if nothing of it was cleared. */
  default void storeRecord(String job) throws IOException {}

  /** Frees disk space if the file system is nearly full. */
  default void makeRoom() {}

  /** Empties the store if the disk was full; returns whether that freed space. */
  default boolean relieve(String failure) {
    return false;
  }

  /** Removes those products from the store that the run made again with the same bytes. */
  default void made(List<OwnedPath> now) throws IOException {}
}
