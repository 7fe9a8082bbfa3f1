package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of rules has each rule that is cited, with the tests and stories that check it. */
class RulesPageTest {

  private static final Pattern HEADING = Pattern.compile("## Rule (\\d+): .+");
  private static final Pattern TESTS =
      Pattern.compile("\\| (\\d+) \\| (`[\\w-]+`(, `[\\w-]+`)*) \\|");
  private static final Pattern CITED =
      Pattern.compile("(?i)\\brules? (\\d+(?:(?:,| and| to|, and) \\d+)*)|\\brule(\\d+)[A-Z]");
  private static final Pattern LINE_END = Pattern.compile("\\s*\\n\\s*(?:\\*|//)?\\s*");

  /** The rules of the page by number, each with the tests that it names. */
  private static Map<Integer, List<String>> rules() throws IOException {
    Map<Integer, List<String>> rules = new TreeMap<>();
    for (String line : Page.of("how-torc-decides.md").lines()) {
      var heading = HEADING.matcher(line);
      var tests = TESTS.matcher(line);
      if (heading.matches()) {
        int rule = Integer.parseInt(heading.group(1));
        assertEquals(null, rules.put(rule, List.of()), "rule " + rule + " appears twice");
      } else if (tests.matches()) {
        int rule = Integer.parseInt(tests.group(1));
        assertTrue(rules.containsKey(rule), "tests of rule " + rule);
        rules.put(rule, List.of(tests.group(2).replace("`", "").split(", ")));
      }
    }
    return rules;
  }

  private static final Path STORIES = Path.of("testdata", "stories");

  private static List<Path> files(Path... folders) throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.filter(f -> f.toString().matches(".*\\.(java|md|txt)")).sorted().forEach(all::add);
      }
    }
    return all;
  }

  /** The numbers of the rules that a text cites, also where a line ends in the middle. */
  private static Set<Integer> cited(String text) {
    Set<Integer> cited = new TreeSet<>();
    for (MatchResult found :
        CITED.matcher(LINE_END.matcher(text).replaceAll(" ")).results().toList()) {
      String numbers = found.group(1) == null ? found.group(2) : found.group(1);
      Stream.of(numbers.split("\\D+")).map(Integer::valueOf).forEach(cited::add);
    }
    return cited;
  }

  @Test
  void theyAreNumbered1To17AndEachNamesItsTests() throws IOException {
    Map<Integer, List<String>> rules = rules();
    assertEquals(IntStream.rangeClosed(1, 17).boxed().toList(), List.copyOf(rules.keySet()));
    rules.forEach((rule, tests) -> assertTrue(!tests.isEmpty(), "rule " + rule + ": no tests"));
  }

  @Test
  void everyCitedRuleStandsThere() throws IOException {
    Set<Integer> known = rules().keySet();
    Set<Integer> seen = new TreeSet<>();
    List<String> unknown = new ArrayList<>();
    for (Path file : files(Path.of("src"), STORIES)) {
      Set<Integer> cited =
          file.endsWith("RulesPageTest.java") ? Set.of() : cited(Files.readString(file));
      seen.addAll(cited);
      cited.stream().filter(n -> !known.contains(n)).forEach(n -> unknown.add(file + ": " + n));
    }
    assertEquals(List.of(), unknown);
    assertTrue(seen.size() > 10, "only these were found: " + seen);
  }

  @Test
  void citationsAreFoundInAllTheirForms() {
    assertEquals(
        Set.of(1, 2, 4, 9, 15, 99), cited("Rules 9 and 15; (rules 1, 2, 4).\n * Rule\n * 99."));
    assertEquals(Set.of(13), cited("void rule13ItIsRefused() {}"));
    assertEquals(Set.of(), cited("the rule; 3 rules; ruler 7"));
  }

  /** A rule of the page names each test that has the number of the rule in its name. */
  @Test
  void everyTestThatItNamesExistsAndThoseNamedAfterARuleAreNamed() throws IOException {
    Map<String, Path> tests =
        files(Path.of("src", "test", "java"), STORIES).stream()
            .collect(
                Collectors.toMap(
                    f -> f.getFileName().toString().replaceAll("\\.(java|txt)$", ""),
                    f -> f,
                    (a, b) -> a));
    List<String> wrong = new ArrayList<>();
    Map<Integer, List<String>> rules = rules();
    rules.forEach(
        (rule, named) ->
            named.stream()
                .filter(test -> !tests.containsKey(test))
                .forEach(test -> wrong.add("rule " + rule + " names " + test)));
    tests.keySet().stream()
        .filter(test -> test.matches("[Rr]ule\\d\\d[\\w-]+"))
        .filter(test -> !rules.get(Integer.valueOf(test.substring(4, 6))).contains(test))
        .forEach(test -> wrong.add("its rule does not name " + test));
    assertEquals(List.of(), wrong);
  }
}
