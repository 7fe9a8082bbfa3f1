package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.hash.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhyCommandTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void open() {
    folder = new Folder(cwd);
  }

  /** The first letters of the digest of a text. */
  private static String sum(String text) {
    return Digest.ofText(text).hex().substring(0, 7);
  }

  private static String withoutDates(String text) {
    return text.replaceAll("\\(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\)", "(date)");
  }

  private String why(String... targets) {
    String[] args = new String[targets.length + 1];
    args[0] = "why";
    System.arraycopy(targets, 0, args, 1, targets.length);
    Run run = folder.run(args);
    assertEquals("", run.err());
    assertEquals(0, run.exit());
    return withoutDates(run.out());
  }

  @Test
  void rule10BeforeTheFirstBuildItTellsAndCreatesNothing() throws IOException {
    folder.chain();
    assertEquals("third will run: never ran\n", why("third"));
    assertEquals("a.txt is needed by first, which never ran\n", why("a.txt"));
    assertFalse(folder.has(".torc"));
  }

  @Test
  void rule1BeforeABuildItTellsTheChainToTheRootCause() throws IOException {
    folder.chain().build();
    folder.put("a.txt", "two\n");
    String root = "first will run: need a.txt changed " + sum("one\n") + " → " + sum("two\n");
    String last = "\n  it last ran in build 1 (date) because it had never run\n";
    assertEquals(root + last, why("first"));
    assertEquals("second may run: after first (" + root + ")" + last, why("second"));
    assertEquals(
        "third may run: after second (second may run: after first (" + root + "))" + last,
        why("third"));
  }

  @Test
  void rule1WhatMakesNothingRunsForBeingNamedAndAllSayTheSame() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          site: { command: echo hello > index.html, produces: index.html, temporary: true }
          deploy: { command: echo there, needs: index.html, manual: true, tags: by-hand }
          tell: { command: cat index.html, needs: index.html, manual: true }
        """);
    String line = "deploy will run: named as a target\n";
    folder.build("deploy");
    folder.build("deploy");
    for (String target : new String[] {"deploy", "by-hand"}) {
      assertEquals(line, folder.run("-n", target).out());
      assertEquals(
          line + "  it last ran in build 2 (date) because it was named as a target\n", why(target));
      assertTrue(folder.run("status", target).out().contains("  deploy: named as a target\n"));
      assertEquals(1, folder.run("status", "--exit-code", target).exit());
    }
    assertTrue(folder.run("why", "--json", "deploy").out().contains("\"kind\":\"named\""));
    assertTrue(why("site").startsWith("site is up to date"));
    assertEquals("", folder.run("-n").out());
    assertEquals(0, folder.run("status", "--exit-code").exit());
    assertTrue(folder.run("list").out().lines().anyMatch(of -> of.matches("deploy +up to date.*")));
  }

  @Test
  void rule1AReaderOfAJobThatRanAloneTellsTheRunBehindItsNeed() throws IOException {
    folder.chain().build();
    folder.put("a.txt", "two\n").build("first");
    String change = " changed " + sum("one\n") + " → " + sum("two\n");
    assertEquals(
        "second will run: need b.txt"
            + change
            + " (first ran: need a.txt"
            + change
            + ")\n  it last ran in build 1 (date) because it had never run\n",
        why("second"));
  }

  @Test
  void rule1AfterABuildItTellsTheChainOfTheLastRun() throws IOException {
    folder.chain().build();
    folder.put("a.txt", "two\n").build();
    String change = " changed " + sum("one\n") + " → " + sum("two\n");
    assertEquals(
        "third is up to date; it last ran in build 2 (date) because need c.txt"
            + change
            + " (second ran: need b.txt"
            + change
            + " (first ran: need a.txt"
            + change
            + "))\n",
        why("third"));
  }

  @Test
  void rule2WhereAReaderDidNotRunTheChainEndsWithTheRunThatMadeItsNeed() throws IOException {
    folder.chain().build();
    folder.put("a.txt", "two\n").build();
    folder.put(
        "torc.yaml", folder.get("torc.yaml").replace("command: cat a.txt", "command: cat  a.txt"));
    folder.build("first");
    // first ran again in build 3 and made the same bytes: that run is not behind what second did
    assertEquals(
        "second is up to date; it last ran in build 2 (date) because need b.txt changed "
            + sum("one\n")
            + " → "
            + sum("two\n")
            + "\n",
        why("second"));
  }

  @Test
  void aChangedCommandIsToldOldAndNew() throws IOException {
    folder.chain().build();
    folder.put("torc.yaml", folder.get("torc.yaml").replace("cat a.txt >", "sort a.txt >"));
    assertTrue(
        why("first")
            .startsWith(
                "first will run: command changed: cat a.txt > b.txt → sort a.txt > b.txt\n"));
    folder.build();
    assertTrue(
        why("first")
            .contains(
                "up to date; it last ran in build 2 (date) because command changed:"
                    + " cat a.txt > b.txt → sort a.txt > b.txt\n"));
  }

  @Test
  void rule1AFailureIsTheRootOfWhatWaitsForIt() throws IOException {
    folder.chain();
    folder.put("torc.yaml", folder.get("torc.yaml").replace("cat a.txt > b.txt", "exit 3"));
    assertEquals(1, folder.run("build").exit());
    assertEquals(
        "first will run: failed last time (exit 3)\n"
            + "  it last ran in build 1 (date) because it had never run\n",
        why("first"));
  }

  @Test
  void aDiamondIsToldOnce() throws IOException {
    folder
        .put("a", "1")
        .put(
            "torc.yaml",
            """
            jobs:
              top: { command: cp a b, needs: a, produces: b }
              left: { command: cp b l, needs: b, produces: l }
              right: { command: cp b r, needs: b, produces: r }
              end: { command: cat l r > e, needs: [l, r], produces: e }
            """)
        .build()
        .put("a", "2")
        .build();
    String change = " changed " + sum("1") + " → " + sum("2");
    assertEquals(
        ("end is up to date; it last ran in build 2 (date) because need l% (left ran: need b%"
                + " (top ran: need a%)); need r% (right ran: need b% (top ran: see above))\n")
            .replace("%", change),
        why("end"));
  }

  @Test
  void recordsOfAnOlderBuildFileNeverMakeTheChainGoRound() throws IOException {
    folder.chain().build().put("a.txt", "two\n").build();
    folder.put(
        "torc.yaml",
        """
        jobs:
          third: { command: cat a.txt > b.txt, needs: a.txt, produces: b.txt }
          second: { command: cat b.txt > c.txt, needs: b.txt, produces: c.txt }
          first: { command: cat c.txt > d.txt, needs: c.txt, produces: d.txt }
        """);
    String change = " changed " + sum("one\n") + " → " + sum("two\n");
    String answer = why("--no-restore", "first", "second", "third");
    assertTrue(
        answer.contains("it last ran in build 2 (date) because need c.txt" + change + "\n"),
        answer);
    assertEquals(6, answer.lines().count());
  }

  @Test
  void aLongChainJumpsToItsRoot() throws IOException {
    StringBuilder jobs = new StringBuilder("jobs:\n");
    for (int i = 0; i < 40; i++) {
      jobs.append(
          "  j%d: { command: cp f%d f%d, needs: f%d, produces: f%d }\n"
              .formatted(i, i, i + 1, i, i + 1));
    }
    folder.put("f0", "1").put("torc.yaml", jobs.toString()).build().put("f0", "2").build();
    String answer = why("j39");
    assertTrue(
        answer.endsWith(
            "(… 30 jobs on: j0 ran: need f0 changed "
                + sum("1")
                + " → "
                + sum("2")
                + ")))))))))\n"),
        answer);
  }

  @Test
  void aProductAnswersForItsJobAndASourceNamesItsReaders() throws IOException {
    folder.chain().build();
    assertEquals(why("second"), why("c.txt"));
    assertEquals(
        "a.txt is needed by first, unchanged since it last ran in build 1\n", why("a.txt"));
    folder.put("a.txt", "two\n");
    assertEquals(
        "a.txt is needed by first, changed "
            + sum("one\n")
            + " → "
            + sum("two\n")
            + " since it last ran in build 1\n",
        why("a.txt"));
    Files.delete(cwd.resolve("a.txt"));
    assertTrue(why("a.txt").contains(sum("one\n") + " → missing since"));
  }

  @Test
  void aSourceInAGlobOrFolderNamesItsReadersToo() throws IOException {
    folder
        .put("in/x.csv", "1")
        .put(
            "torc.yaml",
            """
            jobs:
              glob: { command: cat in/*.csv > g, needs: in/*.csv, produces: g }
              dir: { command: cat in/* > d, needs: in/, produces: d }
            """)
        .build();
    folder.put("in/x.csv", "2").put("in/y.csv", "3");
    String change = ", changed " + sum("1") + " → " + sum("2") + " since it last ran in build 1\n";
    assertEquals(
        "in/x.csv is needed by glob" + change + "in/x.csv is needed by dir" + change,
        why("in/x.csv"));
    assertEquals(
        "in/y.csv is needed by glob, new since it last ran in build 1\n"
            + "in/y.csv is needed by dir, new since it last ran in build 1\n",
        why("in/y.csv"));
    assertTrue(why("in/").startsWith("in is needed by dir, changed "));
  }

  @Test
  void severalTargetsTagsAndFoldersToStandIn() throws IOException {
    folder.chain();
    folder.put(
        "torc.yaml", folder.get("torc.yaml").replace("needs: b.txt,", "needs: b.txt, tags: t,"));
    Files.createDirectories(cwd.resolve("sub"));
    assertEquals(
        "second will run: never ran\nfirst will run: never ran\n", why("t", "c.txt", "first"));
    assertEquals(
        "second will run: never ran\na.txt is needed by first, which never ran\n",
        Run.of(cwd.resolve("sub"), "why", "../c.txt", "../a.txt")
            .out()
            .lines()
            .sorted((a, b) -> b.compareTo(a))
            .reduce("", (a, b) -> a + b + "\n"));
  }

  @Test
  void anUnknownNameIsOneLineWithTheNearest() throws IOException {
    folder.chain();
    assertEquals(
        new Run(
            2,
            "",
            "torc: no job makes or needs secnod, and no job or tag has that name;"
                + " did you mean second?\n"),
        folder.run("why", "secnod"));
    assertEquals(
        new Run(
            2,
            "",
            "torc: no job makes or needs x\\ny, and no job or tag has that name;"
                    .replace("x\\ny", "$'x\\ny'")
                + " `torc list` shows the jobs\n"),
        folder.run("why", "x\ny"));
    assertEquals(2, folder.run("why").exit());
  }

  @Test
  void jsonHasTheVerdictTheChainAndTheLastRunInFull() throws IOException {
    folder.chain().build();
    folder.put("a.txt", "two\n");
    String out = folder.run("why", "--json", "second", "a.txt").out();
    assertTrue(
        out.startsWith(
            "{\"version\":1,\"answers\":[{\"target\":\"second\",\"job\":\"second\","
                + "\"running\":false,\"verdict\":\"may_run\",\"after\":\"first\",\"chain\":["
                + "{\"job\":\"second\",\"how\":\"may_run\",\"reasons\":[],\"behind\":[\"first\"]},"
                + "{\"job\":\"first\",\"how\":\"will_run\",\"reasons\":[{\"kind\":\"need_changed\","
                + "\"name\":\"a.txt\",\"old\":\""
                + Digest.ofText("one\n").hex()
                + "\",\"now\":\""
                + Digest.ofText("two\n").hex()
                + "\"}],\"behind\":[\"\"]}],\"nearest\":null,\"last\":{\"outcome\":\"ok\""),
        out);
    assertTrue(out.contains("{\"target\":\"a.txt\",\"file\":\"a.txt\",\"needed_by\":["), out);
  }
}
