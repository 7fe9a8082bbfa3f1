package dev.torc.features.groups;

import dev.torc.base.syntax.Node;
import dev.torc.features.reading.KnownNames.Near;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Placeholder;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.VarLookup;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the other parameters of a group on which the values of one depend. */
final class DependingNames {

  private DependingNames() {}

  /** Returns the names in the placeholders and lookups of a parameter that are no vars. */
  static Set<String> of(Node.Mapping parameter, Scope scope) {
    Set<String> on = new TreeSet<>();
    for (String key : List.of("var", "keys", "from", "to", "lines", "glob")) {
      for (Node each : MapFields.oneOrMore(parameter.get(key))) {
        if (each instanceof Node.Scalar text && key.matches("var|keys")) {
          on.addAll(lookedUp(text.text(), Set.of(), scope));
        } else if (each instanceof Node.Scalar text && text.text().indexOf('{') >= 0) {
          for (Object part : scope.with(Scope.UNKNOWN).split(text, Near.NOTHING)) {
            if (part instanceof Placeholder hole) {
              String head = hole.name().replaceFirst("[.\\[:].*", "");
              on.addAll(lookedUp(hole.name(), Set.of(head), scope));
            }
          }
        }
      }
    }
    return on;
  }

  /**
   * Returns the names in brackets that are no vars; {@code otherwise} if no var begins the path.
   */
  private static Set<String> lookedUp(String path, Set<String> otherwise, Scope scope) {
    VarLookup.Path found = VarLookup.parse(path, scope::isHead);
    return found == null
        ? otherwise
        : found.keys().stream().filter(key -> !scope.vars().has(key)).collect(Collectors.toSet());
  }
}
