package dev.torc.importing;

import dev.torc.buildfile.LiteralText;
import dev.torc.importing.WorkflowSpec.Job;
import dev.torc.importing.WorkflowSpec.UserData;
import dev.torc.syntax.Glob;
import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * Everything in the workflow that has a name: jobs, files and user data, what each is called in the
 * build file, and which job makes which file. It also writes names and paths. What a job depends on
 * is found by {@link Dependencies}.
 */
final class SymbolTable {

  /** Who makes a file: an instance of a job. */
  record Maker(Target job, int instance) {}

  /** How many jobs one may become where no group can say what it needs. */
  private static final int MAX_UNROLLED = 200;

  final SequencedMap<Target, Job> targets = new LinkedHashMap<>();

  /** Jobs whose needs no group can say: a chain in which each waits for the one before. */
  final Set<Job> irregular = new LinkedHashSet<>();

  final NameIndex jobs;
  final NameIndex files;
  private final Notes notes;
  private final Map<Target, WorkflowSpec.File> fileOf = new LinkedHashMap<>();
  private final Map<Target, String> names = new HashMap<>();
  private final Map<String, String> parameters = new HashMap<>();
  private final NameIndex dataNames;
  private final Map<String, UserData> data = new LinkedHashMap<>();
  private final Map<String, String> dataKeys = new HashMap<>();
  private final Map<Target, Map<Integer, Maker>> makers = new HashMap<>();
  private final Map<Target, SequencedMap<Target, List<SortedSet<Integer>>>> outputs =
      new HashMap<>();
  private final Map<String, List<Target>> storers = new HashMap<>();

  /**
   * Collects.
   *
   * @param unrolled jobs of which each instance is a job by itself
   */
  SymbolTable(WorkflowSpec spec, Notes notes, Set<Job> unrolled) {
    this.notes = notes;
    this.jobs = new NameIndex("job", notes);
    this.files = new NameIndex("file", notes);
    this.dataNames = new NameIndex("user data", notes);
    spec.files().forEach(this::add);
    spec.userData().forEach(this::add);
    for (Job job : spec.jobs()) {
      Target target = new Target(job.sweep(), kept(job));
      if (unrolled.contains(job)) {
        notes.say(
            job.sweep().place(),
            "%s is no group here but %d jobs: what they depend on follows no rule for a group"
                .formatted(job.name(), target.rows.size()));
      }
      for (Target each : unrolled.contains(job) ? target.unrolled() : List.of(target)) {
        targets.put(each, job);
        jobs.add(each);
      }
    }
    nameTargets();
    nameParameters();
    targets.forEach(this::makes);
  }

  private void add(WorkflowSpec.File file) {
    Target target = new Target(file.sweep(), file.sweep().parameters());
    fileOf.put(target, file);
    files.add(target);
  }

  private void add(UserData value) {
    String name = value.name().text();
    dataNames.add(single(value.name()));
    if (data.putIfAbsent(name, value) != null) {
      return;
    }
    String key = name.replaceAll("[^A-Za-z0-9_-]", "_");
    dataKeys.put(name, Label.unique(key.isEmpty() ? "_" : key, "_", dataKeys.values()));
  }

  /** The parameters that tell the instances of a job apart. */
  private static List<String> kept(Job job) {
    Set<String> made = new LinkedHashSet<>();
    Set<String> named = new LinkedHashSet<>();
    List<String> parameters = job.sweep().parameters();
    List<PlacedText> texts = new ArrayList<>(List.of(job.sweep().name(), job.command()));
    Stream.of(job.script(), job.resources(), job.priority(), job.handler())
        .filter(Objects::nonNull)
        .forEach(texts::add);
    texts.addAll(job.env().values());
    texts.addAll(job.outputs().names());
    texts.addAll(job.outputs().regexes());
    texts.addAll(job.outputData().names());
    for (PlacedText text : texts) {
      collect(text.text(), parameters, made, named);
    }
    for (WorkflowSpec.Names names : List.of(job.dependsOn(), job.inputs(), job.inputData())) {
      names.names().forEach(text -> collect(text.text(), parameters, named, named));
      names.regexes().forEach(text -> collect(text.text(), parameters, named, named));
    }
    // What nothing mentions counts the jobs that were asked for.
    List<String> kept =
        parameters.stream().filter(p -> made.contains(p) || !named.contains(p)).toList();
    // In step, a parameter that only names what comes before tells what that is.
    boolean fewer = job.sweep().rows(kept).size() < job.sweep().rows().size();
    return job.sweep().zip() && !fewer ? parameters : kept;
  }

