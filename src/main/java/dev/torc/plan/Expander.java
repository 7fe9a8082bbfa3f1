package dev.torc.plan;

import dev.torc.buildfile.ResultSource;
import dev.torc.graph.Graph;
import dev.torc.graph.GraphBuilder;
import dev.torc.machine.Refusal;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.BadInput.Diagnostic;
import dev.torc.workflow.Group;
import dev.torc.workflow.PackedJobs;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Expands groups when all that they await is settled: from the context of one graph it makes that
 * of the next. A group of which only that shows that something is wrong with it stays, with its
 * problems and without instances; the rest goes on. The reader of build files finds out which
 * values there are.
 */
public final class Expander {

  /** Reads the workflow anew with the results that are known now. */
  public interface Source {
    /** Throws {@link BadInput} or an exception of files where it cannot be done. */
    Workflow expand(ResultSource found) throws IOException;
  }

  /** Looks at jobs that came up. */
  public interface Check {
    /** Throws {@link BadInput} where some of the jobs cannot be built. */
    void of(Graph graph, BitSet jobs) throws IOException;
  }

  private final Source source;
  private final Function<Graph, JobSelection> select;
  private final Check check;
  private final boolean lasting;
  private final Map<String, List<Diagnostic>> failed = new HashMap<>();

  /**
   * @param select finds in a graph the jobs that the command is about
   * @param check what else must hold of jobs that come up
   * @param lasting whether the build file alone decides which instances there are
   */
  public Expander(
      Source source, Function<Graph, JobSelection> select, Check check, boolean lasting) {
    this.source = source;
    this.select = select;
    this.check = check;
    this.lasting = lasting;
  }

  /** Decides all jobs, having expanded all groups that can be without running anything. */
  public Plan plan(PlanContext first) throws IOException {
    return plan(first, first.selection().jobs());
  }

  /** The same where only some jobs of the first context have to be decided; see {@link Plan#of}. */
  public Plan plan(PlanContext first, BitSet restless) throws IOException {
    Map<String, String> wanted = new HashMap<>(first.wanted());
    PlanContext begin = fresh(first, restless);
    BitSet asked = begin == first ? restless : begin.selection().jobs();
    while (true) {
      Map<String, Integer> counted = new HashMap<>();
      Plan plan = Plan.of(begin, asked);
      PlanContext next = next(plan, counted);
      while (next != plan.context()) {
        plan = Plan.of(next);
        next = next(plan, counted);
      }
      if (!revoked(plan, counted, wanted)) {
        return plan;
      }
      failed.clear();
      begin = begin.anew(false, wanted);
    }
  }

  /**
   * The next context.
   *
   * @param counted takes missing products by whose records groups are expanded, with these groups
   */
  private PlanContext next(Plan plan, Map<String, Integer> counted) throws IOException {
    MissingTemporaries missing = new MissingTemporaries(plan.context());
    for (int group : plan.context().selection().open().stream().toArray()) {
      for (MissingTemporaries.Read read : missing.reads(group)) {
        counted.put(read.path(), group);
      }
    }
    return next(plan.context());
  }

  /**
   * Whether it turned out that a missing product by whose record a group was expanded is made
   * again, for an instance of the group, say, or that a group goes on waiting for others: then that
   * one comes first.
   */
  private static boolean revoked(
      Plan plan, Map<String, Integer> counted, Map<String, String> wanted) {
    int before = wanted.size();
    Graph graph = plan.context().graph();
    counted.forEach(
        (path, node) -> {
          Group group = graph.open().get(node);
          boolean waits = group != null && group.problems().isEmpty();
          if (waits == plan.verdict(graph.makerOf(path)) instanceof Verdict.UpToDate) {
            wanted.putIfAbsent(path, graph.name(node));
          }
        });
    return wanted.size() > before;
  }

  /**
   * The context without instances for files that are products of an earlier build and that no job
   * declares any more: when the build file was read, no records were known. The same context where
   * there are none.
   *
   * @param restless the jobs whose needs have to be looked at
   */
  public PlanContext fresh(PlanContext first, BitSet restless) throws IOException {
    if (lasting || !seesStale(first, restless)) {
      return first;
    }
    Workflow wanted = source.expand(new SettledResults(first));
    if (wanted.groups().equals(first.graph().workflow().groups())) {
      return first;
    }
    Graph graph = GraphBuilder.build(wanted);
    JobSelection selection = select.apply(graph);
    BitSet fresh = (BitSet) selection.jobs().clone();
    selection.jobs().stream()
        .filter(job -> first.graph().jobId(graph.name(job)) >= 0)
        .forEach(fresh::clear);
    check.of(graph, fresh);
    return first.anew(graph, selection);
  }

