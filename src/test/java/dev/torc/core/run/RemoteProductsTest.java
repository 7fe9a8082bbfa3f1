package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.ThisHost;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Edits of products after a job ended on another machine, and before torc looks at them. The
 * scheduler runs a script at once, then makes the edit, and only then gives an id.
 */
class RemoteProductsTest extends Harness {

  private void given(String job, String after) {
    givenFile(
        """
        executors:
          far:
            kind: commands
            latency: 100ms
            submit: 'sh {script} > {log} 2>&1; cd %s; %s; echo 1'
            states: 'true'
            cancel: 'true {ids}'
        defaults: { executor: far }
        jobs:
          a: %s
        """
            .formatted(root, after, job));
  }

  private String failure() {
    return told().what();
  }

  /** How the job ended. */
  private Event.Details told() {
    return events.stream()
        .filter(Event.JobEnded.class::isInstance)
        .map(event -> ((Event.JobEnded) event).details())
        .findFirst()
        .orElseThrow();
  }

  private List<String> warnings() {
    return events.stream()
        .filter(event -> event instanceof Event.Note note && note.level() == Event.Level.WARNING)
        .map(event -> ((Event.Note) event).text())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.out | echo a night later >> a.out | a.out is 18 bytes here but was 4 bytes on the node",
        "a.out | printf 12 > a.out | a.out is 2 bytes here but was 4 bytes on the node",
        "a.out | echo 321 > a.out | a.out has other contents here than on the node",
        "a.out | rm a.out | a.out is missing here but was 4 bytes on the node",
        "d/ | rm -r d | d/ is missing here but was on the node",
        "d/ | echo 4 > d/a.out | d/a.out is 2 bytes here but was 4 bytes on the node",
        "d/ | rm d/b.out | d/b.out is missing here but was 2 bytes on the node",
        "d/ | echo 4 > d/c | d/c exists here but was not on the node",
        "'d/*.out' | echo 4 > d/a.out | d/a.out is 2 bytes here but was 4 bytes on the node",
        "'**/a.out' | echo 321 > d/a.out | d/a.out has other contents here than on the node",
        "'d/*.out' | echo 4 > d/c.out | d/c.out exists here but was not on the node",
        "'*.out' | rm b.out | b.out is missing here but was 2 bytes on the node"
      })
  void anEditOfAProductIsNotItsResult(String product, String after, String says) {
    String path = product.replace("'", "");
    String dir = path.startsWith("d/") || path.startsWith("**") ? "d/" : "";
    String quoted = product.contains("*") ? "\"" + path + "\"" : path;
    given(
        "{ command: 'mkdir -p d; echo 123 > %sa.out; echo 1 > %sb.out', produces: %s, retries: 3 }"
            .formatted(dir, dir, quoted),
        after);
    build();
    assertEquals(1, exit, events::toString);
    assertEquals(says, failure());
    assertEquals(0, events.stream().filter(Event.JobRetried.class::isInstance).count());
  }

  @Test
  void filesOfTheUserMoveToKeptAndTheJobRunsAgain() {
    given(
        "{ command: 'echo 1 > a.out; echo 2 > b.out', produces: [a.out, b.out] }",
        "echo 7 > a.out");
    build();
    assertEquals("a.out has other contents here than on the node", failure());
    given("{ command: 'echo 1 > a.out; echo 2 > b.out', produces: [a.out, b.out] }", ":");
    build();
    assertEquals(0, exit);
    assertEquals("-", read(".torc/remote"), "what is recorded is of no use there");
    assertEquals("1\n", read("a.out"));
    assertTrue(read(".torc/kept").contains("a.out=7"), read(".torc/kept"));
    assertTrue(!read(".torc/kept").contains("b.out"), read(".torc/kept"));
  }

  @Test
  void anotherTimeAloneIsAWarningAndTheResultIsNotStored() {
    given("{ command: 'echo 1 > a.out', produces: a.out }", "touch -d 2001-02-03 a.out");
    build();
    assertEquals(0, exit);
    assertEquals(
        List.of("a.out was touched after job a ended; its result is not stored"), warnings());
    try (Cache cache = Cache.look(CachePlace.find(root, Map.of(), ThisHost.system()), _ -> {})) {
      assertNull(cache.details("a").restorable());
    }
  }

  @Test
  void untouchedProductsAreTaken() {
    given(
        "{ command: 'mkdir -p d/e; echo 1 > \"d/e/a b.out\"; ln -s e/a\\ b.out d/l.out; echo 2 >"
            + " x', produces: [x, 'd/**/*.out', 'y*'] }",
        ":");
    build();
    assertEquals(0, exit, () -> failure());
    assertEquals(List.of("torc.yaml:10:123: job a made nothing that y* matches"), warnings());
  }

  @Test
  void aDepfileCountsAsAProduct() {
    given(
        "{ command: 'echo 1 > x; echo x: > x.d', produces: x, depfile: x.d }",
        "echo x: more > x.d");
    build();
    assertEquals("x.d is 8 bytes here but was 3 bytes on the node", failure());
  }

  @Test
  void aRefusedSubmissionDoesNotShowTheLogOfAnEarlierRun() {
    given("{ command: 'echo earlier; exit 1' }", "true");
    build();
    assertTrue(told().log() != null);
    givenFile(read("torc.yaml").replace("sh {script} > {log} 2>&1", "test ! {script} || exit 1"));
    build();
    assertEquals("far: ", told().what().substring(0, 5));
    assertNull(told().log());
  }
}
