package dev.torc.front.ask;

import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.NaturalOrder;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.show.Json;
import dev.torc.front.show.Json.Named;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code torc data}: the values that the jobs' last runs stored, as written, and the values of the
 * data section. If the build file is refused, it works from the records.
 *
 * @param fixed the values of the data section, as JSON, by name
 * @param stored the values that jobs stored, by job
 * @param csv whether the text is a table of the instances of a group
 */
record DataAnswer(
    Map<String, String> fixed, SequencedMap<String, List<StoredValue>> stored, boolean csv)
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
      boolean csv = call.has("--csv");
      if (csv && stored.keySet().stream().map(DataAnswer::groupOf).distinct().count() > 1) {
        throw Call.usage("--csv: a table is about one group; name it");
      }
      return new DataAnswer(all ? project.workflow().settings().data() : Map.of(), stored, csv);
    }
  }

  private static String groupOf(String job) {
    return InstanceName.parse(job).group();
  }

  /** Returns whether no job has the name, and none can get it when its group is expanded. */
  private static boolean isGone(Graph graph, String job) {
    return graph.jobId(job) < 0
        && graph.open().values().stream().noneMatch(open -> open.name().equals(groupOf(job)));
  }

  /** Returns a line for each instance: its parameters and its values, as columns. */
  private String table() {
    Set<String> found = new LinkedHashSet<>(); // p and a parameter's name, v and a key
    SortedMap<String, Map<String, String>> lines = new TreeMap<>(new NaturalOrder());
    stored.forEach(
        (job, values) -> {
          Map<String, String> cells = new LinkedHashMap<>();
          InstanceName.parse(job).values().forEach((name, value) -> cells.put("p" + name, value));
          values.forEach(value -> cells.put("v" + value.key(), value.text()));
          found.addAll(cells.keySet());
          lines.put(job, cells);
        });
    Comparator<String> kind = Comparator.comparing(column -> column.charAt(0));
    List<String> columns = found.stream().sorted(kind).toList(); // parameters come first
    StringBuilder out = new StringBuilder(csv(columns.stream().map(name -> name.substring(1))));
    for (Map<String, String> cells : lines.values()) {
      out.append(csv(columns.stream().map(name -> cells.getOrDefault(name, ""))));
    }
    return out.toString();
  }

  /** Returns a line of cells as RFC 4180 has them. */
  private static String csv(Stream<String> cells) {
    return cells.map(DataAnswer::quoted).collect(Collectors.joining(",", "", "\n"));
  }

  private static String quoted(String cell) {
    boolean plain = !cell.matches("(?s).*[,\"\\n\\r].*");
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  @Override
  public String text(Palette palette) {
    if (csv) {
      return table();
    }
    StringBuilder out = new StringBuilder();
    fixed.forEach((key, value) -> line(out, key, value));
    stored.forEach(
        (job, values) -> values.forEach(value -> line(out, job + "." + value.key(), value.text())));
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append(SafeText.name(name)).append('=').append(SafeText.line(value)).append('\n');
  }

  @Override
  public Object json() {
    List<Value> all = new ArrayList<>();
    Named none = new Named(null, Optional.empty());
    fixed.forEach((key, value) -> all.add(new Value(none, key, new Json.Raw(value))));
    stored.forEach(
        (job, values) -> {
          for (StoredValue each : values) {
            all.add(new Value(Named.of(job), each.key(), new Json.Raw(JsonText.of(each.text()))));
          }
        });
    return Map.of("data", all);
  }

  /** {@code name} has no job if the build file has the value. */
  private record Value(Named name, String key, Json.Raw value) {}
}
