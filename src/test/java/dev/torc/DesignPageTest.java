package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of design names only what exists; {@link HouseTest} checks its drawing of packages. */
class DesignPageTest {

  private static final Pattern STEP = Pattern.compile("(\\d+)\\. `(\\w+)/(\\w+)`: .+");
  private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z]+[A-Z]\\w*)\\W");

  /** The fifteen lines each name a class that a class of an earlier line uses. */
  @Test
  void theWalkOfAJobNeverGoesBack() throws IOException {
    String seen = "";
    List<String> names = new ArrayList<>();
    for (Matcher step : steps()) {
      String name = step.group(3);
      Path file = Path.of("src/main/java/dev/torc", step.group(2), name + ".java");
      assertTrue(Files.exists(file), "no file " + file);
      assertTrue(!names.contains(name), name + " stands there twice");
      assertTrue(names.isEmpty() || seen.matches("(?s).*\\b" + name + "\\b.*"), name);
      names.add(name);
      assertEquals(names.size(), Integer.parseInt(step.group(1)));
      seen += Files.readString(file);
    }
    assertEquals(15, names.size());
  }

  private static List<Matcher> steps() throws IOException {
    return Page.of("design.md").lines().stream()
        .map(STEP::matcher)
        .filter(Matcher::matches)
        .toList();
  }

  /** A name is {@code package/Class} of the code or the tests, or a path from the top. */
  @Test
  void everyFileThatTheyNameIsThere() throws IOException {
    Pattern file = Pattern.compile("`([\\w.-]+(?:/[\\w.-]+)+)`");
    for (String page : List.of("design.md", "development.md", "glossary.md")) {
      List<String> named =
          file.matcher(Page.of(page).prose()).results().map(each -> each.group(1)).toList();
      assertTrue(named.size() > 9, page + " names only " + named);
      List<String> missing =
          named.stream()
              .filter(name -> !name.matches("(\\.torc|NAME\\..*|target|bin|lib)/.*")) // made
              .filter(
                  name ->
                      Stream.of(
                              "%s",
                              "src/main/java/dev/torc/%s.java", "src/test/java/dev/torc/%s.java")
                          .noneMatch(where -> Files.exists(Path.of(where.formatted(name)))))
              .toList();
      assertEquals(List.of(), missing, page);
    }
  }

  @Test
  void everyClassThatTheyNameIsThere() throws IOException {
    Set<String> classes;
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      classes =
          files
              .map(file -> file.getFileName().toString())
              .filter(file -> file.endsWith(".java"))
              .map(file -> file.replace(".java", ""))
              .collect(Collectors.toSet());
    }
    classes.add("ProcessBuilder"); // the JDK's
    List<String> unknown = new ArrayList<>();
    for (String page : List.of("design.md", "development.md", "speed.md")) {
      List<String> named =
          CLASS.matcher(Page.of(page).prose()).results().map(each -> each.group(1)).toList();
      assertTrue(!named.isEmpty(), page + " names no class");
      named.stream().filter(name -> !classes.contains(name)).forEach(unknown::add);
    }
    assertEquals(List.of(), unknown);
  }
}
