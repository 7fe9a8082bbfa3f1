package dev.torc.features.stores;

import dev.torc.core.attempt.ClearedProducts;
import dev.torc.core.attempt.MovesAside;
import dev.torc.core.attempt.ProductStore;
import dev.torc.core.attempt.Restore;
import dev.torc.core.decide.KnownResult;
import dev.torc.core.memory.Cache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;

/** The local store as the attempts of a build use it. */
public record BuildStore(Cache cache, LocalStore results) implements ProductStore {

  @Override
  public ClearedProducts clearing(Function<String, MovesAside> aside) {
    return new StoredProducts(aside, cache, results);
  }

  @Override
  public Path freshFolder() throws IOException {
    return results.freshFolder();
  }

  @Override
  public Restore restore(KnownResult from) {
    return new ProductRestore((Result) from, results, results); // this package found it
  }
}
