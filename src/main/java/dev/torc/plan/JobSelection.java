package dev.torc.plan;

import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.NearestPath;
import dev.torc.text.SafeText;
import dev.torc.workflow.Group;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job;
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
 * The jobs that a command is about: those that its targets name, and all that these wait for.
 *
 * @param jobs the named jobs and everything before them
 * @param named the jobs that the targets name; without targets all jobs, in a build except manual
 *     jobs that no other job waits for
 * @param open the groups among them that are not expanded yet, by their nodes
 * @param namedOpen the groups of {@code open} that the targets name
 */
public record JobSelection(
    BitSet jobs, BitSet named, BitSet open, BitSet namedOpen, boolean targeted) {

  /**
   * Finds the jobs of the targets. A target is a job, a group, an instance, a part of a group, a
   * tag, a glob over names of instances, a produced file, or a folder or glob over produced files,
   * tried in that order.
   *
   * @param paths turns a file as the user names it into a path of the graph
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
        int[] nodes = job < 0 ? graph.nodesOf(manual) : new int[] {job}; // a group's jobs and node
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
    if (targets.isEmpty()) { // join nodes come with the jobs that wait for them
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
   * Returns the jobs that may run only because they are named: those that {@code rerun} selects,
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

  /** Returns the jobs and open groups that a target means, as nodes; null for none. */
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
   * Returns whether a target that fits some names may mean files too: a glob that matches no known
   * instance, only groups that may still get one.
   */
  public static boolean isVague(Graph graph, String target, BitSet named) {
    return graph.nodesOf(target) == null
        && Glob.isPattern(target)
        && graph.jobsOf(named).isEmpty()
        && named.stream().noneMatch(node -> graph.open().get(node).tags().contains(target));
  }

  /**
   * Returns the nodes that a target names; empty for a group without instances; null if it is no
   * job, group, instance, part of a group, tag or glob over instances, though it may be a file.
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

  /** Returns whether a target is a tag of a group, or a glob over its instances (null for none). */
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
   * @param sources whether files that no job makes can be meant too
   * @param others names that the build file does not have
   */
  public static String hint(
      Graph graph, String target, UserPaths paths, boolean sources, Collection<String> others) {
    Map<String, String> shown = new TreeMap<>(); // by what may have been meant
    for (int f = 0; f < graph.files(); f++) {
      if (sources || graph.maker(f) >= 0) {
        String named = paths.named(graph.path(f));
        shown.put(graph.path(f), named); // as if the root were where the user stands
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

  /** Returns a search for paths that a missing one may mean; products count as existing. */
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

    /** Manual ones without products: a deployment is asked for each time. */
    MANUAL,

    ALL;

    public static Rerun of(List<String> targets, boolean force) {
      return force ? ALL : targets.isEmpty() ? NONE : MANUAL;
    }
  }

  /** Translates between the user's names of files, from {@code cwd}, and the graph's, by text. */
  public record UserPaths(Path root, Path cwd) {

    /** Returns the graph's path of a user's file: relative to the root, or absolute. */
    public String path(String named) {
      Path file = cwd.resolve(named).normalize();
      if (file.startsWith(root)) {
        String path = root.relativize(file).toString();
        return path.isEmpty() ? "." : path;
      }
      return file.toString();
    }

    /** Returns a filter of the graph's paths for a file, folder or glob that the user names. */
    public Predicate<String> meant(String named) {
      String path = path(named);
      Glob glob = Glob.isPattern(named) ? glob(path) : null;
      return each ->
          each.equals(path)
              || (path.equals(".") ? !each.startsWith("/") : each.startsWith(path + "/"))
              || glob != null && glob.matches(each);
    }

    /** Returns the user's name for a path of the graph; a folder keeps its slash. */
    public String named(String path) {
      if (cwd.equals(root) || path.startsWith("/")) {
        return path;
      }
      return cwd.relativize(root.resolve(path)) + (path.endsWith("/") ? "/" : "");
    }

    /** Returns the parent folder of a path of the graph, by its text; empty for the root. */
    public static String parent(String path) {
      int slash = path.lastIndexOf('/');
      return slash < 0 ? "" : slash == 0 ? "/" : path.substring(0, slash);
    }
  }
}
