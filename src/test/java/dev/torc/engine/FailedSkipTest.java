package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.torc.engine.StubRunner.Held;
import dev.torc.local.ProcessEnd;
import dev.torc.plan.LeftOut;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Need {@code {job: GROUP, failed: skip}}: the products of the instances that succeeded, once each
 * has succeeded, failed or been blocked by a failure.
 */
class FailedSkipTest extends Harness {

  @BeforeEach
  void aProject() {
    given(
        """
        g: { parameters: { s: [1, 2, 3] }, command: 'make {s}', needs: ['x{s}'], produces: ['{s}.f'] }
        sum: { command: 'make {needs}', needs: [{ job: g, failed: skip }, y], produces: [sum.f] }
        end: { command: make end, needs: [sum.f], produces: [end.f] }
        """);
    for (String source : List.of("x1", "x2", "x3", "y")) {
      edit(source, "1");
    }
    usual("sum");
  }

  /** A reader that makes what it is given. */
  @Override
  void usual(String name) {
    if (!name.equals("sum")) {
      super.usual(name);
      return;
    }
    job(
        "sum",
        stub -> {
          stub.write("sum.f", String.join(" ", stub.needs()));
          return stub.exit(0);
        });
  }

  private List<LeftOut> leftOut(String job) {
    return events.stream()
        .filter(e -> e instanceof Event.JobEnded end && end.job().equals(job))
        .map(e -> ((Event.JobEnded) e).details().leftOut())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theProductsOfThoseThatSucceeded() {
    failing("g/s=2");
    build().ran("g/s=1", "g/s=2", "g/s=3", "sum", "end");
    assertEquals(1, exit);
    assertEquals("1.f 3.f y", read("sum.f"));
    assertEquals(List.of(new LeftOut(3, List.of("g/s=2"))), leftOut("sum"));
  }

  @Test
  void aRepairedOneMakesTheReaderRun() {
    failing("g/s=2");
    build();
    usual("g/s=2");
    assertEquals("will run: failed", look().get("g/s=2"));
    assertEquals("may run: g/s=2", look().get("sum"));
    build().ran("g/s=2", "sum", "end");
    assertEquals("need added 2.f", why("sum"));
    assertEquals("1.f 2.f 3.f y", read("sum.f"));
    assertEquals(List.of(), leftOut("sum"));
    settled();
  }

  @Test
  void rule2WhatFailsAgainMakesNobodyRun() {
    failing("g/s=2");
    build();
    for (int i = 0; i < 2; i++) {
      assertEquals("may run: g/s=2", look().get("sum"));
      build().ran("g/s=2");
      assertEquals(1, exit);
      assertEquals(JobState.UP_TO_DATE, state("sum"));
      assertEquals(List.of(new LeftOut(3, List.of("g/s=2"))), leftOut("sum"));
      assertEquals(JobState.UP_TO_DATE, state("end"));
    }
    edit("y", "2");
    build().ran("g/s=2", "sum");
    assertEquals("1.f 3.f y", read("sum.f"));
  }

  @Test
  void oneThatSucceededAndFailsNowIsLeftOut() {
    build();
    settled();
    edit("x2", "2");
    failing("g/s=2");
    assertEquals("may run: g/s=2", look().get("sum"));
    build().ran("g/s=2", "sum", "end");
    assertEquals("need removed 2.f", why("sum"));
    assertEquals("1.f 3.f y", read("sum.f"));
  }

  @Test
  void noneAtAllBlocksIt() {
    failing("g/s=1");
    failing("g/s=2");
    failing("g/s=3");
    build().ran("g/s=1", "g/s=2", "g/s=3");
    assertEquals(JobState.BLOCKED, state("sum"));
    assertEquals(JobState.BLOCKED, state("end"));
    assertEquals(1, exit);
    usual("g/s=3");
    build().ran("g/s=1", "g/s=2", "g/s=3", "sum", "end");
    assertEquals("3.f y", read("sum.f"));
  }

  @Test
  void aBlockedInstanceIsLeftOutAndTheReaderWaitsForAll() {
    given(
        """
        a: { command: make a, produces: [a.f] }
        g: { parameters: { s: [1, 2] }, command: 'make {s}', needs: ['{s}.in'], produces: ['{s}.f'] }
        h: { parameters: { s: [1, 2] }, command: 'make h{s}', needs: ['x{s}'], produces: ['{s}.in'] }
        sum: { command: make sum, needs: [{ job: g, failed: skip }], produces: [sum.f] }
        """);
    failing("h/s=1");
    Held two = hold("g/s=2");
    Building building = start();
    two.started();
    assertNull(state("sum"));
    two.go();
    building.await();
    assertEquals(JobState.BLOCKED, state("g/s=1"));
    assertEquals("2.f", read("sum.f"));
  }

  @Test
  void itWaitsForARetry() {
    given(
        """
        g: { parameters: { s: [1, 2] }, command: 'make {s}', produces: ['{s}.f'], retries: 1 }
        sum: { command: make sum, needs: [{ job: g, failed: skip }], produces: [sum.f] }
        """);
    job("g/s=1", stub -> stub.attempt() == 1 ? stub.exit(1) : work(stub));
    build();
    assertEquals(0, exit);
    assertEquals("1.f 2.f", read("sum.f"));
  }

  @Test
  void whereOneWasInterruptedItWaitsForALaterBuild() {
    job(
        "g/s=2",
        stub -> {
          running.signal(2);
          return stub.ended(ProcessEnd.How.INTERRUPTED);
        });
    limits.put("cpus", 1L);
    build();
    assertEquals(130, exit);
    assertEquals(JobState.NOT_REACHED, state("sum"));
    usual("g/s=2");
    build();
    assertEquals("1.f 2.f 3.f y", read("sum.f"));
    settled();
  }

  @Test
  void failFastReachesNoReader() {
    failFast = true;
    limits.put("cpus", 1L);
    failing("g/s=1");
    build().ran("g/s=1");
    assertEquals(JobState.NOT_REACHED, state("g/s=2"));
    assertEquals(JobState.NOT_REACHED, state("sum"));
    failFast = false;
    build().ran("g/s=1", "g/s=2", "g/s=3", "sum", "end");
  }

  @Test
  void theExitStatusIsThatOfTheFailure() {
    failing("g/s=2");
    build("end");
    assertEquals(1, exit);
    given(
        """
        g: { parameters: { s: [1, 2, 3] }, command: 'make {s}', produces: ['{s}.f'], allow_failure: true }
        sum: { command: make sum, needs: [{ job: g, failed: skip }], produces: [sum.f] }
        """);
    build("sum");
    assertEquals(0, exit);
    assertEquals("1.f 3.f", read("sum.f"));
    failing("g/s=1");
    failing("g/s=3");
    force = true;
    build("g", "sum");
    assertEquals(1, exit, "a named target is blocked");
    assertEquals(JobState.BLOCKED, state("sum"));
  }

  @Test
  void oneThatCannotReadItsNeedsIsLeftOut() {
    build();
    delete("x2");
    edit("x2/in", "a folder");
    build();
    assertEquals(JobState.FAILED, state("g/s=2"));
    assertEquals("1.f 3.f y", read("sum.f"));
    delete("x2");
    edit("x2", "1");
    build().ran("sum", "end");
    assertEquals("1.f 2.f 3.f y", read("sum.f"));
  }

  @Test
  void instancesThatAreKnownLate() {
    given(
        """
        l: { command: make l, needs: [y], produces: [l.txt] }
        g: { parameters: { s: { lines: l.txt } }, command: 'make {s}', needs: [x1], produces: ['{s}.f'] }
        sum: { command: make sum, needs: [{ job: g, failed: skip }, x2], produces: [sum.f] }
        """);
    List<String> lines = new ArrayList<>(List.of("1", "2", "3"));
    job(
        "l",
        stub -> {
          stub.write("l.txt", String.join("\n", lines));
          return stub.exit(0);
        });
    failing("g/s=2");
    build().ran("l", "g/s=1", "g/s=2", "g/s=3", "sum");
    assertEquals("1.f 3.f x2", read("sum.f"));
    usual("g/s=2");
    build().ran("g/s=2", "sum");
    settled();
    failing("l");
    edit("y", "2");
    build().ran("l");
    assertEquals(JobState.BLOCKED, state("sum"));
    lines.clear();
    job(
        "l",
        stub -> {
          stub.write("l.txt", "");
          return stub.exit(0);
        });
    build().ran("l", "sum");
    assertEquals("x2", read("sum.f"));
  }

  @Test
  void anInstanceThatFailedBeforeOthersAreKnown() {
    given(
        """
        a: { parameters: { s: [1, 2] }, command: 'make a{s}', produces: ['{s}.a'] }
        l: { command: make l, needs: [1.a], produces: [l.txt] }
        g: { parameters: { s: { lines: l.txt } }, command: 'make {s}', needs: ['x{s}'], produces: ['{s}.f'] }
        sum: { command: make sum, needs: [{ job: a, failed: skip }, { job: g, failed: skip }], produces: [sum.f] }
        """);
    job(
        "l",
        stub -> {
          stub.write("l.txt", "1\n2\n");
          return stub.exit(0);
        });
    limits.put("cpus", 1L);
    failing("a/s=2");
    failing("g/s=1");
    build();
    assertEquals("1.a 2.f", read("sum.f"));
    assertEquals(2, leftOut("sum").size());
  }

  @Test
  void aPartOfAGroup() {
    given(
        """
        g: { parameters: { s: [1, 2], t: [1, 2] }, command: 'make {s} {t}', produces: ['{s}{t}.f'] }
        sum: { parameters: { s: [1, 2] }, command: 'make {s}', needs: [{ job: 'g/s={s}', failed: skip }], produces: ['{s}.sum'] }
        """);
    failing("g/s=1,t=1");
    failing("g/s=2,t=1");
    failing("g/s=2,t=2");
    build();
    assertEquals(JobState.RAN, state("sum/s=1"));
    assertEquals(JobState.BLOCKED, state("sum/s=2"));
  }

  @Test
  void whatIsNeededByItselfStillBlocks() {
    given(
        """
        g: { parameters: { s: [1, 2] }, command: 'make {s}', produces: ['{s}.f'] }
        sum: { command: make sum, needs: [{ job: g, failed: skip }, 1.f], produces: [sum.f] }
        all: { command: make all, needs: [{ job: g }], produces: [all.f] }
        """);
    failing("g/s=1");
    build();
    assertEquals(JobState.BLOCKED, state("sum"));
    assertEquals(JobState.BLOCKED, state("all"));
    usual("g/s=1");
    build().ran("g/s=1", "sum", "all");
  }

  @Test
  void itIsTheSameNeedWhereNothingFails() {
    given(
        """
        g: { parameters: { s: [1, 2] }, command: 'make {s}', produces: ['{s}.f'] }
        sum: { command: make, needs: [{ job: g }], produces: [sum.f] }
        """);
    build();
    given(
        """
        g: { parameters: { s: [1, 2] }, command: 'make {s}', produces: ['{s}.f'] }
        sum: { command: make, needs: [{ job: g, failed: skip }], produces: [sum.f] }
        """);
    settled();
  }

  @Test
  void instancesWithoutProducts() {
    given(
        """
        g: { parameters: { s: [1, 2] }, command: 'make {s}' }
        sum: { command: make sum, needs: [{ job: g, failed: skip }], produces: [sum.f] }
        """);
    failing("g/s=1");
    build().ran("g/s=1", "g/s=2", "sum");
    usual("g/s=1");
    build().ran("g/s=1", "sum");
    assertEquals("need added job g/s=1", why("sum"));
    settled();
  }

  @Test
  void whatADepfileNamedOfOneThatFailed() {
    given(
        """
        g: { parameters: { s: [1, 2] }, command: 'make {s}', needs: ['x{s}'], produces: ['{s}.f'] }
        sum: { command: make sum, needs: [{ job: g, failed: skip }], produces: [sum.f], depfile: sum.d }
        """);
    job(
        "sum",
        stub -> {
          stub.write("sum.f", String.join(" ", stub.needs()));
          stub.write("sum.d", "sum.f: " + String.join(" ", stub.needs()) + "\n");
          return stub.exit(0);
        });
    build();
    settled();
    failing("g/s=1");
    edit("x1", "2");
    build().ran("g/s=1", "sum");
    assertEquals("2.f", read("sum.f"));
  }

  @Test
  void temporaryProductsThatGo() {
    given(
        """
        g: { parameters: { s: [1, 2] }, command: 'make {s}', produces: ['{s}.f'], temporary: delete }
        sum: { command: make sum, needs: [{ job: g, failed: skip }], produces: [sum.f] }
        """);
    failing("g/s=1");
    build().ran("g/s=1", "g/s=2", "sum");
    assertEquals("-", read("2.f"));
    build().ran("g/s=1");
    usual("g/s=1");
    build().ran("g/s=1", "g/s=2", "sum");
    assertEquals("1.f 2.f", read("sum.f"));
    settled();
  }

  /** The same of values: {@code {data: GROUP.KEY, failed: skip}}. */
  @Test
  void theValuesOfThoseThatSucceeded() {
    given(
        """
        g: { parameters: { s: [1, 2, 3] }, command: 'make {s}' }
        sum: { command: 'make {data.g.k}', needs: [{ data: g.k, failed: skip }], produces: [sum.f] }
        """);
    otherwise =
        stub -> {
          Files.writeString(Path.of(stub.env("TORC_OUTPUT")), "k=" + stub.attempt() + "\n");
          return stub.exit(0);
        };
    job(
        "sum",
        stub -> {
          stub.write("sum.f", stub.command());
          return stub.exit(0);
        });
    failing("g/s=2");
    build().ran("g/s=1", "g/s=2", "g/s=3", "sum");
    assertEquals(List.of(new LeftOut(3, List.of("g/s=2"))), leftOut("sum"));
    assertEquals("make {\"s=1\":1,\"s=3\":1}", read("sum.f").replace("'", ""));
    build().ran("g/s=2");
    assertEquals(JobState.UP_TO_DATE, state("sum"));
    assertEquals(List.of(new LeftOut(3, List.of("g/s=2"))), leftOut("sum"));
    usual("g/s=2");
    build().ran("g/s=2", "sum");
    assertEquals(List.of(), leftOut("sum"));
    settled();
  }
}
