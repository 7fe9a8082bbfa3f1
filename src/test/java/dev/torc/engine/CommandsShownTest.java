package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of commands: as they run, with what the placeholders stand for. */
class CommandsShownTest extends Harness {

  CommandsShownTest() {
    commands = true;
  }

  private List<String> commands(String job) {
    return events.stream()
        .filter(e -> e instanceof Event.JobStarted s && s.job().equals(job))
        .map(e -> ((Event.JobStarted) e).command())
        .toList();
  }

  private Event.Details details(String job) {
    return events.stream()
        .filter(e -> e instanceof Event.JobEnded s && s.job().equals(job))
        .map(e -> ((Event.JobEnded) e).details())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void beginAndEndTellTheCommandAsItRuns() {
    edit("in/a b", "1");
    edit("in/c", "1");
    given(
        """
        m: { command: make m, produces: [m.out] }
        j: { command: "join {needs} > {produces}", needs: ['in/*', { job: m }], produces: [j.out] }
        w: { command: [run, -x, '{cpus}', "it's", 'a=b', '{needs}', ''], needs: ['in/*'] }
        t: { tasks: [{ command: one }, { command: [two, '{job}'] }], resources: { cpus: 9 } }
        """);
    build();
    assertEquals(List.of("join 'in/a b' in/c m.out > j.out"), commands("j"));
    assertEquals("join 'in/a b' in/c m.out > j.out", details("j").command());
    assertEquals(List.of("run -x 1 'it'\\''s' a=b 'in/a b' in/c ''"), commands("w"));
    assertEquals(List.of("one\ntwo t"), commands("t"));
  }

  @Test
  void eachAttemptTellsItsOwn() {
    given("r: { command: 'try {attempt}', retries: 2, produces: [r.out] }");
    failing("r");
    build();
    assertEquals(List.of("try 1", "try 2", "try 3"), commands("r"));
  }

  @Test
  void whoShowsOutputSaysSo() {
    given(
        """
        a: { command: make a, output: always }
        b: { command: make b }
        """);
    build();
    assertTrue(details("a").log().wanted());
    assertTrue(!details("b").log().wanted());
    settled(); // it is no part of the manifest
    given("a: { command: make a }\nb: { command: make b, output: always }");
    settled();
  }
}
