package dev.torc.importing;

import dev.torc.buildfile.LiteralText;
import dev.torc.importing.BuildFileText.Flow;
import dev.torc.importing.Target.Member;
import dev.torc.importing.Text.Hole;
import dev.torc.importing.Text.Plain;
import dev.torc.importing.Text.Reference;
import dev.torc.syntax.Glob;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Place;
import dev.torc.syntax.Quote;
import dev.torc.workflow.InstanceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One job or group of the build file: its command, {@code needs}, {@code produces} and the rest. A
 * group is one where all that its instances have and refer to can be said by the names of their
 * parameters; where that is not so, {@link #irregular} says why, and its jobs have to be written
 * one by one. It does not know how the file is laid out.
 */
final class JobTranslation {

  /** What a shell reads in a value that stands in quotes or within a word. */
  private static final Pattern READ = Pattern.compile("[\"'`$\\\\;|&<>()#!~{}\n]");

  private final Symbols symbols;
  private final Notes notes;
  private final Target job;

  /** Needs and products by the names that the command has for them, the others last. */
  private final SequencedMap<String, List<Object>> needs = new LinkedHashMap<>();

  private final SequencedMap<String, List<Object>> produces = new LinkedHashMap<>();
  private final Map<Reference, String> labels = new HashMap<>();
  private final Set<String> taken = new HashSet<>(Set.of("job", "data", "others"));

  /** The jobs that make needed files. */
  private final Map<Target, Links> makers;

  private String irregular;

  JobTranslation(Symbols symbols, Notes notes, Target job) {
    this.symbols = symbols;
    this.notes = notes;
    this.job = job;
    this.makers = symbols.files(job, "input").by(symbols.makers).parts();
    job.kept.stream()
        .filter(name -> LiteralText.wrongParameter(name) != null)
        .forEach(name -> irregular("no parameter can be called " + name));
  }

  /** Why this cannot be a group, null if it can. */
  String irregular() {
    return irregular;
  }

  private void irregular(String reason) {
    irregular = irregular == null ? reason : irregular;
  }

  /**
   * The keys of the job with their values.
   *
   * @param handlers the keys that a job with a failure handler gets, by its name
   */
  SequencedMap<String, Object> keys(Map<String, Map<String, Object>> handlers) {
    files(produces, "output");
    files(needs, "input");
    dependsOn();
    data();
    foreign();
    if (!job.map.flag("cancel_on_blocking_job_failure", true)) {
      notes
          .said()
          .add(
              job.map.given("cancel_on_blocking_job_failure").place(),
              "cancel_on_blocking_job_failure: false is not carried: no job runs after a failed"
                  + " one");
    }
    SequencedMap<String, Object> out = new LinkedHashMap<>();
    out.put("command", written(job.command, UnaryOperator.identity(), true));
    parameters(out);
    put(out, "needs", needs);
    put(out, "produces", produces);
    text(out, "resources", job.map.text("resource_requirements"));
    PlacedText handler = job.map.text("failure_handler");
    if (handler != null && !handlers.containsKey(handler.text())) {
      String hint = NearestName.hint(handler.text(), handlers.keySet());
      notes.wrong().add(handler.place(), "no failure handler " + handler.text() + hint);
    } else if (handler != null) {
      out.putAll(handlers.get(handler.text()));
    }
    text(out, "priority", job.map.text("priority"));
    SequencedMap<String, Object> env = new LinkedHashMap<>();
    job.map.map("env").forEach((name, text) -> text(env, name, text));
    out.put("env", env);
    out.put("always", symbols.storesFleeting(job) ? "true" : null);
    out.values().removeIf(it -> it == null || it.equals(Map.of()));
    return out;
  }

  private void parameters(Map<String, Object> out) {
    SequencedMap<String, Object> parameters = new LinkedHashMap<>();
    for (SweepAxis axis : job.sweep.axes()) {
      if (job.kept.contains(axis.name())) {
        // Of a zip that lost a parameter, rows may have become equal.
        List<String> values = job.sweep.zip() ? values(axis.name()) : axis.values();
        parameters.put(
            axis.name(),
            axis.range() != null && values.equals(axis.values())
                ? new Flow(axis.range())
                : values.stream().map(Translation::literal).toList());
      }
    }
    out.put("parameters", parameters);
    out.put("mode", job.sweep.zip() && parameters.size() > 1 ? "zip" : null);
  }

  private List<String> values(String parameter) {
    return job.rows.stream().map(row -> row.get(parameter)).toList();
  }

  private static void put(
      Map<String, Object> out, String key, SequencedMap<String, List<Object>> slot) {
    SequencedMap<String, Object> entries = new LinkedHashMap<>();
    slot.forEach((label, refs) -> entries.put(label, refs.size() == 1 ? refs.getFirst() : refs));
    out.put(key, entries.size() == 1 ? entries.firstEntry().getValue() : entries);
  }

  /** The files that are named: each that the command refers to by itself, then the others. */
  private void files(SequencedMap<String, List<Object>> slot, String side) {
    String kind = "files." + side;
    List<PlacedText> rest = job.map.texts(side + "_files", side + "_file_regexes");
    for (PlacedText name : Symbols.references(job, kind)) {
      String id = Symbols.label(name.text()).replaceAll("[^A-Za-z0-9_]+", "_");
      id = id.replaceAll("^_+|_+$", "").replaceAll("^(?=[0-9]|$)", "f");
      String label = Symbols.unique(id, "_", taken);
      labels.put(new Reference(kind, name.text()), label);
      slot.put(label, files(List.of(name), slot == needs));
      rest.removeIf(other -> other.text().equals(name.text()));
    }
    others(slot, files(rest, slot == needs));
  }

  private static void others(SequencedMap<String, List<Object>> slot, List<Object> refs) {
    for (Object ref : refs) {
      if (slot.values().stream().noneMatch(known -> known.contains(ref))) {
        slot.computeIfAbsent("others", _ -> new ArrayList<>()).add(ref);
      }
    }
  }

  /**
   * Files: many of one job by the instances that make them and no others, all others by their
   * paths.
   */
  private List<Object> files(List<PlacedText> names, boolean needed) {
    Set<Object> refs = new LinkedHashSet<>();
    Links wanted = symbols.files.resolve(job, names);
    wanted
        .parts()
        .forEach(
            (file, each) -> {
              Links made = each.by(symbols.makers);
              Links all = made.by(symbols.products);
              Set<Target> by = made.parts().keySet();
              boolean isJob =
                  needed
                      && by.size() == 1
                      && !by.contains(job)
                      && each.sets().stream().anyMatch(set -> set.size() != 1)
                      && wanted.containsAll(all)
                      && all.containsAll(each)
                      && (made.sets().size() == 1 || job.agrees(by.iterator().next(), made));
              refs.addAll(isJob ? refs(by.iterator().next(), made) : refs(file, each));
            });
    return List.copyOf(refs);
  }

  /** How all instances say what they refer to: by the names of parameters, or each one of them. */
  private List<Object> refs(Target to, Links links) {
    PlacedText path = to.map.text("path");
    if (job.agrees(to, links) && (path == null || job.kept.containsAll(to.kept))) {
      Map<String, String> holes = new HashMap<>();
      job.shared(to).forEach(name -> holes.put(name, "{" + name + "}"));
      return List.of(path == null ? jobRef(to, holes) : path(path));
    }
    if (links.sets().size() > 1) {
      irregular("what it needs and makes does not follow from the names of its parameters");
      return List.of();
    }
    Set<Member> each = links.at(0);
    if (path != null) {
      return each.stream().<Object>map(it -> path(to.map.with(it.values()).text("path"))).toList();
    }
    return each.size() == to.rows.size()
        ? List.of(jobRef(to, Map.of()))
        : each.stream().map(it -> jobRef(to, encoded(it.values()))).toList();
  }

  private static Map<String, String> encoded(Map<String, String> values) {
    Map<String, String> encoded = new HashMap<>(values);
    encoded.replaceAll((_, value) -> Translation.literal(InstanceName.encode(value)));
    return encoded;
  }

  private Object jobRef(Target to, Map<String, String> values) {
    String part =
        new TreeMap<>(values)
            .entrySet().stream().map(Object::toString).collect(Collectors.joining(","));
    String name = Translation.literal(symbols.names.get(to));
    return new Flow(Map.of("job", part.isEmpty() ? name : name + "/" + part));
  }

  /** A path, in which what is special to patterns stands for itself. */
  private String path(PlacedText path) {
    boolean special =
        Text.of(path.text(), job.kept).pieces().stream()
            .anyMatch(
                p -> p instanceof Plain(String text) && text.matches("(?s)!.*|.*[*?\\[\\\\{$].*"));
    return written(
        path,
        special ? text -> Glob.escape(text).replace("$", "\\$") : UnaryOperator.identity(),
        false);
  }

  /** The jobs that are depended on by name, but for those whose files are needed anyway. */
  private void dependsOn() {
    List<PlacedText> names = job.map.texts("depends_on", "depends_on_regexes");
    symbols
        .jobs
        .resolve(job, names)
        .parts()
        .forEach(
            (other, links) -> {
              if (!links.equals(makers.get(other))) {
                others(needs, refs(other, links));
              }
            });
  }

  /** The values that are needed: those of the workflow file, and the jobs that store others. */
  private void data() {
    List<Target> referred =
        Symbols.references(job, "user_data.input").stream()
            .map(name -> symbols.data.get(name.text()))
            .toList();
    for (Target value : symbols.data(job, "input").parts().keySet()) {
      List<Target> storers = symbols.storers(value);
      if (storers.isEmpty() && value.map.given("data") == null) {
        String wrong = "user data %s has no value, and no job stores it";
        notes.wrong().add(value.name.place(), wrong.formatted(value.name.text()));
      } else if (storers.isEmpty() && !referred.contains(value)) {
        others(needs, List.of(new Flow(Map.of("data", symbols.names.get(value)))));
      }
      for (Target storer : referred.contains(value) ? List.<Target>of() : storers) {
        if (storer != job && !makers.containsKey(storer)) {
          others(needs, List.of(jobRef(storer, Map.of())));
        }
      }
    }
  }

  private void text(Map<String, Object> out, String key, PlacedText text) {
    out.put(key, text == null ? null : written(text, UnaryOperator.identity(), false));
  }

  /**
   * A text as the build file has it, with placeholders.
   *
   * @param plain what to write for text as it stands
   * @param shell whether a shell reads it
   */
  private String written(PlacedText text, UnaryOperator<String> plain, boolean shell) {
    List<Text.Piece> pieces = Text.of(text.text(), job.kept).pieces();
    List<String> draft = pieces.stream().map(piece -> draft(piece, plain)).toList();
    List<Quote> quotes = shell ? LiteralText.places(draft) : List.of();
    List<String> parts = new ArrayList<>(List.of(""));
    for (int i = 0; i < draft.size(); i++) {
      String part = draft.get(i);
      if (shell && pieces.get(i) instanceof Hole hole) {
        Quote quote = i / 2 < quotes.size() ? quotes.get(i / 2) : Quote.REFUSE;
        boolean word =
            draft.get(i - 1).matches("(?s)|.*[^<>\\s]\\s+|.*[;&|(]")
                && draft.get(i + 1).matches("(?s)|[\\s;&|)<>].*");
        boolean left = quote == Quote.REFUSE || quote == Quote.BARE && word;
        part = isForShell(hole, left, text.place()) ? "${" + hole.name() + "}" : part;
      }
      if (i % 2 == 1 && part.startsWith("{")) {
        parts.addAll(List.of(part, ""));
      } else {
        parts.set(parts.size() - 1, parts.getLast() + part);
      }
    }
    String written = LiteralText.write(parts);
    String reason = "a { before a placeholder and a } behind it cannot be written in torc.yaml";
    if (written == null && job.isGroup()) {
      irregular(reason);
    } else if (written == null) {
      notes.wrong().add(text.place(), reason);
    }
    return Objects.requireNonNullElse(written, "");
  }

  private String draft(Text.Piece piece, UnaryOperator<String> plain) {
    return switch (piece) {
      case Plain(String text) -> plain.apply(text);
      case Hole hole -> placeholder(hole);
      case Reference reference -> placeholder(reference);
    };
  }

  private String placeholder(Hole hole) {
    List<String> values = values(hole.name());
    long fit = values.stream().filter(value -> Text.fits(hole.format(), value)).count();
    if (fit > 0 && fit < values.size()) {
      irregular("{%s:%s} fits only some of its values".formatted(hole.name(), hole.format()));
    }
    return "{" + hole.name() + (fit == 0 ? "" : ":" + hole.format()) + "}";
  }

  /**
   * Whether bash has to put a value in, so that it splits it into words as with NREL's torc. Torc
   * quotes what it puts in; where that makes a difference it is said.
   *
   * @param left whether it stands where bash splits it
   */
  private boolean isForShell(Hole hole, boolean left, Place place) {
    for (String value : values(hole.name())) {
      if (!LiteralText.isPlain(value) && (left || READ.matcher(value).find())) {
        String said =
            left
                ? "${%s} leaves values like '%s' to the shell, which splits them; {%1$s} passes"
                      + " each as one word"
                : "{%s} passes values like '%s' as they stand, where NREL's torc let the shell read"
                      + " them";
        notes.said().add(place, said.formatted(hole.name(), value));
        return left;
      }
    }
    return false;
  }

  /** The placeholder of a reference; a value that the job itself stores has its bare name. */
  private String placeholder(Reference reference) {
    if (reference.kind().startsWith("files")) {
      String slot = reference.kind().equals("files.input") ? "needs" : "produces";
      boolean alone = (slot.equals("needs") ? needs : produces).size() == 1;
      return "{" + slot + (alone ? "" : "." + labels.get(reference)) + "}";
    }
    Target value = symbols.data.get(reference.name());
    String key = symbols.names.getOrDefault(value, reference.name());
    if (reference.kind().equals("user_data.output")) {
      return key;
    }
    List<Target> storers = symbols.storers(value);
    String storer = storers.isEmpty() ? "" : symbols.names.get(storers.getFirst()) + ".";
    return "{data." + storer + key + "}";
  }

  /** Says what belongs to NREL's torc and is not there when this torc runs the command. */
  private void foreign() {
    MapReader.KEYS
        .get("a command")
        .forEach(
            (key, instead) -> {
              String word = "(?<![\\w./-])" + key.replace("~", "\\s+(?:-\\S+\\s+)*") + "\\b";
              if (Pattern.compile(word).matcher(job.command.text()).find()) {
                String said = "the command uses %s of NREL's torc, which is not there here%s";
                String next = instead.isEmpty() ? "" : "; " + instead;
                notes.said().add(job.command.place(), said.formatted(key.replace('~', ' '), next));
              }
            });
  }
}
