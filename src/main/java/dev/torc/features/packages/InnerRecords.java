package dev.torc.features.packages;

import dev.torc.base.syntax.UserPaths;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The products that other records below a root have: those of packages that were built by
 * themselves. The root's {@code clean --stale} leaves them.
 *
 * @param place finds the cache of a folder
 */
public record InnerRecords(
    Path root,
    Function<Path, CachePlace> place,
    Consumer<String> warn,
    Map<String, Set<String>> known) {

  public InnerRecords(Path root, Function<Path, CachePlace> place, Consumer<String> warn) {
    this(root, place, warn, new HashMap<>());
  }

  /** Returns whether a {@code .torc} in a folder below the root records a product. */
  public boolean have(String path) {
    for (String at = UserPaths.parent(path); at.length() > 1; at = UserPaths.parent(at)) {
      if (known.computeIfAbsent(at, this::products).contains(path)) {
        return true;
      }
    }
    return false;
  }

  private Set<String> products(String folder) {
    Set<String> found = new HashSet<>();
    Path inner = root.resolve(folder);
    if (Files.isDirectory(inner.resolve(".torc"))) {
      try (Cache cache = Cache.look(place.apply(inner), warn)) {
        cache.eachOwned(owned -> found.add(folder + "/" + owned.path()));
      }
    }
    return found;
  }
}
