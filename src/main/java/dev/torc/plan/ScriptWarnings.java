package dev.torc.plan;

import dev.torc.buildfile.CommandWords;
import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.workflow.Step;
import dev.torc.workflow.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rule 14: files of the project that a command runs but its job does not need. It looks at the
 * words of the command only, and warns of no more than it can tell.
 */
public final class ScriptWarnings {

  private final Graph graph;
  private final Map<String, String> paths = new HashMap<>();

  /** For the jobs of a graph. */
  public ScriptWarnings(Graph graph) {
    this.graph = graph;
  }

  /** The paths of such files, relative to the root, in the order of the command. */
  public List<String> unneeded(int job) {
    List<String> unneeded = List.of();
    for (Step step : graph.job(job).steps()) {
      for (String word : CommandWords.programs(step.command(), step.shell())) {
        String path = path(step.dir(), word);
        if (!path.isEmpty() && !needs(graph, job, path) && !unneeded.contains(path)) {
          unneeded = unneeded.isEmpty() ? new ArrayList<>() : unneeded;
          unneeded.add(path);
        }
      }
    }
    return unneeded;
  }

  /** The path of the file that a word names, empty where it names none; looked for once. */
  private String path(String dir, String word) {
    String key = dir.equals(".") ? word : dir + "\0" + word;
    String path = paths.get(key);
    if (path == null) {
      Path root = graph.workflow().root();
      Path file = root.resolve(dir).resolve(word).normalize();
      boolean script = file.startsWith(root) && Files.isRegularFile(file);
      path = script ? root.relativize(file).toString() : "";
      paths.put(key, path);
    }
    return path;
  }

  private static boolean needs(Graph graph, int job, String path) {
    for (Tool tool : graph.job(job).tools()) {
      if (tool.paths().contains(path)) {
        return true;
      }
    }
    int maker = graph.makerOf(path);
    for (int id : graph.listNeeds().row(job)) {
      NeedList list = graph.list(id);
      boolean made = list.ofJobs() && list.makers().contains(maker);
      if ((made || list.covers(path)) && !list.excludes(path)) {
        return true;
      }
    }
    return maker == job || graph.needs().has(job, graph.fileId(path));
  }
}
