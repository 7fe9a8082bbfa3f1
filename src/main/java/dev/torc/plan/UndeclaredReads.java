package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.plan.CommandWords.Role;
import dev.torc.plan.CommandWords.Word;
import dev.torc.records.JobResult;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Tool;
import dev.torc.workflow.Paths;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Step;
import dev.torc.workflow.Template;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rule 14: files of the project that the commands of a job run or name, and that it does not need.
 * It looks at the words alone, and where it cannot tell it is silent; {@link CommandWarnings} has
 * the lines for people. Most words are found, or not, in the graph; the disk is asked for what is
 * run, once for each name.
 */
final class UndeclaredReads {

  /** What a word is. */
  enum WordKind {
    /** A file that the command runs. */
    RUN,
    /** Another job's product. */
    PRODUCT,
    /** Another file of the project. */
    FILE
  }

  /**
   * A word that no need stands for.
   *
   * @param runs whether the command runs it
   * @param word as the program gets it
   * @param path normalized
   * @param maker the node of the job or group that makes it, -1 for a source
   */
  record UndeclaredWord(WordKind kind, boolean runs, String word, String path, int maker) {}

  /** In a build, how many edges are followed at most: a second's hundredth. */
  private static final long STEPS = 1_000_000;

  private final PlanContext context;
  private final Graph graph;
  private final boolean all;
  private final Paths paths;
  private final NeedPaths needs;
  private final Map<String, Boolean> files = new HashMap<>();

  /**
   * For the jobs of a context.
   *
   * @param all whether files count that are only named, at the price of a look at the disk for each
   */
  UndeclaredReads(PlanContext context, boolean all) {
    this.context = context;
    this.graph = context.graph();
    this.all = all;
    this.paths = new Paths(graph.workflow().root());
    this.needs = new NeedPaths(graph, all ? Long.MAX_VALUE : STEPS);
  }

  /**
   * What a job reads so, each path once, in the order of its commands.
   *
   * @param commands the words of its steps, in order
   */
  List<UndeclaredWord> of(int job, List<CommandWords> commands) {
    List<Step> steps = graph.job(job).steps();
    List<UndeclaredWord> reads = List.of();
    Set<String> passed = null; // targets, and what was told
    for (int s = 0; s < steps.size(); s++) {
      for (Word word : commands.get(s).words()) {
        if (word.role() == Role.TARGET) {
          continue;
        }
        UndeclaredWord read = read(job, steps.get(s), word);
        if (read != null) {
          if (passed == null) {
            passed = targets(steps, commands);
            reads = new ArrayList<>();
          }
          if (passed.add(read.path)) {
            reads.add(read);
          }
        }
      }
    }
    return reads;
  }

  private Set<String> targets(List<Step> steps, List<CommandWords> commands) {
    Set<String> targets = new HashSet<>();
    for (int s = 0; s < steps.size(); s++) {
      for (Word word : commands.get(s).words()) {
        if (word.role() == Role.TARGET) {
          targets.add(path(steps.get(s), word.text()));
        }
      }
    }
    return targets;
  }

  /** What a word is, null where there is nothing to tell of it. */
  private UndeclaredWord read(int job, Step step, Word word) {
    String text = word.text();
    if (word.role() == Role.PROGRAM && text.indexOf('/') < 0) {
      String path = onPath(step, text);
      return path == null ? null : script(job, text, path);
    } else if (word.role() == Role.MODULE) {
      String module = text.replace('.', '/');
      UndeclaredWord one = script(job, text, path(step, module + ".py"));
      return one == null ? script(job, text, path(step, module + "/__main__.py")) : one;
    }
    String path = path(step, text);
    return word.role() == Role.ARGUMENT ? named(job, text, path) : script(job, text, path);
  }

  private UndeclaredWord script(int job, String word, String path) {
    int maker = path == null ? -1 : graph.makerOf(path);
    if (maker >= 0) {
      return product(job, true, word, path, maker);
    }
    return path == null || isNeeded(job, path) || !mayAsk(job, path) || !isFile(path)
        ? null
        : new UndeclaredWord(WordKind.RUN, true, word, path, -1);
  }

  private UndeclaredWord named(int job, String word, String path) {
    int maker = path == null ? -1 : graph.makerOf(path);
    if (maker >= 0) {
      return product(job, false, word, path, maker);
    }
    return !all
            || path == null
            || word.indexOf('/') < 0 && path.lastIndexOf('.') <= path.lastIndexOf('/') + 1
            || isNeeded(job, path)
            || path.equals(graph.job(job).depfile())
            || !mayAsk(job, path)
            || !isFile(path)
        ? null
        : new UndeclaredWord(WordKind.FILE, false, word, path, -1);
  }

