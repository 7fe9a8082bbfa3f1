package dev.torc.front.buildfile;

import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import dev.torc.front.buildfile.Axis.Row;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Finds which job or group may make a file that another one reads, by what they declare, with
 * wildcards for the values of groups. A group uses it to find the jobs that decide its instances,
 * and to ignore the units that follow from it. It may find too many makers, but never too few. It
 * does not build the graph.
 */
final class UnitMakers {

  /** The most combinations of values, or instances, that are read for each group. */
  private static final int MAX_OUTLINES = 10_000;

  /** Returns the instances of a group, or null if not all of them are known. */
  interface Instances {
    List<Job> of(int unit) throws IOException;
  }

  private final List<Unit> units;
  private final Map<String, Integer> ids;
  private final JobReader reader;
  private final AxisSources files;
  private final Predicate<String> isRecorded;
  private final Instances instances;
  private final ProductIndex products;
  private final Map<Integer, List<Job>> outlines = new HashMap<>();
  private final Map<Integer, BitSet> followers = new HashMap<>();
  private List<List<Integer>> readers;

  /**
   * Creates the index; {@code isRecorded} returns whether an earlier build made the file at a path,
   * {@code isLeftOut} whether no build runs the unit with a name.
   */
  UnitMakers(
      List<Unit> units,
      Map<String, Integer> ids,
      JobReader reader,
      AxisSources files,
      Predicate<String> isRecorded,
      Instances instances,
      Predicate<String> isLeftOut) {
    this.instances = instances;
    this.files = files;
    this.isRecorded = isRecorded;
    this.units = units;
    this.ids = ids;
    this.reader = reader.withProblems(new Problems());
    this.products =
        ProductIndex.NONE.with(
            IntStream.range(0, units.size()).toArray(),
            unit ->
                isLeftOut.test(units.get(unit).name())
                    ? List.of()
                    : units.get(unit).job().productRefs(),
            Map.of(),
            new HashMap<>(),
            (_, _, _) -> {}); // the graph reports files with two makers
  }

  /** Returns whether a unit declares exactly this path as a product. */
  boolean declares(int unit, String path) {
    ProductIndex.Claim claim = products.files().get(path);
    return claim != null && claim.owner() == unit;
  }

  Set<Integer> of(String path) {
    return of(Glob.of(Glob.escape(path)), List.of());
  }

  /** Returns the units that may make a file that matches the pattern and no exclude. */
  Set<Integer> of(Glob glob, List<Glob> excludes) {
    Set<Integer> makers = new TreeSet<>();
    products.matching(glob, excludes, makers::add);
    return makers;
  }

  /**
   * Returns jobs whose products cover everything that a unit may make. For a group there is one job
   * for each combination of the values in the build file, with wildcards for all other values.
   */
  List<Job> outlines(int unit) {
    return units.get(unit) instanceof Unit.Many group
        ? outlines.computeIfAbsent(unit, _ -> outlines(group))
        : List.of(units.get(unit).job());
  }

  private List<Job> outlines(Unit.Many group) {
    List<SortedMap<String, String>> all = new ArrayList<>(List.of(group.job().parameters()));
    for (Axis axis : group.axes()) {
      if (axis instanceof Axis.Fixed fixed
          && (long) all.size() * fixed.rows().size() <= MAX_OUTLINES) {
        List<SortedMap<String, String>> more = new ArrayList<>();
        for (SortedMap<String, String> values : all) {
          for (Row row : fixed.rows()) {
            SortedMap<String, String> one = new TreeMap<>(values);
            one.put(fixed.names().getFirst(), row.values().getFirst());
            more.add(one);
          }
        }
        all = more;
      }
    }
    return all.stream()
        .map(JobReader.Instance::some)
        .map(some -> reader.read(group.key(), group.name(), group.entry(), some))
        .toList();
  }

  boolean follows(int other, int unit) throws IOException {
    if (readers == null) {
      readers = readers();
    }
    return followers.computeIfAbsent(unit, this::followers).get(other);
  }

