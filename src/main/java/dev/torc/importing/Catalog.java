package dev.torc.importing;

import dev.torc.importing.Spec.Job;
import dev.torc.importing.Spec.UserData;
import dev.torc.workflow.Glob;
import dev.torc.workflow.Literal;
import dev.torc.workflow.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;

/**
 * What the jobs, files and user data of a workflow are called in the build file, who makes which
 * file, and how what a form refers to is written. How a job is put together is {@link
 * Translation}'s business.
 */
final class Catalog {

  /** Who makes a file: an instance of a job. */
  record Maker(Unit job, int instance) {}

  /** How many jobs one may become where no group can say what it needs. */
  private static final int MAX_UNROLLED = 200;

  final SequencedMap<Unit, Job> units = new LinkedHashMap<>();

  /** Jobs whose needs no group can say: a chain in which each waits for the one before. */
  final Set<Job> irregular = new LinkedHashSet<>();

  final Register jobs;
  final Register files;
  private final Notes notes;
  private final Map<Unit, Spec.File> fileOf = new LinkedHashMap<>();
  private final Map<Unit, String> names = new HashMap<>();
  private final Map<String, String> parameters = new HashMap<>();
  private final Register dataNames;
  private final Map<String, UserData> data = new LinkedHashMap<>();
  private final Map<String, String> dataKeys = new HashMap<>();
  private final Map<Unit, Map<Integer, Maker>> makers = new HashMap<>();
  private final Map<Unit, SequencedMap<Unit, List<SortedSet<Integer>>>> outputs = new HashMap<>();
  private final Map<String, List<Unit>> storers = new HashMap<>();

  /**
   * Collects.
   *
   * @param unrolled jobs of which each instance is a job by itself
   */
  Catalog(Spec spec, Notes notes, Set<Job> unrolled) {
    this.notes = notes;
    this.jobs = new Register("job", notes);
    this.files = new Register("file", notes);
    this.dataNames = new Register("user data", notes);
    spec.files().forEach(this::add);
    spec.userData().forEach(this::add);
    for (Job job : spec.jobs()) {
      Unit unit = new Unit(job.family(), kept(job));
      if (unrolled.contains(job)) {
        notes.say(
            job.family().place(),
            "%s is no group here but %d jobs: what they depend on follows no rule for a group"
                .formatted(job.name(), unit.rows.size()));
      }
      for (Unit each : unrolled.contains(job) ? unit.unrolled() : List.of(unit)) {
        units.put(each, job);
        jobs.add(each);
      }
    }
    nameUnits();
    nameParameters();
    units.forEach(this::makes);
  }

  private void add(Spec.File file) {
    Unit unit = new Unit(file.family(), file.family().parameters());
    fileOf.put(unit, file);
    files.add(unit);
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
    List<String> parameters = job.family().parameters();
    List<Text> texts = new ArrayList<>(List.of(job.family().name(), job.command()));
    for (Text text : new Text[] {job.script(), job.resources(), job.priority(), job.handler()}) {
      if (text != null) {
        texts.add(text);
      }
    }
    texts.addAll(job.env().values());
    texts.addAll(job.outputs().names());
    texts.addAll(job.outputs().regexes());
    texts.addAll(job.outputData().names());
    for (Text text : texts) {
      collect(text.text(), parameters, made, named);
    }
    for (Spec.Names names : List.of(job.dependsOn(), job.inputs(), job.inputData())) {
      names.names().forEach(text -> collect(text.text(), parameters, named, named));
      names.regexes().forEach(text -> collect(text.text(), parameters, named, named));
    }
    // What nothing mentions counts the jobs that were asked for.
    List<String> kept =
        parameters.stream().filter(p -> made.contains(p) || !named.contains(p)).toList();
    // In step, a parameter that only names what comes before tells what that is.
    boolean fewer = job.family().rows(kept).size() < job.family().rows().size();
    return job.family().zip() && !fewer ? parameters : kept;
  }

  private static void collect(
      String text, List<String> parameters, Set<String> made, Set<String> named) {
    for (Piece piece : Piece.ofCommand(text, parameters)) {
      switch (piece) {
        case Piece.Hole hole -> made.add(hole.name());
        case Piece.Plain plain ->
            parameters.stream()
                .filter(p -> plain.text().contains("${" + p + "}"))
                .forEach(made::add);
        case Piece.Reference reference ->
            Piece.ofName(reference.name(), parameters).stream()
                .filter(inner -> inner instanceof Piece.Hole)
                .forEach(
                    hole -> (reference.input() ? named : made).add(((Piece.Hole) hole).name()));
      }
    }
  }

