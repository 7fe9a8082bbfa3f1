package dev.torc.front.project;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.manifest.GivenArguments;
import dev.torc.core.memory.Cache;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.features.intents.Frozen;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which jobs a build is about, as the command line says it: without targets, those that {@code
 * default} of the build file names, or all jobs except manual ones that no other job waits for.
 * {@link Targets} decides what a target means.
 *
 * @param asked the targets of the command line
 * @param all whether {@code default} does not count
 * @param failed the only jobs that may be targets, since they failed; null for any
 * @param changed the only jobs that may be targets, since their sources differ; null for any
 * @param revision the git revision of {@code --since}; null without it
 * @param downstream whether the jobs that wait for the targets count as targets too
 * @param args the arguments behind {@code --}, for the targets with {@code {args}}
 */
public record JobChoice(
    List<String> asked,
    boolean all,
    List<String> failed,
    List<String> changed,
    String revision,
    boolean downstream,
    List<String> args) {

  public static JobChoice of(List<String> targets, boolean all) {
    return new JobChoice(targets, all, null, null, null, false, List.of());
  }

  /** Returns this choice with only failed jobs as targets. */
  public JobChoice with(List<String> onlyFailed) {
    return new JobChoice(asked, all, onlyFailed, changed, revision, downstream, args);
  }

  /** Returns this choice with only jobs as targets whose sources differ. */
  public JobChoice since(List<String> onlyChanged) {
    return new JobChoice(asked, all, failed, onlyChanged, revision, downstream, args);
  }

  /** Returns this choice for a project that was read again, in which a source may have new jobs. */
  public JobChoice again(Project next, Cache cache) {
    return revision == null ? this : since(ChangedJobs.names(next, revision, cache, _ -> {}));
  }

  /** Returns the targets: those of the command line or, if it has none, of the build file. */
  public List<String> targets(Graph graph, UserPaths paths) {
    return isUsual() ? usual(graph, paths) : asked;
  }

  private static List<String> usual(Graph graph, UserPaths paths) {
    PackageFile part = graph.workflow().part(paths.home());
    return part == null ? graph.workflow().settings().usual() : part.usual();
  }

  private boolean isUsual() {
    return asked.isEmpty() && !all;
  }

  /** Returns the project with the arguments for those of the targets that have {@code {args}}. */
  public Project give(Project project) {
    if (args.isEmpty()) {
      return project;
    }
    Graph graph = project.graph();
    JobSelection chosen = project.select(this);
    Map<String, String> given = new HashMap<>();
    for (int job : graph.inOrder(chosen.named())) {
      if (graph.job(job).slot(GivenArguments.SLOT) != null) {
        given.put(GivenArguments.variable(graph.name(job)), GivenArguments.packed(args));
      }
    }
    for (int group : chosen.namedOpen().stream().toArray()) { // no instance is known yet
      given.put(GivenArguments.variable(graph.name(group)), GivenArguments.packed(args));
    }
    if (given.isEmpty()) {
      throw new BadInput(
          "no target takes arguments; put {args} into the command of "
              + SafeText.name(asked.getFirst()));
    }
    return project.with(given);
  }

  /**
   * Returns the chosen jobs of a graph; {@code paths} are the user's names of files. What only
   * frozen jobs need is not among them. A forced build leaves frozen jobs that it does not name.
   */
  JobSelection select(Graph graph, UserPaths paths, boolean force) {
    List<String> targets = targets(graph, paths);
    boolean targeted = ExcludingTargets.areNamed(graph, targets);
    BitSet named = targeted ? new BitSet() : Targets.all(graph, paths);
    if (!targeted && failed == null) {
      named = withoutUnneeded(graph, withoutManual(graph, named));
      named = JobSelection.withPredecessors(graph, named, Frozen.still(graph));
      if (!paths.home().isEmpty()) {
        named.and(Targets.all(graph, paths));
      }
    }
    if (!targets.isEmpty()) {
      named = isUsual() ? usual(graph, paths, named) : Targets.nodes(graph, targets, paths, named);
    }
    if (failed != null) {
      named.and(nodes(graph, failed));
    }
    if (changed != null) {
      named.and(nodes(graph, changed));
    }
    if (downstream) {
      BitSet behind = graph.after().along(named);
      behind.and(Targets.all(graph));
      named.or(withoutManual(graph, behind));
    }
    BitSet still = Frozen.still(graph);
    if (!force || still.isEmpty()) {
      return JobSelection.of(graph, named, targeted || failed != null, still);
    }
    for (String target : targets) {
      String name = Targets.name(graph, target, paths);
      if (name != null) {
        Arrays.stream(graph.nodesOf(name)).forEach(still::clear);
      }
    }
    return JobSelection.of(graph, named, targeted || failed != null, still).without(still);
  }

  /**
   * Returns the nodes that {@code default} names; of manual jobs, only those that it names alone.
   */
  private static BitSet usual(Graph graph, UserPaths paths, BitSet all) {
    List<String> targets = usual(graph, paths);
    PackageFile part = graph.workflow().part(paths.home());
    Path from = part == null ? paths.root() : paths.root().resolve(part.folder());
    UserPaths ofRoot = new UserPaths(paths.root(), from, paths.home());
    BitSet named;
    try {
      named = withoutManual(graph, Targets.nodes(graph, targets, ofRoot, all));
    } catch (BadInput e) {
      throw new BadInput("default of the build file: " + e.getMessage());
    }
    for (String target : targets) {
      int job = graph.jobId(paths.home() + target);
      if (job >= 0) {
        named.set(job);
      }
    }
    return named;
  }

  /**
   * Returns, for each named job that is manual and makes no file, the jobs that wait for it since
   * only later targets need them (rule 12).
   */
  public Map<Integer, BitSet> order(Graph graph, UserPaths paths) {
    List<String> targets = targets(graph, paths);
    if (targets.size() < 2 || graph.workflow().manual().isEmpty()) {
      return Map.of();
    }
    Map<Integer, BitSet> order = new HashMap<>();
    BitSet before =
        ExcludingTargets.areNamed(graph, targets) ? new BitSet() : Targets.all(graph, paths);
    for (String target : targets) {
      BitSet found = ExcludingTargets.is(graph, target) ? null : Targets.find(graph, target, paths);
      if (found == null) {
        continue;
      }
      before.or(found);
      BitSet later = graph.allJobs();
      later.andNot(JobSelection.withPredecessors(graph, before, Frozen.still(graph)));
      for (String manual : graph.workflow().manual()) {
        int job = graph.jobId(manual);
        if (job >= 0 && found.get(job) && graph.job(job).isAction()) {
          order.putIfAbsent(job, later);
        }
      }
    }
    return order;
  }

  /** Returns {@code nodes} without those that only frozen jobs wait for. */
  private static BitSet withoutUnneeded(Graph graph, BitSet nodes) {
    BitSet still = Frozen.still(graph); // and what only these wait for
    for (int place = graph.nodes() - 1; place >= 0 && !still.isEmpty(); place--) {
      int node = graph.inOrder(place);
      int[] after = graph.after().row(node);
      if (after.length > 0 && Arrays.stream(after).allMatch(still::get) && !still.get(node)) {
        still.set(node);
        nodes.clear(node);
      }
    }
    return nodes;
  }

  /** Returns {@code nodes} without the manual jobs and groups. */
  private static BitSet withoutManual(Graph graph, BitSet nodes) {
    for (String manual : graph.workflow().manual()) {
      int job = graph.jobId(manual);
      int[] found = job < 0 ? graph.nodesOf(manual) : new int[] {job}; // all nodes of the group
      for (int i = 0; found != null && i < found.length; i++) {
        nodes.clear(found[i]);
      }
    }
    return nodes;
  }

  /**
   * Returns the nodes of jobs by name; for an instance that is not known yet, that of its group.
   */
  public static BitSet nodes(Graph graph, List<String> names) {
    BitSet nodes = new BitSet();
    for (String name : names) {
      int[] found = graph.nodesOf(name);
      Arrays.stream(found == null ? new int[0] : found).forEach(nodes::set);
    }
    return nodes;
  }
}
