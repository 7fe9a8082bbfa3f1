package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.workflow.Step;
import dev.torc.workflow.Words;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Rule 14: files of the project that a command runs but its job does not need. It looks at the
 * words of the command only, and warns of no more than it can tell.
 */
public final class Scripts {

  private Scripts() {}

  /** The paths of such files, relative to the root, in the order of the command. */
  public static List<String> unneeded(Graph graph, int job) {
    Path root = graph.workflow().root();
    List<String> unneeded = new ArrayList<>();
    for (Step step : graph.job(job).steps()) {
      Path dir = root.resolve(step.dir()).normalize();
      for (String word : Words.programs(step.command(), step.shell())) {
        Path file = dir.resolve(word).normalize();
        if (word.indexOf('\0') < 0 && file.startsWith(root) && Files.isRegularFile(file)) {
          String path = root.relativize(file).toString();
          if (!needs(graph, job, path) && !unneeded.contains(path)) {
            unneeded.add(path);
          }
        }
      }
    }
    return unneeded;
  }

  private static boolean needs(Graph graph, int job, String path) {
    int file = graph.fileId(path);
    for (int i = graph.needs().from(job); i < graph.needs().to(job); i++) {
      if (graph.needs().at(i) == file) {
        return true;
      }
    }
    for (int i = graph.listNeeds().from(job); i < graph.listNeeds().to(job); i++) {
      NeedList list = graph.list(graph.listNeeds().at(i));
      boolean within =
          switch (list.kind()) {
            case GLOB -> list.glob().matches(path);
            case FOLDER -> list.text().equals(".") || path.startsWith(list.text() + "/");
            case JOB -> list.makers().contains(graph.makerOf(path));
          };
      if (within && !list.excludes(path)) {
        return true;
      }
    }
    return graph.makerOf(path) == job;
  }
}
