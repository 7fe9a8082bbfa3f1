package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.torc.base.digests.Digest;
import dev.torc.base.machine.Series.Usage;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.here.ProcessEnd;
import dev.torc.front.page.ReadPage;
import dev.torc.front.page.ReportPage;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a page tells of a project, and of a build. */
class ReportPageTest extends Harness {

  private ReadPage page(long build) throws IOException {
    return page(build, false);
  }

  private ReadPage page(long build, boolean paths) throws IOException {
    StringWriter out = new StringWriter();
    ReportPage.of(load(), build, paths, false, _ -> {}).write(out, root);
    return ReadPage.of(out.toString());
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
  void ofTheProjectItSaysHowEachJobStandsByItsLastRun() throws Exception {
    line();
    build();
    given(
        """
        a: { command: other, produces: a }
        b: { command: b, needs: a, produces: b }
        c: { command: c, needs: b, produces: c }
        d: { command: d, produces: d }
        e: { command: e, produces: e }
        """);
    scripts.put("b", job -> job.exit(3));
    build("c", "d");
    ReadPage page = page(0);
    assertEquals(
        Map.of("a", "up to date", "b", "failed", "c", "blocked", "d", "up to date", "e", "not run"),
        page.states());
    assertTrue(page.text("why", "a").startsWith("command changed"), page.text("why", "a"));
    assertEquals("it was the first run", page.text("why", "d"), "of an earlier build");
    assertEquals("exit 3", page.text("what", "b"));
    assertEquals("will run: first run", page.text("now", "e"));
    assertEquals("will run: failed last time (exit 3)", page.text("now", "b"));
    assertEquals("blocked by b", page.text("now", "c"));
    assertEquals("blocked by b", page(2).text("now", "c"));
    assertEquals(2, page.head().at("/build/number").asInt());
    assertEquals(2, page.head().get("history").size());
    assertEquals(0f, page.numbers().get("told").get(page.job("a")));
    assertEquals(
        Map.of("a", "ran", "b", "failed", "c", "blocked", "d", "up to date", "e", "not run"),
        page(2).states());
  }

  @Test
  void aManualJobThatNeverRanLeavesTheProjectUpToDate() throws Exception {
    String jobs =
        """
        a: { command: a, produces: a }
        deploy: { command: d, needs: a, manual: true }
        bench: { command: b, needs: a, produces: b, manual: true }
        used: { command: u, produces: u, manual: true }
        reader: { command: r, needs: u, produces: r }
        list: { command: l, produces: l/, manual: true }
        found: { match: 'l/{x}', command: f, produces: 'f/{x}', manual: true }
        """;
    given(jobs);
    build();
    build("bench");
    given(jobs.replace("command: b,", "command: bb,"));
    ReadPage page = page(0);
    assertEquals("manual", page.states().get("deploy"));
    assertEquals("out of date", page.states().get("bench"), "it ran once");
    assertEquals("up to date", page.states().get("used"), "a reader needs it");
    assertEquals("manual", page.states().get("list"));
    assertEquals("[]", page.head().get("open").toString(), "its instances may never be known");
    assertEquals("not run", page(1).states().get("deploy"), "of a build");
  }

  /** They would be a column of boxes in which nothing is seen. */
  @Test
  void manyJobsOfAStageWhoseNamesBeginAlikeAreOneBox() throws Exception {
    StringBuilder jobs = new StringBuilder("first: { command: f, produces: f }\n");
    for (String each : List.of("main", "util", "text", "io", "net")) {
      jobs.append("cc-%s: { command: c, needs: f, produces: %1$s.o }\n".formatted(each));
      jobs.append("ar-%s: { command: c, needs: %1$s.o, produces: %1$s.a }\n".formatted(each));
    }
    jobs.append("cc-late: { command: c, needs: io.a, produces: late.o }\n");
    given(jobs.toString());
    build();
    assertEquals(
        List.of("first", "cc-… (5)", "ar-… (5)", "cc-late", ""), page(0).texts().get("boxLabel"));
  }

  @Test
  void aJobThatIsLeftOutSaysWhyAndStandsBehindWhatItNeeds() throws Exception {
    given(
        """
        a: { command: a, produces: a }
        s: { parameters: { n: [1, 2] }, command: 's {n}', produces: 's{n}', when: { exists: 'in{n}' } }
        mac: { command: m, needs: a, produces: m, when: { env: NOT_SET } }
        sign: { command: c, needs: m, produces: c }
        """);
    edit("in1", "1");
    build();
    ReadPage page = page(0);
    assertEquals(
        Map.of(
            "a",
            "up to date",
            "s/n=1",
            "up to date",
            "s/n=2",
            "skipped",
            "mac",
            "skipped",
            "sign",
            "skipped"),
        page.states());
    assertEquals("needs mac (env NOT_SET is not set)", page.text("now", "sign"));
    assertEquals("in2 does not exist", page.text("now", "s/n=2"));
    assertEquals(
        List.of("a up to date", "s (2) up to date", "mac skipped", "sign skipped"), page.boxes());
    assertEquals(List.of(0f, 2f), page.numbers().get("edgeBefore"));
    assertEquals(List.of(2f, 3f), page.numbers().get("edgeAfter"));
    assertEquals(Map.of("a", "ran", "s/n=1", "ran"), page(1).states(), "of a build");
  }

  @Test
  void anOutOfDatePageSaysTheNextStep() throws Exception {
    line();
    build();
    given(
        """
        a: { command: other, produces: a }
        b: { command: b, needs: a, produces: b }
        """);
    ReadPage page = page(0);
    assertEquals(Map.of("a", "out of date", "b", "out of date"), page.states());
    assertEquals("will run: command changed: a → other", page.text("now", "a"));
    assertEquals("may run: after a", page.text("now", "b"));
    assertEquals("it was the first run", page.text("why", "b"));
  }

  @Test
  void aJobThatSkipsFailuresIsNotBlocked() throws Exception {
    given(
        """
        g: { command: 'g {n}', produces: 'g{n}', parameters: { n: [1, 2] } }
        all: { command: all, needs: { job: g, failed: skip }, produces: all }
        after: { command: after, needs: [all], produces: after }
        none: { command: none, needs: { job: g }, produces: none }
        """);
    scripts.put("g/n=2", job -> job.exit(1));
    build();
    Map<String, String> now =
        Map.of(
            "g/n=1", "up to date",
            "g/n=2", "failed",
            "all", "up to date",
            "after", "up to date",
            "none", "blocked");
    assertEquals(now, page(0).states());
    assertEquals("blocked by g/n=2", page(0).text("now", "none"));
    given("extra: { command: extra, produces: extra }\n" + jobsText());
    assertEquals("blocked", page(0).states().get("none"));
    edit("all", "altered");
    assertEquals("out of date", page(0).states().get("all"), "it would run without the failed one");
  }

  private static String jobsText() {
    return """
    g: { command: 'g {n}', produces: 'g{n}', parameters: { n: [1, 2] } }
    all: { command: all, needs: { job: g, failed: skip }, produces: all }
    after: { command: after, needs: [all], produces: after }
    none: { command: none, needs: { job: g }, produces: none }
    """;
  }

  @Test
  void jobsGoneFromTheBuildFileAreGoneFromThePage() throws Exception {
    given("g: { command: 'g {n}', produces: 'g{n}', parameters: { n: [1, 2, 3] } }");
    build();
    given("g: { command: 'g {n}', produces: 'g{n}', parameters: { n: [1] } }");
    ReadPage page = page(0);
    assertEquals(Map.of("g/n=1", "up to date"), page.states());
    assertEquals(2, page.head().get("gone").asInt());
    assertEquals(3, page.head().at("/history/0/counts/RAN").asInt(), "as torc history says");
    assertEquals(1, page.numbers().get("spanJob").size());
    assertFalse(page.head().toString().contains("n=2"), page.head()::toString);
    assertEquals(3, page(1).states().size(), "of a build all is told");
    assertEquals(3, page(1).head().at("/history/0/counts/RAN").asInt());
  }

  @Test
  void theTimelineIsOfTheLastBuildThatRanSomething() throws Exception {
    line();
    build();
    given("z: { command: z }");
    build();
    line();
    ReadPage page = page(0);
    assertEquals(1, page.head().at("/build/number").asInt());
    assertEquals(4, page.numbers().get("spanJob").size());
    assertEquals(1, page(2).numbers().get("spanJob").size());
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
  void restoredJobsAreToldWithTheirOrigin() throws Exception {
    restores = true;
    branch("one");
    build();
    branch("two");
    build();
    branch("one");
    assertEquals("will be restored from build 1", page(0).text("now", "a"));
    build();
    ReadPage page = page(3);
    assertEquals(
        Map.of("a", "restored", "g/n=1", "restored", "g/n=2", "restored", "d", "up to date"),
        page.states());
    assertEquals("build 1", page.text("from", "a"));
    assertEquals("command changed: two → one", page.text("why", "a"));
    assertEquals(0, page.numbers().get("spanJob").size());
    assertEquals(List.of("a restored", "g (2) restored", "d up to date"), page.boxes());
    assertEquals("up to date", page(0).states().get("a"));
    assertEquals("build 1", page(0).text("from", "a"));
    assertTrue(page(0).numbers().get("wall").get(page.job("a")).isNaN(), "that was another run");
    assertEquals(
        4f, page(0).numbers().get("told").get(page.job("a")), "as torc list --resources has it");

    edit("d", "altered"); // a later build in which the others are as they were
    build();
    assertEquals("restored", page(3).states().get("a"));
    assertEquals("not run", page(3).states().get("d"));
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
    assertEquals("command changed: d → other", page(2).text("why", "d"));
    assertEquals("exit 3", page(2).text("what", "d"));
    assertEquals("failed last time (exit 3)", page(3).text("why", "d"));
    ReadPage page = page(1);
    assertEquals(Map.of("a", "ran", "b", "ran", "c", "ran", "d", "ran"), page.states());
    assertEquals("first run", page.text("why", "d"), "the reason of that run");
    assertEquals(1, page.head().at("/build/number").asInt());
    assertFalse(page.head().get("last").asBoolean());
  }

  @Test
  void usedResourcesAreToldByTheRunsOfStats() throws Exception {
    given("g: { command: 'g {n}', parameters: { n: [1, 2, 3] } }");
    for (int n = 1; n <= 3; n++) {
      long seconds = n;
      scripts.put(
          "g/n=" + n,
          stub -> {
            Usage used = new Usage(seconds * 700_000_000, 0, seconds << 20, 4096, 8192);
            ProcessEnd end = work(stub);
            return new ProcessEnd(end.how(), end.code(), seconds * 1_500_000_000, used, "");
          });
    }
    build();
    given("g: { command: 'other {n}', parameters: { n: [1, 2, 3] } }");
    scripts.put("g/n=3", job -> job.exit(1)); // a failed run tells nothing
    scripts.put("g/n=2", job -> work(job)); // this run took no time
    build();
    ReadPage page = page(0);
    JsonNode use = json("list", "--resources").at("/jobs/0/used");
    assertEquals(use.get("seconds").asDouble(), most(page, "wall"), 1e-6);
    assertEquals(use.get("cpu_percent").asDouble() / 100, most(page, "busy"), 1e-6);
    assertEquals(use.get("memory").asDouble(), most(page, "memory"), 1e-6);
    assertEquals(use.get("read").asDouble(), most(page, "read"), 1e-6);
    assertEquals(use.get("written").asDouble(), most(page, "written"), 1e-6);
    assertEquals(use.get("queued").asDouble(), most(page, "queued"), 1e-6);
    assertEquals(4.5, most(page, "wall"), 1e-6, "of a run before the failed one");
  }

  private static double most(ReadPage page, String column) {
    return page.numbers().get("told").stream()
        .filter(run -> run >= 0)
        .mapToDouble(run -> page.numbers().get(column).get(run.intValue()))
        .filter(amount -> amount >= 0)
        .max()
        .orElse(-1);
  }

  @Test
  void aBuildThatIsNotThereIsNamed() throws IOException {
    given("a: { command: a, produces: a }");
    assertThrows(BadInput.class, () -> page(0));
    build();
    BadInput none = assertThrows(BadInput.class, () -> page(9));
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
            work(stub);
            return stub.exit(0, 9_000_000_000L);
          });
    }
    build();
    ReadPage page = page(0);
    List<String> path = new ArrayList<>();
    page.head().get("critical").forEach(job -> path.add(page.texts().get("name").get(job.asInt())));
    assertEquals(List.of("slow", "both"), path);
  }

  @Test
  void thePictureHasGroupsAsOne() throws Exception {
    given(
        """
        a: { command: a, produces: a }
        g: { command: 'g {n}', needs: a, produces: 'g{n}', parameters: { n: [1, 2, 3] } }
        z: { command: z, needs: [a, { job: g }], produces: z }
        """);
    scripts.put("g/n=2", job -> job.exit(1));
    build();
    ReadPage page = page(0);
    assertEquals(List.of("a up to date", "g (3) failed", "z blocked"), page.boxes());
    assertEquals(List.of(0f, 1f, 2f), page.numbers().get("boxStage"));
    assertEquals(
        2, page.numbers().get("edgeBefore").size(), "that z needs a follows from the others");
  }

  @Test
  void ofMoreThanCanBeDrawnThePictureHasTheStages() throws Exception {
    StringBuilder jobs = new StringBuilder("a: { command: a, produces: a }\n");
    jobs.append("bad: { command: bad }\nlate: { command: late, after: bad }\n");
    for (int i = 0; i < 1_000; i++) {
      jobs.append("%1$dj: { command: j%1$d, needs: a, produces: o%1$d }%n".formatted(i));
    }
    jobs.append("z: { command: z, needs: o0, produces: z }\n");
    jobs.append("open: { command: 'o {n}', parameters: { n: { lines: z } } }\n");
    given(jobs.toString());
    scripts.put("bad", job -> job.exit(1));
    build("a", "bad");
    ReadPage page = page(0);
    assertTrue(page.head().get("stages").asBoolean());
    assertEquals(
        List.of(
            "stage 1: 1 failed, 1 up to date failed",
            "stage 2: 1 blocked, 1000 not run blocked",
            "stage 3: 1 not run not run",
            "stage 4: 1 not run not run"),
        page.boxes());
    assertEquals(List.of(0f, 1f, 2f), page.numbers().get("edgeBefore"));
    assertEquals(List.of(1f, 2f, 3f), page.numbers().get("edgeAfter"));
    assertTrue(page.head().get("left_out").toString().contains("of which the stages are shown"));
    assertEquals("[\"open\"]", page.head().get("open").toString());
  }

  @Test
  void ofMoreStagesThanCanBeDrawnSeveralAreInABox() throws Exception {
    StringBuilder jobs = new StringBuilder("j0: { command: j0, produces: o0 }\n");
    for (int i = 1; i < 1_001; i++) {
      jobs.append("j%1$d: { command: j%1$d, needs: o%2$d, produces: o%1$d }%n".formatted(i, i - 1));
    }
    given(jobs.toString());
    build("j0");
    List<String> boxes = page(0).boxes();
    assertEquals(501, boxes.size());
    assertEquals("stages 1 to 2: 1 not run, 1 up to date not run", boxes.getFirst());
    assertEquals("stage 1001: 1 not run not run", boxes.getLast());
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
    Map<String, List<Float>> numbers = page(0).numbers();
    List<Float> starts = numbers.get("spanStart");
    assertEquals(30, starts.size());
    for (int a = 0; a < 30; a++) {
      for (int b = 0; b < a; b++) {
        float end = 0.0011f; // told to the millisecond
        boolean apart =
            starts.get(a) + numbers.get("spanWall").get(a) <= starts.get(b) + end
                || starts.get(b) + numbers.get("spanWall").get(b) <= starts.get(a) + end;
        assertTrue(!numbers.get("spanLane").get(a).equals(numbers.get("spanLane").get(b)) || apart);
      }
    }
  }

  @Test
  void aLogHasItsLines() throws Exception {
    given("a: { command: a }");
    scripts.put(
        "a",
        job -> {
          Files.writeString(
              job.launch().output().log(), "Traceback:\n  File \"" + root + "/fit.py\"\nboom\n");
          return job.exit(1);
        });
    build();
    JsonNode lines = page(0).head().at("/tails/0/lines");
    assertEquals("[\"Traceback:\",\"  File \\\"fit.py\\\"\",\"boom\"]", lines.toString());
    assertEquals(
        "  File \"" + root + "/fit.py\"", page(0, true).head().at("/tails/0/lines/1").asText());
  }

  @Test
  void theRootIsToldOnlyWherePathsAreAskedFor() throws Exception {
    given("a: { command: 'a " + root + "/x', produces: a }");
    build();
    given("a: { command: 'a " + root + "/y', produces: a }");
    ReadPage page = page(0);
    assertTrue(page.head().get("root").isNull());
    assertEquals("will run: command changed: a x → a y", page.text("now", "a"));
    assertEquals(root.toString(), page(0, true).head().get("root").asText());
    assertTrue(page(0, true).text("now", "a").contains(root + "/y"));
  }

  private void stores(String job, String lines) {
    scripts.put(
        job,
        stub -> {
          Files.writeString(Path.of(stub.env("TORC_OUTPUT")), lines);
          return work(stub);
        });
  }

  @Test
  void valuesAreATableForEachGroup() throws Exception {
    String jobs =
        """
        fit: { command: 'fit {lr} {seed}', parameters: { lr: [0.1, 0.01, 1], seed: [1] } }
        one: { command: one }
        """;
    given(jobs);
    stores("fit/lr=0.1,seed=1", "loss=0.5\nnote=\"a \\\"b\\\"\"\n");
    stores("fit/lr=0.01,seed=1", "loss=0.25\n");
    stores("one", "total=3\nwhere=" + root + "/x\n");
    scripts.put(
        "fit/lr=1,seed=1",
        stub -> {
          Files.writeString(Path.of(stub.env("TORC_OUTPUT")), "loss=9\n");
          return stub.exit(1);
        });
    build();
    given(jobs);
    JsonNode values = page(0).head().get("values");
    assertEquals(2, values.size());
    assertEquals(
        "{\"group\":\"fit\",\"parameters\":[\"lr\",\"seed\"],\"keys\":[\"loss\",\"note\"],"
            + "\"rows\":[[0,\"0.1\",\"1\",\"0.5\",\"\\\"a \\\\\\\"b\\\\\\\"\\\"\"],"
            + "[1,\"0.01\",\"1\",\"0.25\",null]]}",
        values.get(0).toString());
    assertEquals("[[3,\"3\",\"x\"]]", values.get(1).get("rows").toString());

    given(jobs.replace("0.1, ", ""));
    assertFalse(page(0).head().get("values").toString().contains("0.5"), "it is gone");
  }

  private static final String REPORT =
      """
      report: [out/*.svg, "!out/no*", summary.md, { file: runs.csv, title: "Runs <b>", caption: "All <i>" }, late.png, none.md]
      jobs:
        draw: { command: draw, needs: data, produces: [out/b.svg, out/a.svg, out/no.svg] }
        late: { command: late, needs: data, produces: late.png }
        sum: { command: sum, needs: data, produces: summary.md }
      """;

  private static String results(ReadPage page) {
    int begin = page.html().indexOf("<div class=\"files\">");
    return page.html().substring(begin, page.html().indexOf("</section>", begin));
  }

  @Test
  void resultsStandInThePageInTheOrderWritten() throws Exception {
    givenFile(REPORT);
    edit("data", "1");
    edit("runs.csv", "run,loss\na,\"1,5\"\n");
    edit("out/stray.svg", "<svg/>");
    scripts.put("late", job -> job.exit(1));
    scripts.put(
        "sum",
        job -> {
          job.write("summary.md", "# Sum\n<script>x</script>");
          return job.exit(0);
        });
    build();
    String results = results(page(0));
    assertEquals(
        List.of(
            "out/a.svg",
            "out/b.svg",
            "out/stray.svg",
            "summary.md",
            "Runs &lt;b&gt;",
            "late.png",
            "none.md"),
        java.util.regex.Pattern.compile("<h3>(.*?)</h3>")
            .matcher(results)
            .results()
            .map(m -> m.group(1))
            .toList());
    assertTrue(
        results.contains("<img alt=\"out/a.svg\" src=\"data:image/svg+xml;base64,"), results);
    assertTrue(results.contains("<p class=\"note\">missing: late failed: exit 1</p>"), results);
    assertTrue(results.contains("<p class=\"note\">missing: no job makes it</p>"), results);
    assertTrue(results.contains("</h3>\n<p class=\"caption\">All &lt;i&gt;</p>"), results);
    assertFalse(results.contains("out of date"), results);
    assertFalse(results.contains("<script>"), results);
    assertEquals("[[[\"run\",\"loss\"],[\"a\",\"1,5\"]]]", page(0).head().get("tables").toString());
    assertEquals(3, load().graph().jobs(), "no target comes of it");

    edit("data", "2");
    results = results(page(0));
    assertTrue(results.contains("out of date: draw will run: need data changed"), results);
    build();
    assertEquals(3, started().size(), "and no need");
  }

  @Test
  void aFileThatNoJobMakesAnyMoreIsNoResult() throws Exception {
    givenFile(
        "report: out/*.svg\n"
            + "jobs: { g: { command: 'g {n}', produces: 'out/{n}.svg', parameters: { n: [1, 2] } }"
            + " }");
    build();
    givenFile(
        "report: out/*.svg\n"
            + "jobs: { g: { command: 'g {n}', produces: 'out/{n}.svg', parameters: { n: [1] } } }");
    assertFalse(results(page(0)).contains("out/2.svg"), results(page(0)));
    assertTrue(results(page(0)).contains("out/1.svg"));
  }

  @Test
  void filesThatThePageCannotShowAreNamed() throws Exception {
    givenFile(
        "report: [big.csv, a.pdf, 'x:y %#.html', dir.md, out/, none/*.png, link.md, small.csv]\n"
            + "jobs: { a: { command: a } }");
    edit("big.csv", "x".repeat(20_000_001));
    edit("small.csv", "a\n1\n");
    edit("a.pdf", "");
    edit("x:y %#.html", "<p><img src=a.pdf>");
    edit("dir.md/x", "");
    Files.createSymbolicLink(root.resolve("link.md"), Path.of("/dev/null"));
    build();
    String results = results(page(0));
    for (String note :
        List.of(
            "19.1 MiB is too large; 19.1 MiB are left in the page; `torc report -o DIR/` copies it",
            "not shown; it loads a.pdf; `torc report",
            "not shown; ",
            "not a regular file",
            "a folder; name its files, such as out/*",
            "no file matches",
            "outside the root and `roots`")) {
      assertTrue(results.contains("<p class=\"note\">" + note), note + results);
    }
    assertTrue(results.contains("<a href=\"./x:y%20%25%23.html\">x:y %#.html</a>"), results);
    assertEquals(1, page(0).head().get("tables").size(), "there is room for the small one");
  }

  @Test
  void htmlStandsInAFrameWhoseScriptsThePolicyNames() throws Exception {
    givenFile("report: [table.html, plot.htm, run.json]\njobs: { a: { command: a } }");
    edit("table.html", "<table><tr><td>\"1\" & 2</table>");
    edit("plot.htm", "<script>\r\nnew Function('x')\r\n</script><b onclick=x>");
    edit("run.json", "<b>\n".repeat(101));
    build();
    String page = page(0).html();
    assertTrue(
        page.contains(
            "<iframe title=\"table.html\" sandbox=\"allow-scripts\" srcdoc=\"&lt;base"
                + " href=&quot;about:srcdoc&quot;&gt;&lt;table&gt;&lt;tr&gt;&lt;td&gt;&quot;1&quot;"
                + " &amp; 2"),
        page);
    String hash =
        Base64.getEncoder().encodeToString(Digest.ofText("\nnew Function('x')\n").bytes());
    assertTrue(page.contains(" 'sha256-" + hash + "'\">"), "as a browser reads line ends");
    String results = results(page(0));
    assertTrue(
        results.contains("perhaps incomplete: the page does not allow new Function, onclick"),
        results);
    assertTrue(results.contains("<a href=\"./plot.htm\">"), results);
    assertFalse(results.contains("<a href=\"./table.html\">"), results);
    assertTrue(results.contains("the first 100 lines"), results);
    assertEquals(100, results.split("&lt;b&gt;").length - 1);
  }

  @Test
  void ofASmallPageTheRestIsCopiedBesideIt() throws Exception {
    givenFile(
        "report: { show: [a.html, b.html, site/, c.pdf, missing/], embed: 2kB }\n"
            + "jobs: { a: { command: a } }");
    edit("a.html", "x".repeat(2000));
    edit(
        "b.html",
        "<link rel=stylesheet href='b_files/my%20a.css?x'><script src=https://x.org/y.js></script>"
            + "<img src=../up.png><img src=.env><script src=/etc/passwd></script>");
    for (String each :
        List.of("b_files/my a.css", ".env", "site/index.html", "site/in/x.css", "c.pdf")) {
      edit(each, each);
    }
    build();
    ReportPage page = ReportPage.of(load(), 0, false, true, _ -> {});
    Path folder = root.resolve("out/of it");
    page.write(folder.resolve("index.html"), 0);
    assertEquals(5, page.copyAlong(folder));
    assertEquals(5, page.copyAlong(folder), "again");
    try (Stream<Path> all = Files.walk(folder)) {
      assertEquals(
          List.of(
              "b.html",
              "b_files/my a.css",
              "c.pdf",
              "index.html",
              "site/in/x.css",
              "site/index.html"),
          all.filter(Files::isRegularFile)
              .map(each -> folder.relativize(each).toString())
              .sorted()
              .toList());
    }
    String results = results(ReadPage.of(Files.readString(folder.resolve("index.html"))));
    for (String link : List.of("b.html", "c.pdf", "site/index.html")) {
      assertTrue(results.contains("<a href=\"./" + link + "\">"), results);
    }
    assertTrue(results.contains("it loads ../up.png, .env and 3 more<"), results);
    assertTrue(results.contains("a folder; name its files, such as missing/*"), results);
    assertEquals(List.of(), page.outside());
    page = ReportPage.of(load(), 0, false, false, _ -> {});
    assertEquals(List.of("b.html", "site/", "c.pdf"), page.outside());
  }
}
