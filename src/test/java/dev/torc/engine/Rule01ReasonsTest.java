package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.exec.ProcessEnd;
import dev.torc.hash.Digest;
import dev.torc.plan.Reason;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rule 1: when a job runs, and the reason it gives. */
class Rule01ReasonsTest extends Harness {

  private static final String JOB = "a: { command: make a, needs: [x], produces: [a.out] }";

  @BeforeEach
  void aProject() {
    given(JOB);
    edit("x", "1");
  }

  @Test
  void neverRan() {
    build().ran("a");
    assertEquals("never ran", why("a"));
    settled();
  }

  @Test
  void aRenamedJobIsNew() {
    build();
    given("b: { command: make a, needs: [x], produces: [a.out] }");
    build().ran("b");
    assertEquals("never ran", why("b"));
  }

  @Test
  void aNeedChangedFromOneDigestToAnother() {
    build();
    edit("x", "2");
    build().ran("a");
    Reason expected =
        new Reason(
            Reason.Kind.NEED_CHANGED, "x", Digest.ofText("1").hex(), Digest.ofText("2").hex());
    assertEquals(List.of(expected), reasons("a"));
    settled();
  }

  @Test
  void aNeedThatIsPutBackIsNoReason() {
    build();
    edit("x", "2");
    edit("x", "1");
    settled();
  }

  @Test
  void aNeedWasAdded() {
    build();
    edit("y", "1");
    given("a: { command: make a, needs: [x, y], produces: [a.out] }");
    build().ran("a");
    assertEquals("need added y", why("a"));
    settled();
  }

  @Test
  void aNeedWasRemoved() {
    edit("y", "1");
    given("a: { command: make a, needs: [x, y], produces: [a.out] }");
    build();
    given(JOB);
    build().ran("a");
    assertEquals("need removed y", why("a"));
  }

  @Test
  void theOrderOfNeedsCountsOnlyWhereTheCommandUsesIt() {
    edit("y", "1");
    given("a: { command: make a, needs: [x, y], produces: [a.out] }");
    build();
    given("a: { command: make a, needs: [y, x], produces: [a.out] }");
    settled();
    given("a: { command: 'make {needs}', needs: [y, x], produces: [a.out] }");
    build();
    given("a: { command: 'make {needs}', needs: [x, y], produces: [a.out] }");
    build().ran("a");
    assertEquals("setting changed needs as written", why("a"));
  }

  @Test
  void theCommandChangedFromOneTextToAnother() {
    build();
    given("a: { command: make b, needs: [x], produces: [a.out] }");
    build().ran("a");
    Reason expected = new Reason(Reason.Kind.SETTING_CHANGED, "command", "make a", "make b");
    assertEquals(List.of(expected), reasons("a"));
  }

  @Test
  void theShellChanged() {
    build();
    given("a: { command: make a, shell: [bash, -c], needs: [x], produces: [a.out] }");
    build().ran("a");
    assertEquals("setting changed shell", why("a"));
  }

  @Test
  void aDeclaredVariableChanged() {
    given("a: { command: make a, env: { V: '1' }, needs: [x], produces: [a.out] }");
    build();
    given("a: { command: make a, env: { V: '2' }, needs: [x], produces: [a.out] }");
    build().ran("a");
    assertEquals("setting changed env V", why("a"));
  }

  @Test
  void theCallersValueOfADeclaredVariableChanged() {
    given("a: { command: make a, env: { CC: }, needs: [x], produces: [a.out] }");
    env.put("CC", "gcc");
    env.put("OTHER", "1");
    build();
    env.put("OTHER", "2");
    settled();
    env.put("CC", "clang");
    build().ran("a");
    assertEquals("setting changed env CC", why("a"));
  }

  @Test
  void theFolderChanged() {
    edit("d/y", "1");
    build();
    given("a: { command: make a, dir: d, needs: [x], produces: [a.out] }");
    build().ran("a");
    assertEquals("setting changed folder", why("a"));
  }

