package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What only expansion shows fails that group by name; the rest goes on, in the build that finds it
 * and in later ones.
 */
class UnfitGroupsTest extends Harness {

  private void rows(String text) {
    job(
        "rows",
        stub -> {
          stub.write("rows.txt", text.replace(' ', '\n'));
          return stub.exit(0);
        });
  }

  private void given(String group, String more) throws IOException {
    given(
        """
        rows: { command: rows, produces: rows.txt }
        each: { command: 'c {r}', parameters: { r: { lines: rows.txt } }, %s }
        fine: { command: 'f {r}', parameters: { r: { lines: rows.txt } }, produces: 'fine/{r:stem}' }
        reader: { command: reads, needs: [{ job: each }], produces: read }
        other: { command: o, produces: other }
        %s
        """
            .formatted(group, more));
  }

  private void failsByName(String message) {
    assertEquals(1, exit, () -> notes().toString());
    assertEquals(JobState.FAILED, state("each"));
    assertTrue(what("each").contains(message), what("each"));
    assertEquals(JobState.BLOCKED, state("reader"));
    assertEquals("each", what("reader"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x x|produces: 'out/{r}'|the same values as at rows.txt:1:1: r=x",
        "x other|produces: '{r}'|product other is made by job",
        "x y|produces: out|product out is made by job each/r=x already",
        "x read|needs: '{r}', produces: 'out/{r}'|cycle",
        "x y|command: 'c {r:03d}'|{r:03d}",
        "x ../../y|produces: 'out/{r}'|which is neither below the root",
      })
  void theRestGoesOn(String rows, String keys, String message) throws IOException {
    edit("x", "1");
    rows(rows);
    String group = keys.startsWith("command") ? keys : "command: 'c {r}', " + keys;
    given("tags: [t]", "");
    givenFile(
        read("torc.yaml")
            .replace("command: 'c {r}', parameters", "parameters")
            .replace("tags: [t]", group));
    build();
    failsByName(message);
    assertEquals(JobState.RAN, state("rows"));
    assertEquals(JobState.RAN, state("other"));
    assertEquals(rows.equals("x x") ? JobState.FAILED : JobState.RAN, stateOfFine(rows));
    build();
    failsByName(message);
    assertEquals(JobState.UP_TO_DATE, state("other"));
    assertEquals(rows.equals("x x") ? JobState.FAILED : JobState.UP_TO_DATE, stateOfFine(rows));
    look();
  }

  /** Rule 13: what is missing of a row fails its instance and no other. */
  @Test
  void aMissingFileOfARowFailsItsInstance() throws IOException {
    edit("x", "1");
    rows("x nowhere");
    given("needs: '{r}', produces: 'out/{r}'", "");
    for (JobState of : List.of(JobState.RAN, JobState.UP_TO_DATE)) {
      build();
      assertEquals(1, exit);
      assertEquals(of, state("each/r=x"));
      assertEquals(
          "need nowhere does not exist, and no job produces it; its row is rows.txt:2:1",
          what("each/r=nowhere"));
      assertEquals(JobState.BLOCKED, state("reader"));
      assertEquals(of, state("other"));
    }
    edit("nowhere", "1");
    build().ran("each/r=nowhere", "reader");
    assertEquals(0, exit);
  }

  private JobState stateOfFine(String rows) {
    String first = rows.split(" ")[0];
    return state(rows.equals("x x") ? "fine" : "fine/r=" + first);
  }

  @Test
  void aGroupThatTurnsOutToDecideAboutItselfIsNamed() throws IOException {
    rows("a");
    job(
        "make",
        stub -> {
          stub.write("d/list", "b\nlist\n");
          return stub.exit(0);
        });
    given(
        "tags: [t]",
        """
        make: { command: m, produces: d/list }
        loop: { command: l, parameters: { v: { values: from.v } }, produces: 'd/{v}' }
        from: { command: f, parameters: { v: { lines: d/list } }, produces: 'g/{v}' }
        after: { command: a, needs: [{ job: loop }], produces: after }
        """);
    build();
    assertEquals(1, exit);
    assertEquals(JobState.FAILED, state("loop"));
    assertTrue(what("loop").contains("loop makes d/list, which decides about from"), what("loop"));
    assertEquals(JobState.BLOCKED, state("after"));
    assertEquals(JobState.RAN, state("from/v=b"));
    assertEquals(JobState.RAN, state("each/r=a"));
    build();
    assertEquals(1, exit);
    assertEquals(JobState.FAILED, state("loop"));
    assertEquals(JobState.UP_TO_DATE, state("from/v=b"));
  }

  /** Key {@code allow_failure}: a target among the blocked makes the build fail. */
  @Test
  void aGroupThatAnAllowedFailureBlocksFailsTheBuildWhereItIsATarget() throws IOException {
    given("produces: 'out/{r}'", "");
    String refused = read("torc.yaml");
    String allowed =
        refused.replace("produces: rows.txt", "produces: rows.txt, allow_failure: true");
    givenFile(allowed);
    failing("rows");
    build();
    assertEquals(1, exit, "nothing reads what reader makes");
    assertEquals(JobState.BLOCKED, state("each"));
    assertEquals("rows", what("each"));
    assertEquals(JobState.BLOCKED, state("reader"));
    build("other");
    assertEquals(0, exit);
    build("each");
    assertEquals(1, exit);
    build("each/r=7");
    assertEquals(1, exit);
    build("out/7");
    assertEquals(1, exit);
    build("reader");
    assertEquals(1, exit);
    givenFile(allowed.replace("produces: 'out/{r}'", "produces: 'out/{r}', allow_failure: true"));
    build("each");
    assertEquals(0, exit);
  }
}
