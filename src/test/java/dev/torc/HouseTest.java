package dev.torc;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house: which package may import which, who may print and exit, what lies at the top. */
class HouseTest {

  /**
   * The packages from the command line down, each with those of torc's that it may import, beside
   * itself and the {@linkplain #GROUND ground floor}.
   */
  private static final Map<String, List<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("cli", List.of("session", "report", "importing", "syntax", "cache")),
          Map.entry(
              "session",
              List.of(
                  "report",
                  "engine",
                  "rest",
                  "plan",
                  "graph",
                  "buildfile",
                  "workflow",
                  "syntax",
                  "cache",
                  "exec")),
          Map.entry("report", List.of("engine", "plan", "graph", "workflow", "syntax", "cache")),
          Map.entry(
              "engine", List.of("rest", "plan", "graph", "workflow", "syntax", "cache", "exec")),
          Map.entry("rest", List.of("plan", "graph", "buildfile", "workflow", "syntax", "cache")),
          Map.entry("plan", List.of("graph", "buildfile", "workflow", "syntax", "cache")),
          Map.entry("graph", List.of("workflow", "syntax")),
          Map.entry("importing", List.of("buildfile", "workflow", "syntax")),
          Map.entry("buildfile", List.of("workflow", "syntax")),
          Map.entry("workflow", List.of("syntax")),
          Map.entry("syntax", List.of()),
          Map.entry("cache", List.of()),
          Map.entry("exec", List.of()));

  /** The ground floor, which all others may import: each with what it may itself. */
  private static final Map<String, List<String>> GROUND =
      Map.of(
          "bytes", List.of("hash", "posix"),
          "hash", List.of("posix"),
          "machine", List.of("posix"),
          "posix", List.of());

  private static final Path CLASSES = Path.of("target", "classes", "dev");
  private static final JavaClasses TORC = new ClassFileImporter().importPath(CLASSES);

  private static final DescribedPredicate<JavaClass> MAIN =
      describe(
          "dev.torc.cli.Main",
          c ->
              c.getName().equals("dev.torc.cli.Main")
                  || c.getName().startsWith("dev.torc.cli.Main$"));

  @Test
  void everyClassFileIsReadByTheseTests() throws IOException {
    try (Stream<Path> files = Files.walk(CLASSES)) {
      long found = files.filter(f -> f.toString().endsWith(".class")).count();
      assertTrue(found > 20, "only " + found + " class files");
      assertEquals(found, TORC.size());
    }
  }

  @Test
  void everyClassIsInAPackageOfTheHouse() {
    String[] known =
        Stream.concat(MAY_IMPORT.keySet().stream(), GROUND.keySet().stream())
            .map(HouseTest::torc)
            .toArray(String[]::new);
    classes().should().resideInAnyPackage(known).check(TORC);
  }

  @Test
  void importsPointOneWay() {
    MAY_IMPORT.forEach(
        (name, allowed) ->
            onlyImports(name, Stream.concat(allowed.stream(), GROUND.keySet().stream()).toList()));
    GROUND.forEach(HouseTest::onlyImports);
  }

  @Test
  void ofTheRecordsTheCommandLineKnowsOnlyTheirError() {
    noClasses()
        .that()
        .resideInAPackage(torc("cli"))
        .should()
        .dependOnClassesThat(
            resideInAPackage(torc("cache"))
                .and(
                    DescribedPredicate.not(
                        describe("", c -> c.getSimpleName().equals("CacheException")))))
        .check(TORC);
  }

  private static void onlyImports(String name, List<String> allowed) {
    String[] reach =
        Stream.concat(allowed.stream(), Stream.of(name))
            .map(HouseTest::torc)
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(torc(name))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(reach).or(DescribedPredicate.not(resideInAPackage("dev.torc.."))))
        .check(TORC);
  }

  @Test
  void onlyMainEndsTheProcess() {
    noClasses()
        .that(DescribedPredicate.not(MAIN))
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .check(TORC);
  }

  @Test
  void onlyMainTouchesTheStandardStreams() {
    noClasses()
        .that(DescribedPredicate.not(MAIN))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .accessField(System.class, "in")
        .check(TORC);
    noClasses().should().callMethod(Throwable.class, "printStackTrace").check(TORC);
  }

  @Test
  void nothingStaticChanges() {
    fields().that().areStatic().should().beFinal().check(TORC);
  }

  @Test
  void theTopLevelHoldsOnlyItsFewNames() throws IOException {
    Set<String> known =
        Set.of("src", "testdata", "examples", "README.md", "pom.xml", "LICENSE", "target");
    try (Stream<Path> files = Files.list(Path.of("").toAbsolutePath())) {
      List<String> others =
          files
              .map(f -> f.getFileName().toString())
              .filter(name -> !name.startsWith(".") && !known.contains(name))
              .sorted()
              .toList();
      assertEquals(List.of(), others);
    }
  }

  private static String torc(String name) {
    return "dev.torc." + name + "..";
  }
}
