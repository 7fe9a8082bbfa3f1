package dev.torc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the report says of results, of tools that are not there, and of the machine. */
class ResultsPageTest {

  private static Usage wall(long ms) {
    return new Usage(ms * 1_000_000, ms * 1_000_000, 0, 10 << 20);
  }

  private static String page(Result... results) {
    SequencedMap<String, String> none = new LinkedHashMap<>();
    return ResultsPage.text("2026-01-02", none, none, List.of("samu"), List.of(results));
  }

  private static Result result(long torc, long ninja, Target... targets) {
    Result result = new Result("noop-1000", "no-op", List.of(targets));
    result.add("torc", wall(torc));
    result.add("ninja", wall(ninja));
    return result;
  }

  @Test
  void aTargetIsMetOrMissed() {
    Target twice = new Target.Ratio("ninja", Figure.WALL, 2);
    assertTrue(
        page(result(20, 10, twice)).contains("| no-op | time ≤ 2.00 of ninja | 2.00 | met |"));
    assertTrue(
        page(result(21, 10, twice))
            .contains("| no-op | time ≤ 2.00 of ninja | 2.10 | **missed** |"));
  }

  @Test
  void theTimeOfServedCallsHasAColumnOfItsOwn() {
    Result result = result(20, 10, new Target.Ratio("torc-served", "ninja", Figure.WALL, 1));
    result.add("torc-served", wall(5));
    String page = page(result);
    assertTrue(page.contains("| no-op | served, time ≤ 1.00 of ninja | 0.50 | met |"), page);
    assertTrue(page.contains("| no-op | torc | — | 1 | 20 | 20 | 0.0 | 10 | — | — | 0.25 |"), page);
    assertTrue(
        page.contains("| no-op | ninja | — | 1 | 10 | 10 | 0.0 | 10 | 2.00 | 2.00 | 0.50 |"), page);
    assertTrue(
        page.contains("| no-op | torc-served | — | 1 | 5.0 | 5.0 | 0.0 | 10 | — | — | — |"), page);
  }

  @Test
  void aTargetWithoutItsPeerIsNotMeasured() {
    Target other = new Target.Ratio("samu", Figure.WALL, 2);
    String page = page(result(20, 10, other));
    assertTrue(page.contains("| no-op | time ≤ 2.00 of samu | not measured |  |"), page);
    assertTrue(page.contains("- not installed there, so not measured: samu\n"), page);
  }

  @Test
  void aCaseThatFailedHasNoFigures() {
    Result failed = result(20, 10, new Target.Bound(Figure.WALL, 100));
    failed.fault("ninja ran 3 jobs in round 1 where 0 had to run");
    String page = page(failed);
    assertTrue(page.contains("| no-op | time ≤ 100 ms | not measured |  |"), page);
    assertTrue(page.contains("- **no-op failed**: ninja ran 3 jobs in round 1"), page);
    assertFalse(page.contains("| no-op | torc |"), page);
  }

  @Test
  void growthIsToldForTenTimesTheJobs() {
    Result small = result(20, 10);
    Result large = new Result("noop-10000", "no-op, more", List.of());
    large.add("torc", wall(100));
    assertTrue(page(small, large).contains("| no-op | torc | 10 000 | 5.0 | 1.0 |"));
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the benchmark measures on Linux only")
  void theMachineIsNamedByItsKind() throws Exception {
    SequencedMap<String, String> facts = Host.facts(Path.of("").toAbsolutePath());
    assertEquals(
        List.of(
            "cores",
            "processor",
            "memory",
            "system",
            "file system",
            "Java",
            "load before (1, 5, 15 minutes)"),
        List.copyOf(facts.keySet()));
    String host = java.net.InetAddress.getLocalHost().getHostName();
    assertFalse(facts.values().stream().anyMatch(fact -> fact.contains("/")), facts.toString());
    assertFalse(facts.containsValue(host), facts.toString());
  }
}
