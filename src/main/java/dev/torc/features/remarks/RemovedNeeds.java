package dev.torc.features.remarks;

import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import java.nio.file.Files;
import java.nio.file.LinkOption;

/**
 * Finds sources that are gone after a job which needs them, as after {@code gunzip} and {@code mv}:
 * the next build would only say that the file does not exist. Rule 6 tells of needs that have other
 * bytes.
 */
final class RemovedNeeds {

  private RemovedNeeds() {}

  static void of(RemarkedJob of) {
    Graph graph = of.graph();
    for (String path : of.run().outcome().made().moved()) {
      if (graph.makerOf(path) < 0
          && graph.needs().has(of.id(), graph.fileId(path))
          && !Files.exists(graph.workflow().root().resolve(path), LinkOption.NOFOLLOW_LINKS)) {
        String text = " ran, and its need %s is gone; let the command keep it (cp, gunzip -k)";
        of.say("gone", text.formatted(SafeText.name(path)));
      }
    }
  }
}
