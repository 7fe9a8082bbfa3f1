package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Ref;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Reads {@code factories} and {@code dependencies}, which are how PROMINENCE writes groups and
 * needs. A factory becomes group keys of its jobs; an entry of {@code dependencies} becomes a need
 * of each child.
 */
public record FactoryReader(Node.Mapping top, Scope scope, Problems problems) {

  /** A factory. */
  public static final List<String> FACTORY =
      List.of("name", "type", "jobs", "parameters", "number");

  /** A parameter of a factory. */
  public static final List<String> PARAMETER = List.of("name", "start", "end", "step", "values");

  /** Returns the jobs, with group keys added to those that factories name. */
  public Node.Mapping jobs() {
    Node.Mapping written = MapFields.map(top.get("jobs"), "jobs", problems);
    Node factories = top.get("factories");
    if (factories == null || Node.isNothing(factories)) {
      return written;
    }
    if (!(factories instanceof Node.Sequence list)) {
      throw new BadInput(
          factories.place(), "factories must be a list of {name, type, jobs, parameters}");
    }
    SequencedMap<String, Entry> jobs = new LinkedHashMap<>(written.entries());
    for (Node node : list.items()) {
      problems.guard(() -> factory(MapFields.of(node, "a factory", scope, problems), jobs));
    }
    return new Node.Mapping(written.place(), jobs);
  }

  private void factory(MapFields factory, SequencedMap<String, Entry> jobs) {
    factory.only(FACTORY, "a factory");
    SequencedMap<String, Entry> keys = new LinkedHashMap<>();
    Place place = factory.map().place();
    switch (factory.text("type", "")) {
      case "parameterSweep" -> keys.put("parameters", parameters(factory, false));
      case "zip" -> {
        keys.put("parameters", parameters(factory, true));
        keys.put("mode", new Entry(place, new Node.Scalar(place, "zip", true)));
      }
      case "repeat" -> keys.put("repeat", required(factory.map(), "number", "a factory"));
      default ->
          throw new BadInput(place, "the type of a factory is parameterSweep, zip or repeat");
    }
    for (Node node : MapFields.oneOrMore(factory.map().get("jobs"))) {
      String name = MapFields.scalar(node, "jobs").text();
      Entry job = jobs.get(MapFields.requireJob(name, node.place(), jobs.keySet()));
      Node.Mapping map = MapFields.map(job.value(), "the job " + name, problems);
      if (AxisReader.isGroup(map)) {
        throw new BadInput(
            node.place(), "the job " + name + " has parameters already, here or by a factory");
      }
      SequencedMap<String, Entry> all = new LinkedHashMap<>(map.entries());
      all.putAll(keys);
      jobs.put(name, new Entry(job.place(), new Node.Mapping(map.place(), all)));
    }
  }

  private Entry parameters(MapFields factory, boolean lists) {
    Entry written = required(factory.map(), "parameters", "a factory");
    SequencedMap<String, Entry> out = new LinkedHashMap<>();
    for (Node node : MapFields.oneOrMore(written.value())) {
      Node.Mapping map = MapFields.map(node, "a parameter of a factory", problems);
      new MapFields(map, scope, problems).only(PARAMETER, "a parameter of a factory");
      Entry named = required(map, "name", "a parameter of a factory");
      Node value = null;
      if (lists) {
        value = required(map, "values", "a parameter of a zip").value();
      } else {
        SequencedMap<String, Entry> range = new LinkedHashMap<>();
        range.put("from", required(map, "start", "a parameter of a sweep"));
        range.put("to", required(map, "end", "a parameter of a sweep"));
        if (map.entries().containsKey("step")) {
          range.put("step", map.entries().get("step"));
        }
        value = new Node.Mapping(map.place(), range);
      }
      String name = MapFields.scalar(named.value(), "name").text();
      if (out.put(name, new Entry(named.value().place(), value)) != null) {
        throw new BadInput(named.value().place(), "a second parameter " + name);
      }
    }
    return new Entry(written.place(), new Node.Mapping(written.value().place(), out));
  }

  private static Entry required(Node.Mapping map, String key, String where) {
    Entry entry = map.entries().get(key);
    if (entry == null) {
      throw new BadInput(map.place(), where + " needs " + key);
    }
    return entry;
  }

  /** Returns the needs that {@code dependencies} adds, by child: the child's parent jobs. */
  public Map<String, List<Item>> parents(Set<String> jobs) {
    Map<String, List<Item>> needs = new HashMap<>();
    MapFields.map(top.get("dependencies"), "dependencies", problems)
        .entries()
        .forEach((parent, entry) -> problems.guard(() -> addParent(parent, entry, jobs, needs)));
    return needs;
  }

  private void addParent(
      String parent, Entry entry, Set<String> jobs, Map<String, List<Item>> needs) {
    MapFields.requireJob(parent, entry.place(), jobs);
    for (Node node : MapFields.oneOrMore(entry.value())) {
      String child = MapFields.scalar(node, "dependencies").text();
      MapFields.requireJob(child, node.place(), jobs);
      String name = scope.vars().home().prefix();
      name += scope.text(new Node.Scalar(entry.place(), parent, true));
      Item need = new Item(null, node.place(), List.of(new Ref.OfJob(node.place(), name)));
      needs.computeIfAbsent(child, _ -> new ArrayList<>()).add(need);
    }
  }
}
