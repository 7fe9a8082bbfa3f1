package dev.torc.front.importing;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Quoting;
import dev.torc.core.model.InstanceName;
import dev.torc.front.importing.BuildFileText.Flow;
import dev.torc.front.importing.Imported.Notes;
import dev.torc.front.importing.Target.Member;
import dev.torc.front.importing.Text.Hole;
import dev.torc.front.importing.Text.PlacedText;
import dev.torc.front.importing.Text.Plain;
import dev.torc.front.importing.Text.Reference;
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
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Translates one job or group: its command, {@code needs}, {@code produces} and the rest. A group
 * is possible if everything that its instances have and refer to can be written with the names of
 * their parameters; otherwise {@link Translation} splits it into single jobs.
 */
final class JobTranslation {

  /** Matches a text with a character that is special in the paths of a build file. */
  private static final String SPECIAL = "(?s)!.*|.*[*?\\[\\\\{$].*";

  private final Symbols symbols;
  private final Notes notes;
  private final Target job;

  /**
   * The needs and products, by side (input or output) and by the label that the command uses; those
   * without a label come last.
   */
  private final Map<String, Map<String, Set<Object>>> slots = new HashMap<>();

  private final Map<Hole, String> placeholders = new HashMap<>();
  private final Map<Reference, String> labels = new HashMap<>();
  private final Set<String> taken = new HashSet<>(Set.of("job", "data", "others"));

  JobTranslation(Symbols symbols, Notes notes, Target job) {
    this.symbols = symbols;
    this.notes = notes;
    this.job = job;
  }

  /**
   * Returns the keys of the job with their values. {@code handlers} has the keys that a job with a
   * failure handler gets, by the handler's name.
   *
   * @throws BadInput with the reason if the job cannot be a group or cannot be written in a build
   *     file
   */
  SequencedMap<String, Object> keys(Map<String, Map<String, Object>> handlers) {
    refuseIrregularValues();
    for (String side : List.of("output", "input")) {
      List<Map<String, Set<Object>>> all =
          job.members().stream().map(each -> slot(each, side)).distinct().toList();
      if (all.size() > 1) {
        throw irregular("what it needs and makes does not follow from the names of its parameters");
      }
      slots.put(side, all.isEmpty() ? Map.of() : all.getFirst());
    }
    noteForeignFeatures();
    String cancel = "cancel_on_blocking_job_failure";
    if (!job.map.flag(cancel, true)) {
      String said = cancel + ": false is not carried: no job runs after a failed one";
      notes.changes().add(job.map.given(cancel).place(), said);
    }
    SequencedMap<String, Object> out = new LinkedHashMap<>();
    out.put("command", written(job.command, UnaryOperator.identity()));
    parameters(out);
    put(out, "needs", slots.get("input"));
    put(out, "produces", slots.get("output"));
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
    job.map.textsByKey("env").forEach((name, text) -> text(env, name, text));
    out.put("env", env);
    out.put("always", symbols.storesFleeting(job) ? "true" : null);
    out.values().removeIf(it -> it == null || it.equals(Map.of()));
    return out;
  }

  private BadInput irregular(String reason, Object... of) {
    return new BadInput(job.name.place(), reason.formatted(of));
  }

  /**
   * Refuses parameter names that this torc does not allow, and values that the shell would change:
   * this torc quotes inserted values, NREL's does not.
   */
  private void refuseIrregularValues() {
    for (String name : job.parameters) {
      if (LiteralText.wrongParameter(name) != null) {
        throw irregular("no parameter can be called %s", name);
      }
    }
    for (Text.Piece piece : Text.of(job.command.text(), job.parameters).pieces()) {
      for (String value :
          piece instanceof Hole(String name, _) ? values(name) : List.<String>of()) {
        if (!Quoting.isPlain(value)) {
          throw irregular("its command has values like '%s', which the shell reads", value);
        }
      }
    }
  }

  private void parameters(Map<String, Object> out) {
    SequencedMap<String, Object> parameters = new LinkedHashMap<>();
    for (SweepAxis axis : job.sweep.axes()) {
      if (job.parameters.contains(axis.name())) {
        // If a zip lost a parameter, some of its rows may be equal now.
        List<String> values = job.sweep.zip() ? values(axis.name()) : axis.values();
        parameters.put(
            axis.name(),
            axis.range() != null && values.equals(axis.values())
                ? new Flow(axis.range())
                : values.stream().map(LiteralText::literal).toList());
      }
    }
    out.put("parameters", parameters);
    out.put("mode", job.sweep.zip() && parameters.size() > 1 ? "zip" : null);
  }

