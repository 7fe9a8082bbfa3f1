package dev.torc.features.stores;

import dev.torc.core.decide.KnownResult;
import dev.torc.core.memory.Cache;
import dev.torc.core.run.ClearedProducts;
import dev.torc.core.run.ProductStore;
import dev.torc.core.run.RemovedOrSetAside;
import dev.torc.core.run.RunPlace;
import java.io.IOException;
import java.nio.file.Path;

/** The local store as the attempts of a build use it. */
public record BuildStore(Cache cache, LocalStore results) implements ProductStore {

  @Override
  public ClearedProducts clearing(RemovedOrSetAside removal) {
    return new StoredProducts(removal, cache, results);
  }

  @Override
  public Path freshFolder() throws IOException {
    return results.freshFolder();
  }

  @Override
  public RunPlace restore(KnownResult from) {
    return new ProductRestore((Result) from, results, results); // this package found it
  }
}
