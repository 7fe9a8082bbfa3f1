package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Value;
import dev.torc.features.reading.VarLookup;
import dev.torc.features.reading.Vars;
import java.util.List;

/**
 * Takes the values of a parameter from the vars: the items of a list, {@code {var: NAME}}, or the
 * keys of a map, {@code {keys: NAME}}. {@link VarRows} takes the rows of a table.
 */
final class VarItems {

  private VarItems() {}

  /** Returns the items of a list. */
  static List<String> list(Node.Scalar node, Scope scope) {
    String name = node.text();
    Vars vars = scope.vars();
    VarLookup.Meaning found = VarLookup.inside(name, scope, node.place());
    if (found.value() instanceof Value.Items list) {
      for (Value item : list.items()) {
        if (item.text() == null) {
          throw new BadInput(
              node.place(),
              "%s is in the list %s; for an instance of each write %stable: {var: %2$s}"
                  .formatted(item.shape(), name, item instanceof Value.Items ? VarRows.MAPS : ""));
        }
      }
      return list.items().stream().map(Value::text).toList();
    } else if (vars.maps().containsKey(found.name()) || found.value() instanceof Value.Fields) {
      throw new BadInput(node.place(), name + " is a map; {keys: " + name + "} takes its keys");
    }
    throw new BadInput(
        node.place(),
        found.value() != null || vars.has(name)
            ? "%s is a text; where it is a list, vars: {%1$s: [a, b]}, it gives values"
                .formatted(name)
            : "no var " + name + NearestName.hint(name, vars.names()));
  }

  /** Returns the keys of a map. */
  static List<String> keys(Node.Scalar node, Scope scope) {
    String name = node.text();
    Vars vars = scope.vars();
    VarLookup.Meaning found = VarLookup.inside(name, scope, node.place());
    if (found.value() instanceof Value.Fields map) {
      return List.copyOf(map.values().keySet());
    } else if (found.value() == null && vars.maps().containsKey(found.name())) {
      return List.copyOf(vars.maps().get(found.name()));
    }
    String form = "; keys wants a map, vars: {%s: {a: …, b: …}}".formatted(name);
    throw new BadInput(
        node.place(),
        found.value() instanceof Value.Items
            ? name + " is a list; {var: " + name + "} takes its items"
            : found.value() != null || vars.has(name)
                ? name + " is a text" + form
                : "no map " + name + " in vars" + NearestName.hint(name, vars.maps().keySet()));
  }
}
