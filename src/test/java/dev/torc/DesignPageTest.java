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

/** The pages about the code name only what exists; {@link HouseTest} checks the drawing. */
class DesignPageTest {

  private static final Pattern STEP = Pattern.compile("(\\d+)\\. `([\\w/]+)/(\\w+)`: .+");
  private static final Pattern CLASS = Pattern.compile("`(?:[a-z]+\\.)?([A-Z][a-z]+[A-Z]\\w*)\\W");

  /** The fifteen lines each name a class that a class of an earlier line uses. */
  @Test
  void theWalkOfAJobNeverGoesBack() throws IOException {
    String seen = "";
    List<String> names = new ArrayList<>();
    for (Matcher step : steps()) {
      String name = step.group(3);
      Path file = Path.of("src/main/java/dev/torc", step.group(2), name + ".java");
      assertTrue(Files.exists(file), "no file " + file);
      assertTrue(!names.contains(name), name + " appears twice");
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

  /** The pages about the code, and another one. */
  private static List<Page> about(String other) throws IOException {
    Pattern names = Pattern.compile("(design.*|development|" + other + ").*");
    return Page.all().stream()
        .filter(page -> names.matcher(page.file().getFileName().toString()).matches())
        .toList();
  }

  @Test
  void theFirstTwoAreReadInOneSitting() throws IOException {
    assertTrue(words("design.md") <= 2_700, words("design.md") + " words");
    assertTrue(words("development.md") <= 2_000, words("development.md") + " words");
  }

  private static int words(String page) throws IOException {
    return String.join(" ", Page.of(page).lines()).split("\\s+").length;
  }

  /** A name is {@code folder/package/Class} of the code or the tests, or a path from the top. */
  @Test
  void everyFileThatTheyNameIsThere() throws IOException {
    Pattern file = Pattern.compile("`([\\w.-]+(?:/[\\w.-]+)+)`");
    for (Page page : about("glossary.md|engine")) {
      List<String> named = file.matcher(page.prose()).results().map(each -> each.group(1)).toList();
      List<String> missing =
          named.stream()
              .filter(name -> !name.matches("(\\.torc|NAME\\..*|target|bin|lib|ac|cas)/.*")) // made
              .filter(
                  name ->
                      Stream.of(
                              "%s",
                              "src/main/java/dev/torc/%s",
                              "src/main/java/dev/torc/%s.java",
                              "src/main/java/dev/torc/core/%s.java",
                              "src/test/java/dev/torc/%s.java")
                          .noneMatch(where -> Files.exists(Path.of(where.formatted(name)))))
              .toList();
      assertEquals(List.of(), missing, page.file().toString());
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
    for (Page page : about("speed.md")) {
      List<String> named =
          CLASS.matcher(page.prose()).results().map(each -> each.group(1)).toList();
      assertTrue(!named.isEmpty(), page.file() + " names no class");
      named.stream().filter(name -> !classes.contains(name)).forEach(unknown::add);
    }
    assertEquals(List.of(), unknown);
  }
}
