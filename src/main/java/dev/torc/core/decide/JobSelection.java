package dev.torc.core.decide;

import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.NearestPath;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Graph;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The jobs that a command is about: the jobs that its targets name, and all jobs that these wait
 * for.
 *
 * @param jobs the named jobs and everything before them
 * @param named the jobs that the targets name. Without targets, all jobs; but a build omits manual
 *     jobs that no other job waits for
 * @param open the selected groups that are not expanded yet, as nodes
 * @param namedOpen the groups of {@code open} that the targets name
 */
public record JobSelection(
    BitSet jobs, BitSet named, BitSet open, BitSet namedOpen, boolean targeted) {

  public static JobSelection of(Graph graph, BitSet some) {
    return of(graph, some, false);
  }

  /** Selects the named nodes and everything before them. */
  public static JobSelection of(Graph graph, BitSet named, boolean targeted) {
    return of(graph, named, targeted, graph.having(Extra.STAYS));
  }

  /** Selects the named nodes and everything before them, but nothing before {@code still}. */
  public static JobSelection of(Graph graph, BitSet named, boolean targeted, BitSet still) {
    BitSet all = withPredecessors(graph, named, still);
    BitSet open = new BitSet();
    for (int node : graph.open().keySet()) {
      open.set(node, all.get(node));
    }
    BitSet namedOpen = (BitSet) open.clone();
    namedOpen.and(named);
    return new JobSelection(graph.jobsOf(all), graph.jobsOf(named), open, namedOpen, targeted);
  }

  /** Returns this selection with these jobs as if no target named them. */
  public JobSelection without(BitSet some) {
    BitSet others = (BitSet) named.clone();
    others.andNot(some);
    return new JobSelection(jobs, others, open, namedOpen, targeted);
  }

  /**
   * Returns the jobs that may run because a target names them: those that {@code rerun} selects,
   * and temporary jobs, whose products are wanted then.
   */
  public BitSet asked(Graph graph, Rerun rerun) {
    if (rerun == Rerun.ALL) {
      return named;
    }
    BitSet asked = new BitSet();
    for (String manual : rerun == Rerun.MANUAL ? graph.workflow().manual() : List.<String>of()) {
      int job = graph.jobId(manual);
      if (job >= 0 && named.get(job) && graph.job(job).isAction()) {
        asked.set(job);
      }
    }
    for (int j = named.nextSetBit(0); targeted && j >= 0; j = named.nextSetBit(j + 1)) {
      if (graph.isTemporary(j)) {
        asked.set(j);
      }
    }
    return asked;
  }

  /** Returns a search for existing paths like a missing one; all products count as existing. */
  public static NearestPath likelyPaths(Graph graph) {
    return new NearestPath(
        graph.workflow().root(),
        () ->
            IntStream.range(0, graph.jobs())
                .flatMap(job -> Arrays.stream(graph.products().row(job)))
                .mapToObj(graph::path)
                .toList());
  }

  /**
   * Returns the nodes and all nodes before them, without those that only {@code still} nodes wait
   * for.
   */
  public static BitSet withPredecessors(Graph graph, BitSet named, BitSet still) {
    BitSet all = (BitSet) named.clone();
    Adjacency before = graph.before();
    for (int place = graph.nodes() - 1; place >= 0; place--) {
      int node = graph.inOrder(place);
      if (all.get(node) && !still.get(node)) {
        for (int i = before.from(node); i < before.to(node); i++) {
          all.set(before.at(i));
        }
      }
    }
    return all;
  }

  /** Which of the named jobs run even if they are up to date. */
  public enum Rerun {
    NONE,

    /** Manual jobs without products, such as a deployment, run each time they are named. */
    MANUAL,

    ALL;

    public static Rerun of(List<String> targets, boolean force) {
      boolean all = targets.isEmpty() || targets.getFirst().startsWith("!");
      return force ? ALL : all ? NONE : MANUAL;
    }
  }

  /**
   * Converts between file names as seen from {@code cwd} and paths of the graph, as texts.
   *
   * @param home the text before the names of the jobs that the user's names mean first; empty for
   *     all jobs
   */
  public record UserPaths(Path root, Path cwd, String home) {

    public UserPaths(Path root, Path cwd) {
      this(root, cwd, "");
    }

    /** Returns the graph's path for a file name: relative to the root, or absolute. */
    public String path(String named) {
      Path file = Walk.to(cwd, named);
      if (file.startsWith(root)) {
        String path = root.relativize(file).toString();
        return path.isEmpty() ? "." : path;
      }
      return file.toString();
    }

    /** Returns a test for paths of the graph that a file, folder or glob of the user means. */
    public Predicate<String> meant(String named) {
      String path = path(named);
      Glob glob = Glob.isPattern(named) ? Glob.orNull(path) : null;
      return each ->
          each.equals(path)
              || (path.equals(".") ? !each.startsWith("/") : each.startsWith(path + "/"))
              || glob != null && glob.matches(each);
    }

    /** Returns a path of the graph as seen from {@code cwd}; a folder keeps its slash. */
    public String named(String path) {
      if (cwd.equals(root) || path.startsWith("/")) {
        return path;
      }
      return cwd.relativize(root.resolve(path)) + (path.endsWith("/") ? "/" : "");
    }

    /** Returns the parent folder of a path of the graph; empty for the root. */
    public static String parent(String path) {
      int slash = path.lastIndexOf('/');
      return slash < 0 ? "" : slash == 0 ? "/" : path.substring(0, slash);
    }
  }
}
