package dev.torc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Page;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The page of the benchmark tells all of its options and cases; the profile runs what it says. */
class BenchPageTest {

  private static Set<String> told(String heading, String pattern) throws Exception {
    String section = Page.of("benchmark.md").prose().split("\n## " + heading + "\n")[1];
    Matcher words = Pattern.compile(pattern).matcher(section.split("\n## ")[0]);
    return words
        .results()
        .map(word -> word.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Options parse(String... args) {
    Options options = new Options();
    new CommandLine(options).parseArgs(args);
    return options;
  }

  @Test
  void everyOptionIsTold() throws Exception {
    Set<String> known =
        new TreeSet<>(new CommandLine(new Options()).getCommandSpec().optionsMap().keySet());
    assertEquals(known, told("Run it", "[|,] `(--?[a-z-]+)"));
  }

  @Test
  void everyCaseIsTold() throws Exception {
    Set<String> names = new TreeSet<>(Set.of("hash", "expand", "survey", "old"));
    for (List<Case> each : new Cases(parse()).all()) {
      each.forEach(c -> names.add(c.name().replaceFirst("-\\d+$", "")));
    }
    assertEquals(names, told("What is measured", "[|,] `([a-z0-9-]+)`"));
  }

  @Test
  void aNameStandsForThoseThatBeginWithIt() {
    assertTrue(parse("--cases", "noop,c").wants("noop-1000"));
    assertTrue(parse("--cases", "noop,c").wants("c-comment"));
    assertEquals(false, parse("--cases", "noop,c").wants("chain-noop"));
  }

  @Test
  void onlyARunOfAllCasesAtFullSizeIsForTheResultsPage() {
    assertTrue(parse("--rounds", "3", "--without", "n2").complete());
    for (String option : List.of("--quick", "--cases=noop", "--sizes=100", "--hash-size=1")) {
      assertEquals(false, parse(option).complete(), option);
    }
  }

  private static Map.Entry<String, List<String>> entry(String name, String... targets) {
    return Map.entry(name, List.of(targets));
  }

  /** The targets of the issue, each at the case and size that it is set for. */
  @Test
  void theTargetsAreThoseThatWereSet() {
    Map<String, List<String>> targets = new TreeMap<>();
    Cases cases = new Cases(parse());
    for (List<Case> graph : cases.all()) {
      for (Case each : graph) {
        if (!each.targets().isEmpty()) {
          targets.put(each.name(), each.targets().stream().map(Target::text).toList());
        }
      }
    }
    assertEquals(
        Map.ofEntries(
            entry("small-300", "time ≤ 2.50 of ninja", "served, time ≤ 1.30 of ninja"),
            entry("small-1000", "time ≤ 2.00 of ninja", "served, time ≤ 1.30 of ninja"),
            entry("small-3000", "time ≤ 1.70 of ninja", "served, time ≤ 1.30 of ninja"),
            entry(
                "full-10000",
                "CPU time ≤ 0.75 of ninja",
                "CPU time ≤ 1.05 of make",
                "torc's own CPU time per job ≤ 0.15 ms"),
            entry("noop-1000", "time ≤ 100 ms", "served, time ≤ 1.00 of ninja"),
            entry("noop-10000", "time ≤ 3.50 of ninja", "served, time ≤ 0.45 of ninja"),
            entry(
                "noop-100000",
                "time ≤ 1.00 of ninja",
                "peak memory ≤ 334 MiB",
                "served, time ≤ 0.25 of ninja"),
            entry("edit-1000", "served, time ≤ 2.00 of ninja"),
            entry("edit-10000", "served, time ≤ 0.90 of ninja"),
            entry("edit-100000", "time ≤ 1.00 of ninja"),
            entry("touch-10000", "time ≤ 0.05 of ninja"),
            entry("fan-in", "time ≤ 150 ms"),
            entry("c-comment", "fewer jobs than ninja", "time ≤ 1.50 of ninja")),
        targets);
    assertEquals(
        List.of("CPU time ≤ 2.00 of torc, at once"),
        cases.expandTargets().stream().map(Target::text).toList());
    assertEquals(
        List.of("CPU time ≤ 1.05 of torc, fresh project"),
        cases.oldTargets().stream().map(Target::text).toList());
    assertEquals(
        List.of("CPU time ≤ 0.25 of snakemake"),
        cases.surveyTargets().stream().map(Target::text).toList());
    assertEquals(
        List.of("time ≤ 0.60 of openssl", "bytes of the file that a no-op reads ≤ 0"),
        cases.hashTargets().stream().map(Target::text).toList());
  }
}
