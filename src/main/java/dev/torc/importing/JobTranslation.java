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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

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
  private final Map<String, String> labels = new HashMap<>();
  private final Set<String> taken = new HashSet<>(Set.of("job", "data", "others"));

  /** The jobs that make needed files. */
  private final Map<Target, List<Set<Member>>> makers = new HashMap<>();

  private String irregular;

  JobTranslation(Symbols symbols, Notes notes, Target job) {
    this.symbols = symbols;
    this.notes = notes;
    this.job = job;
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
    fill(produces, "output");
    fill(needs, "input");
    dependsOn();
    data();
    foreign();
    if (!job.map.flag("cancel_on_blocking_job_failure", true)) {
      notes.say(
          job.map.given("cancel_on_blocking_job_failure").place(),
          "cancel_on_blocking_job_failure: false is not carried: no job runs after a failed one");
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
      notes.refuse(handler.place(), "no failure handler " + handler.text() + hint);
    } else if (handler != null) {
      out.putAll(handlers.get(handler.text()));
    }
    text(out, "priority", job.map.text("priority"));
    SequencedMap<String, Object> env = new LinkedHashMap<>();
    job.map.map("env").forEach((name, text) -> text(env, name, text));
    if (!env.isEmpty()) {
      out.put("env", env);
    }
    if (symbols.storesFleeting(job)) {
      out.put("always", "true");
    }
    return out;
  }

  private void parameters(Map<String, Object> out) {
    SequencedMap<String, Object> parameters = new LinkedHashMap<>();
    for (SweepAxis axis : job.sweep.axes()) {
      String name = axis.name();
      if (job.kept.contains(name)) {
        // Of a zip that lost a parameter, rows may have become equal.
        List<String> values =
            job.sweep.zip() ? job.rows.stream().map(row -> row.get(name)).toList() : axis.values();
        parameters.put(
            name,
            axis.range() == null || values.isEmpty() || !values.equals(axis.values())
                ? values.stream().map(Translation::literal).toList()
                : new Flow(axis.range()));
      }
    }
    if (!parameters.isEmpty()) {
      out.put("parameters", parameters);
    }
    if (job.sweep.zip() && parameters.size() > 1) {
      out.put("mode", "zip");
    }
  }

  private static void put(
      Map<String, Object> out, String key, SequencedMap<String, List<Object>> slot) {
    SequencedMap<String, Object> entries = new LinkedHashMap<>();
    slot.forEach((label, refs) -> entries.put(label, refs.size() == 1 ? refs.getFirst() : refs));
    if (!entries.isEmpty()) {
      out.put(key, entries.size() > 1 ? entries : entries.firstEntry().getValue());
    }
  }

  /** The files that are named: each that the command refers to by itself, then the others. */
  private void fill(SequencedMap<String, List<Object>> slot, String side) {
    String kind = "files." + side;
    List<PlacedText> rest = job.map.texts(side + "_files", side + "_file_regexes");
    for (PlacedText name : Symbols.references(job, kind)) {
      String id = Symbols.label(name.text()).replaceAll("[^A-Za-z0-9_]+", "_");
      id = id.replaceAll("^_+|_+$", "").replaceAll("^(?=[0-9]|$)", "f");
      String label = Symbols.unique(id, "_", taken);
      labels.put(kind + "." + name.text(), label);
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
    Map<Target, List<Set<Member>>> files = symbols.files.resolve(job, names);
    files.forEach(
        (file, sets) -> {
          Map<Target, List<Set<Member>>> by = needed ? makers(sets) : Map.of();
          by.forEach((maker, made) -> makers.merge(maker, made, NameIndex::union));
          Target maker = by.size() == 1 ? by.keySet().iterator().next() : null;
          boolean one = sets.stream().allMatch(set -> set.size() == 1);
          boolean all =
              !one && maker != null && maker != job && areAll(by.get(maker), files.values());
          refs.addAll(all ? refs(maker, by.get(maker)) : refs(file, sets));
        });
    return List.copyOf(refs);
  }

  /** The jobs that make files, with their instances; null stands for those that nothing makes. */
  private Map<Target, List<Set<Member>>> makers(List<Set<Member>> files) {
    Map<Target, List<Set<Member>>> found = new HashMap<>();
    for (int i = 0; i < files.size(); i++) {
      for (Member file : files.get(i)) {
        Member maker = symbols.makers.get(file);
        found
            .computeIfAbsent(maker == null ? null : maker.of(), _ -> NameIndex.empty(files.size()))
            .get(i)
            .add(maker);
      }
    }
    return found;
  }

  /** Whether all that some instances make is wanted, and a group has words for which they are. */
  private boolean areAll(List<Set<Member>> made, Collection<List<Set<Member>>> wanted) {
    List<Set<Member>> files = wanted.stream().reduce(NameIndex::union).get();
    boolean all = made.size() == 1 || job.agrees(made.getFirst().iterator().next().of(), made);
    for (int i = 0; i < files.size() && all; i++) {
      Set<Member> of = files.get(i);
      all =
          made.get(Math.min(i, made.size() - 1)).stream()
              .allMatch(maker -> of.containsAll(symbols.products.get(maker)));
    }
    return all;
  }

  /** How all instances say what they refer to: by the names of parameters, or each one of them. */
  private List<Object> refs(Target to, List<Set<Member>> sets) {
    PlacedText path = to.map.text("path");
    if (job.agrees(to, sets) && (path == null || job.kept.containsAll(to.kept))) {
      Map<String, String> holes = new HashMap<>();
      job.shared(to).forEach(name -> holes.put(name, "{" + name + "}"));
      return List.of(path == null ? jobRef(to, holes) : path(path));
    }
    if (sets.size() > 1) {
      irregular("what it needs and makes does not follow from the names of its parameters");
      return List.of();
    }
    List<Object> refs = new ArrayList<>();
    if (path == null && sets.getFirst().size() == to.rows.size()) {
      refs.add(jobRef(to, Map.of()));
    } else {
      for (Member each : sets.getFirst()) {
        Map<String, String> values = new HashMap<>();
        each.values()
            .forEach(
                (name, value) -> values.put(name, Translation.literal(InstanceName.encode(value))));
        refs.add(path == null ? jobRef(to, values) : path(to.map.with(each.values()).text("path")));
      }
    }
    return refs;
  }

  private Object jobRef(Target to, Map<String, String> values) {
    StringBuilder name = new StringBuilder(Translation.literal(symbols.names.get(to)));
    String before = "/";
    for (Map.Entry<String, String> each : new TreeMap<>(values).entrySet()) {
      name.append(before).append(each.getKey()).append('=').append(each.getValue());
      before = ",";
    }
    return new Flow(Map.of("job", name.toString()));
  }

  /** A path, in which what is special to patterns stands for itself. */
  private String path(PlacedText path) {
    boolean special =
        Text.of(path.text(), job.kept).pieces().stream()
            .anyMatch(
                p -> p instanceof Plain plain && plain.text().matches("(?s)!.*|.*[*?\\[\\\\{$].*"));
    return written(
        path,
        special ? text -> Glob.escape(text).replace("$", "\\$") : UnaryOperator.identity(),
        false);
  }

  /** The jobs that are depended on by name, but for those whose files are needed anyway. */
  private void dependsOn() {
    symbols
        .jobs
        .resolve(job, job.map.texts("depends_on", "depends_on_regexes"))
        .forEach(
            (other, sets) -> {
              if (!sets.equals(makers.get(other))) {
                others(needs, refs(other, sets));
              }
            });
  }

  /** The values that are needed: those of the workflow file, and the jobs that store others. */
  private void data() {
    String kind = "user_data.input";
    List<PlacedText> referred = Symbols.references(job, kind);
    List<PlacedText> names = Symbols.names(job, kind, "input_user_data", "input_user_data_regexes");
    for (Target value : symbols.data.resolve(job, names).keySet()) {
      List<Target> storers = symbols.storers(value);
      if (storers.isEmpty() && value.map.given("data") == null) {
        notes.refuse(
            value.name.place(),
            "user data %s has no value, and no job stores it".formatted(value.name.text()));
      } else if (referred.stream().noneMatch(name -> name.text().equals(value.name.text()))) {
        if (storers.isEmpty()) {
          others(needs, List.of(new Flow(Map.of("data", symbols.names.get(value)))));
        }
        for (Target storer : storers) {
          if (storer != job && !makers.containsKey(storer)) {
            others(needs, List.of(jobRef(storer, Map.of())));
          }
        }
      }
    }
  }

  private void text(Map<String, Object> out, String key, PlacedText text) {
    if (text != null) {
      out.put(key, written(text, UnaryOperator.identity(), false));
    }
  }

  /**
   * A text as the build file has it, with placeholders.
   *
   * @param plain what to write for text as it stands
   * @param shell whether a shell reads it
   */
  private String written(PlacedText text, UnaryOperator<String> plain, boolean shell) {
    List<Text.Piece> pieces = Text.of(text.text(), job.kept).pieces();
    List<String> draft =
        pieces.stream()
            .map(
                piece ->
                    switch (piece) {
                      case Plain it -> plain.apply(it.text());
                      case Hole hole -> placeholder(hole);
                      case Reference reference -> placeholder(reference);
                    })
            .toList();
    List<Quote> quotes = shell ? LiteralText.places(draft) : List.of();
    List<String> parts = new ArrayList<>(List.of(""));
    for (int i = 0; i < draft.size(); i++) {
      String part = draft.get(i);
      if (shell && pieces.get(i) instanceof Hole hole) {
        Quote quote = i / 2 < quotes.size() ? quotes.get(i / 2) : Quote.REFUSE;
        boolean word =
            draft.get(i - 1).matches("(?s)|.*[^<>\\s]\\s+|.*[;&|(]")
                && draft.get(i + 1).matches("(?s)|[\\s;&|)<>].*");
        part = isForShell(hole, quote, word, text.place()) ? "${" + hole.name() + "}" : part;
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
      notes.refuse(text.place(), reason);
    }
    return written == null ? "" : written;
  }

  private String placeholder(Hole hole) {
    List<String> values = values(hole);
    long fit = values.stream().filter(value -> Text.fits(hole.format(), value)).count();
    if (fit > 0 && fit < values.size()) {
      irregular("{%s:%s} fits only some of its values".formatted(hole.name(), hole.format()));
    }
    return "{" + hole.name() + (fit == 0 ? "" : ":" + hole.format()) + "}";
  }

  private List<String> values(Hole hole) {
    return job.rows.stream().map(row -> row.get(hole.name())).distinct().toList();
  }

  /**
   * Whether bash has to put a value in, so that it splits it into words as with NREL's torc. Torc
   * quotes what it puts in; where that makes a difference it is said.
   */
  private boolean isForShell(Hole hole, Quote quote, boolean word, Place place) {
    String name = hole.name();
    boolean left = quote == Quote.REFUSE || quote == Quote.BARE && word;
    String special =
        values(hole).stream()
            .filter(value -> !LiteralText.isPlain(value) && (left || READ.matcher(value).find()))
            .findFirst()
            .orElse(null);
    if (special == null) {
      return false;
    }
    notes.say(
        place,
        left
            ? "${%s} leaves values like '%s' to the shell, which splits them; {%s} passes each as one word"
                .formatted(name, special, name)
            : "{%s} passes values like '%s' as they stand, where NREL's torc let the shell read them"
                .formatted(name, special));
    return left;
  }

  /** The placeholder of a reference; a value that the job itself stores has its bare name. */
  private String placeholder(Reference reference) {
    String kind = reference.kind();
    if (kind.startsWith("files")) {
      boolean input = kind.equals("files.input");
      boolean alone = (input ? needs : produces).size() == 1;
      String label = alone ? "" : "." + labels.get(kind + "." + reference.name());
      return "{" + (input ? "needs" : "produces") + label + "}";
    }
    Target value = symbols.data.get(reference.name());
    String key = symbols.names.getOrDefault(value, reference.name());
    if (kind.equals("user_data.output")) {
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
                notes.say(
                    job.command.place(),
                    "the command uses %s of NREL's torc, which is not there here%s"
                        .formatted(key.replace('~', ' '), instead.isEmpty() ? "" : "; " + instead));
              }
            });
  }
}
