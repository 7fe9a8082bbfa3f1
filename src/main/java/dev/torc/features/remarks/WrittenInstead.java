package dev.torc.features.remarks;

import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds a missing product in another folder: a file with its name that was written during the run
 * and that no job needs or produces. The search is bounded; another program may have written the
 * file, so this is only a hint.
 */
final class WrittenInstead {

  private static final int DEPTH = 5;
  private static final int ENTRIES = 20_000;

  /** How far the times of files are behind the clock: a tick of the kernel. */
  private static final long TICK_MS = 10;

  private WrittenInstead() {}

  /** Returns the rest of a hint about the job; null if there is none. */
  static String line(Graph graph, Job job, long began) {
    Path root = graph.workflow().root();
    for (Ref ref : job.productRefs()) {
      if (!(ref instanceof Ref.OfFile file) || Files.exists(root.resolve(file.path()))) {
        continue;
      }
      Path name = Path.of(file.path()).getFileName();
      try (Stream<Path> all =
          Files.find(
              root,
              DEPTH,
              (path, is) ->
                  is.isRegularFile()
                      && path.endsWith(name)
                      && is.lastModifiedTime().toMillis() >= began - TICK_MS)) {
        List<String> written =
            all.limit(ENTRIES)
                .map(path -> root.relativize(path).toString())
                .filter(path -> !path.startsWith(".") && graph.fileId(path) < 0)
                .filter(path -> graph.makerOf(path) < 0)
                .sorted()
                .toList();
        if (!written.isEmpty()) {
          String shown = SafeText.name(written.getFirst());
          return "wrote %s, not %s; write %1$s in produces".formatted(shown, file.path());
        }
      } catch (IOException | UncheckedIOException e) {
        return null; // a folder that cannot be read
      }
    }
    return null;
  }
}
