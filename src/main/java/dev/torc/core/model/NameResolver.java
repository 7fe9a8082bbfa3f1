package dev.torc.core.model;

import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.PatternIndex;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Workflow.MadeFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the nodes that a name stands for: a job, all instances of a group, or the instances with
 * some values. If a group is not fully expanded, its own node is included. It does not resolve
 * files, tags or globs.
 */
final class NameResolver {

  private final Workflow workflow;
  private final IntFunction<Job> jobs;
  private final ToIntFunction<String> ids;
  private final Map<Integer, Group> open;
  private final Map<String, Group> groups = new HashMap<>();
  private final Map<String, Instances> asked = new HashMap<>();

  /**
   * The instances of a group. {@code open} is the group's node; -1 if all instances are known. The
   * last two fields are filled on first use: {@code having} maps a value such as {@code lr 0.1} to
   * the instances with it, and {@code coming} has the patterns of products that may add instances.
   */
  private record Instances(
      Group group,
      int[] ids,
      int open,
      Map<String, List<Integer>> having,
      List<PatternIndex> coming) {

    /** Returns whether the group may still get instances with these values. */
    boolean mayGrow(Map<String, String> values) {
      if (open < 0 || group.further().growing().isEmpty() || values.isEmpty()) {
        return open >= 0;
      }
      if (coming.isEmpty()) {
        for (Group.Growing growing : group.further().growing()) {
          PatternIndex made = new PatternIndex();
          growing.made().forEach(pattern -> made.add(pattern, open, group.place()));
          coming.add(made);
        }
      }
      boolean[] may = new boolean[1];
      for (int i = 0; i < coming.size(); i++) {
        coming
            .get(i)
            .overlapping(group.further().growing().get(i).with(values), _ -> may[0] = true);
      }
      return may[0];
    }
  }

  /** Creates a resolver; {@code ids} returns the node of a job's name, or -1 if it is unknown. */
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
   * Returns the nodes of a name, ascending: none for a group without instances, null if unknown.
   */
  int[] nodesOf(String name) {
    return nodes(name, false);
  }

  /**
   * Returns the same as {@link #nodesOf} for a name in a need. If results decide a group's
   * instances, a part without instances is empty, not unknown.
   */
  int[] nodesInNeed(String name) {
    return nodes(name, true);
  }

  private synchronized int[] nodes(String name, boolean need) {
    int job = ids.applyAsInt(name);
    if (job >= 0) {
      return new int[] {job};
    }
    InstanceName part = InstanceName.parse(name);
    Group named = groups.get(part.group());
    if (named == null && need && !workflow.settings().isAllRead()) {
      return new int[0]; // a build file may declare it that is not made yet
    } else if (named == null || part.unknownParameter(named) != null) {
      return null;
    }
    Instances group = asked.computeIfAbsent(named.name(), _ -> instances(named));
    int[] those = having(group, part.values());
    boolean grows = group.mayGrow(part.values());
    if (those.length == 0 && !grows && group.ids.length > 0 && !(need && named.sources().found())) {
      return null;
    }
    IntStream ids = Arrays.stream(those);
    return (grows ? IntStream.concat(ids, IntStream.of(group.open)) : ids).sorted().toArray();
  }

  /**
   * Passes on the makers of build files for which a job waits: that of its own file and, if it
   * names a job that is not known, those of all files that are not read yet.
   *
   * @param owner returns the node that makes a path; negative for none
   */
  void eachMaker(Job job, ToIntFunction<String> owner, IntConsumer take) {
    for (MadeFile made : workflow.settings().made()) {
      boolean names =
          !made.read()
              && Stream.concat(job.needRefs().stream(), job.links().after().stream())
                  .anyMatch(this::isUnknown);
      int maker = owner.applyAsInt(made.path());
      if (maker >= 0 && (names || made.path().equals(job.place().file()))) {
        take.accept(maker);
      }
    }
  }

  private boolean isUnknown(Ref ref) {
    String name =
        ref instanceof Ref.OfJob other
            ? other.job()
            : ref instanceof Ref.OfData data ? readingOf(data).job() : null;
    return name != null && nodesOf(name) == null;
  }

  /**
   * Returns the reading of a needed value that names an existing job or group. Names with instances
   * come before names without, then longer names before shorter ones. Returns the value as written
   * if no reading exists.
   */
  Ref.OfData readingOf(Ref.OfData value) {
    Ref.OfData first = null;
    for (Ref.OfData reading : value.readings()) {
      int[] nodes = reading.job() == null ? null : nodesInNeed(reading.job());
      if (nodes != null && nodes.length > 0) {
        return reading;
      }
      first = first == null && nodes != null ? reading : first;
    }
    return first == null ? value : first;
  }

