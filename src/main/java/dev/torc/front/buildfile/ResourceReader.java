package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.model.Job.Resources;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import java.math.BigDecimal;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads {@code resources} of a job: a map, or the name of a class of the build file.
 *
 * @param classes the classes by name
 * @param counters the counters in {@code limits}, with whether each counts bytes
 */
record ResourceReader(
    Node.Mapping classes, SortedMap<String, Boolean> counters, Problems problems) {

  private static final Pattern GPUS = Pattern.compile("\\+?\\d{1,9}(\\.\\d*)?|\\.\\d+");

  /** Reads all classes, which reports their errors. */
  void check(Scope scope) {
    classes.entries().forEach((name, of) -> of(MapFields.map(of.value(), name, problems), scope));
  }

  /**
   * Returns the resources of the class that a node names, or the node's own map; an empty map if
   * the node is neither.
   */
  Node.Mapping classOf(Node node, Scope scope) {
    if (node instanceof Node.Scalar scalar && !scalar.isNothing()) {
      try {
        String name = scope.text(scalar);
        if (classes.get(name) instanceof Node.Mapping map) {
          return map;
        }
        String hint = NearestName.hint(name, classes.entries().keySet());
        hint =
            !hint.isEmpty()
                ? hint
                : name.matches("\\d+")
                    ? "; write {cpus: " + name + "}"
                    : "; define it at the top level, resources: {" + name + ": {cpus: 4}}";
        throw new BadInput(scalar.place(), "unknown resource class " + name + hint);
      } catch (BadInput e) {
        problems.add(e);
      }
      return MapFields.map(null, "resources", problems);
    }
    return MapFields.map(node, "resources", problems);
  }

  /** Returns a number of GPUs in units of {@link Resources#GPU}. */
  private static long gpus(String text) {
    String number = text.strip();
    if (!GPUS.matcher(number).matches()) {
      throw new IllegalArgumentException(
          number.startsWith("-")
              ? "gpus must be at least 0"
              : "gpus must be a number such as 2, or 0.25 for a share of one, not " + number);
    }
    if (number.indexOf('.') < 0) {
      return Long.parseLong(number) * Resources.GPU;
    }
    BigDecimal exact = new BigDecimal(number);
    if (exact.compareTo(BigDecimal.ONE) > 0 && exact.stripTrailingZeros().scale() > 0) {
      throw new IllegalArgumentException("gpus above 1 must be a whole number, not " + number);
    }
    // Rounded down, so that 0.3333 of three shares is one.
    long part = exact.movePointRight(6).longValue();
    return part == 0 ? exact.signum() : part;
  }

  Resources of(Node node, Scope scope) {
    return node == null ? Resources.DEFAULT : of(classOf(node, scope), scope);
  }

  private Resources of(Node.Mapping map, Scope scope) {
    MapFields fields = new MapFields(map, scope, problems);
    SortedMap<String, Long> amounts = new TreeMap<>();
    if (!map.entries().isEmpty()) {
      Set<String> known = new TreeSet<>(KnownKeys.RESOURCES);
      known.addAll(counters.keySet());
      fields.only(known, "resources");
      for (String counter : counters.keySet()) {
        if (map.entries().containsKey(counter)) {
          amounts.put(
              counter,
              counters.get(counter)
                  ? fields.amount(counter, 0, Quantity::size)
                  : fields.whole(counter, 0, 0, Integer.MAX_VALUE));
        }
      }
    }
    return new Resources(
        (int) fields.whole("cpus", 0, 1, Integer.MAX_VALUE),
        fields.limit("memory", Quantity::size),
        fields.amount("gpus", -1, ResourceReader::gpus),
        fields.limit("runtime", Quantity::duration),
        amounts,
        fields.amount("disk", 0, Quantity::size),
        (int) fields.whole("nodes", 1, 1, Integer.MAX_VALUE),
        map.entries().isEmpty() ? Place.NONE : map.place());
  }
}