  private static void collect(
      String text, List<String> parameters, Set<String> made, Set<String> named) {
    for (TextPiece piece : TextPiece.ofCommand(text, parameters)) {
      switch (piece) {
        case TextPiece.Hole hole -> made.add(hole.name());
        case TextPiece.Plain plain ->
            parameters.stream()
                .filter(p -> plain.text().contains("${" + p + "}"))
                .forEach(made::add);
        case TextPiece.Reference reference ->
            TextPiece.ofName(reference.name(), parameters).stream()
                .filter(inner -> inner instanceof TextPiece.Hole)
                .forEach(
                    hole -> (reference.input() ? named : made).add(((TextPiece.Hole) hole).name()));
      }
    }
  }

  private void nameTargets() {
    Set<String> taken = new HashSet<>();
    for (Target target : targets.keySet()) {
      if (!target.isGroup()) {
        names.put(target, target.name());
        taken.add(target.name());
      }
    }
    for (Target target : targets.keySet()) {
      if (target.isGroup()) {
        String label = Label.of(target.sweep.name().text());
        String name = Label.unique(label.isEmpty() ? "job" : label, "-", taken);
        names.put(target, name);
        taken.add(name);
      }
    }
  }

  private void nameParameters() {
    Set<String> known = new LinkedHashSet<>();
    targets.keySet().forEach(target -> known.addAll(target.sweep.parameters()));
    for (Target target : targets.keySet()) {
      for (SweepAxis axis : target.sweep.axes()) {
        String name = axis.name();
        if (!parameters.containsKey(name) && LiteralText.wrongParameter(name) != null) {
          String other = name.replaceAll("[^A-Za-z0-9_]", "_");
          other = LiteralText.wrongParameter(other) == null ? other : "p_" + other;
          other = Label.unique(other, "_", known);
          known.add(other);
          notes.say(axis.place(), "the parameter " + name + " is called " + other + " here");
          parameters.put(name, other);
        }
      }
    }
  }

  private void makes(Target target, Job job) {
    List<PlacedText> named = new ArrayList<>(job.outputs().names());
    named.addAll(references(target, false, false));
    SequencedMap<Target, List<SortedSet<Integer>>> made =
        files.resolve(target, new WorkflowSpec.Names(named, job.outputs().regexes()));
    outputs.put(target, made);
    made.forEach(
        (file, sets) -> {
          for (int i = 0; i < sets.size(); i++) {
            Maker maker = new Maker(target, i);
            for (int row : sets.get(i)) {
              makers.computeIfAbsent(file, key -> new HashMap<>()).putIfAbsent(row, maker);
            }
          }
        });
    List<PlacedText> stored = new ArrayList<>(job.outputData().names());
    stored.addAll(references(target, true, false));
    for (String name : dataNames(new WorkflowSpec.Names(stored, job.outputData().regexes()))) {
      storers.computeIfAbsent(name, key -> new ArrayList<>()).add(target);
    }
  }

  /** The names of files or user data that the command of a job refers to, each once. */
  List<PlacedText> references(Target target, boolean ofData, boolean input) {
    Job job = targets.get(target);
    Set<String> found = new LinkedHashSet<>();
    for (PlacedText text :
        job.script() == null ? List.of(job.command()) : List.of(job.script(), job.command())) {
      for (TextPiece piece : TextPiece.ofCommand(text.text(), job.sweep().parameters())) {
        if (piece instanceof TextPiece.Reference r && r.data() == ofData && r.input() == input) {
          found.add(target.put(r.name()));
        }
      }
    }
    return found.stream().map(name -> new PlacedText(job.command().place(), name)).toList();
  }

  /** The user data that names and regular expressions mean; unknown ones are refused. */
  Set<String> dataNames(WorkflowSpec.Names names) {
    Set<String> found = new LinkedHashSet<>();
    dataNames
        .resolve(single(new PlacedText(Place.NONE, "")), names)
        .keySet()
        .forEach(target -> found.add(target.sweep.name().text()));
    return found;
  }

  /** Something without parameters. */
  private static Target single(PlacedText name) {
    return new Target(ParameterSweep.of(name, List.of(), false), List.of());
  }

  /**
   * Whether a job can be written one by one: as few jobs, of different names, and no reference in
   * its command means several files by a parameter that is left out. It is noted if so.
   */
  boolean unrolls(Target target) {
    Job job = targets.get(target);
    int count = target.rows.size();
    String text = job.command().text() + (job.script() == null ? "" : job.script().text());
    boolean possible =
        target.isGroup()
            && count <= MAX_UNROLLED
            && target.unrolled().stream().map(Target::name).distinct().count() == count
            && target.sweep.parameters().stream()
                .filter(name -> !target.kept.contains(name))
                .noneMatch(
                    name -> text.contains("{" + name + "}") || text.contains("{" + name + ":"));
    if (possible) {
      irregular.add(job);
    }
    return possible;
  }

  UserData data(String name) {
    return data.get(name);
  }

  /** What a piece of user data is called in the build file. */
  String dataKey(String name) {
    return dataKeys.get(name);
  }

  /** The jobs that store a piece of user data. */
  List<Target> storers(String name) {
    return storers.getOrDefault(name, List.of());
  }

