package dev.torc.core.decide;

import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.Refusal;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.GraphBuilder;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.PackedJobs;
import dev.torc.core.model.ResultSource;
import dev.torc.core.model.Workflow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Expands a group once all jobs that the group waits for are settled: makes a new graph and context
 * from the present ones. {@link Source} reads the build files. A group that cannot be expanded
 * stays without new instances and has problems, while the rest of the build continues.
 */
public final class Expander {

  /** Reads the workflow again, with the results that are known now. */
  public interface Source {
    /** Throws {@link BadInput}, or {@link IOException} if a file cannot be read. */
    Workflow expand(ResultSource found) throws IOException;
  }

  public interface Check {
    /** Throws {@link BadInput} if any of the jobs cannot be built. */
    void of(Graph graph, BitSet jobs) throws IOException;
  }

  private final Source source;
  private final Function<Graph, JobSelection> select;
  private final Check check;
  private final boolean lasting;
  private final Map<String, List<Diagnostic>> failed = new HashMap<>();
  private BadInput refused; // what the call says, and no build file; null for nothing

  /**
   * @param lasting whether the instances depend on the build file alone
   */
  public Expander(
      Source source, Function<Graph, JobSelection> select, Check check, boolean lasting) {
    this.source = source;
    this.select = select;
    this.check = check;
    this.lasting = lasting;
  }

  /** Expands all groups that can be expanded before any job runs, and decides all jobs. */
  public Plan plan(PlanContext first) throws IOException {
    return plan(first, first.selection().jobs());
  }

  /** Expands groups too, but decides only the jobs that may be dirty; see {@link Plan#of}. */
  public Plan plan(PlanContext first, BitSet dirty) throws IOException {
    Map<String, String> wanted = new HashMap<>(first.wanted().products());
    PlanContext begin = withoutStale(first, dirty);
    BitSet asked = begin == first ? dirty : begin.selection().jobs();
    while (true) {
      Map<String, Integer> counted = new HashMap<>();
      Plan plan = null;
      PlanContext next = begin;
      while (plan == null || next != plan.context()) {
        plan = plan == null ? Plan.of(begin, asked) : Plan.of(next);
        plan.context().temporaries().addCounted(counted);
        next = next(plan.context());
      }
      if (refused != null) {
        throw refused;
      } else if (!Temporaries.revokes(plan, counted, wanted)) {
        return plan;
      }
      failed.clear();
      begin = begin.anew(false, wanted);
    }
  }

  /**
   * Returns a context without the instances that come from stale files, which an earlier build made
   * and no job declares anymore: the reader of the build file has no records, so it took these
   * files for sources. Returns the same context if there are no such instances.
   *
   * @param dirty the jobs whose needs have to be checked
   */
  public PlanContext withoutStale(PlanContext first, BitSet dirty) throws IOException {
    if (lasting || !seesStale(first, dirty)) {
      return first;
    }
    Workflow wanted = source.expand(new SettledResults(first));
    if (wanted.groups().equals(first.graph().workflow().groups())) {
      return first;
    }
    Graph graph = GraphBuilder.build(wanted);
    JobSelection selection = select.apply(graph);
    BitSet added = (BitSet) selection.jobs().clone();
    selection.jobs().stream()
        .filter(job -> first.graph().jobId(graph.name(job)) >= 0)
        .forEach(added::clear);
    check.of(graph, added);
    return first.anew(graph, selection);
  }

  private static boolean seesStale(PlanContext context, BitSet dirty) {
    Graph graph = context.graph();
    return !graph.workflow().groups().isEmpty() // else no job needs to be decoded
        && dirty.stream()
            .filter(job -> graph.labels(job).group() != null)
            .flatMap(job -> Arrays.stream(graph.needs().row(job)))
            .filter(file -> graph.maker(file) < 0)
            .distinct()
            .anyMatch(file -> context.contents().stale().of(graph.path(file)) != null);
  }

  /**
   * Returns a context with the new instances of groups that wait for no more jobs, and of growing
   * groups that have a settled maker. A group that cannot be expanded gets problems instead.
   * Returns the same context if nothing changed.
   */
  public PlanContext next(PlanContext now) throws IOException {
    List<Group> whole = new ArrayList<>();
    List<Group> ready = new ArrayList<>();
    for (int node : now.selection().open().stream().toArray()) {
      Group group = now.graph().open().get(node);
      boolean all = now.records().unsettledBefore(node) < 0;
      if (group.further().problems().isEmpty() && (all || group.grows() && anySettled(now, node))) {
        ready.add(group);
        if (all) {
          whole.add(group);
        }
      }
    }
    if (ready.isEmpty()) {
      return now;
    }
    int known = failed.size();
    Workflow old = now.graph().workflow();
    Workflow wanted = wanted(now, ready);
    Map<String, Group> after = byName(wanted);
    for (Group group : whole) {
      if (group.equals(after.get(group.name()))) {
        fail(
            group,
            "group " + group.name() + " cannot be expanded though all that it awaits is done");
      }
    }
    Set<String> changed = changed(old, after);
    if (changed.isEmpty() && failed.size() == known) {
      return now;
    }
    try {
      return context(now, merge(old, wanted, changed));
    } catch (BadInput e) {
      return oneByOne(now, wanted, changed);
    }
  }

  private static boolean anySettled(PlanContext now, int group) {
    return Arrays.stream(now.graph().before().row(group)).anyMatch(now.records()::isInPlace);
  }

