package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.hash.Stamp;
import dev.torc.hash.Stamp.FileKind;
import dev.torc.hash.StampSource;
import dev.torc.syntax.NearestPath;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Tool;
import dev.torc.workflow.Paths;
import dev.torc.workflow.Step;
import dev.torc.workflow.Template;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the programs that jobs have in {@code tools}, as {@code execvp} would: the first executable
 * file of the name in a folder of {@code PATH}. It looks once for each search, and reads no file.
 * Safe for several threads.
 */
public final class ToolSearch {

  /** The folders that {@code execvp} searches where there is no {@code PATH}. */
  private static final String NO_PATH = "/bin:/usr/bin";

  /** Begins a question; no name of a variable begins so. */
  static final String QUESTION = "=";

  private final Path root;
  private final Paths paths;
  private final Map<String, String> caller;
  private final StampSource stamps;
  private final Map<String, Optional<String>> found = new ConcurrentHashMap<>();

  /**
   * Creates a search that knows nothing yet.
   *
   * @param caller the caller's environment
   */
  public ToolSearch(Path root, Map<String, String> caller, StampSource stamps) {
    this.root = root;
    this.paths = new Paths(root);
    this.caller = caller;
    this.stamps = stamps;
  }

  /** Returns the tools of a job that no job makes; one that a job makes is a need. */
  public static List<Tool> unmade(Graph graph, Job job) {
    List<Tool> unmade = new ArrayList<>(0);
    for (Tool tool : job.links().tools()) {
      if (tool.paths().stream().noneMatch(path -> graph.makerOf(path) >= 0)) {
        unmade.add(tool);
      }
    }
    return unmade;
  }

  /** Returns the path of a tool, null where there is none. */
  public String path(Tool tool) {
    return tool.isPath() ? tool.paths().getFirst() : answer(question(tool)).orElse(null);
  }

  /**
   * Returns whether it is known where a step finds its programs: not if it has an image, or if its
   * PATH depends on values of the run.
   */
  static boolean isKnown(Step step) {
    Template search = search(step);
    if (search != null) {
      for (Template.Part part : search.parts()) {
        if (part instanceof Template.Part.Slot slot && !slot.name().equals("env")) {
          return false;
        }
      }
    }
    return step.image() == null;
  }

  /** Returns the path of a program that a step calls by a name without a slash; null for none. */
  String path(Step step, String name) {
    return path(new Tool(null, name, List.of(), search(step), step.dir()));
  }

  /** Returns the step's own PATH, null where that is the caller's. */
  private static Template search(Step step) {
    Optional<Template> own = step.env().get("PATH");
    return own == null ? null : own.orElse(null);
  }

  /**
   * Returns the question where a tool is, as a text that tells all of it; no variable has such a
   * name.
   */
  public String question(Tool tool) {
    return QUESTION + tool.dir() + "\0" + tool.name() + "\0" + folders(tool);
  }

  /** Returns the present answer to a {@link #question}. */
  Optional<String> answer(String question) {
    return found.computeIfAbsent(question, this::find);
  }

  private Optional<String> find(String question) {
    String[] parts = question.substring(1).split("\0", -1);
    for (String folder : parts[2].split(":", -1)) {
      try {
        String path = paths.below(parts[0], folder.isEmpty() ? parts[1] : folder + "/" + parts[1]);
        Stamp stamp = stamps.at(root, path, true);
        if (stamp.kind() == FileKind.FILE && stamp.executable()) {
          return Optional.of(path);
        }
      } catch (IOException | IllegalArgumentException e) {
        // No program is to be found there.
      }
    }
    return Optional.empty();
  }

  /** Returns the end of a message about a tool that is in none of its folders. */
  String hint(Tool tool) {
    return NearestPath.program(root.resolve(tool.dir()), folders(tool), tool.name());
  }

  /** Returns the folders that a tool is searched in, as {@code PATH} has them. */
  String folders(Tool tool) {
    if (tool.search() == null) {
      return caller.getOrDefault("PATH", NO_PATH);
    }
    return tool.search().render(slot -> List.of(caller.getOrDefault(slot.member(), "")));
  }
}
