package dev.torc.front.importing;

import dev.torc.front.importing.Text.PlacedText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * A job, file or piece of user data as the build file will have it: its map in the workflow file,
 * and its instances by the parameters that distinguish them. {@link Symbols} has all targets.
 */
final class Target {

  /** One instance, with the values of the parameters that stay in the build file. */
  record Member(Target of, Map<String, String> values) {

    @Override
    public int hashCode() {
      return Sweep.values(values, of.parameters).hashCode() + of.hashCode();
    }
  }

  /** Matches the keys that distinguish the instances of a job or file. */
  private static final String OWN =
      "name|path|command|invocation_script|resource_requirements|priority|output_.*";

  final MapReader map;
  final PlacedText name;
  final Sweep sweep;

  /** The command of a job, preceded by its script. */
  final PlacedText command;

  /** The parameters that stay in the build file, because they distinguish the instances. */
  final List<String> parameters;

  /** The instances, each with the combinations of the sweep that belong to it. */
  final SequencedMap<Member, List<Map<String, String>>> rows = new LinkedHashMap<>();

  private final Map<String, Set<PlacedText>> references = new HashMap<>();

  private final Map<Set<String>, Map<List<String>, Set<Member>>> parts = new HashMap<>();

  Target(MapReader map, Sweep sweep) {
    this.map = map;
    this.name = map.needed("name");
    this.command = command();
    this.sweep = sweep;
    this.parameters = findParameters();
    for (Map<String, String> row : sweep.rows()) {
      rows.computeIfAbsent(member(row), _ -> new ArrayList<>()).add(row);
    }
    for (Text.Piece piece : Text.of(command.text(), sweep.parameters()).pieces()) {
      if (piece instanceof Text.Reference(String kind, String name)) {
        references
            .computeIfAbsent(kind, _ -> new LinkedHashSet<>())
            .add(new PlacedText(command.place(), name, false));
      }
    }
  }

  /** Returns all parameters except those that only name the target's needs. */
  private List<String> findParameters() {
    List<String> all = sweep.parameters();
    List<PlacedText> own = map.matching(OWN);
    own.addAll(map.textsByKey("env").values());
    Set<String> used = new HashSet<>();
    own.forEach(each -> used.addAll(Text.holes(each.text(), all)));
    List<String> parameters = all.stream().filter(used::contains).toList();
    // If these distinguish all rows of a zip, keep all parameters: the others can name needs.
    long count = sweep.rows().stream().map(row -> Sweep.values(row, parameters)).distinct().count();
    return sweep.zip() && count == sweep.rows().size() ? all : parameters;
  }

  /** Returns the command; as in NREL's torc, a script of one line is the program that runs it. */
  private PlacedText command() {
    PlacedText command = map.needed("command");
    PlacedText script = map.text("invocation_script");
    if (script == null) {
      return command;
    }
    boolean program = script.text().strip().indexOf('\n') < 0;
    String before = program ? script.text().strip() + " " : script.text().stripTrailing() + "\n";
    return new PlacedText(command.place(), before + command.text(), false);
  }

  /** Returns the names of files or user data that the command refers to, each once. */
  List<PlacedText> references(String kind) {
    return new ArrayList<>(references.getOrDefault(kind, Set.of()));
  }

  /** Returns each instance as a target of its own with its values inserted, as in NREL's torc. */
  List<Target> oneByOne() {
    List<SweepAxis> rest =
        sweep.axes().stream().filter(a -> !parameters.contains(a.name())).toList();
    List<Target> all = new ArrayList<>();
    rows.forEach(
        (each, some) -> all.add(new Target(map.with(each.values), new Sweep(rest, false, some))));
    return all;
  }

  /** Returns whether this target can have several instances, even if it happens to have one. */
  boolean isGroup() {
    return !parameters.isEmpty();
  }

  Member member(Map<String, String> row) {
    return new Member(this, Sweep.part(row, parameters));
  }

  /** Returns all instances, as the same set object at each call. */
  Set<Member> members() {
    return members(Map.of());
  }

  Set<Member> members(Map<String, String> values) {
    Set<String> names = Set.copyOf(values.keySet());
    Map<List<String>, Set<Member>> by = parts.computeIfAbsent(names, _ -> new HashMap<>());
    if (by.isEmpty()) {
      for (Member each : rows.keySet()) {
        by.computeIfAbsent(Sweep.values(each.values, names), _ -> new LinkedHashSet<>()).add(each);
      }
    }
    return by.getOrDefault(Sweep.values(values, names), Set.of());
  }
}