  /**
   * Returns a unit and all units that follow from it, through needs, {@code after}, and axes that
   * use its results.
   */
  private BitSet followers(int unit) {
    BitSet found = new BitSet();
    Deque<Integer> open = new ArrayDeque<>(List.of(unit));
    found.set(unit);
    while (!open.isEmpty()) {
      for (int reader : readers.get(open.pop())) {
        if (!found.get(reader)) {
          found.set(reader);
          open.push(reader);
        }
      }
    }
    return found;
  }

  private List<List<Integer>> readers() throws IOException {
    List<List<Integer>> readers = new ArrayList<>(units.size());
    units.forEach(unit -> readers.add(new ArrayList<>(0)));
    for (int u = 0; u < units.size(); u++) {
      Set<Integer> makers = new TreeSet<>();
      add(units.get(u).job(), makers);
      if (units.get(u) instanceof Unit.Many group) {
        List<Job> known = makers.isEmpty() || !isFixed(group.axes()) ? null : instances.of(u);
        if (known != null && known.size() <= MAX_OUTLINES) {
          makers.clear(); // a wildcard matches more than the values of a table
          known.forEach(job -> add(job, makers));
        }
        group.axes().forEach(axis -> add(axis, makers));
      }
      int reader = u;
      makers.forEach(maker -> readers.get(maker).add(reader));
    }
    return readers;
  }

  /** Returns whether build files and tables that no job makes have all values. */
  private boolean isFixed(List<Axis> axes) {
    return axes.stream()
        .allMatch(
            axis ->
                axis instanceof Axis.Fixed
                    || axis instanceof Axis.Table table && of(table.path()).isEmpty()
                    || axis instanceof Axis.Zip zip && isFixed(zip.axes()));
  }

  private void add(Job job, Set<Integer> makers) {
    List<Glob> excludes = job.excludes();
    job.needRefs().forEach(ref -> add(ref, excludes, makers));
    job.links().after().forEach(ref -> add(ref, excludes, makers));
  }

  private void add(Ref need, List<Glob> excludes, Set<Integer> makers) {
    switch (need) {
      case Ref.OfFile file -> addMakers(file.path(), makers);
      case Ref.OfFolder folder -> products.within(folder.path(), excludes, makers::add);
      case Ref.OfGlob glob -> makers.addAll(of(Glob.of(glob.pattern()), excludes));
      case Ref.OfJob job -> addNamed(job.job(), makers);
      case Ref.OfData data when data.job() != null ->
          data.readings().stream()
              .filter(each -> isUnit(each.job()) || isUnit(InstanceName.parse(each.job()).group()))
              .findFirst()
              .ifPresent(reading -> addNamed(reading.job(), makers));
      case Ref.OfData _, Ref.Exclude _ -> {}
    }
  }

  /**
   * Adds the units that may make a file. If the file exists as a source, skips a group of which
   * only a wildcard matches it.
   */
  private void addMakers(String path, Set<Integer> makers) {
    for (int maker : of(path)) {
      if (!(units.get(maker) instanceof Unit.Many)
          || declares(maker, path)
          || isRecorded.test(path)
          || !files.exists(path)) {
        makers.add(maker);
      }
    }
  }

  private void add(Axis axis, Set<Integer> makers) {
    switch (axis) {
      case Axis.Table table -> makers.addAll(of(table.path()));
      case Axis.Products products -> addNamed(products.job(), makers);
      case Axis.ValuesOf values -> addNamed(values.group(ids.keySet()), makers);
      case Axis.Zip zip -> zip.axes().forEach(each -> add(each, makers));
      case Axis.Fixed _, Axis.Globbed _, Axis.Matched _ -> {}
    }
  }

  private boolean isUnit(String name) {
    return ids.containsKey(name);
  }

  private void addNamed(String name, Set<Integer> makers) {
    for (String each : List.of(name, InstanceName.parse(name).group())) {
      if (ids.containsKey(each)) {
        makers.add(ids.get(each));
      }
    }
  }
}
