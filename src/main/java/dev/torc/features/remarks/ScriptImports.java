package dev.torc.features.remarks;

import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.Paths;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Step;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds files of the project that the scripts of a command import, transitively, and that its job
 * does not need (rule 14), as the rows below say how scripts name them. Only a file that exists is
 * found. Under a depfile or a trace nothing is looked for. {@code imports} has what was found in
 * the build, by folder and script.
 */
record ScriptImports(Graph graph, UndeclaredReads reads, Map<String, Set<String>> imports)
    implements Remark {

  private static final int MAX_BYTES = 1 << 20;

  private record Row(List<String> suffixes, Pattern pattern, List<String> paths) {}

  private static final List<Row> ROWS = read();

  private static List<Row> read() {
    return InstalledTorc.rows("torc.imports.txt").stream()
        .map(line -> line.split(" {2,}"))
        .map(
            row ->
                new Row(
                    List.of(row[0].split(" ")),
                    Pattern.compile(row[1], Pattern.MULTILINE),
                    List.of(row[2].split(" "))))
        .toList();
  }

  @Override
  public Due due() {
    return Due.RUN;
  }

  @Override
  public void of(RemarkedJob of) {
    for (int s = 0; s < of.steps().size() && !of.job().finds(); s++) {
      String dir = of.steps().get(s).dir();
      for (String script : reads.run(of.id())) {
        List<String> unseen = unseen(of, script, dir);
        if (!unseen.isEmpty()) {
          String line = " runs %s, which imports %s; add %s to needs, or trace: true";
          String names = SafeText.names(unseen, 3);
          String it = unseen.size() == 1 ? "it" : "them";
          of.say("imports " + script, line.formatted(SafeText.name(script), names, it));
        }
      }
      for (String source : Compilers.sources(of.commands().get(s))) {
        List<String> unseen = unseen(of, path(dir, source), dir);
        if (!unseen.isEmpty()) {
          of.say(
              "headers",
              " compiles %s, which includes %s; add -MD -MF x.d to the command and depfile: x.d"
                      .formatted(SafeText.name(source), SafeText.names(unseen, 3))
                  + " to the job, or trace: true");
        }
      }
    }
  }

  /** Returns the files that a script imports and a job does not need. */
  private List<String> unseen(RemarkedJob of, String script, String dir) {
    List<String> unseen = new ArrayList<>(0);
    for (String path : script == null ? Set.<String>of() : all(script, dir)) {
      if (!graph.isNeeded(of.id(), path)
          && graph.makerOf(path) != of.id()
          && of.job().excludes().stream().noneMatch(glob -> glob.excludes(path))) {
        unseen.add(path);
      }
    }
    return unseen;
  }

  /** Returns a script of a job that imports such a file; null without one. */
  String importer(int job, Predicate<String> file) {
    for (Step step : graph.job(job).runs().steps()) {
      for (String script : reads.run(job)) {
        if (script != null && all(script, step.dir()).stream().anyMatch(file)) {
          return script;
        }
      }
    }
    return null;
  }

  /** Returns what a script imports, and what that imports. */
  private Set<String> all(String script, String dir) {
    Set<String> found = new LinkedHashSet<>();
    ArrayDeque<String> open = new ArrayDeque<>(List.of(script));
    for (String file = open.poll(); file != null; file = open.poll()) {
      String path = file;
      for (String each : imports.computeIfAbsent(dir + "\0" + path, _ -> imports(path, dir))) {
        if (!each.equals(script) && found.add(each)) {
          open.add(each);
        }
      }
    }
    return found;
  }

  private Set<String> imports(String script, String dir) {
    Set<String> found = new LinkedHashSet<>(0);
    String suffix = script.substring(script.lastIndexOf('.') + 1);
    for (Row row : ROWS) {
      if (row.suffixes.contains(suffix)) {
        for (Matcher names = row.pattern.matcher(text(script)); names.find(); ) {
          for (String name : names.group(1).split(",")) {
            String file = file(row, name.strip(), script, dir);
            if (file != null) {
              found.add(file);
            }
          }
        }
      }
    }
    return found;
  }

  /** Returns the file of the project that a name stands for; null without one. */
  private String file(Row row, String name, String script, String dir) {
    String above = script.indexOf('/') < 0 ? "." : script.substring(0, script.lastIndexOf('/'));
    for (String base : name.isEmpty() ? List.<String>of() : List.of(above, dir)) {
      for (String path : row.paths) {
        String named = path.replace("{name}", name).replace("{module}", module(name));
        String below = path(base, named);
        if (below != null && !below.startsWith("/") && Files.isRegularFile(file(below))) {
          return below;
        }
      }
    }
    return null;
  }

  /** Returns the path of a Python module: {@code ..a.b}, {@code a as b} or {@code . import a}. */
  private static String module(String name) {
    String dotted =
        name.replaceFirst("\\s+as\\s.*", "").replaceFirst("(?<=\\.)\\s+import\\s+\\(?", "");
    dotted = dotted.replaceFirst("\\s+import\\s+\\(?", ".");
    int dots = dotted.length() - dotted.replaceFirst("^\\.+", "").length();
    return "../".repeat(Math.max(0, dots - 1)) + dotted.substring(dots).replace('.', '/');
  }

  /** Returns a path from a folder; null if no file can have the name. */
  private String path(String folder, String name) {
    try {
      return new Paths(graph.workflow().root()).below(folder, name);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private Path file(String path) {
    return graph.workflow().root().resolve(path);
  }

  private String text(String script) {
    return Io.or(
        () ->
            Files.size(file(script)) > MAX_BYTES
                ? ""
                : new String(Files.readAllBytes(file(script)), StandardCharsets.UTF_8),
        ""); // no such file: its reader says so
  }
}
