package dev.torc.features.groups;

import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Finds which jobs and groups need which, by what they declare. A need by name is certain; a need
 * by path is certain if each instance of the maker would lie there. A group uses it to ignore the
 * products of jobs that need the group. {@link UnitMakers} finds the makers of a path.
 */
public final class UnitNeeds {

  /** Returns the instances of a group, or null if not all of them are known. */
  public interface Instances {
    List<Job> of(int unit) throws IOException;
  }

  /** A path or pattern that a job needs. */
  record Inside(String job, Glob need, List<Glob> excludes) {

    /** Returns whether a product may lie there; if {@code all}, whether it certainly does. */
    boolean holds(Glob product, boolean all) {
      return (all ? need.covers(product) : need.overlaps(product))
          && !Excludes.all(excludes, product);
    }

    /** Returns the need as a user writes it. */
    String written() {
      String text = need.toString();
      return text.endsWith("/**") ? text.substring(0, text.length() - 2) : text;
    }
  }

  /** How certain a need is: {@code NAMED} and {@code SURE} are certain. */
  private enum Kind {
    PERHAPS,
    SURE,
    NAMED
  }

  private record Edge(int to, Kind kind) {}

  private final List<Unit> units;
  private final Map<String, Integer> ids;
  private final UnitMakers makers;
  private final Instances instances;
  private final List<List<Edge>> needs = new ArrayList<>();
  private final List<List<Edge>> readers = new ArrayList<>();
  private final Map<Integer, List<Job>> jobs = new HashMap<>(); // of groups
  private final Map<Integer, ProductIndex> products = new HashMap<>(); // of fixed groups
  private final Map<Integer, BitSet> followers = new HashMap<>();
  private final Map<Integer, BitSet> leading = new HashMap<>();
  private final Map<Integer, BitSet> naming = new HashMap<>();
  private final Map<Integer, BitSet> asking = new HashMap<>();

  public UnitNeeds(
      List<Unit> units, Map<String, Integer> ids, UnitMakers makers, Instances instances)
      throws IOException {
    this.units = units;
    this.ids = ids;
    this.makers = makers;
    this.instances = instances;
    for (int u = 0; u < units.size(); u++) {
      needs.add(new ArrayList<>(0));
      readers.add(new ArrayList<>(0));
    }
    for (int u = 0; u < units.size(); u++) {
      Map<Integer, Kind> found = new HashMap<>(2);
      for (Job job : jobs(u)) {
        add(job, found);
      }
      if (units.get(u) instanceof Unit.Many group) {
        for (Axis axis : group.axes()) {
          add(axis, found);
        }
      }
      int reader = u;
      found.forEach(
          (maker, kind) -> {
            needs.get(reader).add(new Edge(maker, kind));
            readers.get(maker).add(new Edge(reader, kind));
          });
    }
  }

  /** Returns whether a unit is another one, or may need it, perhaps through more units. */
  boolean mayFollow(int other, int unit) {
    return followers
        .computeIfAbsent(unit, _ -> reached(readers, List.of(unit), Kind.PERHAPS))
        .get(other);
  }

  /** Returns whether a unit is another one, or certainly needs it. */
  private boolean follows(int other, int unit) {
    return leading
        .computeIfAbsent(unit, _ -> reached(readers, List.of(unit), Kind.SURE))
        .get(other);
  }

  /** Returns whether the instances of a unit must not decide about another one. */
  boolean waitsFor(int other, int unit) throws IOException {
    return follows(other, unit) || mayFollow(other, unit) && asks(other, unit);
  }

  /** Returns the units that a need certainly leads to, and all that these certainly need. */
  public int[] before(Ref need) throws IOException {
    Map<Integer, Kind> found = new HashMap<>(2);
    add(need, List.of(), found);
    found.values().removeIf(kind -> kind == Kind.PERHAPS);
    return reached(needs, List.copyOf(found.keySet()), Kind.SURE).stream().toArray();
  }