  /** Whether an instance needs a file that only an earlier build made. */
  private static boolean seesStale(PlanContext context, BitSet restless) {
    Graph graph = context.graph();
    BitSet seen = new BitSet();
    for (int job = restless.nextSetBit(0); job >= 0; job = restless.nextSetBit(job + 1)) {
      if (graph.job(job).group() == null) {
        continue;
      }
      for (int file : graph.needs().row(job)) {
        if (graph.maker(file) < 0 && !seen.get(file)) {
          seen.set(file);
          if (context.contents().recorded(graph.path(file)) != null) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /**
   * The context with those groups expanded that await nothing any more, or with their problems; the
   * same context where there are none.
   */
  public PlanContext next(PlanContext now) throws IOException {
    List<Group> ready =
        now.selection().open().stream()
            .filter(node -> now.records().unsettledBefore(node) < 0)
            .mapToObj(node -> now.graph().open().get(node))
            .filter(group -> group.problems().isEmpty())
            .toList();
    if (ready.isEmpty()) {
      return now;
    }
    Workflow old = now.graph().workflow();
    Workflow wanted = wanted(now, ready);
    Map<String, Group> after = byName(wanted);
    for (Group group : ready) {
      if (group.equals(after.get(group.name()))) {
        fail(
            group,
            "group " + group.name() + " cannot be expanded though all that it awaits is done");
      }
    }
    Set<String> changed = changed(old, after);
    try {
      return context(now, merge(old, wanted, changed));
    } catch (BadInput e) {
      return oneByOne(now, wanted, changed);
    }
  }

  private Workflow wanted(PlanContext now, List<Group> ready) {
    Workflow old = now.graph().workflow();
    try {
      Workflow wanted = source.expand(new SettledResults(now));
      Map<String, Group> after = byName(wanted);
      for (Group group : old.groups()) {
        if (!group.isOpen() && !group.equals(after.get(group.name()))) {
          ready.forEach(
              each ->
                  fail(each, "group " + group.name() + " would be another one now; build again"));
          return old;
        }
      }
      return wanted;
    } catch (BadInput e) {
      ready.forEach(group -> failed.put(group.name(), e.diagnostics()));
    } catch (IOException e) {
      ready.forEach(group -> fail(group, Refusal.line(e)));
    } catch (UncheckedIOException e) {
      ready.forEach(group -> fail(group, Refusal.line(e.getCause())));
    }
    return old;
  }

  private void fail(Group group, String message) {
    failed.putIfAbsent(group.name(), List.of(new Diagnostic(group.place(), message)));
  }

  /** Finds out which groups do not fit, by adding one after the other. */
  private PlanContext oneByOne(PlanContext now, Workflow wanted, Set<String> changed)
      throws IOException {
    Workflow old = now.graph().workflow();
    Set<String> fit = new HashSet<>();
    for (Group group : old.groups()) {
      if (changed.contains(group.name()) && !failed.containsKey(group.name())) {
        fit.add(group.name());
        try {
          context(now, merge(old, wanted, fit));
        } catch (BadInput e) {
          fit.remove(group.name());
          failed.put(group.name(), e.diagnostics());
        }
      }
    }
    return context(now, merge(old, wanted, fit));
  }

  private PlanContext context(PlanContext now, Workflow workflow) throws IOException {
    Graph graph = GraphBuilder.grow(now.graph(), workflow);
    JobSelection selection = select.apply(graph);
    BitSet fresh = (BitSet) selection.jobs().clone();
    fresh.andNot(now.graph().allJobs());
    check.of(graph, fresh);
    return now.over(graph, selection);
  }

  private static Map<String, Group> byName(Workflow workflow) {
    return workflow.groups().stream().collect(Collectors.toMap(Group::name, g -> g));
  }

  /** The open groups of which more is known. */
  private static Set<String> changed(Workflow old, Map<String, Group> after) {
    return old.groups().stream()
        .filter(group -> group.isOpen() && !group.equals(after.get(group.name())))
        .map(Group::name)
        .collect(Collectors.toSet());
  }

  /**
   * The wanted workflow, where some groups are as they are wanted, those that failed as such, and
   * all others as they were.
   */
  private Workflow merge(Workflow old, Workflow wanted, Set<String> some) {
    List<Group> groups = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    BitSet kept = new BitSet();
    kept.set(0, wanted.jobs().size());
    for (int g = 0; g < old.groups().size(); g++) {
      Group group = old.groups().get(g);
      List<Diagnostic> problems = failed.get(group.name());
      Group now = some.contains(group.name()) ? wanted.groups().get(g) : group;
      int start = wanted.starts().get(g);
      starts.add(kept.get(0, start).cardinality());
      if (problems == null && now.problems().isEmpty()) {
        groups.add(now);
      } else {
        // What it would have made stays expected, so that its readers never start.
        now =
            Group.failed(
                group.name(),
                group.place(),
                group.parameters(),
                group.products(),
                problems == null ? now.problems() : problems,
                group.tables(),
                group.allowFailure());
        groups.add(now);
      }
      if (now.isOpen()) {
        kept.clear(start, start + wanted.groups().get(g).instances().size());
      }
    }
    boolean all = kept.cardinality() == wanted.jobs().size();
    return wanted.with(
        all ? wanted.jobs() : PackedJobs.pick(wanted.jobs(), kept.stream().toArray()),
        groups,
        starts);
  }
}
