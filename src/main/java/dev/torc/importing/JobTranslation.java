package dev.torc.importing;

import dev.torc.buildfile.LiteralText;
import dev.torc.importing.Imported.BuildFileText.Flow;
import dev.torc.importing.Imported.Notes;
import dev.torc.importing.Sweep.SweepAxis;
import dev.torc.importing.Symbols.NameIndex.Referred;
import dev.torc.importing.Target.Member;
import dev.torc.importing.Text.Hole;
import dev.torc.importing.Text.PlacedText;
import dev.torc.importing.Text.Plain;
import dev.torc.importing.Text.Reference;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Place;
import dev.torc.syntax.Quoting;
import dev.torc.syntax.ShellText.Quote;
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
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One job or group of the build file: its command, {@code needs}, {@code produces} and the rest. A
 * group is one where all that its instances have and refer to can be said by the names of their
 * parameters; where that is not so, its jobs have to be written one by one. It does not know how
 * the file is laid out.
 */
final class JobTranslation {

  /** What a shell reads in a value that stands in quotes or within a word. */
  private static final Pattern READ = Pattern.compile("[\"'`$\\\\;|&<>()#!~{}\n]");

  /** What makes a path a pattern. */
  private static final String SPECIAL = "(?s)!.*|.*[*?\\[\\\\{$].*";

  private final Symbols symbols;
  private final Notes notes;
  private final Target job;

