package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rule 2: same bytes, no run; and what nobody can know before. Rule 3: one description. */
class Rule02CutOffTest extends Harness {

  @BeforeEach
  void aChain() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        c: { command: make c, needs: [b.out, y], produces: [c.out] }
        """);
    edit("x", "1");
    edit("y", "1");
    build().ran("a", "b", "c");
  }

  private void sameBytes(String job, String product) {
    String text = read(product);
    job(
        job,
        stub -> {
          stub.write(product, text);
          return stub.exit(0);
        });
  }

  @Test
  void aJobThatMadeTheSameBytesDoesNotMakeItsReadersRun() {
    sameBytes("a", "a.out");
    edit("x", "2");
    build().ran("a");
    assertEquals(JobState.UP_TO_DATE, state("b"));
    assertEquals(JobState.UP_TO_DATE, state("c"));
    settled();
  }

  @Test
  void aReaderWithAReasonOfItsOwnRunsNevertheless() {
    sameBytes("a", "a.out");
    edit("x", "2");
    edit("y", "2");
    build().ran("a", "c");
    assertEquals("need changed y", why("c"));
  }

  @Test
  void beforeTheBuildAReaderMayRun() {
    edit("x", "2");
    assertEquals(
        Map.of("a", "will run: need changed x", "b", "may run: a", "c", "may run: b"), look());
    edit("y", "2");
    assertEquals("will run: need changed y", look().get("c"));
  }

  @Test
  void touchMakesNothingRun() {
    String x = read("x");
    String product = read("a.out");
    edit("x", x);
    edit("a.out", product);
    settled();
  }

  @Test
  void aLostProductThatComesOutTheSameMakesNoReaderRun() {
    delete("a.out");
    build().ran("a");
    settled();
  }

  @Test
  void theVerdictsOfADryRunAreThoseOfTheBuild() {
    edit("x", "2");
    edit("y", "2");
    Map<String, String> before = look();
    build().ran("a", "b", "c");
    assertEquals(before.get("a"), "will run: " + why("a"));
    assertEquals("will run: need changed y", before.get("c")); // what was sure before
    assertEquals("need changed b.out; need changed y", why("c"));
  }

  @Test
  void orderOnlyPassesNoContents() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.out] }
        b: { command: make b, after: [a], needs: [y], produces: [b.out] }
        """);
    build();
    edit("x", "2");
    build().ran("a");
    edit("x", "3");
    edit("y", "3");
    build();
    assertEquals(java.util.List.of("a", "b"), started());
  }
}
