package dev.torc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.manifest.Manifest;
import dev.torc.core.model.GraphBuilder;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.front.buildfile.BuildFileLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The benchmark tells every tool the same graph: each build file, read back, has the same products
 * with the same needs and the same commands.
 */
class BuildFilesTest {

  private static final Pattern SCONS_JOB =
      Pattern.compile("env\\.Command\\('(?<to>[^']*)', (?<from>.*), '(?<run>[^']*)'\\)");
  private static final Pattern DOIT_JOB =
      Pattern.compile(
          "    yield \\{'name': '(?<to>[^']*)', 'actions': \\['(?<run>[^']*)'\\],"
              + " 'file_dep': (?<from>.*), 'targets': \\['\\k<to>'\\]\\}");

  @TempDir Path dir;

  /** A job as a build file says it. */
  private record Said(Set<String> needs, String command, String depfile) {}

  static Stream<Graph> graphs() {
    return Stream.of(
        Shapes.libraries(200),
        Shapes.chain(7),
        Shapes.wide(5),
        Shapes.small(3),
        Shapes.fanIn(4, false),
        Shapes.fanIn(4, true),
        Shapes.program(2, 3),
        Shapes.stages(100, 1));
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void everyToolIsToldTheSameGraph(Graph graph) throws Exception {
    Map<String, Said> meant = meant(graph);
    assertEquals(graph.rules().size(), meant.size(), "two jobs of one product");
    same(meant, torc(graph));
    same(meant, ninja(graph));
    same(meant, make(graph));
    if (Tool.SCONS.plays(graph)) {
      same(meant, python(Tool.SCONS.text(graph), SCONS_JOB));
      same(meant, python(Tool.DOIT.text(graph), DOIT_JOB));
    }
  }

  private static void same(Map<String, Said> meant, Map<String, Said> said) {
    assertEquals(meant.keySet(), said.keySet());
    meant.forEach((product, job) -> assertEquals(job, said.get(product), product));
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void everyNeedIsASourceOrMadeBefore(Graph graph) {
    Set<String> there = new TreeSet<>(graph.sources().keySet());
    for (Rule rule : graph.rules()) {
      assertTrue(there.containsAll(needs(graph, rule)), rule + " needs what is not there");
      assertTrue(there.add(rule.product()), rule.product() + " is there already");
    }
  }

  /** The jobs that an edit is said to rerun are all that it reaches in the graph, by time. */
  @ParameterizedTest
  @MethodSource("graphs")
  void theEditRerunsWhatFollowsFromIt(Graph graph) {
    String edited = graph.edit().file();
    assertTrue(graph.sources().containsKey(edited), edited);
    assertTrue(
        graph.edit().text(1).lines().count() == graph.sources().get(edited).lines().count(),
        "an edit of a comment must not move the lines");
    Set<String> touched = new TreeSet<>(Set.of(edited));
    int jobs = 0;
    for (Rule rule : graph.rules()) {
      boolean read = needs(graph, rule).stream().anyMatch(touched::contains);
      boolean included =
          rule.depfile() && edited.startsWith(rule.product().replaceAll("[^/]*$", "") + "own.h");
      if (read || included) {
        touched.add(rule.product());
        jobs++;
      }
    }
    assertEquals(graph.edit().jobsByTime(), jobs);
  }

  private static List<String> needs(Graph graph, Rule rule) {
    List<String> needs = new ArrayList<>(rule.needs());
    graph.bundles().stream()
        .filter(bundle -> bundle.name().equals(rule.bundle()))
        .forEach(bundle -> needs.addAll(bundle.files()));
    return needs;
  }

  private static Map<String, Said> meant(Graph graph) {
    Map<String, Said> jobs = new TreeMap<>();
    for (Rule rule : graph.rules()) {
      String depfile = rule.depfile() ? rule.depfileName() : null;
      jobs.put(rule.product(), new Said(new TreeSet<>(needs(graph, rule)), rule.line(), depfile));
    }
    return jobs;
  }

  private Map<String, Said> torc(Graph graph) throws Exception {
    Files.writeString(dir.resolve("torc.yaml"), Tool.TORC.text(graph));
    for (String source : graph.sources().keySet()) {
      Files.createDirectories(dir.resolve(source).getParent());
      Files.writeString(dir.resolve(source), "");
    }
    dev.torc.core.model.Graph read =
        GraphBuilder.build(
            BuildFileLoader.load(List.of(dir.resolve("torc.yaml")), new TreeMap<>()));
    Map<String, Said> jobs = new TreeMap<>();
    for (int id = 0; id < read.jobs(); id++) {
      Job job = read.job(id);
      Set<String> needs = new TreeSet<>();
      for (String need : Manifest.needs(job)) {
        needs.addAll(need.contains("*") ? matching(graph, need) : List.of(need));
      }
      String product = String.join(" ", Manifest.products(job));
      jobs.put(product, new Said(needs, command(job), job.depfile()));
    }
    return jobs;
  }

  private static String command(Job job) {
    return ((Step.Command.Shell) job.runs().steps().getFirst().command()).text().declared();
  }

  private static List<String> matching(Graph graph, String glob) {
    PathMatcher matcher = Path.of("").getFileSystem().getPathMatcher("glob:" + glob);
    return Stream.concat(graph.sources().keySet().stream(), graph.products().stream())
        .filter(file -> matcher.matches(Path.of(file)))
        .toList();
  }

  private static Map<String, Said> ninja(Graph graph) {
    Map<String, Said> jobs = new TreeMap<>();
    Map<String, List<String>> phony = new TreeMap<>();
    List<String> lines = Tool.NINJA.text(graph).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith("build ")) {
        continue;
      }
      String[] sides = lines.get(i).substring("build ".length()).split(": ", 2);
      List<String> words = new ArrayList<>(List.of(sides[1].split(" ")));
      String rule = words.removeFirst();
      if (rule.equals("phony")) {
        phony.put(sides[0], words);
        continue;
      }
      Set<String> needs = new TreeSet<>();
      words.forEach(word -> needs.addAll(phony.getOrDefault(word, List.of(word))));
      String command = lines.get(i + 1).replaceFirst("^  c = ", "");
      String depfile = rule.equals("compile") ? lines.get(i + 2).replaceFirst("^  d = ", "") : null;
      jobs.put(sides[0], new Said(needs, command, depfile));
    }
    return jobs;
  }

