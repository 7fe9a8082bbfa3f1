package dev.torc.buildfile;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.JsonText;
import dev.torc.syntax.Node;
import dev.torc.syntax.Node.Entry;
import dev.torc.workflow.Ref;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the {@code data} section: maps, lists and scalars of the build file as JSON. An unquoted
 * scalar is what it says if it is JSON, otherwise a string.
 */
final class StaticData {

  private StaticData() {}

  /** The values by name; what is wrong goes to the problems. */
  static SortedMap<String, String> read(MapFields data) {
    SortedMap<String, String> values = new TreeMap<>();
    for (Map.Entry<String, Entry> each : data.map().entries().entrySet()) {
      String name = each.getKey();
      data.guard(
          () -> {
            if (!Ref.OfData.isKey(name)) {
              throw new BadInput(
                  each.getValue().place(),
                  "the name of a value is letters, digits, _ and -; this is " + name);
            }
            values.put(name, json(value(name, each.getValue()), data.scope()));
          });
    }
    return values;
  }

  private static String json(Node node, Scope scope) {
    return switch (node) {
      case Node.Scalar scalar when scalar.isNothing() -> "null";
      case Node.Scalar scalar ->
          scalar.quoted() ? JsonText.string(scope.text(scalar)) : JsonText.of(scope.text(scalar));
      case Node.Sequence list -> {
        List<String> items = new ArrayList<>();
        list.items().forEach(item -> items.add(json(item, scope)));
        yield "[" + String.join(",", items) + "]";
      }
      case Node.Mapping map -> {
        Map<String, String> members = new TreeMap<>();
        map.entries().forEach((key, entry) -> members.put(key, json(value(key, entry), scope)));
        yield JsonText.object(members);
      }
    };
  }

  private static Node value(String key, Entry entry) {
    if (entry.value() instanceof Node.Scalar scalar
        && !scalar.quoted()
        && scalar.text().isEmpty()) {
      throw new BadInput(
          entry.place(),
          key + " has no value; write null, or quote {" + key + "} if a text was meant");
    }
    return entry.value();
  }
}