  private Workflow wanted(PlanContext now, List<Group> ready) {
    Workflow old = now.graph().workflow();
    try {
      Workflow wanted = source.expand(new SettledResults(now));
      Map<String, Group> after = byName(wanted);
      for (Group group : old.groups()) {
        if (!stays(group, after.get(group.name()))) {
          ready.forEach(
              each ->
                  fail(each, "group " + group.name() + " would be another one now; build again"));
          return old;
        }
      }
      return wanted;
    } catch (BadInput e) {
      boolean ofCall = e.diagnostics().stream().allMatch(each -> each.place().equals(Place.NONE));
      refused = ofCall ? e : refused;
      ready.forEach(group -> failed.put(group.name(), e.diagnostics()));
    } catch (IOException e) {
      ready.forEach(group -> fail(group, Refusal.line(e)));
    } catch (UncheckedIOException e) {
      ready.forEach(group -> fail(group, Refusal.line(e.getCause())));
    }
    return old;
  }

  /** Returns whether a group still has all of its known instances, in the same order. */
  private static boolean stays(Group before, Group now) {
    if (!before.isOpen()) {
      return !now.isOpen() && before.instances().equals(now.instances());
    }
    Iterator<String> known = before.instances().iterator();
    String next = known.hasNext() ? known.next() : null;
    for (String name : now.instances()) {
      if (name.equals(next)) {
        next = known.hasNext() ? known.next() : null;
      }
    }
    return next == null;
  }

  private void fail(Group group, String message) {
    failed.putIfAbsent(group.name(), List.of(new Diagnostic(group.place(), message)));
  }

  /** Adds the groups one by one, to find the ones that cannot be expanded. */
  private PlanContext oneByOne(PlanContext now, Workflow wanted, Set<String> changed)
      throws IOException {
    Workflow old = now.graph().workflow();
    Set<String> fit = new HashSet<>();
    for (Group group : old.groups()) {
      if (changed.contains(group.name())) {
        fit.add(group.name());
        try {
          context(now, merge(old, wanted, fit));
        } catch (BadInput e) {
          failed.put(group.name(), e.diagnostics()); // merge() keeps this group as it was
        }
      }
    }
    return context(now, merge(old, wanted, fit));
  }

  private PlanContext context(PlanContext now, Workflow workflow) throws IOException {
    Graph graph = GraphBuilder.grow(now.graph(), workflow);
    JobSelection selection = select.apply(graph);
    selection.jobs().or(now.selection().jobs()); // a maker stays selected, even if unneeded
    BitSet added = (BitSet) selection.jobs().clone();
    added.andNot(now.graph().allJobs());
    check.of(graph, added);
    return now.grown(graph, selection);
  }

  private static Map<String, Group> byName(Workflow workflow) {
    return workflow.groups().stream().collect(Collectors.toMap(Group::name, g -> g));
  }

  private static Set<String> changed(Workflow old, Map<String, Group> after) {
    return old.groups().stream()
        .filter(group -> group.isOpen() && !group.equals(after.get(group.name())))
        .map(Group::name)
        .collect(Collectors.toSet());
  }

  /**
   * Returns the wanted workflow, in which only {@code some} of the changed groups change, and
   * failed groups have problems. No group loses an instance.
   */
  private Workflow merge(Workflow old, Workflow wanted, Set<String> some) {
    List<Group> groups = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    BitSet chosen = new BitSet();
    chosen.set(0, wanted.jobs().size());
    for (int g = 0; g < old.groups().size(); g++) {
      Group group = old.groups().get(g);
      Group next = wanted.groups().get(g);
      Group now = some.contains(group.name()) || group.equals(next) ? next : group;
      List<Diagnostic> problems = failed.getOrDefault(group.name(), now.further().problems());
      int start = wanted.starts().get(g);
      starts.add(chosen.get(0, start).cardinality());
      groups.add(problems.isEmpty() ? now : group.withProblems(problems));
      if (groups.getLast() != next) {
        Set<String> known = Set.copyOf(group.instances());
        for (int i = 0; i < next.instances().size(); i++) {
          chosen.set(start + i, known.contains(next.instances().get(i)));
        }
      }
    }
    boolean all = chosen.cardinality() == wanted.jobs().size();
    List<Job> jobs =
        all ? wanted.jobs() : PackedJobs.pick(wanted.jobs(), chosen.stream().toArray());
    return wanted.with(jobs, groups, starts, wanted.warnings(), wanted.apart());
  }

  /** Gives groups the results of the settled jobs of a context. */
  private record SettledResults(PlanContext context) implements ResultSource {

    @Override
    public Optional<List<String>> products(String name) {
      int[] nodes = context.graph().nodesOf(name);
      if (nodes == null) {
        return Optional.empty();
      }
      List<String> paths = new ArrayList<>();
      for (int node : nodes) {
        JobResult result =
            context.records().isInPlace(node) ? context.records().result(node) : null;
        if (result == null) {
          return Optional.empty();
        }
        for (RecordedProduct made : result.products()) {
          if (made.kind() == FileKind.FOLDER) {
            Io.unchecked(() -> paths.addAll(context.contents().inside(made.path())));
          } else {
            paths.add(made.path());
          }
        }
      }
      return Optional.of(paths);
    }

    @Override
    public boolean isRecorded(String path) {
      return context.contents().isMade(path);
    }

    @Override
    public Object era() {
      return context.records().era();
    }
  }
}
