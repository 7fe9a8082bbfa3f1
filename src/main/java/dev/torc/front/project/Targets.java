package dev.torc.front.project;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job.Labels;
import dev.torc.core.model.Job.Trait;
import dev.torc.features.groups.NameGlob;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the targets of a command line mean. A target is a job, a group, an instance, a part of a
 * group, a tag, a produced file, a glob over names of jobs, a package ({@code ui:}), or a folder or
 * glob over produced files. They are tried in this order. In a glob over names, {@code *} also
 * matches a slash. A target after a {@code !} takes jobs away from those before it; if it is the
 * first one, from all.
 *
 * <p>Which jobs a command is about, given what its targets mean, is up to {@link JobChoice}.
 */
public final class Targets {

  private Targets() {}

  /**
   * Returns the nodes that the targets name: jobs, and groups that are not expanded yet. Without
   * targets, or if the first one excludes, begins with {@code all}.
   *
   * @param paths converts a file name that the user wrote to a path of the graph
   * @throws BadInput for a target that means nothing
   */
  public static BitSet nodes(Graph graph, List<String> targets, UserPaths paths, BitSet all) {
    BitSet named = new BitSet(graph.nodes());
    if (!ExcludingTargets.areNamed(graph, targets)) {
      named.or(all);
    }
    for (String target : targets) {
      boolean not = ExcludingTargets.is(graph, target);
      BitSet found = find(graph, not ? target.substring(1) : target, paths);
      String left =
          not || found != null && !found.isEmpty()
              ? null
              : LeftOutTargets.refusal(graph, target, paths);
      if (left != null) {
        throw new BadInput(left);
      } else if (found == null) {
        throw new BadInput(unknown(graph, not ? target.substring(1) : target, paths));
      } else if (not) {
        named.andNot(found);
      } else {
        named.or(found);
      }
    }
    return named;
  }

  /** Returns the nodes of a call without targets: of the package in which it is made, or all. */
  public static BitSet all(Graph graph, UserPaths user) {
    BitSet all = all(graph);
    if (!user.home().isEmpty()) {
      all.and(inside(graph, all, user.home()));
    }
    return all;
  }

  /** Returns the nodes whose names begin with that of a package. */
  private static BitSet inside(Graph graph, BitSet nodes, String prefix) {
    BitSet found = new BitSet();
    nodes.stream().filter(node -> graph.name(node).startsWith(prefix)).forEach(found::set);
    return found;
  }

  /** Returns the jobs of a graph and its groups that are not expanded yet, as nodes. */
  public static BitSet all(Graph graph) {
    BitSet all = graph.allJobs(); // jobs bring the join nodes that they wait for
    graph.open().keySet().forEach(all::set);
    return all;
  }

  /**
   * Returns the targets for a command that handles each of them apart: if any excludes, the names
   * of the nodes that are left.
   */
  public static List<String> apart(Graph graph, List<String> targets, UserPaths paths) {
    return targets.stream().noneMatch(target -> ExcludingTargets.is(graph, target))
        ? targets
        : nodes(graph, targets, paths, all(graph, paths)).stream().mapToObj(graph::name).toList();
  }

  /** Returns the nodes of the jobs and open groups that a target means; null if there are none. */
  public static BitSet find(Graph graph, String target, UserPaths paths) {
    if (target.startsWith("./-") && graph.nodesOf(target.substring(2)) != null) {
      return find(graph, target.substring(2), paths); // a job whose name looks like an option
    }
    String path = paths.path(target);
    int maker = graph.makerAt(path);
    boolean file = maker >= 0 && Glob.isPattern(target) && graph.nodesOf(target) == null;
    BitSet found = file ? null : named(graph, target, paths);
    if (found != null && !isVague(graph, target, found)) {
      return found;
    }
    BitSet makers = maker < 0 ? graph.makersBelow(path) : new BitSet();
    if (maker >= 0) {
      makers.set(maker);
    } else if (makers.isEmpty() && Glob.isPattern(target) && Glob.orNull(path) != null) {
      makers = graph.makersOf(Glob.orNull(path));
    }
    if (found != null) {
      makers.or(found);
    }
    return found == null && makers.isEmpty() ? null : makers; // a group may have no instances
  }

  /**
   * Returns whether a target that matches names may also mean files: a glob that matches no known
   * job, but only groups that may still get a matching instance.
   */
  public static boolean isVague(Graph graph, String target, BitSet named) {
    return graph.nodesOf(target) == null
        && Glob.isPattern(target)
        && graph.jobsOf(named).isEmpty()
        && named.stream().noneMatch(node -> graph.open().get(node).tags().contains(target));
  }

