package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.exec.ProcessEnd;
import dev.torc.machine.Usage;
import dev.torc.report.BuildReport;
import dev.torc.report.BuildReport.Row;
import dev.torc.report.BuildReport.State;
import dev.torc.session.ReportRequest;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a report tells of a build. */
class ReportRequestTest extends Harness {

  private BuildReport report(long number) throws IOException {
    return new ReportRequest(number).answer(load(), _ -> {});
  }

  private static Map<String, State> states(BuildReport report) {
    Map<String, State> states = new TreeMap<>();
    report.jobs().forEach(job -> states.put(job.name(), job.state()));
    return states;
  }

  private void line() {
    given(
        """
        a: { command: a, produces: a }
        b: { command: b, needs: a, produces: b }
        c: { command: c, needs: b, produces: c }
        d: { command: d, produces: d }
        """);
  }

  @Test
  void saysOfEachJobWhatBecameOfItAndWhy() throws Exception {
    line();
    build();
    given(
        """
        a: { command: other, produces: a }
        b: { command: b, needs: a, produces: b }
        c: { command: c, needs: b, produces: c }
        d: { command: d, produces: d }
        """);
    scripts.put("b", job -> job.exit(3));
    build();
    BuildReport report = report(0);
    assertEquals(
        Map.of("a", State.RAN, "b", State.FAILED, "c", State.BLOCKED, "d", State.UP_TO_DATE),
        states(report));
    Map<String, Row> rows = new TreeMap<>();
    report.jobs().forEach(job -> rows.put(job.name(), job));
    assertTrue(rows.get("a").why().startsWith("command changed"), rows.get("a")::why);
    assertEquals("exit 3", rows.get("b").what());
    assertEquals(2, report.build().id().number());
    assertTrue(report.last());
    assertEquals(2, report.history().size());
  }

  private void branch(String text) {
    given(
        """
        a: { command: TEXT, produces: a }
        g: { command: 'g {n}', needs: a, produces: 'g{n}', parameters: { n: [1, 2] } }
        d: { command: d, produces: d }
        """
            .replace("TEXT", text));
  }

  @Test
  void whatWasRestoredIsToldWithWhereItComesFrom() throws Exception {
    restores = true;
    branch("one");
    build();
    branch("two");
    build();
    branch("one");
    build();
    BuildReport report = report(0);
    Map<String, State> restored =
        Map.of(
            "a", State.RESTORED,
            "g/n=1", State.RESTORED,
            "g/n=2", State.RESTORED,
            "d", State.UP_TO_DATE);
    assertEquals(restored, states(report));
    Row first = report.jobs().getFirst();
    assertEquals(1, first.from().build());
    assertEquals(0, first.attempts());
    assertEquals("command changed: two → one", first.why());
    assertEquals(List.of(), report.attempts());
    assertEquals(
        List.of("a RESTORED", "g (2) RESTORED", "d UP_TO_DATE"),
        report.pictures().getFirst().vertices().stream()
            .map(v -> v.label() + " " + v.state())
            .toList());

    edit("d", "altered"); // a later build in which the others are as they were
    build();
    assertEquals(State.RESTORED, states(report(3)).get("a"));
    assertEquals(State.UP_TO_DATE, states(report(0)).get("a"));
    assertEquals(null, report(0).jobs().getFirst().from());
  }

  @Test
  void anEarlierBuildKnowsItsAttempts() throws Exception {
    line();
    build();
    edit("torc.yaml", "jobs: { d: { command: other, produces: d } }");
    scripts.put("d", job -> job.exit(3));
    build();
    scripts.remove("d");
    build();
    Row failed = report(2).jobs().getFirst();
    assertEquals("command changed: d → other", failed.why());
    assertEquals("exit 3", failed.what());
    assertEquals("failed last time (exit 3)", report(3).jobs().getFirst().why());
    BuildReport report = report(1);
    assertEquals(
        Map.of("a", State.RAN, "b", State.RAN, "c", State.RAN, "d", State.RAN), states(report));
    assertEquals("never ran", report.jobs().getFirst().why(), "the reason of that run");
    assertEquals(1, report.build().id().number());
  }

  @Test
  void aBuildThatIsNotThereIsNamed() throws IOException {
    given("a: { command: a, produces: a }");
    assertThrows(BadInput.class, () -> report(0));
    build();
    BadInput none = assertThrows(BadInput.class, () -> report(9));
    assertTrue(none.getMessage().contains("no build 9 is on record"), none::getMessage);
  }

