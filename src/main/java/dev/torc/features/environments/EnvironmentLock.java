package dev.torc.features.environments;

import dev.torc.base.posix.LocalLocks;
import dev.torc.base.posix.OpenFileLock;
import dev.torc.core.memory.ThisHost;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The lock of an environment that roots share: exclusive while a torc makes or removes it, shared
 * while a build uses it. The kernel releases it however torc ends. On a network file system other
 * hosts see the second of its files. An environment in its root has no such lock: only one build
 * works there.
 */
public final class EnvironmentLock implements AutoCloseable {

  private final List<OpenFileLock> held = new ArrayList<>(2);

  private EnvironmentLock() {}

  /** Takes the lock; returns null if another torc, or another build of this one, is in its way. */
  static EnvironmentLock take(MadeEnvironment made, boolean alone, ThisHost host)
      throws IOException {
    EnvironmentLock lock = new EnvironmentLock();
    boolean all = false;
    try {
      all = !made.shared() || lock.takeAll(made, alone, host);
      return all ? lock : null;
    } finally {
      if (!all) {
        lock.close();
      }
    }
  }

  private boolean takeAll(MadeEnvironment made, boolean alone, ThisHost host) throws IOException {
    Path folder = made.folder().getParent();
    boolean network = host.networkKind(folder).isPresent();
    LocalLocks local = network ? host.localLocks(folder).orElse(null) : null;
    if (local != null) {
      throw new FileSystemException(
          folder.toString(),
          null,
          local.finding() + ", so two hosts could make an environment at once; " + local.next());
    }
    return add(OpenFileLock.flock(made.lock(), alone))
        && (!network || add(OpenFileLock.bytes(made.beside(".lock.shared"), alone)));
  }

  private boolean add(Optional<OpenFileLock> taken) {
    taken.ifPresent(held::add);
    return taken.isPresent();
  }

  @Override
  public void close() {
    held.reversed().forEach(OpenFileLock::close);
  }
}