  private List<String> values(String parameter) {
    return job.rows.keySet().stream().map(each -> each.values().get(parameter)).toList();
  }

  private static void put(Map<String, Object> out, String key, Map<String, Set<Object>> slot) {
    SequencedMap<String, Object> entries = new LinkedHashMap<>();
    slot.forEach(
        (label, refs) ->
            entries.put(label, refs.size() == 1 ? refs.iterator().next() : List.copyOf(refs)));
    out.put(key, entries.size() == 1 ? entries.firstEntry().getValue() : entries);
  }

  /**
   * Returns the needs or products of an instance, by label; those without a label are under {@code
   * others}.
   */
  private Map<String, Set<Object>> slot(Member from, String side) {
    SequencedMap<String, Set<Object>> slot = new LinkedHashMap<>();
    String kind = "files." + side;
    List<PlacedText> rest = job.map.texts(side + "_files", side + "_file_regexes");
    for (PlacedText name : job.references(kind)) {
      Reference reference = new Reference(kind, name.text());
      slot.put(labels.computeIfAbsent(reference, this::label), files(from, List.of(name)));
      rest.removeIf(other -> other.text().equals(name.text()));
    }
    addOthers(slot, files(from, rest));
    if (side.equals("input")) {
      addOtherNeeds(from, slot);
    }
    return slot;
  }

  /**
   * Adds the needs that are not files: values that no job stores, and jobs that store a value or
   * must run first. A job is omitted if its instances make needed files anyway.
   */
  private void addOtherNeeds(Member from, Map<String, Set<Object>> slot) {
    List<PlacedText> names = job.map.texts("depends_on", "depends_on_regexes");
    Map<Target, Set<Member>> jobs = new LinkedHashMap<>(symbols.jobs.resolveByTarget(from, names));
    for (Target value : symbols.data(from, "input")) {
      Set<Target> storers = symbols.storers(value);
      storers.stream().filter(it -> it != job).forEach(it -> jobs.put(it, it.members()));
      if (storers.isEmpty()) {
        addOthers(slot, List.of(new Flow(Map.of("data", symbols.names.get(value)))));
      }
    }
    Set<Member> makers = makers(symbols.files(from, "input"));
    jobs.forEach(
        (to, some) -> addOthers(slot, makers.containsAll(some) ? List.of() : refs(from, to, some)));
  }

  private String label(Reference reference) {
    String id = Symbols.label(reference.name()).replaceAll("[^A-Za-z0-9_]+", "_");
    id = id.replaceAll("^_+|_+$", "").replaceAll("^(?=[0-9]|$)", "f");
    return Symbols.unique(id, "_", taken);
  }

  private static void addOthers(Map<String, Set<Object>> slot, Collection<Object> refs) {
    for (Object ref : refs) {
      if (slot.values().stream().noneMatch(known -> known.contains(ref))) {
        slot.computeIfAbsent("others", _ -> new LinkedHashSet<>()).add(ref);
      }
    }
  }

  /**
   * Returns references to files: to their makers if several instances make only needed files,
   * otherwise to their paths.
   */
  private Set<Object> files(Member from, List<PlacedText> names) {
    Set<Object> refs = new LinkedHashSet<>();
    Set<Member> wanted = new LinkedHashSet<>(symbols.files.resolve(from, names));
    Set<Member> makers = makers(wanted);
    for (Map.Entry<Target, Set<Member>> maker : byTarget(makers).entrySet()) {
      Set<Member> some = maker.getValue();
      Set<Member> made = new HashSet<>();
      some.forEach(each -> made.addAll(symbols.products.get(each)));
      if (maker.getKey() != job && some.size() > 1 && wanted.containsAll(made)) {
        refs.addAll(refs(from, maker.getKey(), some));
        wanted.removeAll(made);
      }
    }
    byTarget(wanted).forEach((to, some) -> refs.addAll(refs(from, to, some)));
    return refs;
  }

  private Set<Member> makers(Set<Member> files) {
    Set<Member> makers = new LinkedHashSet<>();
    files.stream().map(symbols.makers::get).filter(Objects::nonNull).forEach(makers::add);
    return makers;
  }

  private static Map<Target, Set<Member>> byTarget(Set<Member> members) {
    Map<Target, Set<Member>> all = new LinkedHashMap<>();
    members.forEach(each -> all.computeIfAbsent(each.of(), _ -> new LinkedHashSet<>()).add(each));
    return all;
  }

