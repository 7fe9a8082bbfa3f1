package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.PlaceholderFormat;
import dev.torc.core.decide.InstancePlaces;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.Workflow;
import dev.torc.features.groups.Axis.Row;
import dev.torc.features.reading.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Finds out whether a path comes from the values of an instance, and which line of a table has
 * these values. It serves messages about missing files. Instances do not store the line, so the
 * table is read again, once.
 */
public final class RowPlaces implements InstancePlaces {

  private Workflow workflow;
  private final Map<String, List<Table>> tables = new HashMap<>(); // of its groups
  private final Map<List<String>, Boolean> ofValues = new HashMap<>(0); // by group and path

  /**
   * The rows of one file, by their values of the columns that are parameters. {@code names} has
   * these columns; it is empty for a file of plain lines.
   */
  private record Table(List<String> names, Map<List<Value>, Row> rows) {

    Row row(Map<String, String> parameters) {
      if (names.isEmpty()) {
        return parameters.values().stream()
            .map(value -> rows.get(List.of(new Value.OfText(value))))
            .reduce(null, (one, other) -> one == null ? other : one);
      }
      return rows.get(
          names.stream().<Value>map(name -> new Value.OfText(parameters.get(name))).toList());
    }
  }

  @Override
  public boolean isFromInstance(Workflow of, Job job, String path) {
    for (String value : job.parameters().values()) {
      String part = value.indexOf('/') < 0 ? value : PlaceholderFormat.apply("stem", value);
      if (!part.isEmpty() && path.contains(part)) {
        return true;
      }
    }
    return place(of, job, path) != null || job.group() != null && isNotOfAll(of, job, path);
  }

  /** Returns whether an instance of the job's group does not need the path: values decide it. */
  private boolean isNotOfAll(Workflow of, Job job, String path) {
    return ofValues.computeIfAbsent(
        List.of(job.group(), path),
        _ -> {
          for (int g = 0; g < of.groups().size(); g++) {
            Group group = of.groups().get(g);
            int start = of.starts().get(g);
            List<Job> instances = of.jobs().subList(start, start + group.instances().size());
            if (group.name().equals(job.group())) {
              return instances.stream()
                  .anyMatch(
                      each -> each.needRefs().stream().noneMatch(ref -> ref.text().equals(path)));
            }
          }
          return false;
        });
  }

  @Override
  public Place place(Workflow of, Job job, String path) {
    if (job.group() == null) {
      return null;
    }
    reset(of);
    for (Table table : tables.computeIfAbsent(job.group(), _ -> read(job))) {
      Row row = table.row(job.parameters());
      if (row != null
          && row.values().stream()
              .map(Value::text)
              .anyMatch(v -> v != null && !v.isEmpty() && path.contains(v))) {
        return row.place();
      }
    }
    return null;
  }

  private void reset(Workflow of) {
    if (workflow != of) {
      workflow = of;
      tables.clear();
      ofValues.clear();
    }
  }

  private List<Table> read(Job job) {
    List<Table> read = new ArrayList<>();
    for (Group group : workflow.groups()) {
      for (String path :
          group.name().equals(job.group()) ? group.sources().tables() : List.<String>of()) {
        try {
          read.add(table(path, job.parameters()));
        } catch (IOException | BadInput e) {
          // The expansion could read this table, so it has just changed: do without its lines.
        }
      }
    }
    return read;
  }

  private Table table(String path, Map<String, String> parameters) throws IOException {
    byte[] bytes = TableReader.bytes(workflow.root().resolve(path), path);
    AxisRows content;
    try {
      content = TableReader.read(bytes, TableReader.whole(path, false));
    } catch (BadInput e) {
      content = TableReader.lines(bytes, TableReader.whole(path, true));
    }
    List<String> columns = content.names();
    List<String> names = columns.stream().filter(parameters::containsKey).toList();
    int[] at =
        IntStream.range(0, columns.size())
            .filter(c -> parameters.containsKey(columns.get(c)))
            .toArray();
    Map<List<Value>, Row> rows = HashMap.newHashMap(content.rows().size());
    for (Row row : content.rows()) {
      List<Value> key = Arrays.stream(at).mapToObj(row.values()::get).toList();
      rows.putIfAbsent(names.isEmpty() ? row.values() : key, row);
    }
    return new Table(names, rows);
  }
}
