package dev.torc.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.FilesBelow;
import dev.torc.posix.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/** What random walks share where known results are put in the place of runs. */
final class RandomStores {

  private RandomStores() {}

  /**
   * The jobs that ran in the last build, or in whose place a known result was put, in the order of
   * that; the oracle is told which were restored.
   */
  static List<String> made(Harness torc, Oracle oracle) {
    List<String> made = new ArrayList<>();
    oracle.restored = new HashSet<>();
    for (Event event : torc.events) {
      if (event instanceof Event.JobRestored each) {
        made.add(each.job());
        oracle.restored.add(each.job());
      } else if (event instanceof Event.JobStarted each && each.attempt() == 1) {
        made.add(each.job());
      }
    }
    return made;
  }

  /**
   * Known results may have been on their way when the last build was cut: of jobs that it neither
   * made nor had to, the oracle takes what is there.
   *
   * @param settled the jobs that were up to date before it
   */
  static void cut(Harness torc, Oracle oracle, Set<String> settled) throws IOException {
    List<String> made = made(torc, oracle);
    SortedMap<String, String> there = FilesBelow.made(torc.root, UTF_8);
    oracle.jobs().stream()
        .filter(job -> !Oracle.isRest(job))
        .filter(job -> !made.contains(job.name()) && !settled.contains(job.name()))
        .forEach(job -> oracle.cut(job, there));
  }

  /** Some files of a store are lost, or hold other bytes. */
  static void loseBytes(Path store, Random random) throws IOException {
    if (!Files.isDirectory(store)) {
      return;
    }
    try (Stream<Path> all = Files.list(store)) {
      for (Path each : all.sorted().toList()) {
        int how = random.nextInt(16);
        if (how < 2) {
          FileTree.remove(each);
        } else if (how < 5 && Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
          int length = Math.max(0, (int) Files.size(each) - how + 3); // it may be empty
          String text = how == 2 ? "spoilt" : "x".repeat(length);
          Files.writeString(each, text); // of another size, of the same, or cut
        }
      }
    }
  }
}
