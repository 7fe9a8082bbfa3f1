package dev.torc.core.attempt;

import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.NaturalOrder;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * The text of the file that {@code TORC_DATA_ROWS} names: the needed values as a list of jobs, each
 * with its parameters, so that a program needs to know nothing of the names of instances. Values of
 * the build file have no job, and are only in {@code TORC_DATA}.
 */
final class DataRows {

  private DataRows() {}

  /** Returns the rows as JSON; {@code data} has the needed values, keyed as written. */
  static String of(Graph graph, Job job, SortedMap<String, String> data) {
    SortedMap<String, SortedMap<String, String>> byJob = new TreeMap<>(new NaturalOrder());
    for (Ref ref : job.needRefs()) {
      if (ref instanceof Ref.OfData written
          && written.job() != null
          && data.containsKey(written.written())) {
        Ref.OfData value = graph.readingOf(written);
        String json = data.get(written.written());
        Map<String, String> stored = new TreeMap<>();
        if (graph.jobId(value.job()) >= 0) {
          stored.put(value.job(), json);
        } else {
          String group = InstanceName.parse(value.job()).group();
          JsonText.members(json).forEach((name, each) -> stored.put(group + "/" + name, each));
        }
        stored.forEach(
            (name, each) ->
                byJob.computeIfAbsent(name, _ -> new TreeMap<>()).put(value.key(), each));
      }
    }
    StringJoiner rows = new StringJoiner(",", "[", "]");
    byJob.forEach((name, values) -> rows.add(row(name, values)));
    return rows.toString();
  }

  private static String row(String job, SortedMap<String, String> values) {
    Map<String, String> parameters = new TreeMap<>();
    InstanceName.parse(job)
        .values()
        .forEach((name, value) -> parameters.put(name, JsonText.string(value)));
    return "{\"job\":%s,\"parameters\":%s,\"values\":%s}"
        .formatted(JsonText.string(job), JsonText.object(parameters), JsonText.object(values));
  }
}
