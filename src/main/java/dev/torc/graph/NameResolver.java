package dev.torc.graph;

import dev.torc.syntax.Glob;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.PatternIndex;
import dev.torc.workflow.Group;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job;
import dev.torc.workflow.Workflow;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * What a name stands for: a job, all instances of a group, or those instances that have some
 * values. A group whose instances are not all known stands for its own node as well. It knows no
 * files, tags or globs.
 */
final class NameResolver {

  private final Workflow workflow;
  private final IntFunction<Job> jobs;
  private final ToIntFunction<String> ids;
  private final Map<Integer, Group> open;
  private final Map<String, Group> groups = new HashMap<>();
  private final Map<String, Instances> asked = new HashMap<>();

  /** The instances of a group, and which of them (by index) have a value such as {@code lr 0.1}. */
  private record Instances(
      Group group, int[] ids, int open, Map<String, BitSet> having, List<PatternIndex> coming) {

    /** Whether instances that have some values may still come. */
    boolean mayGrow(Map<String, String> values) {
      if (open < 0 || group.growing().isEmpty() || values.isEmpty()) {
        return open >= 0;
      }
      if (coming.isEmpty()) {
        for (Group.Growing growing : group.growing()) {
          PatternIndex made = new PatternIndex();
          growing.made().forEach(pattern -> made.add(Glob.of(pattern), open, group.place()));
          coming.add(made);
        }
      }
      boolean[] may = new boolean[1];
      for (int i = 0; i < coming.size(); i++) {
        coming.get(i).overlapping(group.growing().get(i).with(values), _ -> may[0] = true);
      }
      return may[0];
    }
  }

  /**
   * @param jobs by node
   * @param open the groups whose instances are not all known, by node
   * @param ids the node of a job by its name, -1 where there is none
   */
  NameResolver(
      Workflow workflow,
      IntFunction<Job> jobs,
      Map<Integer, Group> open,
      ToIntFunction<String> ids) {
    this.workflow = workflow;
    this.jobs = jobs;
    this.ids = ids;
    this.open = open;
    workflow.groups().forEach(group -> groups.put(group.name(), group));
  }

  private Instances instances(Group group) {
    int node =
        open.entrySet().stream()
            .filter(each -> each.getValue().name().equals(group.name()))
            .mapToInt(Map.Entry::getKey)
            .findFirst()
            .orElse(-1);
    int[] instances = group.instances().stream().mapToInt(ids).toArray();
    return new Instances(group, instances, node, new HashMap<>(), new ArrayList<>(0));
  }

  /**
   * The nodes that a name stands for, ascending; empty for a group without instances, null where
   * nothing has that name.
   */
  synchronized int[] of(String name) {
    int job = ids.applyAsInt(name);
    if (job >= 0) {
      return new int[] {job};
    }
    InstanceName part = InstanceName.parse(name);
    Group named = groups.get(part.group());
    if (named == null || part.unknownParameter(named) != null) {
      return null;
    }
    Instances group = asked.computeIfAbsent(named.name(), _ -> instances(named));
    BitSet those = having(group, part.values());
    boolean grows = group.mayGrow(part.values());
    if (those.isEmpty() && !grows && group.ids.length > 0) {
      return null;
    }
    IntStream ids = those.stream().map(i -> group.ids[i]);
    IntStream all = grows ? IntStream.concat(ids, IntStream.of(group.open)) : ids;
    return all.sorted().toArray();
  }

  private BitSet having(Instances group, Map<String, String> values) {
    BitSet all = new BitSet();
    all.set(0, group.ids.length);
    if (!values.isEmpty() && group.having.isEmpty()) {
      index(group);
    }
    values.forEach(
        (name, value) -> all.and(group.having.getOrDefault(name + " " + value, new BitSet())));
    return all;
  }

  private void index(Instances group) {
    for (int i = 0; i < group.ids.length; i++) {
      int place = i;
      jobs.apply(group.ids[i])
          .parameters()
          .forEach(
              (name, value) ->
                  group.having.computeIfAbsent(name + " " + value, _ -> new BitSet()).set(place));
    }
  }

  /**
   * What to say of a name that stands for nothing.
   *
   * @param step the next step where no job has a name like it
   */
  String unknown(String name, String step) {
    InstanceName part = InstanceName.parse(name);
    Group group = groups.get(part.group());
    if (group == null) {
      String hint = NearestName.hint(name, names());
      return "no job " + name + (hint.isEmpty() ? step : hint);
    }
    String parameter = part.unknownParameter(group);
    return parameter != null
        ? parameter
        : "no instance of group %s has %s"
            .formatted(part.group(), name.substring(part.group().length() + 1));
  }

  /** All names of jobs and groups, for hints. */
  private Set<String> names() {
    Set<String> names = new TreeSet<>(groups.keySet());
    workflow.jobs().forEach(job -> names.add(job.name()));
    return names;
  }
}
