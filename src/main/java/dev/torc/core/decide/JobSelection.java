package dev.torc.core.decide;

import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  /**
   * Finds the jobs that the targets name. A target is a job, a group, an instance, a part of a
   * group, a tag, a glob over names of instances, a produced file, or a folder or glob over
   * produced files. They are tried in this order.
   *
   * @param paths converts a file name that the user wrote to a path of the graph
   * @throws BadInput for a target that is none of these
   */
  public static JobSelection of(Graph graph, List<String> targets, UserPaths paths) {
    return of(graph, nodes(graph, targets, paths), !targets.isEmpty());
  }

  /** Finds the jobs of a build: without targets, all but manual jobs that no job waits for. */
  public static JobSelection toBuild(Graph graph, List<String> targets, UserPaths paths) {
    BitSet named = nodes(graph, targets, paths);
    if (targets.isEmpty()) {
      for (String manual : graph.workflow().manual()) {
        int job = graph.jobId(manual);
        int[] nodes = job < 0 ? graph.nodesOf(manual) : new int[] {job}; // all nodes of the group
        for (int i = 0; nodes != null && i < nodes.length; i++) {
          named.clear(nodes[i]);
        }
      }
      named = withPredecessors(graph, named);
    }
    return of(graph, named, !targets.isEmpty());
  }

  /** Returns the nodes that the targets name: jobs, and groups that are not expanded yet. */
  public static BitSet nodes(Graph graph, List<String> targets, UserPaths paths) {
    BitSet named = new BitSet(graph.nodes());
    if (targets.isEmpty()) { // jobs bring the join nodes that they wait for
      named.or(graph.allJobs());
      graph.open().keySet().forEach(named::set);
    }
    for (String target : targets) {
      BitSet found = find(graph, target, paths);
      if (found == null) {
        throw new BadInput(unknown(graph, target, paths));
      }
      named.or(found);
    }
    return named;
  }

  public static JobSelection of(Graph graph, BitSet some) {
    return of(graph, some, false);
  }

  private static JobSelection of(Graph graph, BitSet named, boolean targeted) {
    BitSet all = withPredecessors(graph, named);
    BitSet open = new BitSet();
    for (int node : graph.open().keySet()) {
      open.set(node, all.get(node));
    }
    BitSet namedOpen = (BitSet) open.clone();
    namedOpen.and(named);
    return new JobSelection(graph.jobsOf(all), graph.jobsOf(named), open, namedOpen, targeted);
  }

  /**
   * Returns the jobs that may run only because they are named: the ones that {@code rerun} selects,
   * and temporary jobs, since their products are wanted if they are named.
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

  /** Returns the nodes of the jobs and open groups that a target means; null if there are none. */
  public static BitSet find(Graph graph, String target, UserPaths paths) {
    BitSet found = named(graph, target);
    if (found != null && !isVague(graph, target, found)) {
      return found;
    }
    String path = paths.path(target);
    int maker = graph.makerAt(path);
    BitSet makers = maker < 0 ? graph.makersBelow(path) : new BitSet();
    if (maker >= 0) {
      makers.set(maker);
    } else if (makers.isEmpty() && Glob.isPattern(target) && glob(path) != null) {
      makers = graph.makersOf(glob(path));
    }
    if (found != null) {
      makers.or(found);
    }
    return found == null && makers.isEmpty() ? null : makers; // a group may have no instances
  }

  /**
   * Returns whether a target that matches names may also mean files: a glob that matches no known
   * instance, but only groups that may still get a matching one.
   */
  public static boolean isVague(Graph graph, String target, BitSet named) {
    return graph.nodesOf(target) == null
        && Glob.isPattern(target)
        && graph.jobsOf(named).isEmpty()
        && named.stream().noneMatch(node -> graph.open().get(node).tags().contains(target));
  }

  /**
   * Returns the nodes of the job, group, instance, part of a group, tag or glob over instances that
   * a target names. Empty for a group without instances; null if the target is none of these,
   * though it may still be a file.
   */
  public static BitSet named(Graph graph, String target) {
    BitSet found = new BitSet(graph.nodes());
    int[] nodes = graph.nodesOf(target);
    Arrays.stream(nodes == null ? new int[0] : nodes).forEach(found::set);
    Glob glob = Glob.isPattern(target) ? glob(target) : null;
    if (!found.isEmpty() || nodes != null && glob == null) {
      return found;
    }
    for (int j : graph.inOrder(graph.allJobs())) {
      Job job = graph.job(j);
      boolean matches = glob != null && job.group() != null && glob.matches(job.name());
      found.set(j, matches || job.labels().tags().contains(target));
    }
    graph.open().forEach((node, group) -> found.set(node, means(target, glob, group)));
    boolean known =
        nodes != null
            || graph.workflow().groups().stream()
                .anyMatch(each -> each.instances().isEmpty() && means(target, glob, each));
    return found.isEmpty() && !known ? null : found;
  }

  /** Returns whether a target is a group's tag, or a {@code glob} that may match its instances. */
  private static boolean means(String target, Glob glob, Group group) {
    return group.tags().contains(target)
        || glob != null && glob.overlaps(Glob.of(Glob.escape(group.name()) + "/*"));
  }

  private static Glob glob(String pattern) {
    try {
      return Glob.of(pattern);
    } catch (IllegalArgumentException e) {
      return null; // it may still be a file
    }
  }

  private static String unknown(Graph graph, String target, UserPaths paths) {
    if (graph.fileId(paths.path(target)) >= 0) {
      return "file " + SafeText.name(target) + " is a source: no job makes it";
    }
    String group = InstanceName.parse(target).group();
    if (!group.equals(target) && graph.nodesOf(group) != null) {
      String none = graph.unknown(target);
      return none.endsWith("?") ? none : none + "; `torc list --instances` shows them";
    }
    return "no job, tag or product "
        + SafeText.name(target)
        + hint(graph, target, paths, false, List.of());
  }

  /**
   * Returns the end of a message about an unknown target: a likely name, or what to do next.
   *
   * @param sources whether the user may mean a file that no job makes
   * @param others other likely names, which are not in the build file
   */
  public static String hint(
      Graph graph, String target, UserPaths paths, boolean sources, Collection<String> others) {
    Map<String, String> shown = new TreeMap<>(); // from a name the user may have meant
    for (int f = 0; f < graph.files(); f++) {
      if (sources || graph.maker(f) >= 0) {
        String named = paths.named(graph.path(f));
        shown.put(graph.path(f), named); // as if the user were in the root
        shown.put(named, named);
        for (String up = UserPaths.parent(named);
            !up.isEmpty() && !up.equals("/") && shown.put(up + "/", up + "/") == null; ) {
          up = UserPaths.parent(up);
        }
      }
    }
    others.forEach(name -> shown.put(name, name));
    graph.workflow().groups().forEach(each -> shown.put(each.name(), each.name()));
    for (int j : graph.inOrder(graph.allJobs())) {
      shown.put(graph.job(j).name(), graph.job(j).name());
      graph.job(j).labels().tags().forEach(tag -> shown.put(tag, tag));
    }
    String nearest = NearestName.to(target, shown.keySet());
    if (nearest != null) {
      return NearestName.question(target, shown.get(nearest));
    }
    return target.matches("[A-Za-z_][A-Za-z0-9_]*=.*")
        ? "; did you mean -D " + target + "?"
        : "; `torc list` shows the jobs";
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

  private static BitSet withPredecessors(Graph graph, BitSet named) {
    BitSet all = (BitSet) named.clone();
    Adjacency before = graph.before();
    for (int place = graph.nodes() - 1; place >= 0; place--) {
      int node = graph.inOrder(place);
      if (all.get(node)) {
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
      return force ? ALL : targets.isEmpty() ? NONE : MANUAL;
    }
  }

  /** Converts between file names as seen from {@code cwd} and paths of the graph, as texts. */
  public record UserPaths(Path root, Path cwd) {

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
      Glob glob = Glob.isPattern(named) ? glob(path) : null;
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
