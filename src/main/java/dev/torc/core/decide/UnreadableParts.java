package dev.torc.core.decide;

import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.model.Graph;
import dev.torc.core.model.KeyedPaths;
import java.util.LinkedHashSet;
import java.util.Set;

/** Finds the files in which a job needs values that are missing or cannot be read. */
public final class UnreadableParts {

  private UnreadableParts() {}

  /** Returns a reason for each file and error. */
  public static Set<Reason> of(Graph graph, int job, NeedContents contents) {
    Set<Reason> unreadable = new LinkedHashSet<>(0);
    KeyedPaths.of(graph.job(job))
        .forEach(
            (path, keys) -> {
              for (String key : keys) {
                if (contents.ofKey(job, path, key) instanceof Content.Unreadable(String why)) {
                  unreadable.add(new Reason(Kind.NEED_UNREADABLE, path, "", why));
                }
              }
            });
    return unreadable;
  }
}
