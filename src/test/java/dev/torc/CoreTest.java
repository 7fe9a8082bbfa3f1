package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.util.JavacTask;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.graph.DefaultDirectedGraph;
import org.jgrapht.graph.DefaultEdge;
import org.junit.jupiter.api.Test;

/** The laws of the four folders: what every build goes through knows no feature. */
class CoreTest {

  /** What the compiler says of core and base without the rest; none since 28 November. */
  private static final int ERRORS = 0;

  /** Lines of code in core, in steps of 500; a commit that raises it says why. */
  private static final int CORE_LINES = 19_500;

  /** The package of readers that each feature may use; it uses none of them. */
  private static final String TOOLKIT = "reading";

  /** Features that use another one, each with its reason. */
  private static final Set<String> PAIRS =
      Set.of(
          "adopt uses finds", // adopted products have depfiles
          "clusters uses tmp", // a scheduler starts a job again when its node fails
          "environments uses stores", // a shared folder is trusted as a store is
          "groups uses when", // an expansion leaves out what a condition does
          "finds uses remarks", // a trace tells the scripts that a command runs
          "stores uses remarks", // the programs of a job are inputs of a restore
          "temporary uses clean"); // spent products go as `torc clean` removes them

  /** Imports that a folder must not have and still has; they only fall, to none. */
  private static final int UPWARD = 0;

  /** Files that are in a circle of files, and those in the largest circle; both only fall. */
  private static final int IN_CIRCLES = 120;

  private static final int LARGEST_CIRCLE = 7;

  private static final Path MAIN = Path.of("src", "main", "java");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?(dev\\.torc\\.(\\w+)\\.(\\w+)\\.[\\w.]+);");
  private static final Pattern NO_CODE =
      Pattern.compile("(?s)/\\*.*?\\*/|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|//[^\n]*");

  @Test
  void coreAndBaseCompileAlone() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(said, null, null)) {
      files.setLocation(StandardLocation.CLASS_PATH, libraries());
      files.setLocation(StandardLocation.SOURCE_PATH, List.of());
      List<Path> sources =
          FilesTest.sources("main").stream()
              .filter(file -> !file.toString().matches(".*/torc/(features|front)/.*"))
              .toList();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  said,
                  List.of("-proc:none", "-XDshould-stop.ifError=FLOW", "-Xmaxerrs", "10000"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources));
      task.analyze();
    }
    List<String> errors =
        said.getDiagnostics().stream()
            .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
            .map(Object::toString)
            .toList();
    assertTrue(
        errors.size() <= ERRORS, () -> errors.size() + " errors:\n" + String.join("\n", errors));
  }

  /** The jars of the class path: no folder of it, which has the compiled features. */
  private static List<File> libraries() {
    String path = System.getProperty("surefire.test.class.path");
    return Stream.of((path == null ? System.getProperty("java.class.path") : path).split(":"))
        .filter(each -> each.endsWith(".jar"))
        .map(File::new)
        .toList();
  }

  @Test
  void theCoreStaysSmall() throws IOException {
    long lines = 0;
    for (Path source : FilesTest.sources("main")) {
      if (source.toString().contains("/torc/core/")) {
        lines +=
            Files.readAllLines(source).stream()
                .filter(l -> !l.matches("\\s*(/\\*|\\*|//).*|\\s*|(import|package) .*"))
                .count();
      }
    }
    assertTrue(lines <= CORE_LINES, lines + " code lines in core");
  }

  @Test
  void importsOfFoldersPointOneWay() throws IOException {
    List<String> order = List.of("front", "features", "core", "base");
    List<String> upward = new ArrayList<>();
    Set<String> pairs = new TreeSet<>();
    for (Path source : FilesTest.sources("main")) {
      Path own = MAIN.resolve("dev/torc").relativize(source);
      if (!order.contains(own.getName(0).toString())) {
        continue;
      }
      String from = own.getName(0).toString();
      for (MatchResult use : IMPORT.matcher(Files.readString(source)).results().toList()) {
        if (order.indexOf(use.group(2)) < order.indexOf(from)) {
          upward.add(own + " imports " + use.group(1));
        }
        if (from.equals("features")
            && use.group(2).equals(from)
            && !use.group(3).equals(TOOLKIT)
            && !own.getName(1).toString().equals(use.group(3))) {
          pairs.add(own.getName(1) + " uses " + use.group(3));
        }
      }
    }
    assertTrue(upward.size() <= UPWARD, upward.size() + ": " + upward);
    assertEquals(PAIRS, pairs);
  }

  /** Imports and simple names of a file's own package count; imported nested types do not. */
  @Test
  void circlesOfFilesOnlyFall() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    for (Path source : FilesTest.sources("main")) {
      String name = MAIN.relativize(source).toString().replace('/', '.').replace(".java", "");
      sources.put(name, NO_CODE.matcher(Files.readString(source)).replaceAll("\"\""));
    }
    DefaultDirectedGraph<String, DefaultEdge> uses = new DefaultDirectedGraph<>(DefaultEdge.class);
    sources.keySet().forEach(uses::addVertex);
    Pattern simple = Pattern.compile("(?<![\\w.])[A-Z]\\w*");
    sources.forEach(
        (name, text) -> {
          String home = name.substring(0, name.lastIndexOf('.') + 1);
          Stream.concat(
                  IMPORT.matcher(text).results().map(use -> use.group(1)),
                  simple.matcher(text).results().map(word -> home + word.group()))
              .filter(other -> sources.containsKey(other) && !other.equals(name))
              .forEach(other -> uses.addEdge(name, other));
        });
    List<String> circles = new ArrayList<>();
    int files = 0;
    int largest = 0;
    for (Set<String> circle :
        new KosarajuStrongConnectivityInspector<>(uses).stronglyConnectedSets()) {
      if (circle.size() > 1) {
        circles.add(new TreeSet<>(circle).toString());
        files += circle.size();
        largest = Math.max(largest, circle.size());
      }
    }
    String found = files + " files, up to " + largest + " together: " + circles;
    assertTrue(files <= IN_CIRCLES && largest <= LARGEST_CIRCLE, found);
  }
}
