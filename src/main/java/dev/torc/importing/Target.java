package dev.torc.importing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A job, file or piece of user data as the build file will have it: its map in the workflow file,
 * and its instances by those parameters that tell them apart. It knows no other one's name.
 */
final class Target {

  /** One instance. */
  record Member(Target of, int row) {

    /** The values of the parameters that are left. */
    Map<String, String> values() {
      return of.rows.get(row);
    }
  }

  /** Keys that a reference to the job itself may name, and to a job that it depends on. */
  private static final String OWN =
      "name|path|command|invocation_script|resource_requirements|priority|output_.*";

  private static final String BEFORE = "command|depends_on.*|input_.*";

  final MapReader map;
  final PlacedText name;
  final Sweep sweep;

  /** Of a job, with its script. */
  final PlacedText command;

  /** The parameters that are left. */
  final List<String> kept;

  /** The distinct values of those, one map per instance. */
  final List<Map<String, String>> rows;

  private final Map<Map<String, String>, Integer> index = new HashMap<>();

  Target(MapReader map, Sweep sweep) {
    this.map = map;
    this.name = map.needed("name");
    this.command = command();
    this.sweep = sweep;
    this.kept = kept();
    this.rows = List.copyOf(sweep.by(kept).keySet());
    rows.forEach(row -> index.put(row, index.size()));
  }

  /**
   * The parameters that tell its instances apart: all but those that only name what comes before.
   */
  private List<String> kept() {
    List<String> parameters = sweep.parameters();
    Set<String> told = new HashSet<>();
    Set<String> named = new HashSet<>();
    map.map("env")
        .values()
        .forEach(text -> told.addAll(Text.holes(text.text(), parameters, false)));
    for (String key : map.map.entries().keySet()) {
      for (PlacedText text :
          key.matches(OWN + "|" + BEFORE) ? map.texts(key) : List.<PlacedText>of()) {
        if (key.matches(OWN)) {
          told.addAll(Text.holes(text.text(), parameters, false));
        }
        if (key.matches(BEFORE)) {
          named.addAll(Text.holes(text.text(), parameters, true));
        }
      }
    }
    // What nothing mentions counts the jobs that were asked for.
    List<String> kept =
        parameters.stream().filter(p -> told.contains(p) || !named.contains(p)).toList();
    // In step, a parameter that only names what comes before tells what that is.
    boolean fewer = sweep.by(kept).size() < sweep.rows().size();
    return sweep.zip() && !fewer ? parameters : kept;
  }

  /** Each instance by itself, with its values put in, as NREL's torc has it. */
  List<Target> oneByOne() {
    List<SweepAxis> left =
        sweep.axes().stream().filter(axis -> !kept.contains(axis.name())).toList();
    List<Target> all = new ArrayList<>();
    sweep
        .by(kept)
        .forEach(
            (values, rows) -> all.add(new Target(map.with(values), new Sweep(left, false, rows))));
    return all;
  }

  /** As with NREL's torc, a script of one line is the program that runs the command. */
  private PlacedText command() {
    PlacedText command = map.needed("command");
    PlacedText script = map.text("invocation_script");
    if (script == null) {
      return command;
    }
    String before = script.text().strip();
    before = before.indexOf('\n') < 0 ? before + " " : script.text().stripTrailing() + "\n";
    return new PlacedText(command.place(), before + command.text(), false);
  }

  /** The instance that a combination of the sweep belongs to. */
  Member member(Map<String, String> row) {
    return new Member(this, index.get(Sweep.part(row, kept)));
  }

  /** Whether it stands for several instances, also where it happens to have one. */
  boolean isGroup() {
    return !kept.isEmpty();
  }

  /** The parameters that it shares with another one, by their names. */
  List<String> shared(Target other) {
    return kept.stream().filter(other.kept::contains).sorted().toList();
  }

  /**
   * Whether each instance refers to just those of another target that have its values of the
   * parameters of both.
   *
   * @param sets for each instance those it refers to
   */
  boolean agrees(Target other, List<Set<Member>> sets) {
    List<String> shared = shared(other);
    if (shared.isEmpty() || sets.size() != rows.size()) {
      return false;
    }
    Map<Map<String, String>, Long> counts =
        other.rows.stream()
            .collect(Collectors.groupingBy(row -> Sweep.part(row, shared), Collectors.counting()));
    for (int i = 0; i < sets.size(); i++) {
      Map<String, String> own = Sweep.part(rows.get(i), shared);
      if (sets.get(i).size() != counts.getOrDefault(own, -1L)
          || !sets.get(i).stream()
              .allMatch(m -> m.values().entrySet().containsAll(own.entrySet()))) {
        return false;
      }
    }
    return true;
  }
}
