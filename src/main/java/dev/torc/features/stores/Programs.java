package dev.torc.features.stores;

import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Step;
import dev.torc.features.remarks.CommandWords;
import dev.torc.features.remarks.CommandWords.CommandWord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The programs outside the project that a job's commands run, found as in rule 14, with their
 * paths, sizes and times. Manifests do not include them, but a result is only restored if its
 * programs were the same. Programs in {@code tools}, which count by their bytes, and programs in an
 * image are omitted, and so are those that a run found in its environment: the lock counts. Several
 * threads may use this class. {@code seen} has the stamps of the programs looked at, by path.
 */
record Programs(Path root, NeedContents contents, StampSource stamps, Map<String, String> seen) {

  /** Returns a text for each program, {@code NAME=PATH SIZE TIME}, sorted by name. */
  List<String> of(Job job) {
    TreeMap<String, String> programs = new TreeMap<>();
    Map<String, String> activation = contents.variables(job);
    String entered = activation == null ? "" : activation.get("PATH");
    for (Step step : job.runs().steps()) {
      if (!ToolSearch.isKnown(step)) {
        continue;
      }
      if (step.needsShell()) {
        add(step, step.shell().getFirst(), entered, programs);
      }
      for (CommandWord word : new CommandWords(step.command(), step.shell()).words()) {
        if (word.role() == CommandWords.Role.PROGRAM) {
          add(step, word.text(), entered, programs);
        }
      }
    }
    job.links().tools().forEach(tool -> programs.remove(tool.name()));
    return List.copyOf(programs.values());
  }

  /**
   * Returns the programs to compare with those of a result: in an environment, which need not be
   * made now, only those that the result's run did not find there.
   */
  List<String> of(Job job, List<String> then) {
    List<String> now = of(job);
    if (job.surroundings() == null) {
      return now;
    }
    return now.stream()
        .filter(each -> then.stream().anyMatch(old -> name(old).equals(name(each))))
        .toList();
  }

  private static String name(String program) {
    return program.substring(0, program.indexOf('='));
  }

  private void add(Step step, String name, String entered, Map<String, String> into) {
    if (into.containsKey(name) || name.indexOf('/') > 0) {
      return; // a relative path is in the project, or unknown
    }
    ToolSearch tools = contents.machine().tools();
    Tool tool = ToolSearch.program(step, name);
    String path = name.startsWith("/") ? name : tools.path(tool);
    if (path != null
        && !tools.isFoundIn(entered, tool)
        && path.startsWith("/")
        && !Path.of(path).startsWith(root)) {
      into.put(name, name + "=" + path + " " + seen.computeIfAbsent(path, this::look));
    }
  }

  private String look(String path) {
    try {
      Stamp stamp = stamps.at(root, path, true);
      return stamp.size() + " " + stamp.mtime();
    } catch (IOException e) {
      return "?"; // a program that has no stamp cannot run
    }
  }

  /**
   * Returns the first difference between two lists of programs, as a phrase; empty if there is
   * none.
   */
  static String difference(List<String> then, List<String> now) {
    List<String> before = new ArrayList<>(then);
    before.removeAll(now);
    List<String> after = new ArrayList<>(now);
    after.removeAll(then);
    if (!before.isEmpty()) {
      return "program " + told(before.getFirst()) + " was another one then";
    }
    return after.isEmpty() ? "" : "program " + told(after.getFirst()) + " was not found then";
  }

  private static String told(String program) {
    return program.replaceFirst("=(.*) (\\S+ \\S+|\\?)$", " ($1)");
  }
}
