package dev.torc.importing;

import dev.torc.importing.Spec.Job;
import dev.torc.importing.Spec.UserData;
import dev.torc.workflow.Glob;
import dev.torc.workflow.Literal;
import dev.torc.workflow.Nearest;
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

  final SequencedMap<Job, Unit> units = new LinkedHashMap<>();

  /** Jobs whose needs no group can say; they are written one by one. */
  final SequencedMap<Job, Unit> irregular = new LinkedHashMap<>();

  final Register jobs;
  final Register files;
  private final Notes notes;
  private final Map<Unit, Job> jobOf = new HashMap<>();
  private final Map<Unit, Spec.File> fileOf = new LinkedHashMap<>();
  private final Map<Unit, String> names = new HashMap<>();
  private final Map<String, String> parameters = new HashMap<>();
  private final Map<String, UserData> data = new LinkedHashMap<>();
  private final Map<String, String> dataKeys = new HashMap<>();
  private final Map<Unit, Map<Integer, Maker>> makers = new HashMap<>();
  private final Map<Unit, SequencedMap<Unit, List<SortedSet<Integer>>>> outputs = new HashMap<>();
  private final Map<String, List<Unit>> storers = new HashMap<>();

  Catalog(Spec spec, Notes notes) {
    this.notes = notes;
    this.jobs = new Register("job", notes);
    this.files = new Register("file", notes);
    spec.files().forEach(this::add);
    spec.userData().forEach(this::add);
    for (Job job : spec.jobs()) {
      Unit unit = new Unit(job.family(), kept(job));
      units.put(job, unit);
      jobOf.put(unit, job);
      jobs.add(unit);
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
    UserData earlier = data.putIfAbsent(name, value);
    if (earlier != null) {
      notes.refuse(
          value.name().place(),
          "a second user data " + name + ", first at " + earlier.name().place());
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
    for (Unit unit : units.values()) {
      if (!unit.isGroup()) {
        names.put(unit, unit.family.name().text());
        taken.add(unit.family.name().text());
      }
    }
    for (Unit unit : units.values()) {
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
    units.values().forEach(unit -> known.addAll(unit.family.parameters()));
    for (Unit unit : units.values()) {
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

  private void makes(Job job, Unit unit) {
    List<Text> named = new ArrayList<>(job.outputs().names());
    named.addAll(references(job, false, false));
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
    stored.addAll(references(job, true, false));
    for (String name : dataNames(new Spec.Names(stored, job.outputData().regexes()))) {
      storers.computeIfAbsent(name, key -> new ArrayList<>()).add(unit);
    }
  }

  /** The names of files or user data that the command of a job refers to, each once. */
  List<Text> references(Job job, boolean ofData, boolean input) {
    Set<String> found = new LinkedHashSet<>();
    for (Text text :
        job.script() == null ? List.of(job.command()) : List.of(job.script(), job.command())) {
      for (Piece piece : Piece.ofCommand(text.text(), job.family().parameters())) {
        if (piece instanceof Piece.Reference r && r.data() == ofData && r.input() == input) {
          found.add(r.name());
        }
      }
    }
    return found.stream().map(name -> new Text(job.command().place(), name)).toList();
  }

  /** The user data that names and regular expressions mean; unknown ones are refused. */
  Set<String> dataNames(Spec.Names names) {
    Set<String> found = new LinkedHashSet<>();
    for (Text name : names.names()) {
      if (data.containsKey(name.text())) {
        found.add(name.text());
      } else {
        notes.refuse(
            name.place(), "no user data " + name.text() + Nearest.hint(name.text(), data.keySet()));
      }
    }
    for (Text regex : names.regexes()) {
      try {
        var pattern = java.util.regex.Pattern.compile(regex.text());
        int before = found.size();
        data.keySet().stream().filter(n -> pattern.matcher(n).find()).forEach(found::add);
        if (found.size() == before) {
          notes.refuse(regex.place(), "no user data has a name that matches " + regex.text());
        }
      } catch (java.util.regex.PatternSyntaxException e) {
        notes.refuse(regex.place(), "no regular expression: " + regex.text());
      }
    }
    return found;
  }

  /** Whether a job can be written one by one; it is noted if so. */
  boolean unrolls(Job job) {
    boolean possible = Unrolled.isPossible(job, units.get(job));
    if (possible) {
      irregular.put(job, units.get(job));
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
    return jobOf.get(unit);
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

  /** A parameter put in, in a format that torc knows for all its values. */
  String hole(Unit from, Piece.Hole hole, Place place) {
    String format = hole.format();
    if (format != null && !from.family.fits(hole)) {
      notes.say(
          place,
          "the format in {%s:%s} is not carried, just the value: torc has none that fits"
              .formatted(hole.name(), format));
      format = null;
    }
    return "{" + parameter(hole.name()) + (format == null ? "" : ":" + format) + "}";
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
    return written(parts, jobOf.get(form.unit()).family().place());
  }

  /** The path of the file that a form refers to; a pattern where it is several. */
  String path(Unit from, Form form) {
    Spec.File file = fileOf.get(form.unit());
    String text = file.path().text();
    boolean special = text.startsWith("!");
    List<Piece> pieces = Piece.ofName(text, form.unit().family.parameters());
    for (Piece piece : pieces) {
      special |=
          piece instanceof Piece.Plain plain
              && plain.text().chars().anyMatch(c -> "*?[\\{$".indexOf(c) >= 0);
    }
    Parts parts = new Parts();
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Plain plain -> parts.text(special ? escape(plain.text()) : plain.text());
        case Piece.Hole hole -> {
          Form.Bound bound = form.bounds().get(hole.name());
          String only = form.unit().only(hole.name());
          if (bound instanceof Form.Bound.Same same) {
            parts.hole(
                hole(from, new Piece.Hole(same.parameter(), hole.format()), file.path().place()));
          } else if (bound instanceof Form.Bound.Constant constant) {
            parts.text(escape(Family.format(hole.format(), constant.value())));
          } else if (only != null) {
            parts.text(escape(Family.format(hole.format(), only)));
          } else {
            parts.text("*");
          }
        }
        case Piece.Reference _ -> throw new IllegalStateException("a reference within a path");
      }
    }
    return written(parts, file.path().place());
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