  private static Map<String, Said> make(Graph graph) {
    Map<String, Said> jobs = new TreeMap<>();
    Map<String, List<String>> variables = new TreeMap<>();
    Set<String> included = new TreeSet<>();
    List<String> lines = Tool.MAKE.text(graph).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("-include ")) {
        included.add(line.substring("-include ".length()));
      } else if (line.contains(" := ")) {
        String[] sides = line.split(" := ");
        variables.put("$(" + sides[0] + ")", List.of(sides[1].split(" ")));
      } else if (i + 1 < lines.size() && lines.get(i + 1).startsWith("\t")) {
        String[] sides = line.split(": ", 2);
        Set<String> needs = new TreeSet<>();
        for (String word : sides[1].split(" ")) {
          needs.addAll(variables.getOrDefault(word, List.of(word)));
        }
        jobs.put(sides[0], new Said(needs, lines.get(i + 1).substring(1), null));
      }
    }
    // make reads a depfile as a part of its own file
    for (String depfile : included) {
      String object = depfile.replaceFirst("d$", "o");
      jobs.computeIfPresent(object, (_, j) -> new Said(j.needs(), j.command(), depfile));
    }
    String all = String.join(" ", graph.products());
    assertTrue(lines.contains("all: " + all), "make builds the first target only");
    return jobs;
  }

  private static Map<String, Said> python(String text, Pattern job) {
    Map<String, Said> jobs = new TreeMap<>();
    Map<String, String> variables = new TreeMap<>();
    for (String line : text.lines().toList()) {
      Matcher said = job.matcher(line);
      if (said.matches()) {
        String from = variables.getOrDefault(said.group("from"), said.group("from"));
        String[] needs = from.substring(2, from.length() - 2).split("', '");
        jobs.put(
            said.group("to"), new Said(new TreeSet<>(List.of(needs)), said.group("run"), null));
      } else if (line.contains(" = [")) {
        variables.put(line.split(" = ")[0], line.split(" = ")[1]);
      }
    }
    return jobs;
  }
}
