package dev.torc.importing;

import dev.torc.importing.Spec.Job;
import dev.torc.importing.Spec.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * A job with parameters as the jobs it is expanded to, each by itself, where no group can say what
 * they depend on: a chain in which each waits for the one before. Values are put into the texts as
 * NREL's torc does it.
 */
final class Unrolled {

  /** How many jobs one may become. */
  private static final int MAX = 200;

  private Unrolled() {}

  /** Whether a job can be written as many: few, of different names, each with its own command. */
  static boolean isPossible(Job job, Unit unit) {
    if (!unit.isGroup() || unit.rows.size() > MAX) {
      return false;
    }
    Set<String> names = new HashSet<>();
    List<Piece> name = Piece.ofName(job.name(), job.family().parameters());
    unit.rows.forEach(row -> names.add(Family.expand(name, row)));
    List<String> dropped =
        job.family().parameters().stream().filter(p -> !unit.kept.contains(p)).toList();
    String text = job.command().text() + (job.script() == null ? "" : job.script().text());
    return names.size() == unit.rows.size() && put(text, dropped, Map.of()).equals(text);
  }

  /** The same workflow with some jobs unrolled. */
  static Spec of(Spec spec, Map<Job, Unit> irregular, Notes notes) {
    List<Job> jobs = new ArrayList<>();
    for (Job job : spec.jobs()) {
      Unit unit = irregular.get(job);
      if (unit == null) {
        jobs.add(job);
      } else {
        notes.say(
            job.family().place(),
            "%s is no group here but %d jobs: what they depend on follows no rule for a group"
                .formatted(job.name(), unit.rows.size()));
        unit.rows.forEach(row -> jobs.add(of(job, unit, row)));
      }
    }
    return new Spec(
        spec.name(),
        spec.description(),
        spec.env(),
        jobs,
        spec.files(),
        spec.userData(),
        spec.classes(),
        spec.handlers(),
        spec.actions());
  }

  private static Job of(Job job, Unit unit, SequencedMap<String, String> row) {
    List<SequencedMap<String, String>> rows =
        job.family().rows().stream()
            .filter(each -> Family.part(each, unit.kept).equals(row))
            .toList();
    SequencedMap<String, Text> env = new LinkedHashMap<>();
    job.env().forEach((name, text) -> env.put(name, put(text, row)));
    return new Job(
        Family.of(put(job.family().name(), row), List.of(), false),
        put(job.command(), row),
        put(job.script(), row),
        put(job.resources(), row),
        job.handler(),
        put(job.priority(), row),
        env,
        put(job.dependsOn(), rows),
        put(job.inputs(), rows),
        put(job.outputs(), rows),
        put(job.inputData(), rows),
        put(job.outputData(), rows));
  }

  private static Names put(Names names, List<SequencedMap<String, String>> rows) {
    Set<Text> all = new LinkedHashSet<>();
    Set<Text> regexes = new LinkedHashSet<>();
    for (SequencedMap<String, String> row : rows) {
      names.names().forEach(text -> all.add(put(text, row)));
      names
          .regexes()
          .forEach(text -> regexes.add(new Text(text.place(), Register.pattern(text.text(), row))));
    }
    return new Names(List.copyOf(all), List.copyOf(regexes));
  }

  private static Text put(Text text, Map<String, String> row) {
    return text == null ? null : new Text(text.place(), put(text.text(), row.keySet(), row));
  }

  /**
   * Values for placeholders everywhere, in references too; nothing for a value that is not there.
   */
  private static String put(String text, Collection<String> names, Map<String, String> row) {
    StringBuilder out = new StringBuilder();
    for (Piece piece : Piece.ofCommand(text, names)) {
      switch (piece) {
        case Piece.Plain plain -> {
          String written = plain.text();
          for (Map.Entry<String, String> value : row.entrySet()) {
            written = written.replace("${" + value.getKey() + "}", value.getValue());
          }
          out.append(written);
        }
        case Piece.Hole hole ->
            out.append(Family.format(hole.format(), row.getOrDefault(hole.name(), "")));
        case Piece.Reference reference ->
            out.append("${")
                .append(reference.data() ? "user_data." : "files.")
                .append(reference.input() ? "input." : "output.")
                .append(put(reference.name(), names, row))
                .append('}');
      }
    }
    return out.toString();
  }
}
