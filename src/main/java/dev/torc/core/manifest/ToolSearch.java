package dev.torc.core.manifest;

import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.syntax.Paths;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Step;
import dev.torc.core.model.Surroundings;
import dev.torc.core.model.Template;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the programs of {@code tools} as {@code execvp} does: the first executable file of that
 * name in the folders of {@code PATH}. Each search is done only once, and no file is read. Several
 * threads may use this class.
 */
public final class ToolSearch {

  /** The folders that {@code execvp} searches if {@code PATH} is not set. */
  private static final String NO_PATH = "/bin:/usr/bin";

  /** The start of a question; no variable's name starts like this. */
  static final String QUESTION = "=";

  private final Path root;
  private final Paths paths;
  private final Map<String, String> caller;
  private final StampSource stamps;
  private final Map<String, Optional<String>> found = new ConcurrentHashMap<>();
  private final Map<String, String> real = new HashMap<>();

  public ToolSearch(Path root, Map<String, String> caller, StampSource stamps) {
    this.root = root;
    this.paths = new Paths(root);
    this.caller = caller;
    this.stamps = stamps;
  }

  /** Returns the tools of a job that no job makes; its other tools are needs. */
  public static List<Tool> unmade(Graph graph, Job job) {
    return job.links().tools().stream()
        .filter(tool -> tool.paths().stream().noneMatch(path -> graph.makerOf(path) >= 0))
        .toList();
  }

  /** Returns the path of a tool; null if it is not found. */
  public String path(Tool tool) {
    return path(tool, "");
  }

  /** Returns the path of a tool that is first looked for in other folders. */
  public String path(Tool tool, String before) {
    return tool.isPath() ? tool.paths().getFirst() : answer(question(tool, before)).orElse(null);
  }

  /** Returns the real path of a tool's file. */
  public String real(String path) {
    return real.computeIfAbsent(path, _ -> Walk.name(root, path));
  }

  /**
   * Returns whether it is known where a step finds its programs. It is unknown in an image, or if
   * PATH depends on values of the run.
   */
  public static boolean isKnown(Step step) {
    Template search = search(step);
    return step.image() == null
        && (search == null || search.slots().allMatch(slot -> slot.name().equals("env")));
  }

  /** Returns a program that a step calls without a slash, as if it were a tool. */
  public static Tool program(Step step, String name) {
    return new Tool(null, name, List.of(), search(step), step.dir());
  }

  /** Returns whether a tool is found in these folders if they are put before the caller's. */
  public boolean isFoundIn(String folders, Tool tool) {
    String asked = QUESTION + tool.dir() + "\0" + tool.name() + "\0";
    Optional<String> there = folders.isEmpty() ? Optional.empty() : answer(asked + folders);
    return there.isPresent() && there.equals(answer(asked + folders(tool, folders + ":")));
  }

  private static Template search(Step step) {
    Optional<Template> own = step.env().get("PATH");
    return own == null ? null : own.orElse(null);
  }

  /** Returns the question "where is this tool?" as a text for {@link #answer}. */
  public String question(Tool tool, String before) {
    return QUESTION + tool.dir() + "\0" + tool.name() + "\0" + folders(tool, before);
  }

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
        // no program is there
      }
    }
    return Optional.empty();
  }

  /** Returns where a tool of a job was not found, and what may be meant. */
  public String lack(Job job, Tool tool) {
    Surroundings in = job.surroundings();
    String inside = in == null ? "" : "in environment " + in.name() + " and not ";
    String near = NearestPath.program(root.resolve(tool.dir()), folders(tool, ""), tool.name());
    return "not " + inside + "on its PATH" + near;
  }

  /** Adds a line with the PATH of a tool that was not found, unless another tool has the same. */
  public void tell(Job job, Tool tool, Map<String, Diagnostic> lines) {
    String folders = folders(tool, "");
    String line = "PATH of job %s: %s".formatted(SafeText.name(job.name()), folders);
    lines.putIfAbsent(folders, new Diagnostic(line));
  }

  /** Returns where to search for a tool, as in PATH, with folders before those of the caller. */
  private String folders(Tool tool, String before) {
    if (tool.search() == null) {
      return before + caller.getOrDefault("PATH", NO_PATH);
    }
    return tool.search().render(slot -> List.of(value(slot.member(), before)));
  }

  private String value(String variable, String before) {
    String value = caller.getOrDefault(variable, "");
    return variable.equals("PATH") ? before + value : value;
  }
}
