package dev.torc.front.ask;

import dev.torc.base.syntax.JsonText;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.front.session.Project;
import dev.torc.front.session.ProjectFolder;
import dev.torc.front.show.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * {@code torc data}: the values that the jobs' last runs stored, as written, and the values of the
 * data section. If the build file is refused, it works from the records.
 *
 * @param fixed the values of the data section, as JSON, by name
 * @param stored the values that jobs stored, by job
 */
record DataAnswer(Map<String, String> fixed, SequencedMap<String, List<StoredValue>> stored)
    implements Answer {

  /**
   * Returns the values of the named jobs; without a name, those of all jobs and of the data
   * section.
   */
  static DataAnswer of(Call call) throws IOException {
    ProjectFolder folder = call.folder();
    Project project = folder.project();
    SequencedMap<String, List<StoredValue>> stored = new LinkedHashMap<>();
    try (Cache cache = Cache.look(folder.place(), call::warn)) {
      cache.eachData(stored::put);
      JobQuery asked = JobQuery.of(folder, call.targets(), stored.keySet(), cache);
      boolean all = asked.all() && project != null; // then removed jobs are omitted
      stored.keySet().removeIf(job -> !asked.has(job) || all && isGone(project.graph(), job));
      return new DataAnswer(all ? project.workflow().settings().data() : Map.of(), stored);
    }
  }

  /** Returns whether no job has the name, and none can get it when its group is expanded. */
  private static boolean isGone(Graph graph, String job) {
    String group = InstanceName.parse(job).group();
    return graph.jobId(job) < 0
        && graph.open().values().stream().noneMatch(open -> open.name().equals(group));
  }

  @Override
  public String text(Palette palette) {
    StringBuilder out = new StringBuilder();
    fixed.forEach((key, value) -> line(out, key, value));
    stored.forEach(
        (job, values) -> values.forEach(value -> line(out, job + "." + value.key(), value.text())));
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append(SafeText.name(name)).append('=').append(SafeText.line(value)).append('\n');
  }

  private record Value(String job, String key, Json.Raw value) {}

  @Override
  public Object json() {
    List<Value> all = new ArrayList<>();
    fixed.forEach((key, value) -> all.add(new Value(null, key, new Json.Raw(value))));
    stored.forEach(
        (job, values) ->
            values.forEach(
                v -> all.add(new Value(job, v.key(), new Json.Raw(JsonText.of(v.text()))))));
    return Map.of("data", all);
  }
}
