package dev.torc;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package may import which, which may print and exit, and which files lie at the top. */
class HouseTest {

  private static final String TOP = "dev.torc.";

  private static final Path CLASSES = Path.of("target", "classes", "dev");

  /** Pairs of files that use each other; it only falls. */
  private static final int PAIRS = 50;

  static final JavaClasses TORC = new ClassFileImporter().importPath(CLASSES);

  /** The main classes of torc's processes: for commands, and for the recovery of a database. */
  private static final DescribedPredicate<JavaClass> MAIN =
      describe(
          "dev.torc.front.cli.Main or dev.torc.core.memory.RecoveryProcess",
          c ->
              c.getName().equals("dev.torc.front.cli.Main")
                  || c.getName().startsWith("dev.torc.front.cli.Main$")
                  || c.getName().equals("dev.torc.front.server.Server")
                  || c.getName().equals("dev.torc.core.memory.RecoveryProcess"));

  @Test
  void everyClassFileIsReadByTheseTests() throws IOException {
    try (Stream<Path> files = Files.walk(CLASSES)) {
      long found = files.filter(f -> f.toString().endsWith(".class")).count();
      assertTrue(found > 20, "only " + found + " class files");
      assertEquals(found, TORC.size());
    }
  }

  /** The drawing in design.md shows each package with those that it imports, which are below it. */
  @Test
  void importsAreThoseOfTheDrawing() throws IOException {
    SortedMap<String, Set<String>> imports = new TreeMap<>();
    for (JavaClass type : TORC) {
      Set<String> used = imports.computeIfAbsent(type.getPackageName(), _ -> new TreeSet<>());
      for (Dependency use : type.getDirectDependenciesFromSelf()) {
        String other = use.getTargetClass().getBaseComponentType().getPackageName();
        if (other.startsWith(TOP) && !other.equals(type.getPackageName())) {
          used.add(other);
        }
      }
    }
    assertEquals(List.of(""), Generated.check("packages", (_, _) -> drawing(imports)));
  }

  private static String drawing(SortedMap<String, Set<String>> imports) {
    StringBuilder text = new StringBuilder("```text\n");
    Map<String, Integer> floors = new HashMap<>();
    for (String folder : List.of("front", "features", "core", "base")) {
      text.append(folder).append('\n');
      imports.keySet().stream()
          .filter(name -> name.startsWith(TOP + folder))
          .sorted(Comparator.comparingInt((String name) -> -floor(name, imports, floors)))
          .forEach(name -> text.append(row(name, folder, imports.get(name))));
    }
    return text.append("```").toString();
  }

  private static String row(String name, String folder, Set<String> imports) {
    String used =
        imports.stream()
            .filter(other -> folder.equals("base") || !other.startsWith(TOP + "base"))
            .map(HouseTest::room)
            .collect(Collectors.joining(" "));
    return "  %-13s %s".formatted(room(name), used).stripTrailing() + "\n";
  }

  /** Returns how many floors a package is above those that import none; fails for a circle. */
  private static int floor(
      String name, Map<String, Set<String>> imports, Map<String, Integer> floors) {
    if (!floors.containsKey(name)) {
      floors.put(name, -1);
      int floor = 0;
      for (String other : imports.get(name)) {
        floor = Math.max(floor, floor(other, imports, floors) + 1);
      }
      floors.put(name, floor);
    }
    assertTrue(floors.get(name) >= 0, name + " imports itself by others");
    return floors.get(name);
  }

  private static String room(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** So that the drawing, which leaves the folders out, says which package it means. */
  @Test
  void fourFoldersHoldPackagesOfDifferentNames() {
    Set<String> packages = new TreeSet<>();
    TORC.forEach(type -> packages.add(type.getPackageName()));
    List<String> others =
        packages.stream()
            .filter(name -> !name.matches("dev\\.torc\\.(core|features|front|base)\\.[a-z]+"))
            .filter(name -> !name.equals(TOP + "features")) // where Feature is
            .toList();
    assertEquals(List.of(), others);
    long names = packages.stream().map(name -> name.replaceFirst(".*\\.", "")).distinct().count();
    assertEquals(names, packages.size(), packages.toString());
  }

  /** Nested types aside: a file may name the small types of another one that uses it. */
  @Test
  void pairsOfFilesThatUseEachOtherOnlyGetFewer() {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass type : TORC) {
      for (Dependency use : type.getDirectDependenciesFromSelf()) {
        JavaClass other = use.getTargetClass().getBaseComponentType();
        if (type.isTopLevelClass() && other.isTopLevelClass() && !other.equals(type)) {
          uses.computeIfAbsent(type.getName(), _ -> new TreeSet<>()).add(other.getName());
        }
      }
    }
    List<String> pairs = new ArrayList<>();
    uses.forEach(
        (one, others) ->
            others.stream()
                .filter(other -> uses.getOrDefault(other, Set.of()).contains(one))
                .filter(other -> one.compareTo(other) < 0)
                .forEach(other -> pairs.add(one + " and " + other)));
    assertTrue(pairs.size() <= PAIRS, pairs.size() + ": " + pairs);
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

  /** Its first call makes the JVM write some thirty classes, which no AOT cache keeps. */
  @Test
  void nothingUsesTheLinkerOfTheJdk() {
    noClasses().should().dependOnClassesThat().resideInAPackage("java.lang.foreign").check(TORC);
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
}
