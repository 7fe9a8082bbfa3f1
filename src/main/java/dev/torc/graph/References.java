package dev.torc.graph;

import dev.torc.workflow.Group;
import dev.torc.workflow.Job;
import dev.torc.workflow.Nearest;
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
final class References {

  private final Map<String, Integer> jobs = new HashMap<>();
  private final Map<String, Instances> groups = new HashMap<>();
  private int[] renumbered;

  /** The instances of a group, and which of them have a value such as {@code lr=0.1}. */
  private record Instances(List<String> names, int[] ids, int open, Map<String, BitSet> having) {}

  /** Jobs are meant by their index in the workflow, open groups by those that follow. */
  References(Workflow workflow) {
    List<Job> written = workflow.jobs();
    for (int j = 0; j < written.size(); j++) {
      jobs.put(written.get(j).name(), j);
    }
    int open = written.size();
    for (Group group : workflow.groups()) {
      int[] ids = group.instances().stream().mapToInt(jobs::get).toArray();
      int node = group.awaits().isEmpty() ? -1 : open++;
      groups.put(group.name(), new Instances(group.instances(), ids, node, new HashMap<>()));
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
    Instances group = groups.get(name);
    if (group != null) {
      return numbers(with(group, IntStream.of(group.ids)));
    }
    int slash = name.lastIndexOf('/');
    Instances part = slash < 0 ? null : groups.get(name.substring(0, slash));
    if (part == null) {
      return null;
    }
    BitSet those = having(part, name.substring(slash + 1));
    boolean known = !those.isEmpty() || part.open >= 0 || part.ids.length == 0;
    return known ? numbers(with(part, those.stream().map(i -> part.ids[i]))) : null;
  }

  private static IntStream with(Instances group, IntStream ids) {
    return group.open < 0 ? ids : IntStream.concat(ids, IntStream.of(group.open));
  }

  private int[] numbers(IntStream ids) {
    IntStream now = renumbered == null ? ids : ids.map(id -> renumbered[id]);
    return now.sorted().toArray();
  }

  private static BitSet having(Instances group, String values) {
    if (group.having.isEmpty() && group.ids.length > 0) {
      index(group);
    }
    BitSet all = new BitSet();
    all.set(0, group.ids.length);
    for (String value : values.split(",", -1)) {
      all.and(group.having.getOrDefault(value, new BitSet()));
    }
    return all;
  }

  private static void index(Instances group) {
    for (int i = 0; i < group.ids.length; i++) {
      String name = group.names.get(i);
      for (String value : name.substring(name.lastIndexOf('/') + 1).split(",", -1)) {
        group.having.computeIfAbsent(value, _ -> new BitSet()).set(i);
      }
    }
  }

  /** What to say of a name that stands for nothing. */
  String unknown(String name) {
    int slash = name.lastIndexOf('/');
    String group = slash < 0 ? null : name.substring(0, slash);
    return group != null && groups.containsKey(group)
        ? "no instance of group %s has %s".formatted(group, name.substring(slash + 1))
        : "no job " + name + Nearest.hint(name, names());
  }

  /** All names of jobs and groups, for hints. */
  private Set<String> names() {
    Set<String> names = new TreeSet<>(jobs.keySet());
    names.addAll(groups.keySet());
    return names;
  }
}
