package dev.torc.buildfile;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Node;
import dev.torc.syntax.Place;
import dev.torc.syntax.Problems;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads {@code vars}, which may refer to each other in any order, with {@code -D} laid over them.
 * Values from the command line are texts as they stand.
 */
final class VariableReader {

  /** How many vars may stand behind each other. */
  private static final int MAX_DEPTH = 100;

  private final Node.Mapping written;
  private final Problems problems;
  private final Map<String, String> values;
  private final Set<String> open = new LinkedHashSet<>();

  private VariableReader(
      Node.Mapping written, SortedMap<String, String> defines, Problems problems) {
    this.written = written;
    this.problems = problems;
    this.values = new HashMap<>(defines);
  }

  /** The value of every var, by name. */
  static SortedMap<String, String> resolve(
      Node.Mapping written, SortedMap<String, String> defines, Problems problems) {
    defines
        .keySet()
        .forEach(
            name -> {
              if (!written.entries().containsKey(name)) {
                problems.add(
                    Place.NONE,
                    "-D "
                        + name
                        + ": the build file has no such var"
                        + NearestName.hint(name, written.entries().keySet()));
              }
            });
    VariableReader vars = new VariableReader(written, defines, problems);
    written
        .entries()
        .forEach(
            (name, entry) -> {
              if (!Placeholder.isIdentifier(name)) {
                problems.add(
                    entry.place(), "the name of a var is letters, digits and _; this is " + name);
              } else if (Scope.RESERVED.contains(name)) {
                problems.add(entry.place(), "{" + name + "} means something else; rename the var");
              }
              vars.value(name);
            });
    return new TreeMap<>(vars.values);
  }

  private String value(String name) {
    if (values.containsKey(name)) {
      return values.get(name);
    }
    Node.Entry entry = written.entries().get(name);
    String value = "";
    if (open.contains(name) || open.size() > MAX_DEPTH) {
      problems.add(
          entry.place(),
          open.contains(name)
              ? "the vars " + String.join(" → ", open) + " → " + name + " go round in a circle"
              : "vars refer to each other more than " + MAX_DEPTH + " deep");
      values.put(name, value);
      return value;
    }
    open.add(name);
    try {
      Node.Scalar scalar = MapFields.scalar(entry.value(), name);
      if (scalar.text().indexOf('{') >= 0) {
        for (Object part : Placeholder.split(scalar.text())) {
          if (part instanceof Placeholder hole && written.entries().containsKey(hole.name())) {
            value(hole.name());
          }
        }
      }
      value = new Scope(values, null, null, null).text(scalar);
    } catch (BadInput e) {
      problems.add(e);
    } finally {
      open.remove(name);
    }
    values.put(name, value);
    return value;
  }
}
