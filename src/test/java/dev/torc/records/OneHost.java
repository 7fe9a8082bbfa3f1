package dev.torc.records;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * One of several hosts that share all roots, for tests.
 *
 * @param databases a folder that may be missing, in one that is there
 * @param local what its mount says of locks; null where other hosts see them
 */
public record OneHost(String name, String boot, Path databases, LocalLocks local)
    implements ThisHost {

  /** One that sees the locks of the others, with a folder for its databases beside the root. */
  public static OneHost at(Path root, String name) {
    return new OneHost(name, "boot of " + name, root.resolveSibling("databases-" + name), null);
  }

  /** Where a root's cache is for it. */
  public CachePlace place(Path root) {
    return CachePlace.find(root, Map.of(), this);
  }

  @Override
  public Optional<String> networkKind(Path folder) {
    return Optional.of("NFS");
  }

  @Override
  public Optional<LocalLocks> localLocks(Path folder) {
    return Optional.ofNullable(local);
  }
}
