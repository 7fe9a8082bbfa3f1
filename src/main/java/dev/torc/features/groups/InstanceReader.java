package dev.torc.features.groups;

import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.features.reading.RowValues;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the jobs of which groups consist. The reader of plain jobs implements it, so that a group
 * need not know which keys a job has.
 */
public interface InstanceReader {

  /**
   * Reads one job.
   *
   * @param key the name as written
   * @param name the name with its placeholders replaced; for an instance, the group's name
   * @param instance null for a plain job
   */
  Job read(String key, String name, Entry entry, Instance instance);

  /** Returns a copy of this reader that reports errors and warnings to {@code problems}. */
  InstanceReader withProblems(Problems problems);

  Vars vars();

  /**
   * What an instance has in addition to a plain job.
   *
   * @param name the instance's own name; {@link Scope#ANY_PATH} if the values are unknown
   * @param row its values
   * @param files the files that the instance needs in addition to {@code needs}
   */
  record Instance(String name, RowValues row, List<Item> files) {

    /** Returns the values of all parameters and columns as texts. */
    public SortedMap<String, String> all() {
      SortedMap<String, String> all = new TreeMap<>(row.parameters());
      row.columns().forEach((column, value) -> all.put(column, value.toString()));
      return all;
    }

    /** Returns a stand-in for all instances with these values; an unknown value is a wildcard. */
    public static Instance some(SortedMap<String, String> values) {
      return new Instance(Scope.ANY_PATH, RowValues.of(values), List.of());
    }
  }
}