  Job job(Target target) {
    return targets.get(target);
  }

  /** The files that the instances of a job make. */
  SequencedMap<Target, List<SortedSet<Integer>>> outputs(Target job) {
    return outputs.get(job);
  }

  /** Who makes a file, null for nobody. */
  Maker maker(Target file, int row) {
    return makers.getOrDefault(file, Map.of()).get(row);
  }

  /** The name of a job or group, as text. */
  String name(Target job) {
    return names.get(job);
  }

  /** What a parameter is called in the build file. */
  String parameter(String name) {
    return parameters.getOrDefault(name, name);
  }

  /** A parameter put in: its value, or a placeholder in a format that fits all its values. */
  void hole(TemplateBuilder parts, Target from, TextPiece.Hole hole, Place place) {
    String format = hole.format();
    String value = from.values.get(hole.name());
    if (value != null) {
      parts.text(ParameterSweep.format(format, value));
      return;
    }
    if (format != null && !from.sweep.fits(hole)) {
      notes.say(
          place,
          "the format in {%s:%s} is not carried, just the value: torc has none that fits"
              .formatted(hole.name(), format));
      format = null;
    }
    parts.hole("{" + parameter(hole.name()) + (format == null ? "" : ":" + format) + "}");
  }

  /** The name that means a selection, for {@code {job: …}}. */
  String reference(InstanceSelection selection) {
    TemplateBuilder parts = new TemplateBuilder().text(name(selection.target()));
    String before = "/";
    for (String parameter : selection.target().kept.stream().sorted().toList()) {
      InstanceSelection.Bound bound = selection.bounds().get(parameter);
      if (bound != null) {
        parts.text(before + parameter(parameter) + "=");
        before = ",";
        switch (bound) {
          case InstanceSelection.Bound.Same same ->
              parts.hole("{" + parameter(same.parameter()) + "}");
          case InstanceSelection.Bound.Constant constant ->
              parts.text(dev.torc.workflow.InstanceName.encode(constant.value()));
        }
      }
    }
    return written(parts, selection.target().sweep.place());
  }

  /** The path of the file that a selection means; a pattern where it is several. */
  String path(Target from, InstanceSelection selection) {
    return written(path(from, selection, null), placeOf(selection.target()));
  }

  /** The same for an instance with these values, as a pattern without placeholders. */
  String pattern(Target from, InstanceSelection selection, Map<String, String> row) {
    return String.join("", path(from, selection, row).list());
  }

  private TemplateBuilder path(Target from, InstanceSelection selection, Map<String, String> row) {
    Place place = placeOf(selection.target());
    String text = fileOf.get(selection.target()).path().text();
    List<TextPiece> pieces = TextPiece.ofName(text, selection.target().sweep.parameters());
    boolean special =
        text.startsWith("!")
            || pieces.stream()
                .anyMatch(
                    piece ->
                        piece instanceof TextPiece.Plain plain
                            && plain.text().chars().anyMatch(c -> "*?[\\{$".indexOf(c) >= 0));
    TemplateBuilder parts = new TemplateBuilder();
    for (TextPiece piece : pieces) {
      if (piece instanceof TextPiece.Plain plain) {
        parts.text(special ? escape(plain.text()) : plain.text());
      } else if (piece instanceof TextPiece.Hole hole) {
        String value = selection.target().only(hole.name());
        if (selection.bounds().get(hole.name())
            instanceof InstanceSelection.Bound.Constant constant) {
          value = constant.value();
        } else if (selection.bounds().get(hole.name())
            instanceof InstanceSelection.Bound.Same same) {
          if (row == null) {
            hole(parts, from, new TextPiece.Hole(same.parameter(), hole.format()), place);
            continue;
          }
          value = row.get(same.parameter());
        }
        parts.text(value == null ? "*" : escape(ParameterSweep.format(hole.format(), value)));
      }
    }
    return parts;
  }

  private static String escape(String text) {
    boolean special = text.chars().anyMatch(c -> "*?[\\{$!".indexOf(c) >= 0);
    return special ? Glob.escape(text).replace("$", "\\$") : text;
  }

  /** The path of one file, as NREL's torc would have it. */
  String plainPath(Target file, int row) {
    return ParameterSweep.expand(
        TextPiece.ofName(fileOf.get(file).path().text(), file.sweep.parameters()),
        file.rows.get(row));
  }

  /** Everything that is a file of the workflow. */
  Collection<Target> allFiles() {
    return fileOf.keySet();
  }

  Place placeOf(Target file) {
    return fileOf.get(file).path().place();
  }

  String written(TemplateBuilder parts, Place place) {
    String text = parts.written();
    if (text == null) {
      notes.refuse(
          place, "a { before a placeholder and a } behind it cannot be written in torc.yaml");
      return "";
    }
    return text;
  }
}
