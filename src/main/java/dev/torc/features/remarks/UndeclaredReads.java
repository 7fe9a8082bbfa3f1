package dev.torc.features.remarks;

import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Paths;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.memory.JobResult;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.features.remarks.CommandWords.CommandWord;
import dev.torc.features.remarks.CommandWords.Role;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds project files that a job's commands run or name without needing them (rule 14), from the
 * words alone; if in doubt, a word is ignored. Most words are looked up only in the graph; the disk
 * is checked only for files that are run, once for each path.
 */
public final class UndeclaredReads implements Remark {

  /**
   * A word, as the program gets it, that means a file which the job does not need.
   *
   * @param maker the job or group that makes the file; -1 for a source
   */
  record UndeclaredWord(boolean runs, String word, String path, int maker) {}

  /** The maximum number of edges that a build follows, which takes about 10 ms. */
  private static final long STEPS = 1_000_000;

  private final PlanContext context;
  private final Graph graph;
  private final boolean all;
  private final Paths paths;
  private final NeedPaths needs;
  private final Map<String, Boolean> files = new HashMap<>();

  /** Finds files that are only named, too, if {@code all}, which checks the disk for each. */
  public UndeclaredReads(PlanContext context, boolean all) {
    this.context = context;
    this.graph = context.graph();
    this.all = all;
    this.paths = new Paths(graph.workflow().root());
    this.needs = new NeedPaths(graph, all ? Long.MAX_VALUE : STEPS);
  }

  @Override
  public Due due() {
    return Due.RUN;
  }

  @Override
  public void of(RemarkedJob job) {
    Map<String, Integer> alike = new HashMap<>(0);
    for (UndeclaredWord read : of(job.id(), job.commands())) {
      String kind = read.maker() >= 0 ? "product" : read.runs() ? "run" : "file";
      String key = kind + alike.merge(kind, 1, Integer::sum);
      if (!job.counts(key)) {
        job.say(key, text(job.id(), read));
      }
    }
  }

  private String text(int job, UndeclaredWord read) {
    String does = (read.runs() ? " runs " : " names ") + read.word();
    String add = "add " + item(read) + " to needs";
    if (read.maker() < 0) {
      return read.runs()
          ? does + " but does not need it; " + add + ", or its changes go unseen"
          : does + ", a file that it does not need; if it is read, " + add;
    }
    String what = does + ", a product of " + graph.title(read.maker());
    if (graph.precedes(job, read.maker())) {
      return what + ", which waits for this job; if that is read, split the job in two";
    }
    return what
        + " that it does not need; "
        + add
        + ", or its changes go unseen"
        + (graph.precedes(read.maker(), job) ? " (after only orders jobs)" : "");
  }

  private String item(UndeclaredWord read) {
    String path = Glob.escape(read.path());
    if (read.maker() >= 0 && graph.isJob(read.maker())) {
      for (Ref ref : graph.job(read.maker()).productRefs()) {
        if (ref instanceof Ref.OfFolder folder && folder.path().equals(read.path())) {
          return path + "/";
        }
      }
    }
    return path;
  }

  /** Returns the undeclared reads of a job, each path once, in the order of the words. */
  List<UndeclaredWord> of(int job, List<CommandWords> commands) {
    List<Step> steps = graph.job(job).runs().steps();
    Map<String, UndeclaredWord> reads = new LinkedHashMap<>();
    Set<String> targets = new HashSet<>();
    for (int s = 0; s < steps.size(); s++) {
      Step step = steps.get(s);
      for (CommandWord word : commands.get(s).words()) {
        if (word.role() == Role.TARGET) {
          targets.add(path(step, word.text()));
          continue;
        }
        UndeclaredWord read = read(job, step, word);
        if (read != null) {
          reads.putIfAbsent(read.path, read);
        }
      }
    }
    reads.keySet().removeAll(targets);
    return List.copyOf(reads.values());
  }

