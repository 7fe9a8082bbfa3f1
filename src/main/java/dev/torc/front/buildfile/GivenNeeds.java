package dev.torc.front.buildfile;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The needs that the {@code include} of a package gives to it, by name. They count for the jobs
 * that use their placeholders, {@code {reads}}. {@link Inherited} has written them so that they
 * mean what they mean in the including file.
 */
record GivenNeeds(SequencedMap<String, Entry> needs) {

  static final GivenNeeds NONE = new GivenNeeds(Collections.emptySortedMap());

  /** Returns the needs whose placeholders stand in a job, outside of its needs. */
  SequencedMap<String, Entry> usedBy(Node.Mapping job, Scope scope) {
    SequencedMap<String, Entry> used = new LinkedHashMap<>();
    needs.forEach(
        (name, need) -> {
          boolean own = scope.parameters().containsKey(name) || scope.columns().containsKey(name);
          if (!own && uses(job.without("needs"), name)) {
            used.put(name, need);
          }
        });
    return used;
  }

  /** Returns needs in which the placeholder of a given need stands for its entries. */
  Node inside(Node written) {
    if (needs.isEmpty() || written == null) {
      return written;
    }
    List<Node> all = new ArrayList<>();
    for (Node each : MapFields.oneOrMore(written)) {
      Entry need =
          each instanceof Node.Scalar text && text.text().matches("\\{[^{}]+}")
              ? needs.get(text.text().substring(1, text.text().length() - 1))
              : null;
      all.addAll(need == null ? List.of(each) : MapFields.oneOrMore(need.value()));
    }
    return new Node.Sequence(written.place(), List.copyOf(all));
  }

  /** Returns whether a text of a tree has a placeholder of this name. */
  static boolean uses(Node node, String name) {
    return switch (node) {
      case Node.Scalar text ->
          text.text().contains("{" + name + "}")
              || text.text().contains("{" + name + ":")
              || text.text().contains("{" + name + "[")
              || text.text().contains("[" + name + "]");
      case Node.Sequence list -> list.items().stream().anyMatch(each -> uses(each, name));
      case Node.Mapping map ->
          map.entries().values().stream().anyMatch(each -> uses(each.value(), name));
    };
  }
}
