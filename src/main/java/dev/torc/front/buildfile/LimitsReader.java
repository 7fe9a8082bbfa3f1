package dev.torc.front.buildfile;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.model.Job.Resources;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Placeholder;
import dev.torc.features.reading.Scope;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads {@code limits}: those of the project, and the counters of its packages. */
final class LimitsReader {

  private static final long DOWNLOADS = 4; // at a time, if limits says nothing

  private LimitsReader() {}

  /**
   * Returns the limits that are counters, not resources of the machine, and whether each counts
   * bytes.
   */
  static SortedMap<String, Boolean> counters(List<FileScope> scopes) {
    SortedMap<String, Boolean> counters = new TreeMap<>();
    for (FileScope each : scopes) {
      if (each.top().get("limits") instanceof Node.Mapping limits) {
        limits
            .entries()
            .forEach((name, entry) -> counters.putIfAbsent(name, MapFields.isSize(entry.value())));
      }
    }
    KnownKeys.LIMITS.forEach(counters::remove);
    return counters;
  }

  /** Adds the number of GPUs and of the shares of each, as far as they are given. */
  private static void cards(MapFields fields, SortedMap<String, Long> limits) {
    if (fields.map().get("count") != null) {
      limits.put(Resources.GPUS, fields.whole("count", 1, 0, Integer.MAX_VALUE));
    }
    if (fields.map().get("each") != null) {
      limits.put(Resources.GPU_SHARES, fields.whole("each", 1, 1, Integer.MAX_VALUE));
    }
  }

  /** Returns the project's limits, and the counters of packages, which must agree. */
  static SortedMap<String, Long> limits(List<FileScope> scopes) {
    FileScope project = scopes.getFirst();
    SortedMap<String, Long> all = limits(project.top(), project.scope(), project.problems());
    SortedMap<String, Place> by = new TreeMap<>();
    for (FileScope each : scopes.subList(1, scopes.size())) {
      SortedMap<String, Long> own = limits(each.top(), each.scope(), each.problems());
      own.keySet().removeAll(KnownKeys.LIMITS);
      own.remove(Resources.GPU_SHARES);
      for (String name : own.keySet()) {
        Place place = ((Node.Mapping) each.top().get("limits")).entries().get(name).place();
        Long other = all.putIfAbsent(name, own.get(name));
        if (other == null) {
          by.put(name, place);
        } else if (by.containsKey(name) && !other.equals(own.get(name))) {
          String line = "another limit for %s than at %s; the file that includes both can say one";
          each.problems().add(place, line.formatted(name, by.get(name)));
        }
      }
    }
    return all;
  }

  private static SortedMap<String, Long> limits(Node.Mapping top, Scope scope, Problems problems) {
    MapFields fields = MapFields.of(top.get("limits"), "limits", scope, problems);
    SortedMap<String, Long> limits = new TreeMap<>();
    for (Map.Entry<String, Entry> each : fields.map().entries().entrySet()) {
      String name = each.getKey();
      if (!KnownKeys.LIMITS.contains(name) && KnownKeys.RESOURCES.contains(name)) {
        problems.add(each.getValue().place(), name + " cannot be limited here");
      } else if (!Placeholder.isIdentifier(name)) {
        problems.add(
            each.getValue().place(), "the name of a counter is letters, digits and _: " + name);
      } else if (name.equals("memory")
          || !KnownKeys.LIMITS.contains(name) && MapFields.isSize(each.getValue().value())) {
        limits.put(name, fields.amount(name, 0, Quantity::size));
      } else if (name.equals(Resources.GPUS) && each.getValue().value() instanceof Node.Mapping) {
        cards(fields.inner(name).only(KnownKeys.CARDS, "gpus of limits"), limits);
      } else {
        limits.put(name, fields.whole(name, 1, name.equals("cpus") ? 1 : 0, Integer.MAX_VALUE));
      }
    }
    return limits;
  }

  /** Adds the limit of downloads, if any job has one. */
  static SortedMap<String, Long> withDownloads(
      SortedMap<String, Long> limits, SortedMap<String, Boolean> counters) {
    if (counters.containsKey(Fetch.DOWNLOADS)) {
      limits.putIfAbsent(Fetch.DOWNLOADS, DOWNLOADS);
    }
    return limits;
  }
}
