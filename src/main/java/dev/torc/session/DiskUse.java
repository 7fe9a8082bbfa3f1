package dev.torc.session;

import dev.torc.cache.Cache;
import dev.torc.cache.CachePlace;
import dev.torc.report.StatusAnswer;
import dev.torc.results.KeptResults;
import dev.torc.workflow.Stores;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** How much torc's own folder takes, as far as a look of no length tells. */
final class DiskUse {

  /** Of so many files the bytes are added up; more are not waited for. */
  private static final int MOST = 10_000;

  private DiskUse() {}

  /** What a root's folder takes. */
  static StatusAnswer.Disk of(CachePlace place, Cache cache) throws IOException {
    long store = new KeptResults(cache, Stores.UNSAID, false).size();
    long records = Files.exists(place.data()) ? Files.size(place.data()) : 0;
    return new StatusAnswer.Disk(store, below(place.kept()), records + below(place.logs()));
  }

  private static long below(Path folder) throws IOException {
    long[] sum = new long[2];
    if (Files.isDirectory(folder)) {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              sum[0] += attributes.size();
              return ++sum[1] < MOST ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // gone, or somebody else's
            }
          });
    }
    return sum[0];
  }
}
