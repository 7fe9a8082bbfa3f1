package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.local.Runner;
import dev.torc.posix.Environment;
import dev.torc.posix.JobTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Builds with traced jobs that are real processes: what they read counts, is told, or refused. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TracingTest extends Harness {

  @BeforeAll
  static void works() {
    String why = JobTrace.refusal();
    assumeTrue(why == null, why);
  }

  @BeforeEach
  void files() {
    edit("a", "1\n");
    edit("b", "1\n");
    edit("lib/c", "1\n");
  }

  @Override
  Runner openRunner() {
    return Runner.local(Environment.ofCaller(), Duration.ofSeconds(5));
  }

  @Test
  void whatIsReadIsNeeded() {
    given("x: { command: cat a b lib/c > x, needs: a, produces: x, trace: true }");
    build().ran("x");
    build().ran();
    edit("lib/c", "2\n");
    build().ran("x");
    assertEquals("need changed lib/c", why("x"));
    edit("a", "2\n");
    build().ran("x");
    given("x: { command: cat a > x, needs: a, produces: x, trace: true }");
    build().ran("x");
    edit("lib/c", "3\n");
    build().ran();
  }

  @Test
  void aBuildThatTracesTellsAndCountsNothing() {
    traces = true;
    given(
        """
        x: { command: cat a b > x, needs: a, produces: x }
        y: { command: cat x lib/c > y, needs: [x, lib/], produces: y }
        """);
    build().ran("x", "y");
    assertEquals(List.of("x read b, which it does not need"), notes());
    traces = false;
    edit("b", "2\n");
    build().ran();
  }

  @Test
  void ofManyFilesTheFolderIsTold() throws IOException {
    traces = true;
    for (int i = 0; i < 12; i++) {
      edit("many/" + i, "1");
    }
    given("x: { command: 'cat many/* > x', produces: x }");
    build().ran("x");
    assertEquals(List.of("x read 12 files of many/, which it does not need"), notes());
  }

  @Test
  void aProductOfAnotherJobWithoutAPathIsAFailure() {
    given(
        """
        p: { command: cp a p, needs: a, produces: p, priority: 1 }
        x: { command: 'cat p > x', needs: b, produces: x, trace: true }
        """);
    build("p").ran("p");
    build();
    assertEquals(1, exit);
    assertTrue(
        what("x").startsWith("it read p, a product of job p, which this job does not wait for"),
        what("x"));
  }

  @Test
  void withoutATraceItCountsByItsNeedsAndRunsAgainWithOne() {
    env.put(Tracing.VARIABLE, "0");
    given("x: { command: cat a b > x, needs: a, produces: x, trace: true }");
    build().ran("x");
    assertEquals(List.of("jobs are not traced: TORC_TRACE=0"), notes());
    build().ran();
    env.remove(Tracing.VARIABLE);
    build().ran("x");
    assertEquals("not traced", why("x"));
    build().ran();
  }

  @Test
  void whatCannotBeTracedFailsAndKeepsItsProducts() {
    given("x: { command: cat a > x, needs: a, produces: x, trace: true }");
    build().ran("x");
    edit("a", "2\n");
    String far = "executors: { far: { kind: slurm } }\njobs:\n  ";
    givenFile(
        far + "x: { command: cat a > x, needs: a, produces: x, trace: true, executor: far }\n");
    build();
    assertEquals(1, exit);
    assertTrue(what("x").startsWith("it cannot be traced: executor far runs it"), what("x"));
    assertEquals("1\n", read("x"));
  }

  @Test
  void anExecutorMaySayThatItsJobsRunWithoutATrace() {
    String far =
        """
        executors:
          far:
            kind: commands
            trace: %s
            latency: 100ms
            submit: 'sh {script} > {log} 2>&1; echo 1'
            states: 'true'
            cancel: 'true {ids}'
        jobs:
          x: { command: cat a b > x, needs: a, produces: x, trace: true, executor: far }
        """;
    givenFile(far.formatted("false"));
    build().ran("x");
    assertEquals(List.of("jobs are not traced: executor far has trace: false"), notes());
    build().ran();
    edit("b", "2\n");
    build().ran();
    givenFile(far.formatted("true"));
    build();
    assertEquals("not traced", why("x"));
    assertTrue(what("x").contains("trace: false of the executor"), what("x"));
  }

  @Test
  void aStrictJobWithADepfileMayReadWhatThatNames() {
    strict = true;
    String job = "x: { command: \"cat a b > x; echo 'x: %s' > x.d\", produces: x, depfile: x.d }";
    given(job.formatted("a"));
    build();
    assertEquals(1, exit);
    String says =
        "it read b, which it does not need and its depfile does not name: add it to needs";
    assertEquals(says, what("x"));
    given(job.formatted("a b"));
    build().ran("x");
  }

  @Test
  void anEarlierResultIsFoundByWhatItRead() {
    restores = true;
    given("x: { command: cat a b > x, needs: a, produces: x, trace: true }");
    build().ran("x");
    edit("b", "2\n");
    build().ran("x");
    edit("b", "1\n");
    build().restored("x");
    assertEquals("1\n1\n", read("x"));
    edit("b", "3\n");
    build().ran("x");
  }

  @Test
  void aResultWithoutATraceNeverStandsForOneWith() {
    restores = true;
    given("x: { command: cat a b > x, needs: a, produces: x }");
    build().ran("x");
    edit("b", "2\n");
    given("x: { command: cat a b > x, needs: a, produces: x, trace: true }");
    build().ran("x");
    assertEquals("1\n2\n", read("x"));
  }

  @Test
  void aStrictJobIsRefusedWhatItDoesNotNeed() {
    strict = true;
    given("x: { command: cat a b > x, needs: a, produces: x }");
    build();
    assertEquals(1, exit);
    assertTrue(what("x").contains("it was refused b: add it to needs"), what("x"));
    given("x: { command: cat a b > x, needs: [a, b], produces: x }");
    build().ran("x");
    given("x: { command: 'cat a > x; echo 2 > b', needs: [a], produces: x }");
    build();
    assertEquals(1, exit);
    assertEquals("1\n", read("b"));
    given("x: { command: 'cat a > x; cat b || true', needs: [a], produces: x }");
    build().ran("x");
    assertEquals(List.of("x was refused b, which it does not need"), notes());
  }

  @Test
  void toolsOfEveryDayWorkUnderStrict() throws IOException {
    strict = true;
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/ar")), "no ar");
    edit("f.c", "int f(void) { return 1; }\n");
    given(
        """
        o: { command: gcc -c f.c -o out/f.o, needs: f.c, produces: out/f.o }
        l: { command: 'ar rcs out/l.a out/f.o && ar rcs out/l.a out/f.o', needs: out/f.o, produces: out/l.a }
        s: { command: 'cp a out/s; sed -i s/1/2/ out/s', needs: a, produces: out/s }
        t: { command: 'cp a {tmp}/t; mv {tmp}/t out/t; echo k=1 >> $TORC_OUTPUT', needs: a, produces: out/t }
        """);
    build().ran("o", "l", "s", "t");
    assertEquals("2\n", read("out/s"));
  }

  @Test
  void processesInTheBackgroundAreToldWhenTheyEnd() {
    given("x: { command: 'sleep 100 & cp a x', needs: a, produces: x, trace: true }");
    build().ran("x");
    assertTrue(
        notes().toString().contains("x: its processes in the background were ended"),
        notes().toString());
  }
}