  /** Returns whether a unit, or what it certainly needs, needs another one by name. */
  boolean followsName(int other, int unit) {
    BitSet found = naming.get(unit);
    if (found == null) {
      Stream<Edge> named = readers.get(unit).stream().filter(edge -> edge.kind == Kind.NAMED);
      found = reached(readers, named.map(Edge::to).toList(), Kind.SURE);
      naming.put(unit, found);
    }
    return found.get(other);
  }

  /** Returns whether the values of a group may depend on the instances of another one. */
  boolean asks(int other, int unit) throws IOException {
    BitSet found = asking.get(other);
    if (found == null) {
      found = new BitSet();
      Deque<Integer> open = new ArrayDeque<>(List.of(other));
      while (!open.isEmpty()) {
        Map<Integer, Kind> asked = new HashMap<>();
        if (units.get(open.pop()) instanceof Unit.Many group) {
          for (Axis axis : group.axes()) {
            add(axis, asked);
          }
        }
        for (int each : asked.keySet()) {
          if (!found.get(each)) {
            found.set(each);
            open.push(each);
          }
        }
      }
      asking.put(other, found);
    }
    return found.get(unit);
  }

  /**
   * Returns the needs by path of a job of a unit, and of all that the unit certainly needs without
   * going through {@code group}.
   */
  List<Inside> insides(int unit, String name, Job job, int group) throws IOException {
    List<Inside> all = new ArrayList<>();
    addPaths(name, job, all);
    BitSet around = reached(needs, List.of(unit), Kind.SURE, group);
    around.clear(unit);
    around.clear(group);
    for (int each : around.stream().toArray()) {
      for (Job its : jobs(each)) {
        addPaths(units.get(each).name(), its, all);
      }
      if (units.get(each) instanceof Unit.Many many) {
        many.axes().forEach(axis -> addPaths(many.name(), axis, all));
      }
    }
    return all;
  }

  private static void addPaths(String name, Job job, List<Inside> to) {
    List<Glob> excludes = job.excludes();
    for (Ref ref : job.needRefs()) {
      if (ref instanceof Ref.OfFile || ref instanceof Ref.OfFolder || ref instanceof Ref.OfGlob) {
        to.add(new Inside(name, pattern(ref), excludes));
      }
    }
  }

  private static void addPaths(String name, Axis axis, List<Inside> to) {
    if (axis instanceof Axis.Globbed globbed) {
      globbed.globs().forEach(glob -> to.add(new Inside(name, glob, globbed.excludes())));
    } else if (axis instanceof Axis.Matched matched) {
      matched
          .patterns()
          .forEach(each -> to.add(new Inside(name, each.match().glob(), matched.excludes())));
    } else {
      axis.parts().forEach(each -> addPaths(name, each, to));
    }
  }

  private static BitSet reached(List<List<Edge>> edges, List<Integer> from, Kind least) {
    return reached(edges, from, least, -1);
  }

  /** Returns the units that edges of a kind lead to, with the first ones; stops at one unit. */
  private static BitSet reached(List<List<Edge>> edges, List<Integer> from, Kind least, int end) {
    BitSet found = new BitSet();
    Deque<Integer> open = new ArrayDeque<>(from);
    from.forEach(found::set);
    while (!open.isEmpty()) {
      int unit = open.pop();
      for (Edge edge : unit == end ? List.<Edge>of() : edges.get(unit)) {
        if (edge.kind.compareTo(least) >= 0 && !found.get(edge.to)) {
          found.set(edge.to);
          open.push(edge.to);
        }
      }
    }
    return found;
  }

  /** Returns the instances of a group that nothing but the build file decides; else one for all. */
  private List<Job> jobs(int unit) throws IOException {
    if (!(units.get(unit) instanceof Unit.Many group)) {
      return List.of(units.get(unit).job());
    }
    List<Job> known = jobs.get(unit);
    if (known == null) {
      List<Job> all = isFixed(group.axes()) ? instances.of(unit) : null;
      boolean exact = all != null && all.size() <= UnitMakers.MAX_OUTLINES;
      known = exact ? all : List.of(group.job());
      jobs.put(unit, known);
      if (exact) {
        products.put(unit, UnitMakers.index(all.size(), each -> all.get(each).productRefs()));
      }
    }
    return known;
  }