  /**
   * Returns the job, group or part of a group that a reader of a value waits for: the whole group
   * while only further instances can tell which part is meant.
   */
  String awaited(Ref.OfData value) {
    String name = readingOf(value).job();
    String group = InstanceName.parse(name).group();
    boolean unclear =
        open.values().stream().anyMatch(each -> each.name().equals(group))
            && value.readings().stream().filter(each -> nodesInNeed(each.job()) != null).count()
                > 1;
    return unclear ? group : name;
  }

  /** Returns whether the named group, or part of a group, may still get more instances. */
  synchronized boolean mayGrow(String name) {
    InstanceName part = InstanceName.parse(name);
    Group named = groups.get(part.group());
    return asked.computeIfAbsent(named.name(), _ -> instances(named)).mayGrow(part.values());
  }

  private int[] having(Instances group, Map<String, String> values) {
    if (values.isEmpty()) {
      return group.ids;
    }
    if (group.having.isEmpty()) {
      index(group);
    }
    Map.Entry<String, String> first = values.entrySet().iterator().next();
    return group.having.getOrDefault(first.getKey() + "\0" + first.getValue(), List.of()).stream()
        .mapToInt(node -> node)
        .filter(
            node ->
                values.size() == 1
                    || jobs.apply(node).parameters().entrySet().containsAll(values.entrySet()))
        .toArray();
  }

  private void index(Instances group) {
    for (int i = 0; i < group.ids.length; i++) {
      int node = group.ids[i];
      Map<String, String> named = InstanceName.parse(group.group.instances().get(i)).values();
      boolean all = named.size() == group.group.parameters().size();
      (all ? named : jobs.apply(node).parameters())
          .forEach(
              (name, value) ->
                  group
                      .having
                      .computeIfAbsent(name + "\0" + value, _ -> new ArrayList<>(1))
                      .add(node));
    }
  }

  /**
   * Returns the message for a needed value that no job stores. {@code step} says what to do if no
   * similar name exists.
   */
  String unknown(Ref.OfData value, String step) {
    return value.readings().stream()
        .map(reading -> unknown(reading.job(), ""))
        .filter(line -> line.indexOf(';') > 0 || !line.startsWith("no job "))
        .findFirst()
        .orElseGet(() -> unknown(value.job(), step));
  }

  /**
   * Returns the message for an unknown name. {@code step} says what to do if no similar name
   * exists.
   */
  String unknown(String name, String step) {
    InstanceName part = InstanceName.parse(name);
    Group group = groups.get(part.group());
    if (group == null) {
      String hint = NearestName.hint(name, names());
      return "no job " + SafeText.name(name) + (hint.isEmpty() ? step : hint);
    }
    String parameter = part.unknownParameter(group);
    return parameter != null
        ? parameter
        : "no instance of %s has %s%s"
            .formatted(part.group(), name.substring(part.group().length() + 1), near(part, group));
  }

  /** Returns a question that suggests the part of the group with similar values; empty if none. */
  private synchronized String near(InstanceName part, Group named) {
    Instances group = asked.computeIfAbsent(named.name(), _ -> instances(named));
    having(group, part.values()); // fills group.having
    SortedMap<String, String> near = new TreeMap<>(part.values());
    near.replaceAll(
        (name, value) -> {
          String key = name + "\0";
          List<String> known =
              group.having.keySet().stream()
                  .filter(each -> each.startsWith(key))
                  .map(each -> each.substring(key.length()))
                  .toList();
          return Objects.requireNonNullElse(NearestName.to(value, known), value);
        });
    return having(group, near).length == 0
        ? ""
        : NearestName.question(values(part), values(new InstanceName(part.group(), near)));
  }

  private static String values(InstanceName name) {
    return name.toString().substring(name.group().length() + 1);
  }

  /** Returns whether a name in a need is a part of a group for which results gave no instances. */
  synchronized boolean isEmptyPart(String name) {
    InstanceName part = InstanceName.parse(name);
    Group group = part.values().isEmpty() ? null : groups.get(part.group());
    return group != null && group.sources().found() && nodes(name, true).length == 0;
  }

  private Set<String> names() {
    Set<String> names = new TreeSet<>(groups.keySet());
    workflow.jobs().forEach(job -> names.add(job.name()));
    return names;
  }
}
