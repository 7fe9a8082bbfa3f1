package dev.torc.core.run;

import dev.torc.core.decide.KnownResult;
import java.io.IOException;
import java.nio.file.Path;

/** Takes cleared products of good results, from which later builds restore them. */
public interface ProductStore {

  /** Begins the clearing before one attempt; {@code removal} sets aside what is not stored. */
  ClearedProducts clearing(RemovedOrSetAside removal);

  /** Creates an empty folder on the root's file system, so that files can be renamed from it. */
  Path freshFolder() throws IOException;

  /** Returns the restore of a result whose products are in this store or in place. */
  RunPlace restore(KnownResult from);
}