  private UndeclaredWord read(int job, Step step, CommandWord word) {
    UndeclaredWord read = null;
    for (String path : paths(graph.job(job), step, word)) {
      read = read == null ? read(job, word.role() != Role.ARGUMENT, word.text(), path) : read;
    }
    return read;
  }

  /** Returns the paths that a word may mean; an element is null if no file can have the name. */
  private List<String> paths(Job job, Step step, CommandWord word) {
    String text = word.text();
    if (word.role() == Role.PROGRAM && text.indexOf('/') < 0) {
      return Collections.singletonList(onPath(job, step, text));
    } else if (word.role() == Role.MODULE) {
      String module = text.replace('.', '/');
      return Arrays.asList(path(step, module + ".py"), path(step, module + "/__main__.py"));
    }
    return Collections.singletonList(path(step, text));
  }

  /** Returns the project files that the commands of a job run, needed or not. */
  public Set<String> run(int job) {
    Set<String> run = new HashSet<>();
    for (Step step : graph.job(job).runs().steps()) {
      for (CommandWord word : new CommandWords(step.command(), step.shell()).words()) {
        if (word.role() != Role.ARGUMENT && word.role() != Role.TARGET) {
          run.addAll(paths(graph.job(job), step, word));
        }
      }
    }
    return run;
  }

  private UndeclaredWord read(int job, boolean runs, String word, String path) {
    int maker = path == null ? -1 : graph.makerOf(path);
    if (maker >= 0 && (context.contents().makerOfFound(graph, job, path) >= 0 || !isFile(path))) {
      return product(job, runs, word, path, maker);
    }
    return path != null
            && (runs || all && mayBeFile(word, path) && !path.equals(graph.job(job).depfile()))
            && !isNeeded(job, path)
            && mayAsk(job, path)
            && isFile(path)
        ? new UndeclaredWord(runs, word, path, -1)
        : null;
  }

  /** Returns whether a named word looks like a file: it has a slash or an extension. */
  private static boolean mayBeFile(String word, String path) {
    return word.indexOf('/') >= 0 || path.lastIndexOf('.') > path.lastIndexOf('/') + 1;
  }

  private UndeclaredWord product(int job, boolean runs, String word, String path, int maker) {
    if (maker == job || graph.needs().has(job, graph.fileId(path)) || needs.lead(maker, job)) {
      return null;
    }
    return graph.job(job).finds() && context.records().found(job).contains(path)
        ? null
        : new UndeclaredWord(runs, word, path, maker);
  }

  private boolean isNeeded(int job, String path) {
    ToolSearch search = context.contents().machine().tools();
    return graph.isNeeded(job, path)
        || graph.job(job).links().tools().stream()
            .anyMatch(tool -> tool.paths().contains(path) || path.equals(search.path(tool)));
  }

  /** Returns whether a job finds no needs, or its last good run did not find a path. */
  private boolean mayAsk(int job, String path) {
    if (!graph.job(job).finds()) {
      return true;
    }
    JobResult last = context.records().result(job);
    return last != null && last.outcome().isGood() && !last.needs().found().contains(path);
  }

  private boolean isFile(String path) {
    return files.computeIfAbsent(
        path,
        _ -> !path.startsWith("/") && Files.isRegularFile(graph.workflow().root().resolve(path)));
  }

  /** Returns the path of a word; null if no file can have the name. */
  private String path(Step step, String text) {
    try {
      return paths.below(step.dir(), text);
    } catch (IllegalArgumentException e) {
      return null; // too long
    }
  }

  /** Returns the project file that PATH gives for a program; null if it is not in the project. */
  private String onPath(Job job, Step step, String name) {
    Tool tool = ToolSearch.program(step, name);
    String path =
        ToolSearch.isKnown(step) && !context.contents().isLocked(job, tool)
            ? context.contents().path(job, tool)
            : null;
    return path == null || path.startsWith("/") ? null : path;
  }
}
