package dev.torc.core.memory;

import dev.torc.base.posix.LocalLocks;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * One of several hosts that share all roots, for tests.
 *
 * @param databases the folder of the host's databases; it may be missing, its parent may not
 * @param local what the host's mount says of locks; null if other hosts see them
 */
public record OneHost(String name, String boot, Path databases, LocalLocks local)
    implements ThisHost {

  /** A host that sees the locks of the others, with a folder for its databases beside the root. */
  public static OneHost at(Path root, String name) {
    return new OneHost(name, "boot of " + name, root.resolveSibling("databases-" + name), null);
  }

  /** Where this host has a root's cache. */
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
