package dev.torc.graph;

import dev.torc.syntax.NearestName;
import dev.torc.workflow.Group;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job;
import dev.torc.workflow.Workflow;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What a name stands for: a job, all instances of a group, or those instances that have some
 * values. A group whose instances are not all known stands for its own node as well. It knows no
 * files, tags or globs.
 */
final class NameResolver {

  private final Workflow workflow;
  private final Map<String, Integer> jobs;
  private final Map<String, Instances> groups = new HashMap<>();
  private int[] renumbered;

  /** The instances of a group, and which of them (by index) have a value such as {@code lr 0.1}. */
  private record Instances(Group group, int[] ids, int open, Map<String, BitSet> having) {}

  /** Jobs are meant by their index in the workflow, open groups by those that follow. */
  NameResolver(Workflow workflow) {
    this.workflow = workflow;
    List<Job> written = workflow.jobs();
    this.jobs = HashMap.newHashMap(written.size());
    for (int j = 0; j < written.size(); j++) {
      jobs.put(written.get(j).name(), j);
    }
    int open = written.size();
    for (Group group : workflow.groups()) {
      int[] ids = group.instances().stream().mapToInt(jobs::get).toArray();
      int node = JoinNode.isOpen(group) ? open++ : -1;
      groups.put(group.name(), new Instances(group, ids, node, new HashMap<>()));
    }
  }

  /** From now on answers are given in new numbers: {@code order[old] = new}. */
  void renumber(int[] order) {
    renumbered = order;
  }

  /** The number of a job, -1 if there is none of that name. */
  int job(String name) {
    Integer id = jobs.get(name);
    return id == null ? -1 : renumbered == null ? id : renumbered[id];
  }

  /**
   * The nodes that a name stands for, ascending; empty for a group without instances, null where
   * nothing has that name.
   */
  int[] of(String name) {
    Integer job = jobs.get(name);
    if (job != null) {
      return numbers(IntStream.of(job));
    }
    InstanceName part = InstanceName.parse(name);
    Instances group = groups.get(part.group());
    if (group == null || part.unknownParameter(group.group) != null) {
      return null;
    }
    BitSet those = having(group, part.values());
    boolean known = !those.isEmpty() || group.open >= 0 || group.ids.length == 0;
    if (!known) {
      return null;
    }
    IntStream ids = those.stream().map(i -> group.ids[i]);
    return numbers(group.open < 0 ? ids : IntStream.concat(ids, IntStream.of(group.open)));
  }

  private int[] numbers(IntStream ids) {
    IntStream now = renumbered == null ? ids : ids.map(id -> renumbered[id]);
    return now.sorted().toArray();
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
      workflow
          .jobs()
          .get(group.ids[i])
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
    Instances group = groups.get(part.group());
    if (group == null) {
      String hint = NearestName.hint(name, names());
      return "no job " + name + (hint.isEmpty() ? step : hint);
    }
    String parameter = part.unknownParameter(group.group);
    return parameter != null
        ? parameter
        : "no instance of group %s has %s"
            .formatted(part.group(), name.substring(part.group().length() + 1));
  }

  /** All names of jobs and groups, for hints. */
  private Set<String> names() {
    Set<String> names = new TreeSet<>(jobs.keySet());
    names.addAll(groups.keySet());
    return names;
  }
}