  @Test
  void productsWereDeclaredDifferently() {
    build();
    given("a: { command: make a, needs: [x], produces: [a.out, b.out] }");
    build().ran("a");
    assertEquals("products declared", why("a"));
    settled();
  }

  @Test
  void aProductIsMissing() {
    build();
    delete("a.out");
    build().ran("a");
    assertEquals("product missing a.out", why("a"));
  }

  @Test
  void aProductWasAltered() {
    build();
    edit("a.out", "mine");
    build().ran("a");
    assertEquals("product altered a.out", why("a"));
  }

  @Test
  void itIsToRunAlways() {
    given("a: { command: make a, needs: [x], produces: [a.out], always: true }");
    build();
    build().ran("a");
    assertEquals("always", why("a"));
  }

  @Test
  void itWasForced() {
    build();
    force = true;
    build().ran("a");
    assertEquals("forced", why("a"));
  }

  @Test
  void forceIsForTheTargetsOwnJobsOnly() {
    given(JOB + "\nb: { command: make b, needs: [a.out], produces: [b.out] }");
    build();
    force = true;
    build("b").ran("b");
  }

  @Test
  void aFailureRunsAgainEvenWhereTheInputWasPutBack() {
    build();
    edit("x", "2");
    failing("a");
    build();
    assertEquals(JobState.FAILED, state("a"));
    assertEquals(1, exit);
    usual("a");
    edit("x", "1");
    build().ran("a");
    assertEquals("failed; need changed x", why("a"));
    settled();
  }

  @Test
  void howItFailedIsPartOfTheReason() {
    for (ProcessEnd.How how : List.of(ProcessEnd.How.TIMEOUT, ProcessEnd.How.MEMORY)) {
      job("a", stub -> stub.ended(how));
      force = true;
      build();
      force = false;
      usual("a");
      build().ran("a");
      assertEquals(how == ProcessEnd.How.TIMEOUT ? "timed out" : "out of memory", why("a"));
    }
  }

  @Test
  void whatDoesNotDecideTheResultIsNoReason() {
    build();
    given(
        "a: { command: make a, needs: [x], produces: [a.out], resources: { cpus: 2, runtime: 1h },"
            + " retries: 2, priority: 7, tags: [t], description: d }");
    settled();
  }

  @Test
  void grantedResourcesCountAsTheyAreWritten() {
    given("a: { command: 'make {cpus} {attempt}', produces: [a.out] }");
    build();
    given("a: { command: 'make {cpus} {attempt}', produces: [a.out], resources: { cpus: 3 } }");
    settled();
  }

  @Test
  void aFileOfAFolderIsNamed() {
    edit("d/one", "1");
    given("a: { command: make a, needs: [d/], produces: [a.out] }");
    build();
    edit("d/one", "2");
    edit("d/two", "2");
    build().ran("a");
    assertEquals("need changed d/one; need added d/two", why("a"));
    delete("d/one");
    build().ran("a");
    assertEquals("need removed d/one", why("a"));
    settled();
  }

  @Test
  void aFileOfAGlobIsNamed() {
    edit("d/one.c", "1");
    given("a: { command: make a, needs: ['d/*.c', '!d/no.c'], produces: [a.out] }");
    build();
    edit("d/two.c", "2");
    edit("d/no.c", "2");
    edit("d/two.h", "2");
    build().ran("a");
    assertEquals("need added d/two.c", why("a"));
    edit("d/no.c", "3");
    settled();
  }

  @Test
  void allProductsOfAJob() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.out, dir/] }
        b: { command: make b, needs: [{job: a}], produces: [b.out] }
        """);
    build();
    edit("x", "2");
    build().ran("a", "b");
    assertEquals("need changed a.out; need changed dir", why("b"));
    settled();
  }

  @Test
  void theManifestOfAJobWithoutProducts() {
    given(
        """
        a: { command: make a, needs: [x] }
        b: { command: make b, needs: [{job: a}], produces: [b.out] }
        """);
    build();
    settled();
    edit("x", "2");
    build().ran("a", "b");
    assertEquals("need changed job a", why("b"));
    settled();
  }
}
