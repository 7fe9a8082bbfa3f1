package dev.torc.front.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.Sample;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Checks random workflows with parameters, in all combinations and in step. The dependencies after
 * the import must be those that result from expanding all names and looking them up, as NREL's torc
 * does. Where not all is played, a quarter of the workflows.
 */
class DependenciesTest {

  /** A job with parameters: its name and what it depends on, a name or a regular expression. */
  private record Sweep(String name, List<String> parameters, String dependsOn, boolean regex) {}

  private final Map<String, Integer> counts = new HashMap<>();

  @Test
  void areWhatTheExpandedNamesSay() throws IOException {
    for (int i = 0; i < Sample.part(4, 200); i++) {
      compare(Sample.SEED + i);
    }
  }

  private void compare(long seed) throws IOException {
    Random random = new Random(seed);
    for (String parameter : List.of("a", "b", "c")) {
      counts.put(parameter, 1 + random.nextInt(3));
    }
    List<Sweep> sweeps = new ArrayList<>();
    for (int i = 0; i < 2 + random.nextInt(3); i++) {
      sweeps.add(sweep(i, sweeps, random));
    }
    boolean zip = random.nextBoolean() && counts.values().stream().distinct().count() == 1;
    String text = text(sweeps, zip);
    SortedMap<String, SortedSet<String>> expected = expanded(sweeps, zip);
    boolean dangling = isDangling(sweeps, expected, zip);
    Path root = Files.createTempDirectory("dependencies");
    try {
      Path file = Files.writeString(root.resolve("w.yaml"), text);
      if (dangling) {
        assertThrows(BadInput.class, () -> Imported.of(file, "w.yaml", root));
        return;
      }
      Imported imported = Imported.of(file, "w.yaml", root);
      Path made = Files.writeString(root.resolve("torc.yaml"), imported.text());
      SortedMap<String, SortedSet<String>> actual = read(made);
      assertEquals(expected.keySet(), actual.keySet(), text);
      assertEquals(expected, actual, text + imported.text());
    } finally {
      for (String name : List.of("w.yaml", "torc.yaml")) {
        Files.deleteIfExists(root.resolve(name));
      }
      Files.delete(root);
    }
  }

  private Sweep sweep(int number, List<Sweep> earlier, Random random) {
    List<String> own = new ArrayList<>();
    List<String> named = new ArrayList<>();
    for (String parameter : List.of("a", "b", "c")) {
      if (random.nextInt(3) > 0) {
        own.add(parameter);
        if (random.nextInt(4) > 0) {
          named.add(parameter);
        }
      }
    }
    StringBuilder name = new StringBuilder("j" + number);
    named.forEach(
        parameter -> name.append("_").append(parameter).append("{").append(parameter).append("}"));
    if (earlier.isEmpty()) {
      return new Sweep(name.toString(), named, null, false);
    }
    Sweep other = earlier.get(random.nextInt(earlier.size()));
    boolean regex = random.nextBoolean();
    StringBuilder reference = new StringBuilder();
    var hole = Pattern.compile("\\{([abc])}").matcher(other.name());
    while (hole.find()) {
      int count = counts.get(hole.group(1));
      List<String> choices = new ArrayList<>();
      choices.add(String.valueOf(1 + random.nextInt(count)));
      own.stream().filter(p -> counts.get(p) <= count).forEach(p -> choices.add("{" + p + "}"));
      if (regex) {
        choices.add("\\d");
        choices.add("[12]");
      }
      String choice = choices.get(random.nextInt(choices.size()));
      hole.appendReplacement(reference, java.util.regex.Matcher.quoteReplacement(choice));
    }
    hole.appendTail(reference);
    own.removeIf(p -> !named.contains(p) && reference.indexOf("{" + p + "}") < 0);
    return new Sweep(
        name.toString(), own, regex ? "^" + reference + "$" : reference.toString(), regex);
  }

