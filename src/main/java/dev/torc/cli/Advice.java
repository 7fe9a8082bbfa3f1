package dev.torc.cli;

import dev.torc.graph.Graph;
import dev.torc.plan.EmptyGlobs;
import dev.torc.plan.Scripts;
import dev.torc.posix.FileSystems;
import dev.torc.workflow.BadInput;
import dev.torc.workflow.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Rule 14: what is accepted but looks wrong, for {@code torc check} and the first build. */
final class Advice {

  private Advice() {}

  /** The lines on the selected jobs, each with its place. */
  static List<BadInput.Diagnostic> on(Project project, BitSet jobs) throws IOException {
    Graph graph = project.graph();
    List<BadInput.Diagnostic> lines = new ArrayList<>(project.workflow().warnings());
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      for (String script : Scripts.unneeded(graph, j)) {
        lines.add(
            new BadInput.Diagnostic(
                graph.job(j).place(),
                "job %s runs %s but does not need it; add it to needs, or its changes go unseen"
                    .formatted(graph.job(j).name(), script)));
      }
    }
    return lines;
  }

  /** The lines on needed globs that match nothing, each with its place. */
  static List<BadInput.Diagnostic> emptyGlobs(Project project, BitSet jobs) throws IOException {
    Graph graph = project.graph();
    List<BadInput.Diagnostic> lines = new ArrayList<>();
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      for (Ref.OfGlob glob : EmptyGlobs.of(graph, j)) {
        lines.add(
            new BadInput.Diagnostic(
                glob.place(),
                "job %s needs %s, which matches nothing"
                    .formatted(graph.job(j).name(), glob.pattern())));
      }
    }
    return lines;
  }

  /** A line where the cache lies on a network file system, which LMDB is not made for. */
  static Optional<String> network(Project project) {
    Path database = project.place().database();
    return FileSystems.networkKind(Files.exists(database) ? database : project.place().root())
        .map(
            kind ->
                "the cache lies on a network file system (%s), where it is not safe;"
                        .formatted(kind)
                    + " set TORC_CACHE to a folder on a local disk");
  }
}
