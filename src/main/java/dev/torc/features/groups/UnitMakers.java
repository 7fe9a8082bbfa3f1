package dev.torc.features.groups;

import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Job;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import dev.torc.features.groups.Axis.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Finds which job or group may make a file that another one reads, by what they declare, with
 * wildcards for the values of groups. A group uses it to find the jobs that decide its instances.
 * It may find too many makers, but never too few. It does not build the graph.
 */
public final class UnitMakers {

  /** The most combinations of values, or instances, that are read for each group. */
  static final int MAX_OUTLINES = 10_000;

  private final List<Unit> units;
  private final ProductIndex products;
  private final Map<Integer, List<Job>> outlines = new HashMap<>();

  /** Creates the index; {@code isLeftOut} returns whether no build runs the unit with a name. */
  public UnitMakers(List<Unit> units, Predicate<String> isLeftOut) {
    this.units = units;
    this.products =
        index(
            units.size(),
            unit ->
                isLeftOut.test(units.get(unit).name())
                    ? List.of()
                    : units.get(unit).job().productRefs());
  }

  /** Returns the index of the products of so many owners. */
  static ProductIndex index(int owners, IntFunction<List<Ref>> products) {
    int[] all = IntStream.range(0, owners).toArray(); // the graph reports files with two makers
    return ProductIndex.of(all, products, (_, _, _) -> {});
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
        ? outlines.computeIfAbsent(unit, _ -> outlines(group, Map.of()))
        : List.of(units.get(unit).job());
  }

  /** Returns the outlines of the instances of a group that have some values. */
  List<Job> outlines(Unit.Many group, Map<String, String> values) {
    SortedMap<String, String> first = new TreeMap<>(group.job().parameters());
    first.putAll(values);
    List<SortedMap<String, String>> all = new ArrayList<>(List.of(first));
    for (Axis axis : group.axes()) {
      if (axis instanceof Axis.Fixed fixed
          && (long) all.size() * fixed.rows().size() <= MAX_OUTLINES) {
        List<SortedMap<String, String>> more = new ArrayList<>();
        for (SortedMap<String, String> some : all) {
          for (Row row : fixed.rows()) {
            SortedMap<String, String> one = new TreeMap<>(some);
            one.put(fixed.names().getFirst(), row.values().getFirst().text());
            more.add(one);
          }
        }
        all = more;
      }
    }
    InstanceReader reader = group.reader().withProblems(new Problems());
    return all.stream().map(some -> outline(reader, group, some)).toList();
  }

  /** Returns the products of all instances of a group that have some values. */
  List<Ref> products(Unit.Many group, Map<String, String> values) {
    SortedMap<String, String> all = new TreeMap<>(group.job().parameters());
    all.putAll(values);
    return outline(group.reader().withProblems(new Problems()), group, all).productRefs();
  }

  private static Job outline(
      InstanceReader reader, Unit.Many group, SortedMap<String, String> values) {
    return reader.read(
        group.key(), group.name(), group.entry(), InstanceReader.Instance.some(values));
  }
}
