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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package may import which, which may print and exit, and which files lie at the top. */
class HouseTest {

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

  /** The drawing in design.md shows each package with the packages that it imports. */
  @Test
  void importsAreThoseOfTheDrawing() throws IOException {
    Map<String, Set<String>> house = drawing("house");
    Map<String, Set<String>> ground = drawing("ground");
    Map<String, Set<String>> drawn = new TreeMap<>(house);
    drawn.putAll(ground);

    Map<String, Set<String>> imports = new TreeMap<>();
    for (JavaClass type : TORC) {
      Set<String> used = imports.computeIfAbsent(room(type), _ -> new TreeSet<>());
      for (Dependency use : type.getDirectDependenciesFromSelf()) {
        String room = room(use.getTargetClass());
        if (!room.isEmpty() && !room.equals(room(type))) {
          used.add(room);
        }
      }
    }
    house.keySet().forEach(name -> imports.get(name).removeAll(ground.keySet()));
    assertEquals(text(drawn), text(imports), "the drawing in design.md differs from the imports");
  }

  /** So that the drawing, which leaves the folders out, says which package it means. */
  @Test
  void fourFoldersHoldPackagesOfDifferentNames() {
    Set<String> packages = new TreeSet<>();
    TORC.forEach(type -> packages.add(type.getPackageName()));
    List<String> others =
        packages.stream()
            .filter(name -> !name.matches("dev\\.torc\\.(core|features|front|base)\\.[a-z]+"))
            .toList();
    assertEquals(List.of(), others);
    long names = packages.stream().map(name -> name.replaceFirst(".*\\.", "")).distinct().count();
    assertEquals(names, packages.size(), packages.toString());
  }

  @Test
  void inTheDrawingImportsPointOneWay() throws IOException {
    for (String floor : List.of("house", "ground")) {
      List<String> order = List.copyOf(drawing(floor).keySet());
      drawing(floor)
          .forEach(
              (name, used) ->
                  used.forEach(
                      other ->
                          assertTrue(
                              order.indexOf(other) > order.indexOf(name), name + " → " + other)));
    }
  }

  /** A drawing's rows in their order: a mark stands below the name of an imported package. */
  private static Map<String, Set<String>> drawing(String floor) throws IOException {
    List<String> lines =
        Page.of("design.md").blocks("text").stream()
            .filter(block -> block.words("packages").equals(List.of(floor)))
            .flatMap(block -> block.text().lines())
            .toList();
    Map<String, Set<String>> rows = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      Set<String> used = new TreeSet<>();
      for (int i = line.indexOf(" x"); i >= 0; i = line.indexOf(" x", i + 1)) {
        used.add(wordAt(lines.getFirst(), i + 1));
      }
      rows.put(wordAt(line, 0), used);
    }
    // The last packages import no other of torc, and need no row.
    Stream.of(lines.getFirst().strip().split(" +"))
        .forEach(name -> rows.putIfAbsent(name, Set.of()));
    return rows;
  }

  private static String text(Map<String, Set<String>> rows) {
    StringBuilder text = new StringBuilder();
    rows.forEach((name, used) -> text.append(name).append(": ").append(used).append('\n'));
    return text.toString();
  }

  private static String wordAt(String line, int index) {
    int end = line.indexOf(' ', index);
    String upTo = end < 0 ? line : line.substring(0, end);
    return upTo.substring(upTo.lastIndexOf(' ') + 1);
  }

  /** The package of torc's in which a class is, without its folder; empty for other classes. */
  private static String room(JavaClass type) {
    String name = type.getBaseComponentType().getPackageName();
    return name.startsWith("dev.torc.") ? name.substring(name.lastIndexOf('.') + 1) : "";
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
        Set.of(
            "src",
            "testdata",
            "examples",
            "README.md",
            "SECURITY.md",
            "pom.xml",
            "LICENSE",
            "target");
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
