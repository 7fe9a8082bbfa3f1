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
 * Which jobs a command is about: what its targets name, and all that these wait for. Groups that
 * are not expanded yet are among them by their nodes.
 *
 * @param jobs the named jobs and everything before them
 * @param named the jobs that the targets name; without a target all jobs, in a build except manual
 *     jobs for which no other job waits
 * @param open the groups that are not expanded yet and that are named or waited for
 * @param namedOpen the groups of {@code open} that the targets name
 * @param targeted whether any target was given
 */
public record JobSelection(
    BitSet jobs, BitSet named, BitSet open, BitSet namedOpen, boolean targeted) {

  /**
   * Finds the jobs of the targets: a target is a job, a group, an instance, a part of a group, a
   * tag, a glob over names of instances, a produced file, or a folder or glob over produced files,
   * in that order.
   *
   * @param paths turns a file as the user names it into a path as the graph has it
   * @throws BadInput for a target that is none of these
   */
  public static JobSelection of(Graph graph, List<String> targets, UserPaths paths) {
    return of(graph, nodes(graph, targets, paths), !targets.isEmpty());
  }

  /**
   * Finds the jobs of a build: those of the targets, or, without a target, all jobs except manual
   * ones for which no other job waits.
   */
  public static JobSelection toBuild(Graph graph, List<String> targets, UserPaths paths) {
    BitSet named = nodes(graph, targets, paths);
    if (targets.isEmpty()) {
      for (String manual : graph.workflow().manual()) {
        int job = graph.jobId(manual);
        int[] nodes = job < 0 ? graph.named(manual) : new int[] {job}; // a group's jobs and node
        for (int i = 0; nodes != null && i < nodes.length; i++) {
          named.clear(nodes[i]);
        }
      }
      named = withPredecessors(graph, named);
    }
    return of(graph, named, !targets.isEmpty());
  }

  /** Returns the jobs that targets name, with groups that are not expanded yet, as nodes. */
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

  /** Returns the selection of some jobs in a build without targets. */
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
   * Returns the jobs that may run only because they are named: those that {@code rerun} means, and
   * temporary ones, since their products are wanted then.
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

  /**
   * Returns the nodes that a target means: jobs, and groups that are not expanded yet; null where
   * it means none.
   */
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
   * Returns whether a target may mean files although some names fit it: a glob that no known
   * instance matches, only groups that may still get one that does.
   */
  public static boolean isVague(Graph graph, String target, BitSet named) {
    return graph.named(target) == null
        && Glob.isPattern(target)
        && graph.jobsOf(named).isEmpty()
        && named.stream().noneMatch(node -> graph.open().get(node).tags().contains(target));
  }

  /**
   * Returns the nodes that a target means, none for a group without instances; null where it is no
   * job, group, instance, part of a group, tag or glob over instances, though it may be a file.
   */
  public static BitSet named(Graph graph, String target) {
    BitSet found = new BitSet(graph.nodes());
    int[] nodes = graph.named(target);
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

  /**
   * Returns whether a target means a group as a tag, or some of it as a glob; {@code glob} may be
   * null.
   */
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
    if (!group.equals(target) && graph.named(group) != null) {
      String none = graph.unknown(target);
      return none.endsWith("?") ? none : none + "; `torc list --instances` shows them";
    }
    return "no job, tag or product "
        + SafeText.name(target)
        + hint(graph, target, paths, false, List.of());
  }

  /**
   * Returns the end of a message about a target that names nothing: what it may mean, or what to do
   * next.
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

  /** Returns a search for the paths that a missing one may mean: products count as existing. */
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

  /** Which of the named jobs run whatever their last result is. */
  public enum Rerun {
    /** None, as in a further round of a watch. */
    NONE,

    /** Manual ones without products: a deployment is asked for each time. */
    MANUAL,

    /** All, by force. */
    ALL;

    /**
     * Returns what a command asks for.
     *
     * @param targets as given; where there are none no job is named
     */
    public static Rerun of(List<String> targets, boolean force) {
      return force ? ALL : targets.isEmpty() ? NONE : MANUAL;
    }
  }

  /**
   * Files as a user names them from a folder, and as a graph has them. It looks at no disk.
   *
   * @param root the folder of the build file
   * @param cwd where the user stands
   */
  public record UserPaths(Path root, Path cwd) {

    /**
     * Returns a file as the user names it, as the graph has it: relative to the root, or absolute.
     */
    public String path(String named) {
      Path file = cwd.resolve(named).normalize();
      if (file.startsWith(root)) {
        String path = root.relativize(file).toString();
        return path.isEmpty() ? "." : path;
      }
      return file.toString();
    }

    /** Returns which paths of a graph a file, folder or glob means that the user names. */
    public Predicate<String> meant(String named) {
      String path = path(named);
      Glob glob = Glob.isPattern(named) ? glob(path) : null;
      return each ->
          each.equals(path)
              || (path.equals(".") ? !each.startsWith("/") : each.startsWith(path + "/"))
              || glob != null && glob.matches(each);
    }

    /** Returns a file of the graph as the user names it; a folder keeps its slash. */
    public String named(String path) {
      if (cwd.equals(root) || path.startsWith("/")) {
        return path;
      }
      return cwd.relativize(root.resolve(path)) + (path.endsWith("/") ? "/" : "");
    }

    /** Returns the folder that a path of a graph lies in, by text: empty for the root. */
    public static String parent(String path) {
      int slash = path.lastIndexOf('/');
      return slash < 0 ? "" : slash == 0 ? "/" : path.substring(0, slash);
    }
  }
}
