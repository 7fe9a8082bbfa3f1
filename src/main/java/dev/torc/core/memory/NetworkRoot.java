package dev.torc.core.memory;

import dev.torc.base.posix.OwnFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Decides which roots are network roots, which several hosts may build: those on a network file
 * system, and those with a {@linkplain CachePlace#journal() journal}. The journal matters on the
 * file server itself, which sees a local file system.
 */
final class NetworkRoot {

  private NetworkRoot() {}

  /** Returns whether a root with this journal, which may be missing, is a network root. */
  static boolean is(Path root, Path journal, ThisHost host) throws IOException {
    return host.networkKind(root).isPresent() || OwnFile.exists(journal);
  }
}