  @Test
  void theCriticalPathIsWhatWasWaitedForLast() throws Exception {
    given(
        """
        slow: { command: a, produces: slow }
        fast: { command: b, produces: fast }
        both: { command: c, needs: [slow, fast], produces: both }
        """);
    for (String job : List.of("slow", "both")) {
      scripts.put(
          job,
          stub -> {
            ProcessEnd end = work(stub);
            return new ProcessEnd(end.how(), end.code(), 9_000_000_000L, Usage.NOTHING, "");
          });
    }
    build();
    BuildReport report = report(0);
    List<String> path =
        report.critical().stream().map(job -> report.jobs().get(job).name()).toList();
    assertEquals(List.of("slow", "both"), path);
  }

  @Test
  void thePictureHasGroupsAsOneAndThenEachInstance() throws Exception {
    given(
        """
        a: { command: a, produces: a }
        g: { command: 'g {n}', needs: a, produces: 'g{n}', parameters: { n: [1, 2, 3] } }
        z: { command: z, needs: [a, { job: g }], produces: z }
        """);
    scripts.put("g/n=2", job -> job.exit(1));
    build();
    BuildReport report = report(0);
    assertEquals(2, report.pictures().size());
    BuildReport.Picture folded = report.pictures().getFirst();
    assertEquals(
        List.of("a RAN 0", "g (3) FAILED 1", "z BLOCKED 2"),
        folded.vertices().stream()
            .map(v -> v.label() + " " + v.state() + " " + v.stage())
            .toList());
    assertEquals(2, folded.edges().size(), "that z needs a follows from the others");
    assertEquals(5, report.pictures().getLast().vertices().size());
  }

  @Test
  void ofMoreThanCanBeDrawnThePictureHasTheStages() throws Exception {
    StringBuilder jobs = new StringBuilder("a: { command: a, produces: a }\n");
    jobs.append("bad: { command: bad }\nlate: { command: late, after: bad }\n");
    for (int i = 0; i < 1_000; i++) {
      jobs.append("j%1$d: { command: j%1$d, needs: a, produces: o%1$d }%n".formatted(i));
    }
    jobs.append("z: { command: z, needs: o0, produces: z }\n");
    jobs.append("open: { command: 'o {n}', parameters: { n: { lines: z } } }\n");
    given(jobs.toString());
    scripts.put("bad", job -> job.exit(1));
    build("a", "bad");
    BuildReport report = report(0);
    assertEquals(1, report.pictures().size());
    BuildReport.Picture picture = report.pictures().getFirst();
    assertTrue(picture.stages());
    assertEquals(
        List.of(
            "stage 1: 1 failed, 1 ran FAILED",
            "stage 2: 1 blocked, 1000 not run BLOCKED",
            "stage 3: 1 not run NOT_RUN",
            "stage 4: 1 not run NOT_RUN"),
        picture.vertices().stream().map(v -> v.label() + " " + v.state()).toList());
    assertEquals(
        List.of("0 1", "1 2", "2 3"),
        picture.edges().stream().map(e -> e.before() + " " + e.after()).toList());
    assertTrue(report.leftOut().toString().contains("which has its stages"));
  }

  @Test
  void ofMoreStagesThanCanBeDrawnSeveralAreInABox() throws Exception {
    StringBuilder jobs = new StringBuilder("j0: { command: j0, produces: o0 }\n");
    for (int i = 1; i < 1_001; i++) {
      jobs.append("j%1$d: { command: j%1$d, needs: o%2$d, produces: o%1$d }%n".formatted(i, i - 1));
    }
    given(jobs.toString());
    build("j0");
    List<BuildReport.Vertex> boxes = report(0).pictures().getFirst().vertices();
    assertEquals(501, boxes.size());
    assertEquals("stages 1 to 2: 1 ran, 1 not run", boxes.getFirst().label());
    assertEquals("stage 1001: 1 not run", boxes.getLast().label());
  }

  @Test
  void noTwoAttemptsAtATimeHaveTheSameLane() throws Exception {
    limits.put("cpus", 3L);
    StringBuilder jobs = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      jobs.append("j%1$d: { command: j%1$d, produces: o%1$d }%n".formatted(i));
    }
    given(jobs.toString());
    build();
    List<BuildReport.Span> spans = report(0).attempts();
    assertEquals(30, spans.size());
    for (BuildReport.Span a : spans) {
      for (BuildReport.Span b : spans) {
        boolean apart =
            a.run().started() + a.run().wall() / 1_000_000 <= b.run().started()
                || b.run().started() + b.run().wall() / 1_000_000 <= a.run().started();
        assertTrue(a == b || a.lane() != b.lane() || apart, a + " " + b);
      }
    }
  }
}
