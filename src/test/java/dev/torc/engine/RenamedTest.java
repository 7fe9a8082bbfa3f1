package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/**
 * The name of a group is never part of a manifest. Its instances are new under another name (rule
 * 1), but who needs the group runs only where what it made is not the same.
 */
class RenamedTest extends Harness {

  private void given(String group, String more) {
    given(
        """
        GROUP: { command: a, parameters: { lr: [1, 2], seed: [1, 2] }, needs: [in], produces: 'out/{lr}-{seed}' }
        all: { command: 'x {needs}', needs: [{ job: GROUP }], produces: all }
        plain: { command: y, needs: [{ job: GROUP }], produces: plain }
        each: { command: 'z {needs.runs}', parameters: { lr: { values: GROUP.lr } }, needs: { runs: { job: 'GROUP/lr={lr}' } }, produces: 'each-{lr}' }
        """
                .replace("GROUP", group)
            + more);
  }

  private void toldBefore(String said, String... jobs) {
    var looked = look();
    for (String job : jobs) {
      assertEquals(said, looked.get(job), job);
    }
  }

  @Test
  void readersOfARenamedGroupRunOnlyWhereItMadeSomethingElse() {
    given("train", "");
    edit("in", "1");
    build();
    settled();
    given("learn", "");
    toldBefore("may run: learn/lr=1,seed=1", "all", "plain", "each/lr=1");
    toldBefore("may run: learn/lr=2,seed=1", "each/lr=2");
    build().ran("learn/lr=1,seed=1", "learn/lr=1,seed=2", "learn/lr=2,seed=1", "learn/lr=2,seed=2");
    settled();
  }

  @Test
  void whatARenamedGroupMadeAnewIsNamed() {
    given("train", "");
    edit("in", "1");
    build();
    given("learn", "");
    job(
        "learn/lr=2,seed=1",
        stub -> {
          stub.write("out/2-1", "other");
          return stub.exit(0);
        });
    build()
        .ran(
            "learn/lr=1,seed=1",
            "learn/lr=1,seed=2",
            "learn/lr=2,seed=1",
            "learn/lr=2,seed=2",
            "all",
            "plain",
            "each/lr=2");
    assertEquals("need changed out/2-1", why("all"));
    assertEquals("need changed out/2-1", why("each/lr=2"));
    settled();
  }

  @Test
  void aRenamedJobIsAnotherOneAndItsReadersAreNot() {
    given(
        """
        old: { command: a, needs: [in], produces: o }
        all: { command: 'x {needs}', needs: [{ job: old }], produces: all }
        """);
    edit("in", "1");
    build();
    given(
        """
        new: { command: a, needs: [in], produces: o }
        all: { command: 'x {needs}', needs: [{ job: new }], produces: all }
        """);
    build().ran("new");
    settled();
  }

  @Test
  void instancesWithoutProductsCountWithoutTheNameOfTheirGroup() {
    String jobs =
        """
        GROUP: { command: 'a {i} V{i}', parameters: { i: [1, 2] }, needs: [in] }
        all: { command: x, needs: [{ job: GROUP }], produces: all }
        """;
    given(jobs.replace("GROUP", "test"));
    edit("in", "1");
    build();
    given(jobs.replace("GROUP", "check"));
    build().ran("check/i=1", "check/i=2");
    settled();
    given(jobs.replace("GROUP", "check").replace("V{i}", "W{i}"));
    build().ran("check/i=1", "check/i=2", "all");
    assertEquals("need changed job check/i=1; need changed job check/i=2", why("all"));
    given(jobs.replace("GROUP", "test").replace("V{i}", "W{i}").replace("[1, 2]", "[2, 3]"));
    build().ran("test/i=2", "test/i=3", "all");
    assertEquals("need added job test/i=3; need removed job check/i=1", why("all"));
    settled();
  }

  private void two(String first, String second, String needs) {
    given(
        """
        %s: { command: 'a {i}', parameters: { i: [1, 2] }, needs: [in], produces: 'a{i}' }
        %s: { command: 'b {i}', parameters: { i: [1, 2] }, needs: [in], produces: 'b{i}' }
        ordered: { command: 'x {needs}', needs: [%s], produces: ordered }
        any: { command: 'y', needs: [%s], produces: any }
        """
            .formatted(first, second, needs, needs));
  }

  @Test
  void theOrderOfNeededGroupsCountsWhereTheCommandUsesItWhateverTheirNames() {
    edit("in", "1");
    two("one", "two", "{ job: one }, { job: two }");
    build();
    two("one", "two", "{ job: two }, { job: one }");
    build().ran("ordered");
    assertEquals("setting changed needs as written", why("ordered"));
    two("red", "two", "{ job: two }, { job: red }");
    build().ran("red/i=1", "red/i=2");
    settled();
    two("ochre", "blue", "{ job: blue }, { job: ochre }");
    toldBefore("may run: ochre/i=1", "ordered", "any");
    build().ran("ochre/i=1", "ochre/i=2", "blue/i=1", "blue/i=2");
    settled();
    two("x", "y", "{ job: x }, { job: y }");
    build().ran("x/i=1", "x/i=2", "y/i=1", "y/i=2", "ordered");
    assertEquals("setting changed needs as written", why("ordered"));
    two("x", "y", "{ job: x }, { job: y }, { job: x }");
    build().ran("ordered");
    two("x", "y", "{ job: x }, { job: y }, { job: y }");
    build().ran("ordered");
    settled();
  }

  @Test
  void aGroupMoreOrLessIsNamed() {
    edit("in", "1");
    two("one", "two", "{ job: one }");
    build();
    two("one", "two", "{ job: one }, { job: two }");
    build().ran("ordered", "any");
    assertEquals("need added job two", why("any"));
    two("one", "two", "{ job: two }");
    build().ran("ordered", "any");
    assertEquals("need removed job one", why("any"));
    two("one", "two", "{ job: one }");
    build().ran("ordered", "any");
    assertEquals("need added a1; need added a2; need removed b1; need removed b2", why("any"));
    settled();
  }
}
