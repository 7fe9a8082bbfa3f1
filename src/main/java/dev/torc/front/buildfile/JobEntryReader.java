package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.WorkflowCodec;
import dev.torc.features.groups.Axis;
import dev.torc.features.groups.AxisReader;
import dev.torc.features.groups.InstanceReader;
import dev.torc.features.groups.InstanceRules;
import dev.torc.features.groups.Unit;
import dev.torc.features.reading.KnownNames;
import dev.torc.features.reading.Scope;
import dev.torc.features.when.WhenReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the entries of {@code jobs}. A plain job is packed at once; a group stays as written, with
 * an outline that stands for its instances until {@code GroupExpansion} finds them.
 *
 * @param places receives the place of each entry, by name
 * @param manual receives the names of manual jobs and groups
 */
record JobEntryReader(
    JobReader reader,
    AxisReader axes,
    WorkflowCodec codec,
    Map<String, Place> places,
    Set<String> manual) {

  List<Unit> read(SequencedMap<String, Entry> jobs) {
    List<Unit> units = new ArrayList<>();
    while (!jobs.isEmpty()) {
      Map.Entry<String, Entry> job = jobs.pollFirstEntry();
      Entry entry = new Entry(job.getValue().place(), job.getValue().value());
      axes.problems().guard(() -> units.add(unit(job.getKey(), entry)));
    }
    return units;
  }

  private Unit unit(String key, Entry entry) {
    String name = reader.name(key, entry.place());
    Place earlier = places.putIfAbsent(name, entry.place());
    if (earlier != null) {
      throw new BadInput(entry.place(), "a second job " + name + ", first at " + earlier);
    }
    if (KnownNames.COMMANDS.contains(name)) {
      String line =
          "job %s has the name of a command: `torc %1$s` is the command; run the job as torc build"
              + " %1$s";
      axes.problems().warn(entry.place(), line.formatted(name));
    }
    if (!(entry.value() instanceof Node.Mapping) && !Node.isNothing(entry.value())) {
      String text = entry.value() instanceof Node.Scalar scalar ? scalar.text() : "";
      boolean odd = !SafeText.name(text).equals(text) && !text.isEmpty(); // such as U+00A0
      String hint =
          JobFeatures.JOB.contains(name)
              ? "; to mean the " + name + " of a job, indent it below the job's name"
              : odd ? ", not " + SafeText.name(text) : "";
      String line = "the job " + name + " must be a map such as {command: make}" + hint;
      throw new BadInput(entry.value().place(), line);
    }
    if (!AxisReader.isGroup(entry.value())) {
      Job job = reader.read(key, name, entry, null);
      if (job.has(Trait.MANUAL)) {
        manual.add(name);
      }
      return new Unit.Single(codec, codec.packed(job));
    }
    Problems own = new Problems();
    AxisReader reading = new AxisReader(axes.scope().withProblems(own), axes.paths(), own);
    List<Axis> read = reading.read((Node.Mapping) entry.value());
    InstanceRules rules = reading.rules((Node.Mapping) entry.value(), read);
    read = own.isEmpty() ? read : List.of();
    Job outline = outline(key, name, entry, read);
    boolean leftOut = outline.extra(WhenReader.KEY) != null;
    (leftOut ? own.ofKeys() : own.found())
        .forEach(each -> axes.problems().add(each.place(), each.message()));
    own.warnings().forEach(each -> axes.problems().warn(each.place(), each.message()));
    if (outline.has(Trait.MANUAL)) {
      manual.add(name);
    }
    return new Unit.Many(name, key, entry, read, rules, outline, reader);
  }

  /**
   * Returns a group as one job with wildcards for its values. Reports only errors that occur with
   * any value.
   */
  private Job outline(String key, String name, Entry entry, List<Axis> read) {
    SortedMap<String, String> values = new TreeMap<>();
    read.forEach(axis -> unknown(axis, values));
    if (read.isEmpty()) {
      values.put(Scope.ALL, Scope.ANY_PATH);
    }
    Problems own = new Problems();
    Job job = reader.withProblems(own).read(key, name, entry, InstanceReader.Instance.some(values));
    own.found().stream()
        .filter(problem -> problem.message().matches("(?s)(unknown|the job) [^\\x00]*"))
        .forEach(problem -> axes.problems().add(problem.place(), problem.message()));
    return job;
  }

  private static void unknown(Axis axis, Map<String, String> into) {
    boolean whole =
        switch (axis) {
          case Axis.Fixed fixed ->
              fixed.rows().stream()
                  .noneMatch(row -> row.values().getFirst().toString().indexOf('/') >= 0);
          case Axis.Matched _ -> true;
          default -> false;
        };
    if (!axis.parts().isEmpty()) {
      axis.parts().forEach(each -> unknown(each, into));
    } else if (axis.names().isEmpty()
        || axis instanceof Axis.Table table && !table.key().isEmpty()) {
      into.put(Scope.ALL, Scope.ANY_PATH);
    }
    axis.names().forEach(name -> into.putIfAbsent(name, whole ? Scope.ANY : Scope.ANY_PATH));
  }
}
