package dev.torc.front.crate;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The description of one thing in a crate: texts and references to other entities. Only {@link
 * RoCrate} creates entities.
 */
final class Entity {
  final String id;
  final Map<String, Object> fields = new LinkedHashMap<>();

  Entity(String id, String... types) {
    this.id = id;
    fields.put("@id", id);
    fields.put("@type", List.of(types));
  }

  String path() {
    return fields.get("alternateName").toString();
  }

  /** Adds a text, unless the text is null or empty or the entity already has one with this name. */
  Entity text(String name, String text) {
    if (text != null && !text.isEmpty()) {
      fields.putIfAbsent(name, text);
    }
    return this;
  }

  /** Adds a reference to an entity; does nothing for null. */
  Entity ref(String name, Entity other) {
    return refs(name, other == null ? List.of() : List.of(other));
  }

  Entity refs(String name, Collection<Entity> others) {
    if (!others.isEmpty()) {
      refs(name).addAll(others);
    }
    return this;
  }

  /** Returns the references with this name; the caller may add to them. */
  @SuppressWarnings("unchecked") // a name has either texts or references
  Set<Entity> refs(String name) {
    return (Set<Entity>) fields.computeIfAbsent(name, _ -> new LinkedHashSet<>(2));
  }
}