  /** Returns whether build files and tables that no job makes have all values. */
  private boolean isFixed(List<Axis> axes) {
    return axes.stream()
        .allMatch(
            axis ->
                axis instanceof Axis.Fixed
                    || axis instanceof Axis.Table table && makers.of(table.path()).isEmpty()
                    || axis instanceof Axis.OfVar
                    || !axis.parts().isEmpty() && isFixed(axis.parts()));
  }

  private void add(Job job, Map<Integer, Kind> found) throws IOException {
    List<Glob> excludes = job.excludes();
    for (Ref ref : job.needRefs()) {
      add(ref, excludes, found);
    }
    job.links().after().forEach(ref -> addNamed(ref.job(), found));
    for (Job.Tool tool : job.links().tools()) {
      for (String path : tool.paths()) {
        add(Glob.of(Glob.escape(path)), List.of(), found);
      }
    }
  }

  private void add(Ref need, List<Glob> excludes, Map<Integer, Kind> found) throws IOException {
    switch (need) {
      case Ref.OfJob other -> addNamed(other.job(), found);
      case Ref.OfData data when data.job() != null ->
          data.readings().stream()
              .filter(each -> isUnit(each.job()) || isUnit(InstanceName.parse(each.job()).group()))
              .findFirst()
              .ifPresent(reading -> addNamed(reading.job(), found));
      case Ref.OfData _, Ref.Exclude _ -> {}
      case Ref.OfFile _, Ref.OfFolder _, Ref.OfGlob _ -> add(pattern(need), excludes, found);
    }
  }

  private void add(Axis axis, Map<Integer, Kind> found) throws IOException {
    if (axis instanceof Axis.Table table) {
      add(Glob.of(Glob.escape(table.path())), List.of(), found);
    } else if (axis instanceof Axis.Products named) {
      addNamed(named.job(), found);
    } else if (axis instanceof Axis.ValuesOf values) {
      addNamed(values.group(ids.keySet()), found);
    } else if (!axis.parts().isEmpty()) {
      for (Axis each : axis.parts()) {
        add(each, found);
      }
    } else {
      List<Inside> paths = new ArrayList<>(1);
      addPaths("", axis, paths);
      for (Inside each : paths) {
        for (int maker : makers.of(each.need, each.excludes)) {
          found.putIfAbsent(maker, Kind.PERHAPS); // what the group finds depends on what needs it
        }
      }
    }
  }

  private void add(Glob need, List<Glob> excludes, Map<Integer, Kind> found) throws IOException {
    for (int maker : makers.of(need, excludes)) {
      Kind kind = kind(maker, need, excludes);
      if (kind != null) {
        found.merge(maker, kind, (one, other) -> one.compareTo(other) > 0 ? one : other);
      }
    }
  }

  /** Returns how certain a need by path is; null if no instance lies there. */
  private Kind kind(int maker, Glob need, List<Glob> excludes) throws IOException {
    if (!(units.get(maker) instanceof Unit.Many group)
        || group.job().productRefs().stream().anyMatch(each -> need.covers(pattern(each)))) {
      return Kind.SURE;
    }
    jobs(maker);
    ProductIndex exact = products.get(maker);
    if (exact == null) {
      return Kind.PERHAPS;
    }
    BitSet there = new BitSet();
    exact.matching(need, excludes, there::set);
    return there.isEmpty() ? null : Kind.SURE;
  }

  /** Returns the pattern of all paths that a need or product by path means. */
  static Glob pattern(Ref ref) {
    return ref instanceof Ref.OfFolder folder
        ? ProductIndex.inside(folder).without(folder.excludes()).dotted()
        : ProductIndex.inside(ref);
  }

  private boolean isUnit(String name) {
    return ids.containsKey(name);
  }

  private void addNamed(String name, Map<Integer, Kind> found) {
    for (String each : List.of(name, InstanceName.parse(name).group())) {
      if (isUnit(each)) {
        found.put(ids.get(each), Kind.NAMED);
      }
    }
  }
}