  /**
   * Returns the nodes of the job, group, instance, part of a group, tag or glob over names that a
   * target means. Empty for a group without instances; null if the target is none of these, though
   * it may still be a file. In a package, tags and globs mean its jobs only, and a name means
   * another job only if the package has none of this name.
   */
  public static BitSet named(Graph graph, String target, UserPaths user) {
    String home = user.home();
    BitSet own = home.isEmpty() ? null : named(graph, outside(target, home));
    if (own != null) {
      return own;
    }
    BitSet found = named(graph, target);
    if (found == null || home.isEmpty() || isExact(graph, target)) {
      return found;
    }
    BitSet inside = inside(graph, found, home);
    return inside.isEmpty() ? null : inside;
  }

  /** Returns whether no target of a call can mean a job of packages with these prefixes. */
  static boolean areBeside(
      Graph graph, List<String> targets, UserPaths user, Set<String> packages) {
    if (!ExcludingTargets.areNamed(graph, targets)) {
      return !user.home().isEmpty() && isBeside(user.home(), packages);
    }
    for (String target : targets) {
      boolean not = ExcludingTargets.is(graph, target);
      String name = name(graph, target, user);
      int special = Glob.isPattern(target) ? Glob.firstSpecial(target) : target.length();
      boolean exact = name != null || graph.makerAt(user.path(target)) >= 0;
      boolean own = named(graph, target, user) != null && !target.startsWith("../");
      String start = target.substring(0, special);
      boolean beside =
          user.home().isEmpty()
              ? start.indexOf(':') > 0 && isBeside(start, packages)
              : own && isBeside(user.home(), packages) && isBeside(start, packages);
      if (!not && !exact && !beside) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether names that begin with a text are of no package with these prefixes. */
  private static boolean isBeside(String start, Set<String> packages) {
    return packages.stream()
        .noneMatch(each -> each.startsWith(start) && !start.isEmpty() || start.startsWith(each));
  }

  /** Returns the outside name or pattern of a target in a package. */
  private static String outside(String target, String home) {
    return (Glob.isPattern(target) ? Glob.escape(home) : home) + target;
  }

  private static boolean isExact(Graph graph, String target) {
    return graph.nodesOf(target) != null || target.endsWith(":");
  }

  /**
   * Returns the outside name of the job, group, instance or part of a group that a target means;
   * null if the target is none of these.
   */
  public static String name(Graph graph, String target, UserPaths user) {
    String own = user.home() + target;
    return graph.nodesOf(own) != null ? own : graph.nodesOf(target) == null ? null : target;
  }

  private static BitSet named(Graph graph, String target) {
    BitSet found = new BitSet(graph.nodes());
    int[] nodes = graph.nodesOf(target);
    Arrays.stream(nodes == null ? new int[0] : nodes).forEach(found::set);
    if (nodes == null && InstanceName.isId(target)) {
      graph.allJobs().stream().filter(job -> hasId(graph.name(job), target)).forEach(found::set);
    }
    boolean whole = target.endsWith(":"); // a package without its manual jobs
    NameGlob glob = NameGlob.of(whole ? Glob.escape(target) + "*" : target);
    if (!found.isEmpty() || nodes != null && glob == null) {
      return found;
    }
    for (int j : graph.inOrder(graph.allJobs())) {
      Labels labels = graph.labels(j);
      boolean matches =
          glob != null
              && (glob.matches(graph.name(j))
                  || labels.group() != null && glob.matches(labels.group()))
              && !(whole && graph.job(j).has(Trait.MANUAL));
      found.set(j, matches || labels.tags().contains(target));
    }
    graph.open().forEach((node, group) -> found.set(node, means(target, glob, group)));
    boolean known =
        nodes != null
            || graph.workflow().groups().stream()
                .anyMatch(each -> each.instances().isEmpty() && means(target, glob, each));
    return found.isEmpty() && !known ? null : found;
  }

  /**
   * Returns whether a job has this {@code {job:id}}, which in a package is that of its name there.
   */
  private static boolean hasId(String job, String id) {
    int colon = job.indexOf(':');
    return InstanceName.id(job).equals(id) || colon >= 0 && hasId(job.substring(colon + 1), id);
  }

  /** Returns whether a target is a group's tag, or a glob that may match its instances. */
  private static boolean means(String target, NameGlob glob, Group group) {
    return group.tags().contains(target) || glob != null && glob.mayMatch(group);
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
      shown.put(graph.name(j), graph.name(j));
      graph.labels(j).tags().forEach(tag -> shown.put(tag, tag));
    }
    shown.remove(target, target); // a tag of another package
    String nearest = NearestName.to(target, shown.keySet());
    if (nearest != null) {
      return NearestName.question(target, shown.get(nearest));
    }
    return target.matches("[A-Za-z_][A-Za-z0-9_]*=.*")
        ? "; did you mean -D " + target + "?"
        : "; `torc list` shows the jobs";
  }
}
