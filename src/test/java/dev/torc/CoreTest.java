package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.util.JavacTask;
import dev.torc.front.buildfile.JobFeatures;
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
  private static final int CORE_LINES = 20_000;

  /** The package of readers that each feature may use; it uses none of them. */
  private static final String TOOLKIT = "reading";

  /** Features that use another one, each with its reason. */
  private static final Set<String> PAIRS =
      Set.of(
          "adopt uses finds", // adopted products have depfiles
          "clusters uses sandbox", // an attempt elsewhere runs in copies of its needs
          "clusters uses tmp", // a scheduler starts a job again when its node fails
          "endcheck uses sandbox", // a job in a folder of its own changes nothing beside it
          "environments uses stores", // a shared folder is trusted as a store is
          "groups uses when", // an expansion leaves out what a condition does
          "fetch uses intents", // an aged download has no digest in the build file
          "fetch uses secrets", // headers of a download are secret
          "stores uses intents", // a result of a store may be too old
          "finds uses remarks", // a trace tells the scripts that a command runs
          "stores uses secrets", // output that may show one is not stored
          "stores uses remarks", // the programs of a job are inputs of a restore
          "temporary uses clean"); // spent products go as `torc clean` removes them

  /** Imports that a folder must not have and still has; they only fall, to none. */
  private static final int UPWARD = 0;

  /** The most files of a package. */
  private static final int PACKAGE = 40;

  /** Code lines of the plain reader of build files, in steps of 500. */
  private static final int BUILDFILE_LINES = 3_500;

  /** The wiring: the files of front that may name all features. */
  private static final Set<String> WIRING =
      Set.of(
          "front/buildfile/JobFeatures", "front/session/Features", "front/project/JobConditions");

  /**
   * Files of front that name more than two features, and how many; these only fall. Any other file
   * answers about one or two.
   */
  private static final Map<String, Integer> MANY =
      Map.ofEntries(
          Map.entry("front/session/PlannedBuild", 11), // hands each feature what it needs to run
          Map.entry("front/session/JobShell", 5), // the same for a shell beside builds
          Map.entry("front/buildfile/JobReader", 7), // what more than one key, or none, asks for
          Map.entry("front/buildfile/ParsedBuildFile", 7), // calls those of the top level
          Map.entry(
              "front/project/Project", 6), // what a graph of the last build depends on, packages
          Map.entry("front/session/BuildSession", 4), // what a build asks before it begins
          Map.entry("front/session/WriteSession", 6), // what a killed build left, memos
          Map.entry("front/session/Leftovers", 4), // folders that features leave
          Map.entry(
              "front/ask/WhyAnswer", 5), // causes, traces, stores, old logs, imports of scripts
          Map.entry("front/ask/CheckAnswer", 4), // lints of features
          Map.entry("front/ask/CleanAnswer", 4), // products, forced jobs, results, other records
          Map.entry("front/ask/CleanedProducts", 3), // products, attempts, other records
          Map.entry("front/ask/DoctorAnswer", 3), // what the machine has for each
          Map.entry("front/buildfile/StepReader", 4)); // images, secrets, values of groups, remarks

  /** Files that are in a circle of files, and those in the largest circle; both only fall. */
  private static final int IN_CIRCLES = 121;

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
    long lines = lines("/torc/core/");
    assertTrue(lines <= CORE_LINES, lines + " code lines in core");
  }

  /**
   * An extra has the key; core knows its effect. A line of `why` has the word of the surroundings.
   */
  @Test
  void coreHasNoTextThatIsTheKeyOfAFeature() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path source : FilesTest.sources("main")) {
      for (String key : JobFeatures.KEYS) {
        if (source.toString().contains("/torc/core/")
            && Files.readString(source).contains('"' + key + '"')) {
          found.add(source.getFileName() + " " + key);
        }
      }
    }
    assertEquals(List.of("LineKind.java environment"), found);
  }

  private static long lines(String folder) throws IOException {
    long lines = 0;
    for (Path source : FilesTest.sources("main")) {
      if (source.toString().contains(folder)) {
        lines +=
            Files.readAllLines(source).stream()
                .filter(l -> !l.matches("\\s*(/\\*|\\*|//).*|\\s*|(import|package) .*"))
                .count();
      }
    }
    return lines;
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

  @Test
  void noPackageHasMoreThanFortyFiles() throws IOException {
    Map<String, Integer> large = new TreeMap<>();
    for (Path source : FilesTest.sources("main")) {
      Path own = MAIN.resolve("dev/torc").relativize(source);
      large.merge(own.getParent().toString(), 1, Integer::sum);
    }
    large.values().removeIf(files -> files <= PACKAGE);
    assertEquals(Map.of(), large);
  }

  @Test
  void thePlainReaderOfBuildFilesStaysSmall() throws IOException {
    long lines = lines("/torc/front/buildfile/");
    assertTrue(lines <= BUILDFILE_LINES, lines + " code lines in front/buildfile");
  }

  @Test
  void frontNamesFeaturesInTheWiringAndInAnswersAboutOne() throws IOException {
    Map<String, Set<String>> found = new TreeMap<>();
    for (Path source : FilesTest.sources("main")) {
      String own = MAIN.resolve("dev/torc").relativize(source).toString().replace(".java", "");
      if (!own.startsWith("front/") || WIRING.contains(own)) {
        continue;
      }
      Set<String> features = new TreeSet<>();
      for (MatchResult use : IMPORT.matcher(Files.readString(source)).results().toList()) {
        if (use.group(2).equals("features") && !use.group(3).equals(TOOLKIT)) {
          features.add(use.group(3));
        }
      }
      if (features.size() > MANY.getOrDefault(own, 2)) {
        found.put(own, features);
      }
    }
    assertEquals(Map.of(), found);
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