  private void nameUnits() {
    Set<String> taken = new HashSet<>();
    for (Unit unit : units.keySet()) {
      if (!unit.isGroup()) {
        names.put(unit, unit.name());
        taken.add(unit.name());
      }
    }
    for (Unit unit : units.keySet()) {
      if (unit.isGroup()) {
        String label = Label.of(unit.family.name().text());
        String name = Label.unique(label.isEmpty() ? "job" : label, "-", taken);
        names.put(unit, name);
        taken.add(name);
      }
    }
  }

  private void nameParameters() {
    Set<String> known = new LinkedHashSet<>();
    units.keySet().forEach(unit -> known.addAll(unit.family.parameters()));
    for (Unit unit : units.keySet()) {
      for (Axis axis : unit.family.axes()) {
        String name = axis.name();
        if (!parameters.containsKey(name) && Literal.wrongParameter(name) != null) {
          String other = name.replaceAll("[^A-Za-z0-9_]", "_");
          other = Literal.wrongParameter(other) == null ? other : "p_" + other;
          other = Label.unique(other, "_", known);
          known.add(other);
          notes.say(axis.place(), "the parameter " + name + " is called " + other + " here");
          parameters.put(name, other);
        }
      }
    }
  }

  private void makes(Unit unit, Job job) {
    List<Text> named = new ArrayList<>(job.outputs().names());
    named.addAll(references(unit, false, false));
    SequencedMap<Unit, List<SortedSet<Integer>>> made =
        files.resolve(unit, new Spec.Names(named, job.outputs().regexes()));
    outputs.put(unit, made);
    made.forEach(
        (file, sets) -> {
          for (int i = 0; i < sets.size(); i++) {
            Maker maker = new Maker(unit, i);
            for (int row : sets.get(i)) {
              makers.computeIfAbsent(file, key -> new HashMap<>()).putIfAbsent(row, maker);
            }
          }
        });
    List<Text> stored = new ArrayList<>(job.outputData().names());
    stored.addAll(references(unit, true, false));
    for (String name : dataNames(new Spec.Names(stored, job.outputData().regexes()))) {
      storers.computeIfAbsent(name, key -> new ArrayList<>()).add(unit);
    }
  }

  /** The names of files or user data that the command of a job refers to, each once. */
  List<Text> references(Unit unit, boolean ofData, boolean input) {
    Job job = units.get(unit);
    Set<String> found = new LinkedHashSet<>();
    for (Text text :
        job.script() == null ? List.of(job.command()) : List.of(job.script(), job.command())) {
      for (Piece piece : Piece.ofCommand(text.text(), job.family().parameters())) {
        if (piece instanceof Piece.Reference r && r.data() == ofData && r.input() == input) {
          found.add(unit.put(r.name()));
        }
      }
    }
    return found.stream().map(name -> new Text(job.command().place(), name)).toList();
  }

  /** The user data that names and regular expressions mean; unknown ones are refused. */
  Set<String> dataNames(Spec.Names names) {
    Set<String> found = new LinkedHashSet<>();
    dataNames
        .resolve(single(new Text(Place.NONE, "")), names)
        .keySet()
        .forEach(unit -> found.add(unit.family.name().text()));
    return found;
  }

  /** Something without parameters. */
  private static Unit single(Text name) {
    return new Unit(Family.of(name, List.of(), false), List.of());
  }