  private UndeclaredWord product(int job, boolean runs, String word, String path, int maker) {
    if (maker == job || graph.needs().has(job, graph.fileId(path)) || needs.lead(maker, job)) {
      return null;
    }
    JobResult last = !graph.job(job).finds() ? null : context.records().result(job);
    return last != null && last.found().contains(path)
        ? null
        : new UndeclaredWord(WordKind.PRODUCT, runs, word, path, maker);
  }

  /** Whether a job needs a source. */
  private boolean isNeeded(int job, String path) {
    if (NeedList.isNeeded(graph, job, path)) {
      return true;
    }
    for (Tool tool : graph.job(job).tools()) {
      if (tool.paths().contains(path)
          || path.equals(context.contents().machine().tools().path(tool))) {
        return true;
      }
    }
    return false;
  }

  /** Whether no depfile names it, nor can do so in a first good run. */
  private boolean mayAsk(int job, String path) {
    if (!graph.job(job).finds()) {
      return true;
    }
    JobResult last = context.records().result(job);
    return last != null && last.outcome().isGood() && !last.found().contains(path);
  }

  /** Whether a file of the project stands there; looked for once. */
  private boolean isFile(String path) {
    Boolean known = files.get(path);
    if (known == null) {
      Path root = graph.workflow().root();
      known = !path.startsWith("/") && Files.isRegularFile(root.resolve(path));
      files.put(path, known);
    }
    return known;
  }

  /** Where a word of a command leads, null where no file can have the name. */
  private String path(Step step, String text) {
    try {
      return paths.below(step.dir(), text);
    } catch (IllegalArgumentException e) {
      return null; // too long
    }
  }

  /** The file of the project that a program without a slash is; null for any other. */
  private String onPath(Step step, String name) {
    Optional<Template> own = step.env().get("PATH");
    Template search = own == null ? null : own.orElse(null);
    if (step.image() != null || !isKnown(search)) {
      return null;
    }
    Tool tool = new Tool(null, name, List.of(), search, step.dir());
    String path = context.contents().machine().tools().path(tool);
    return path == null || path.startsWith("/") ? null : path;
  }

  /** Whether a job's own PATH is known without the values of a run. */
  static boolean isKnown(Template search) {
    if (search != null) {
      for (Template.Part part : search.parts()) {
        if (part instanceof Template.Part.Slot slot && !slot.name().equals("env")) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Whether what one job makes reaches another by needs, directly or through others: {@code after}
   * orders jobs, and is no need. {@link Graph#precedes} asks for order alone.
   */
  static final class NeedPaths {

    private final Graph graph;
    private long left;

    /**
     * @param steps how many edges may be followed in all; what is asked beyond that is answered
     *     with yes
     */
    NeedPaths(Graph graph, long steps) {
      this.graph = graph;
      this.left = steps;
    }

    /** Whether {@code later} needs what {@code earlier} makes; both are nodes. */
    boolean lead(int earlier, int later) {
      Search search = new Search(earlier);
      for (Integer node = later; node != null; node = search.open.poll()) {
        search.follow(node);
        if (search.seen.get(earlier) || left < 0) {
          return true;
        }
      }
      return false;
    }

    private final class Search {
      private final int from;
      private final BitSet seen = new BitSet();
      private final ArrayDeque<Integer> open = new ArrayDeque<>();

      Search(int earlier) {
        this.from = graph.place(earlier);
      }

      private void reach(int node) {
        left--;
        if (node >= 0 && graph.place(node) >= from && !seen.get(node)) {
          seen.set(node);
          open.add(node);
        }
      }

      /** Goes on to what a node needs. */
      private void follow(int node) {
        Job job = graph.isJob(node) ? graph.job(node) : null;
        if (job == null || job.after().isEmpty()) {
          for (int i = graph.before().from(node); i < graph.before().to(node); i++) {
            reach(graph.before().at(i));
          }
          return;
        }
        for (int file : graph.needs().row(node)) {
          reach(graph.maker(file));
        }
        for (int list : graph.listNeeds().row(node)) {
          reach(graph.list(list).awaited());
        }
        for (Ref ref : job.needRefs()) {
          if (ref instanceof Ref.OfData data && data.job() != null) {
            for (int maker : graph.meant(data.job())) {
              reach(maker);
            }
          }
        }
      }
    }
  }
}
