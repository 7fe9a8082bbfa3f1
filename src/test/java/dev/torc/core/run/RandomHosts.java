package dev.torc.core.run;

import dev.torc.base.posix.FileTree;
import dev.torc.core.memory.SharingHost;
import dev.torc.core.memory.ThisHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Hosts that build one root in turns, at random; now and then one has lost its disk. If torc was
 * killed on a host, the next build is told that nothing runs there.
 */
final class RandomHosts {

  private final Random random;
  private final List<ThisHost> hosts = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /**
   * Makes hosts that share a root.
   *
   * @param count how many; 0 for a root that is not shared
   */
  RandomHosts(Path root, Random random, int count) {
    this.random = random;
    for (int i = 0; i < count; i++) {
      hosts.add(SharingHost.named(root.getFileName() + "-host" + i, root.getParent()));
      names.add(hosts.getLast().name());
    }
  }

  /** Chooses the host of the next build, maybe the same again; returns a line for the story. */
  String next(Harness torc) throws IOException {
    if (hosts.isEmpty()) {
      return "here";
    }
    torc.gone = torc.exit == Harness.KILLED ? names : Set.of();
    torc.here = hosts.get(random.nextInt(hosts.size()));
    boolean lost = random.nextInt(8) == 0;
    if (lost) {
      FileTree.remove(torc.here.databases());
    }
    return "on " + torc.here.name() + (lost ? ", whose disk is new" : "");
  }
}