  /** Whether a job can be written one by one, as few jobs of different names; it is noted if so. */
  boolean unrolls(Unit unit) {
    int count = unit.rows.size();
    boolean possible =
        unit.isGroup()
            && count <= MAX_UNROLLED
            && unit.unrolled().stream().map(Unit::name).distinct().count() == count;
    if (possible) {
      irregular.add(units.get(unit));
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
  List<Unit> storers(String name) {
    return storers.getOrDefault(name, List.of());
  }

  Job job(Unit unit) {
    return units.get(unit);
  }

  /** The files that the instances of a job make. */
  SequencedMap<Unit, List<SortedSet<Integer>>> outputs(Unit job) {
    return outputs.get(job);
  }

  /** Who makes a file, null for nobody. */
  Maker maker(Unit file, int row) {
    return makers.getOrDefault(file, Map.of()).get(row);
  }

  /** The name of a job or group, as text. */
  String name(Unit job) {
    return names.get(job);
  }

  /** What a parameter is called in the build file. */
  String parameter(String name) {
    return parameters.getOrDefault(name, name);
  }

  /** A parameter put in: its value, or a placeholder in a format that fits all its values. */
  void hole(Parts parts, Unit from, Piece.Hole hole, Place place) {
    String format = hole.format();
    String value = from.values.get(hole.name());
    if (value != null) {
      parts.text(Family.format(format, value));
      return;
    }
    if (format != null && !from.family.fits(hole)) {
      notes.say(
          place,
          "the format in {%s:%s} is not carried, just the value: torc has none that fits"
              .formatted(hole.name(), format));
      format = null;
    }
    parts.hole("{" + parameter(hole.name()) + (format == null ? "" : ":" + format) + "}");
  }

  /** The name that means what a form refers to, for {@code {job: …}}. */
  String reference(Form form) {
    Parts parts = new Parts().text(name(form.unit()));
    String before = "/";
    for (String parameter : form.unit().kept.stream().sorted().toList()) {
      Form.Bound bound = form.bounds().get(parameter);
      if (bound != null) {
        parts.text(before + parameter(parameter) + "=");
        before = ",";
        switch (bound) {
          case Form.Bound.Same same -> parts.hole("{" + parameter(same.parameter()) + "}");
          case Form.Bound.Constant constant ->
              parts.text(dev.torc.workflow.InstanceName.encode(constant.value()));
        }
      }
    }
    return written(parts, form.unit().family.place());
  }

  /** The path of the file that a form refers to; a pattern where it is several. */
  String path(Unit from, Form form) {
    return written(path(from, form, null), placeOf(form.unit()));
  }

  /** The same for an instance with these values, as a pattern without placeholders. */
  String pattern(Unit from, Form form, Map<String, String> row) {
    return String.join("", path(from, form, row).list());
  }

  private Parts path(Unit from, Form form, Map<String, String> row) {
    Place place = placeOf(form.unit());
    String text = fileOf.get(form.unit()).path().text();
    List<Piece> pieces = Piece.ofName(text, form.unit().family.parameters());
    boolean special =
        text.startsWith("!")
            || pieces.stream()
                .anyMatch(
                    piece ->
                        piece instanceof Piece.Plain plain
                            && plain.text().chars().anyMatch(c -> "*?[\\{$".indexOf(c) >= 0));
    Parts parts = new Parts();
    for (Piece piece : pieces) {
      if (piece instanceof Piece.Plain plain) {
        parts.text(special ? escape(plain.text()) : plain.text());
      } else if (piece instanceof Piece.Hole hole) {
        String value = form.unit().only(hole.name());
        if (form.bounds().get(hole.name()) instanceof Form.Bound.Constant constant) {
          value = constant.value();
        } else if (form.bounds().get(hole.name()) instanceof Form.Bound.Same same) {
          if (row == null) {
            hole(parts, from, new Piece.Hole(same.parameter(), hole.format()), place);
            continue;
          }
          value = row.get(same.parameter());
        }
        parts.text(value == null ? "*" : escape(Family.format(hole.format(), value)));
      }
    }
    return parts;
  }

  private static String escape(String text) {
    boolean special = text.chars().anyMatch(c -> "*?[\\{$!".indexOf(c) >= 0);
    return special ? Glob.escape(text).replace("$", "\\$") : text;
  }

  /** The path of one file, as NREL's torc would have it. */
  String plainPath(Unit file, int row) {
    return Family.expand(
        Piece.ofName(fileOf.get(file).path().text(), file.family.parameters()), file.rows.get(row));
  }

  /** Everything that is a file of the workflow. */
  Collection<Unit> allFiles() {
    return fileOf.keySet();
  }

  Place placeOf(Unit file) {
    return fileOf.get(file).path().place();
  }

  String written(Parts parts, Place place) {
    String text = parts.written();
    if (text == null) {
      notes.refuse(
          place, "a { before a placeholder and a } behind it cannot be written in torc.yaml");
      return "";
    }
    return text;
  }
}
