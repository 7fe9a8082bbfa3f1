package dev.torc.importing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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

  /** Keys that a reference to the job itself may name. */
  private static final String[] OWN = {
    "name",
    "path",
    "command",
    "invocation_script",
    "resource_requirements",
    "priority",
    "output_files",
    "output_file_regexes",
    "output_user_data",
    "output_user_data_regexes"
  };

  /** Keys that a reference to what comes before may name. */
  private static final String[] BEFORE = {
    "command",
    "depends_on",
    "depends_on_regexes",
    "input_files",
    "input_file_regexes",
    "input_user_data",
    "input_user_data_regexes"
  };

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
    List<String> all = sweep.parameters();
    Set<String> told = holes(map.map("env").values(), false);
    told.addAll(holes(map.texts(OWN), false));
    Set<String> named = holes(map.texts(BEFORE), true);
    // What nothing mentions counts the jobs that were asked for.
    List<String> kept = all.stream().filter(p -> told.contains(p) || !named.contains(p)).toList();
    // In step, a parameter that only names what comes before tells what that is.
    boolean fewer = sweep.by(kept).size() < sweep.rows().size();
    return sweep.zip() && !fewer ? all : kept;
  }

  private Set<String> holes(Collection<PlacedText> texts, boolean inputs) {
    Set<String> holes = new HashSet<>();
    texts.forEach(it -> holes.addAll(Text.holes(it.text(), sweep.parameters(), inputs)));
    return holes;
  }

  /** Each instance by itself, with its values put in, as NREL's torc has it. */
  List<Target> oneByOne() {
    List<SweepAxis> left = sweep.axes().stream().filter(a -> !kept.contains(a.name())).toList();
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
    boolean program = script.text().strip().indexOf('\n') < 0;
    String before = program ? script.text().strip() + " " : script.text().stripTrailing() + "\n";
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
   */
  boolean agrees(Target other, Links links) {
    List<String> shared = shared(other);
    Map<Map<String, String>, Set<Member>> parts =
        IntStream.range(0, other.rows.size())
            .mapToObj(row -> new Member(other, row))
            .collect(
                Collectors.groupingBy(it -> Sweep.part(it.values(), shared), Collectors.toSet()));
    return !shared.isEmpty()
        && IntStream.range(0, rows.size())
            .allMatch(row -> links.at(row).equals(parts.get(Sweep.part(rows.get(row), shared))));
  }
}
