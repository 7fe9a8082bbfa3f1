package dev.torc.core.attempt;

import dev.torc.core.decide.KnownResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;

/** Takes cleared products of good results, from which later builds restore them. */
public interface ProductStore {

  /**
   * Begins the clearing before one attempt; {@code aside} moves what is not stored to a folder of a
   * name.
   */
  ClearedProducts clearing(Function<String, MovesAside> aside);

  /** Creates an empty folder on the root's file system, so that files can be renamed from it. */
  Path freshFolder() throws IOException;

  /** Returns the restore of a result whose products are in this store or in place. */
  Restore restore(KnownResult from);
}