  /** Needs and products by the names that the command has for them, the others last. */
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
   * The keys of the job with their values.
   *
   * @param handlers the keys that a job with a failure handler gets, by its name
   * @throws BadInput with the reason if a group cannot say it, or no build file can
   */
  SequencedMap<String, Object> keys(Map<String, Map<String, Object>> handlers) {
    for (String name : job.kept) {
      if (LiteralText.wrongParameter(name) != null) {
        throw new BadInput(job.name.place(), "no parameter can be called " + name);
      }
    }
    boolean regular = true;
    for (String side : List.of("output", "input")) {
      List<Map<String, Set<Object>>> all =
          job.members().stream().map(each -> slot(each, side)).distinct().toList();
      regular &= all.size() < 2;
      slots.put(side, all.isEmpty() ? Map.of() : all.getFirst());
    }
    if (!regular) {
      String reason = "what it needs and makes does not follow from the names of its parameters";
      throw new BadInput(job.name.place(), reason);
    }
    foreign();
    String cancel = "cancel_on_blocking_job_failure";
    if (!job.map.flag(cancel, true)) {
      String said = cancel + ": false is not carried: no job runs after a failed one";
      notes.said().add(job.map.given(cancel).place(), said);
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
   * What an instance needs or makes: each that the command refers to by itself, then the others.
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
    others(slot, files(from, rest));
    if (side.equals("input")) {
      Set<Member> makers = next(symbols.files(from, side), symbols.makers);
      List<PlacedText> names = job.map.texts("depends_on", "depends_on_regexes");
      for (Referred found : symbols.jobs.resolve(from, names)) {
        others(slot, makers.containsAll(found.some()) ? List.of() : refs(found));
      }
      data(from, makers, slot);
    }
    return slot;
  }

  private String label(Reference reference) {
    String id = Symbols.label(reference.name()).replaceAll("[^A-Za-z0-9_]+", "_");
    id = id.replaceAll("^_+|_+$", "").replaceAll("^(?=[0-9]|$)", "f");
    return Symbols.unique(id, "_", taken);
  }

  private static void others(Map<String, Set<Object>> slot, Collection<Object> refs) {
    for (Object ref : refs) {
      if (slot.values().stream().noneMatch(known -> known.contains(ref))) {
        slot.computeIfAbsent("others", _ -> new LinkedHashSet<>()).add(ref);
      }
    }
  }

  private static Set<Member> next(Set<Member> of, Map<Member, Set<Member>> next) {
    Set<Member> all = new LinkedHashSet<>();
    of.forEach(each -> all.addAll(next.getOrDefault(each, Set.of())));
    return all;
  }

  /**
   * Files: many of one job by the instances that make them and no others, all others by their
   * paths.
   */
  private Set<Object> files(Member from, List<PlacedText> names) {
    Set<Object> refs = new LinkedHashSet<>();
    List<Referred> found = symbols.files.resolve(from, names);
    Set<Member> wanted = Referred.all(found);
    for (Referred each : found) {
      Set<Member> made = next(each.some(), symbols.makers);
      Set<Member> all = next(made, symbols.products);
      Set<Target> by = made.stream().map(Member::of).collect(Collectors.toSet());
      boolean isAll = wanted.containsAll(all) && all.containsAll(each.some());
      boolean isJob = isAll && each.some().size() > 1 && by.size() == 1 && !by.contains(job);
      refs.addAll(refs(isJob ? new Referred(by.iterator().next(), made, each.said()) : each));
    }
    return refs;
  }

  /** How an instance says what it refers to: by the names of parameters where it did so. */
  private List<Object> refs(Referred found) {
    Target to = found.to();
    Map<String, String> said = Sweep.part(found.said(), to.kept);
    boolean isJob = to.map.given("path") == null;
    for (Map<String, String> values : List.of(said, Map.<String, String>of())) {
      if (isJob && found.some().equals(to.members(values))) {
        return List.of(jobRef(to, values, said));
      }
    }
    List<Object> refs = new ArrayList<>();
    for (Member each : found.some()) {
      Map<String, String> values = new HashMap<>(each.values());
      values.entrySet().removeAll(isJob ? Set.of() : said.entrySet());
      refs.add(isJob ? jobRef(to, values, said) : path(to.map.with(values).text("path")));
    }
    return refs;
  }

  private Object jobRef(Target to, Map<String, String> values, Map<String, String> said) {
    String group = Translation.literal(symbols.names.get(to));
    StringJoiner name = new StringJoiner(",", group + "/", "").setEmptyValue(group);
    for (Map.Entry<String, String> each : new TreeMap<>(values).entrySet()) {
      String literal = Translation.literal(InstanceName.encode(each.getValue()));
      boolean hole = said.entrySet().contains(each);
      name.add(each.getKey() + "=" + (hole ? "{" + each.getKey() + "}" : literal));
    }
    return new Flow(Map.of("job", name.toString()));
  }

  /** A path, in which what is special to patterns stands for itself. */
  private String path(PlacedText path) {
    return written(path, it -> it.matches(SPECIAL) ? Glob.escape(it).replace("$", "\\$") : it);
  }

  /** The values that are needed: those of the workflow file, and the jobs that store others. */
  private void data(Member from, Set<Member> makers, Map<String, Set<Object>> slot) {
    List<Target> referred =
        job.references("user_data.input").stream()
            .map(name -> symbols.data.get(name.text()))
            .toList();
    for (Target value : symbols.data(from, "input")) {
      Set<Target> storers = symbols.storers(value);
      if (storers.isEmpty() && value.map.given("data") == null) {
        String wrong = "user data %s has no value, and no job stores it";
        notes.wrong().add(value.name.place(), wrong.formatted(value.name.text()));
      } else if (storers.isEmpty() && !referred.contains(value)) {
        others(slot, List.of(new Flow(Map.of("data", symbols.names.get(value)))));
      }
      for (Target storer : referred.contains(value) ? Set.<Target>of() : storers) {
        if (storer != job && makers.stream().noneMatch(maker -> maker.of() == storer)) {
          others(slot, List.of(jobRef(storer, Map.of(), Map.of())));
        }
      }
    }
  }

  private void text(Map<String, Object> out, String key, PlacedText text) {
    out.put(key, text == null ? null : written(text, UnaryOperator.identity()));
  }

  /**
   * A text as the build file has it, with placeholders.
   *
   * @param plain what to write for text as it stands
   */
  private String written(PlacedText text, UnaryOperator<String> plain) {
    boolean shell = text == job.command;
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
    if (written == null) {
      String reason = "a { before a placeholder and a } behind it cannot be written in torc.yaml";
      throw new BadInput(text.place(), reason);
    }
    return written;
  }

  private String draft(Text.Piece piece, UnaryOperator<String> plain) {
    return switch (piece) {
      case Plain(String text) -> plain.apply(text);
      case Hole hole -> placeholders.computeIfAbsent(hole, this::placeholder);
      case Reference reference -> placeholder(reference);
    };
  }

  private String placeholder(Hole hole) {
    List<String> values = values(hole.name());
    long fit = values.stream().filter(value -> Text.fits(hole.format(), value)).count();
    if (fit > 0 && fit < values.size()) {
      String reason = "{%s:%s} fits only some of its values";
      throw new BadInput(job.name.place(), reason.formatted(hole.name(), hole.format()));
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
      if (!Quoting.isPlain(value) && (left || READ.matcher(value).find())) {
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
