package dev.torc.front.page;

import dev.torc.base.text.SafeText;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.front.page.PageData.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The values that jobs stored, as one table per group, with a column per parameter and value. */
final class PageValues {

  /** The most characters of all values; a value of more than {@code LONG} loses its middle. */
  private static final int ROOM = 1 << 21;

  private static final int LONG = 300;

  private final Map<String, List<Row>> groups = new LinkedHashMap<>();
  private int more;

  private record Row(int index, Map<String, String> parameters, Map<String, String> values) {}

  /** Collects the values; {@code told} prepares a text for display. */
  PageValues(PageJobs jobs, Graph graph, Cache cache, UnaryOperator<String> told) {
    Map<String, List<StoredValue>> stored = new HashMap<>();
    cache.eachData(stored::put);
    int length = 0;
    for (int i = 0; i < jobs.rows().size(); i++) {
      PageData.Row row = jobs.rows().get(i);
      List<StoredValue> values = stored.getOrDefault(row.name(), List.of());
      int id = graph.jobId(row.name());
      // The values of a failed run never count.
      boolean count =
          id >= 0 && jobs.isKnown(i) && row.texts().what().isEmpty() && !values.isEmpty();
      if (!count) {
        continue;
      }
      Map<String, String> shown = new LinkedHashMap<>();
      for (StoredValue value : values) {
        String text = SafeText.cut(told.apply(SafeText.line(value.text())), LONG);
        shown.put(value.key(), text);
        length += row.name().length() + text.length();
      }
      if (length > ROOM) {
        more += values.size();
        continue;
      }
      Job job = graph.job(id);
      groups
          .computeIfAbsent(job.group() == null ? "" : job.group(), _ -> new ArrayList<>())
          .add(new Row(i, job.group() == null ? Map.of() : job.parameters(), shown));
    }
  }

  /** Returns how many values the page has no room for. */
  int more() {
    return more;
  }

  /** Returns the tables, those of groups first. */
  List<Values> tables() {
    List<Values> tables = new ArrayList<>();
    groups.forEach((group, rows) -> tables.add(table(group, rows)));
    tables.sort((a, b) -> Boolean.compare(a.group().isEmpty(), b.group().isEmpty()));
    return tables;
  }

  private static Values table(String group, List<Row> rows) {
    Set<String> parameters = new LinkedHashSet<>();
    Set<String> keys = new LinkedHashSet<>();
    for (Row row : rows) {
      parameters.addAll(row.parameters().keySet());
      keys.addAll(row.values().keySet());
    }
    List<List<Object>> cells = new ArrayList<>();
    for (Row row : rows) {
      List<Object> line = new ArrayList<>(Collections.singleton(row.index()));
      parameters.forEach(name -> line.add(row.parameters().get(name)));
      keys.forEach(key -> line.add(row.values().get(key)));
      cells.add(line);
    }
    return new Values(group, List.copyOf(parameters), List.copyOf(keys), cells);
  }
}
