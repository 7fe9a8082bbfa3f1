package dev.torc.features.remarks;

import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Finds what a job wrote instead of a missing product: files below the root that are as new as its
 * run and are neither products nor needs of any job. A file of the same name is likely the product
 * in another folder. The walk is bounded; another program may have written such a file, so this is
 * only a hint.
 */
record WrittenInstead(Graph graph, Job job, long began) {

  private static final int DEPTH = 5;
  private static final int ENTRIES = 20_000;

  /** How far the times of files are behind the clock: a tick of the kernel. */
  private static final long TICK_MS = 10;

  /** Returns the rest of a hint about the job; null if nothing new is found. */
  String line() {
    Set<String> written = new TreeSet<>();
    try {
      Files.walkFileTree(root(), Set.of(), DEPTH, new Walk(written));
    } catch (IOException e) {
      // what was found by then is true
    }
    Predicate<String> missing = path -> !Files.exists(root().resolve(path));
    List<String> lacks =
        job.productRefs().stream()
            .filter(ref -> ref instanceof Ref.OfFile)
            .map(Ref::text)
            .filter(missing)
            .toList();
    for (String product : lacks) {
      String name = product.substring(product.lastIndexOf('/') + 1);
      for (String path : written) {
        if (("/" + path).endsWith("/" + name)) {
          return "wrote %s, not %s; %s".formatted(SafeText.name(path), product, way(path, product));
        }
      }
    }
    String first = lacks.isEmpty() ? "" : lacks.getFirst();
    String folder = first.substring(0, first.lastIndexOf('/') + 1);
    Set<String> beside = new TreeSet<>();
    for (String path : written) {
      int end = path.indexOf('/', folder.length());
      if (path.startsWith(folder)) {
        beside.add(path.substring(folder.length(), end < 0 ? path.length() : end + 1));
      }
    }
    return lacks.isEmpty() || beside.isEmpty()
        ? null
        : "wrote %s in %s; name in produces what it writes"
            .formatted(
                SafeText.names(List.copyOf(beside), 3), folder.isEmpty() ? "the root" : folder);
  }

  /** Returns what to write if a product was written at another path. */
  private String way(String path, String product) {
    String dir = job.runs().steps().getFirst().dir();
    String below = path.startsWith(dir + "/") ? path.substring(dir.length() + 1) : path;
    boolean inDir = dir.equals(".") || !below.equals(path);
    return inDir && product.endsWith("/" + below)
        ? "set dir: %s, or write %s in produces"
            .formatted(product.substring(0, product.length() - below.length() - 1), path)
        : "write " + path + " in produces";
  }

  private Path root() {
    return graph.workflow().root();
  }

  private final class Walk extends SimpleFileVisitor<Path> {
    private final Set<String> written;
    private int entries;

    Walk(Set<String> written) {
      this.written = written;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      boolean hidden = !folder.equals(root()) && folder.getFileName().toString().startsWith(".");
      return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String path = root().relativize(file).toString();
      if (attributes.isRegularFile()
          && attributes.lastModifiedTime().toMillis() >= began - TICK_MS
          && graph.makerOf(path) < 0
          && graph.fileId(path) < 0
          && !graph.workflow().settings().files().contains(file)) {
        written.add(path);
      }
      return ++entries > ENTRIES ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