  private String text(List<Sweep> sweeps, boolean zip) {
    StringBuilder text = new StringBuilder("name: w\njobs:\n");
    for (Sweep sweep : sweeps) {
      text.append("  - name: '").append(sweep.name()).append("'\n");
      text.append("    command: 'echo ").append(sweep.name()).append("'\n");
      if (sweep.dependsOn() != null) {
        text.append(sweep.regex() ? "    depends_on_regexes: ['" : "    depends_on: ['")
            .append(sweep.dependsOn())
            .append("']\n");
      }
      if (!sweep.parameters().isEmpty()) {
        text.append("    parameters:\n");
        sweep
            .parameters()
            .forEach(
                p ->
                    text.append("      ")
                        .append(p)
                        .append(": '1:")
                        .append(counts.get(p))
                        .append("'\n"));
        text.append(zip ? "    parameter_mode: zip\n" : "");
      }
    }
    return text.toString();
  }

  /** For each expanded name of a job, the expanded names that it depends on. */
  private SortedMap<String, SortedSet<String>> expanded(List<Sweep> sweeps, boolean zip) {
    SortedMap<String, SortedSet<String>> edges = new TreeMap<>();
    for (Sweep sweep : sweeps) {
      rows(sweep, zip).forEach(row -> edges.put(put(sweep.name(), row), new TreeSet<>()));
    }
    for (Sweep sweep : sweeps) {
      for (Map<String, Integer> row : rows(sweep, zip)) {
        edges.get(put(sweep.name(), row)).addAll(named(sweep, row, edges.keySet()));
      }
    }
    return edges;
  }

  private static List<String> named(Sweep sweep, Map<String, Integer> row, Set<String> names) {
    if (sweep.dependsOn() == null) {
      return List.of();
    }
    String reference = put(sweep.dependsOn(), row);
    Pattern pattern = Pattern.compile(sweep.regex() ? reference : Pattern.quote(reference));
    return names.stream()
        .filter(
            name -> sweep.regex() ? pattern.matcher(name).find() : pattern.matcher(name).matches())
        .toList();
  }

  /** Whether some reference names no job, which is an error. */
  private boolean isDangling(
      List<Sweep> sweeps, SortedMap<String, SortedSet<String>> edges, boolean zip) {
    return sweeps.stream()
        .filter(sweep -> sweep.dependsOn() != null)
        .anyMatch(
            sweep ->
                rows(sweep, zip).stream()
                    .anyMatch(row -> named(sweep, row, edges.keySet()).isEmpty()));
  }

  private List<Map<String, Integer>> rows(Sweep sweep, boolean zip) {
    List<Map<String, Integer>> rows = new ArrayList<>(List.of(new HashMap<>()));
    for (String parameter : sweep.parameters()) {
      List<Map<String, Integer>> next = new ArrayList<>();
      for (Map<String, Integer> row : rows) {
        for (int i = 1; i <= counts.get(parameter); i++) {
          Map<String, Integer> longer = new HashMap<>(row);
          longer.put(parameter, i);
          if (!zip || longer.values().stream().distinct().count() == 1) {
            next.add(longer);
          }
        }
      }
      rows = next;
    }
    return rows;
  }

  private static String put(String text, Map<String, Integer> row) {
    for (Map.Entry<String, Integer> each : row.entrySet()) {
      text = text.replace("{" + each.getKey() + "}", String.valueOf(each.getValue()));
    }
    return text;
  }

  /** The dependencies in a build file, as in {@link #expanded}; a command tells the job's name. */
  private static SortedMap<String, SortedSet<String>> read(Path file) throws IOException {
    List<Job> jobs = BuildFileLoader.load(List.of(file), Collections.emptySortedMap()).jobs();
    SortedMap<String, SortedSet<String>> edges = new TreeMap<>();
    for (Job job : jobs) {
      SortedSet<String> all = new TreeSet<>();
      job.links().needs().stream()
          .flatMap(item -> item.refs().stream())
          .map(ref -> ((Ref.OfJob) ref).job())
          .forEach(
              name ->
                  jobs.stream()
                      .filter(other -> selects(name, other))
                      .forEach(other -> all.add(said(other))));
      edges.put(said(job), all);
    }
    return edges;
  }

  /** Whether a need names a job: itself, its group, or its group with some of its values. */
  private static boolean selects(String text, Job job) {
    InstanceName name = InstanceName.parse(text);
    return text.equals(job.name())
        || name.group().equals(job.group())
            && job.parameters().entrySet().containsAll(name.values().entrySet());
  }

  private static String said(Job job) {
    Template command = ((Step.Command.Shell) job.runs().steps().getFirst().command()).text();
    return ((Template.Part.Text) command.parts().getFirst()).text().substring("echo ".length());
  }
}
