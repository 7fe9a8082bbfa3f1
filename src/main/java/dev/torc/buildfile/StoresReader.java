package dev.torc.buildfile;

import dev.torc.syntax.Node;
import dev.torc.syntax.Problems;
import dev.torc.syntax.Sizes;
import dev.torc.workflow.Stores;
import java.util.Set;

/** Reads {@code stores}: where results are kept for later, and how much of them. */
final class StoresReader {

  private static final Set<String> KEYS = KnownKeys.ordered("keep", "system");

  private StoresReader() {}

  /** What is wrong goes to the problems. */
  static Stores read(Node node, Scope scope, Problems problems) {
    MapFields fields = new MapFields(MapFields.map(node, "stores", problems), scope, problems);
    fields.only(KEYS, "stores");
    return new Stores(
        fields.read("keep", Stores.UNSAID, size -> Sizes.parse(scope.text(size))),
        fields.text("system", ""));
  }
}