  /**
   * Returns the references of an instance to members of another target. Files are named by their
   * paths. Jobs are named together if they are the whole group, or all its jobs with the instance's
   * own values; otherwise one by one.
   */
  private List<Object> refs(Member from, Target to, Set<Member> some) {
    Map<String, String> own = Sweep.part(from.values(), to.parameters);
    if (to.map.given("path") != null) {
      return some.stream().<Object>map(each -> path(each, own)).toList();
    }
    for (Map<String, String> values : List.of(own, Map.<String, String>of())) {
      if (some.equals(to.members(values))) {
        return List.of(jobRef(to, values, own));
      }
    }
    return some.stream().map(each -> jobRef(to, each.values(), own)).toList();
  }

  /**
   * Returns a reference to the jobs with some values, as placeholders if the instance shares them.
   */
  private Object jobRef(Target to, Map<String, String> values, Map<String, String> own) {
    String group = LiteralText.literal(symbols.names.get(to));
    StringJoiner name = new StringJoiner(",", group + "/", "").setEmptyValue(group);
    for (Map.Entry<String, String> each : new TreeMap<>(values).entrySet()) {
      String literal = LiteralText.literal(InstanceName.encode(each.getValue()));
      boolean hole = own.entrySet().contains(each);
      name.add(each.getKey() + "=" + (hole ? "{" + each.getKey() + "}" : literal));
    }
    return new Flow(Map.of("job", name.toString()));
  }

  /** Returns the path of a file; characters that are special in patterns are escaped. */
  private String path(Member file, Map<String, String> own) {
    Map<String, String> values = new HashMap<>(file.values());
    values.entrySet().removeAll(own.entrySet());
    PlacedText path = file.of().map.with(values).needed("path");
    return written(path, it -> it.matches(SPECIAL) ? Glob.escape(it).replace("$", "\\$") : it);
  }

  private void text(Map<String, Object> out, String key, PlacedText text) {
    out.put(key, text == null ? null : written(text, UnaryOperator.identity()));
  }

  /** Returns a text with placeholders; {@code plain} converts the text between them. */
  private String written(PlacedText text, UnaryOperator<String> plain) {
    List<String> parts = new ArrayList<>(List.of(""));
    for (Text.Piece piece : Text.of(text.text(), job.parameters).pieces()) {
      String part =
          switch (piece) {
            case Plain(String as) -> plain.apply(as);
            case Hole hole -> placeholders.computeIfAbsent(hole, this::placeholder);
            case Reference reference -> placeholder(reference);
          };
      if (!(piece instanceof Plain) && part.startsWith("{")) {
        parts.addAll(List.of(part, ""));
      } else {
        parts.set(parts.size() - 1, parts.getLast() + part);
      }
    }
    String written = LiteralText.write(parts);
    if (written == null) {
      String reason = "a { before a placeholder and a } behind it cannot be written in torc.yaml";
      throw new BadInput(text.place(), reason);
    }
    return written;
  }

  private String placeholder(Hole hole) {
    if (hole.format() == null) {
      return "{" + hole.name() + "}";
    }
    if (!values(hole.name()).stream().allMatch(value -> Text.fits(hole.format(), value))) {
      throw irregular("{%s:%s} does not fit all of its values", hole.name(), hole.format());
    }
    return "{" + hole.name() + ":" + hole.format() + "}";
  }

  /** Returns the placeholder of a reference; for a value that the job stores, its bare name. */
  private String placeholder(Reference reference) {
    if (reference.kind().startsWith("files")) {
      String side = reference.kind().substring("files.".length());
      String label = slots.get(side).size() == 1 ? "" : "." + labels.get(reference);
      return "{" + (side.equals("input") ? "needs" : "produces") + label + "}";
    }
    Target value = symbols.data.get(reference.name());
    String key = symbols.names.getOrDefault(value, reference.name());
    if (reference.kind().equals("user_data.output")) {
      return key;
    }
    Set<Target> storers = symbols.storers(value);
    String storer = storers.isEmpty() ? "" : symbols.names.get(storers.iterator().next()) + ".";
    return "{data." + storer + key + "}";
  }

  /** Notes the features of NREL's torc that the command uses and this torc lacks. */
  private void noteForeignFeatures() {
    for (Map.Entry<String, String> each : MapReader.KEYS.get("a command").entrySet()) {
      String key = each.getKey();
      String word = "(?<![\\w./-])" + key.replace("~", "\\s+(?:-\\S+\\s+)*") + "\\b";
      if (Pattern.compile(word).matcher(job.command.text()).find()) {
        String said = "the command uses %s of NREL's torc, which is not there here%s";
        String next = each.getValue().isEmpty() ? "" : "; " + each.getValue();
        notes.changes().add(job.command.place(), said.formatted(key.replace('~', ' '), next));
      }
    }
  }
}
