package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say of jobs whose products are temporary. */
class TemporaryCommandsTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void open() throws IOException {
    folder = new Folder(cwd).put("a.txt", "one\n");
    folder.put(
        "torc.yaml",
        """
        jobs:
          first: { command: cat a.txt > b.txt, needs: a.txt, produces: b.txt, temporary: true }
          second: { command: cat b.txt > c.txt, needs: b.txt, produces: c.txt }
          third: { command: cat b.txt > d.txt, needs: b.txt, produces: d.txt }
        """);
    folder.build();
    Files.delete(cwd.resolve("b.txt"));
  }

  private void given(String from, String to) throws IOException {
    folder.put("torc.yaml", folder.get("torc.yaml").replace(from, to));
  }

  @Test
  void aMissingProductThatNobodyNeeds() {
    assertEquals("", folder.run("build", "-n").out());
    assertEquals(0, folder.run("status", "--exit-code").exit());
    String why = folder.run("why", "first").out();
    assertTrue(why.startsWith("first is up to date; it last ran in build 1 ("), why);
    String gone = "\n  its temporary product b.txt is missing, and no job that will run needs it\n";
    assertTrue(why.endsWith(gone), why);
    assertEquals(why, folder.run("why", "b.txt").out());
    String last = folder.run("build").err();
    assertTrue(last.contains("3 jobs: 0 ran, 3 up to date, 0 failed"), last);
  }

  /** What is missing for good keeps nothing from being at rest, and what comes there moves. */
  @Test
  void aBuildInWhichNothingMovedOpensNoDatabase() throws IOException {
    folder.settle();
    assertTrue(folder.opensNothing());
    assertTrue(folder.run("build", "first").err().contains("1 ran"));
    folder.settle();
    assertTrue(folder.opensNothing());
    Files.delete(cwd.resolve("b.txt"));
    folder.settle();
    folder.put("b.txt", "mine\n");
    String first = "first will run: product b.txt altered";
    assertTrue(folder.run("build", "-n").out().startsWith(first), folder.run("build", "-n").out());
    folder.build();
    Files.delete(cwd.resolve("b.txt"));
    folder.settle();
    given("cat b.txt > d", "cat  b.txt > d");
    folder.settle();
    folder.put("a.txt", "two\n").build();
    assertEquals("two\n", folder.get("c.txt"));
  }

  @Test
  void whatTorcRemovesItself() throws IOException {
    given("temporary: true", "temporary: delete");
    folder.put("a.txt", "two\n");
    String err = folder.run("build").err();
    assertTrue(err.contains("\nremoved 1 temporary product: all jobs that read"), err);
    assertFalse(Files.exists(cwd.resolve("b.txt")));
    folder.settle();
    assertTrue(folder.opensNothing());
    assertEquals("", folder.run("build", "-n").out());
    String why = folder.run("why", "first").out();
    assertTrue(
        why.endsWith(
            "\n  its temporary product b.txt is gone (temporary: delete), and no job that will run"
                + " needs it\n"),
        why);
    assertEquals(0, folder.run("status", "--exit-code").exit());
    folder.build("first"); // named, it stays
    assertEquals("two\n", folder.get("b.txt"));
    assertFalse(folder.opensNothing());
    assertFalse(Files.exists(cwd.resolve("b.txt")));
    folder.settle();
    assertTrue(folder.opensNothing());
    Files.delete(cwd.resolve("d.txt"));
    String dry = folder.run("build", "-n").out();
    String first = "first will run: product b.txt missing, which third needs\n";
    assertTrue(dry.startsWith(first), dry);
    assertTrue(folder.run("build").err().contains("3 jobs: 2 ran, 1 up to date"));
    folder.settle();
    assertTrue(folder.opensNothing());
  }

  /** Who is at rest with a product that goes is at rest without it. */
  @Test
  void whatGoesWhereItsMakerAndAReaderAreAtRest() throws IOException {
    folder.put("ok", "");
    given("temporary: true", "temporary: delete");
    given("cat b.txt > d", "cat b.txt > d.txt && test -s ok && cat b.txt > d");
    assertEquals(1, folder.run("build").exit());
    assertEquals(1, folder.window().run("build").exit());
    folder.put("ok", "1");
    assertEquals(0, folder.run("build").exit());
    assertFalse(Files.exists(cwd.resolve("b.txt")));
    assertTrue(folder.window().opensNothing());
    Files.delete(cwd.resolve("c.txt"));
    String made = folder.run("build", "--no-restore").err();
    assertTrue(made.contains("3 jobs: 2 ran, 1 up to date"), made);
    assertTrue(folder.window().opensNothing());
  }

  @Test
  void rule3WhyAndADryRunAgreeWhoWantsIt() throws IOException {
    given("cat b.txt > d", "cat  b.txt > d");
    String will = "first will run: product b.txt missing, which third needs\n";
    String dry = folder.run("build", "-n").out();
    assertTrue(dry.startsWith(will + "second may run: after first\nthird will run: command"), dry);
    assertTrue(folder.run("why", "first").out().startsWith(will));
    String may = "second may run: after first (" + will.strip() + ")\n";
    assertTrue(folder.run("why", "second").out().startsWith(may));
    folder.build();
    String why = folder.run("why", "first").out();
    assertTrue(why.contains("because product b.txt missing, which third needs\n"), why);
    assertEquals("one\n", folder.get("b.txt"));
  }

  @Test
  void aTargetThatNamesItWantsIt() {
    String will = "first will run: product b.txt missing\n";
    assertEquals(will, folder.run("build", "-n", "first").out());
    assertEquals(will, folder.run("build", "-n", "b.txt").out());
    assertEquals("", folder.run("build", "-n", "second").out());
    String forced = folder.run("build", "-n", "--force", "second").out();
    assertTrue(forced.startsWith("first will run: product b.txt missing, which second"), forced);
  }

  @Test
  void whatReadsItIsNotAdoptedWithoutIt() throws IOException {
    given("cat b.txt > d", "cat  b.txt > d");
    Run run = folder.run("adopt", "third");
    String line =
        "it needs what job first makes, which is not up to date; build or adopt first first";
    assertTrue(run.exit() == 1 && run.err().contains(line), run.err());
    folder.build("first");
    assertEquals(0, folder.run("adopt", "third").exit());
  }

  @Test
  void cleanTakesItAndNothingRuns() {
    folder.build("first");
    assertEquals("removed b.txt\n", folder.run("clean", "first").out());
    assertEquals("", folder.run("build", "-n").out());
  }

  private static final String FAN =
      """
      jobs:
        find: { command: 'cd cand; for i in $(cat ../n); do echo $i > $i.txt; done', needs: n, produces: 'cand/*.txt', temporary: true }
        fold:
          parameters: { c: { products: find } }
          command: cat {c} y > out/{c:name}
          needs: y
          produces: out/{c:name}
        sum: { command: 'cat {needs} > sum', needs: { job: fold }, produces: sum }
      """;

  private void fan() throws IOException {
    folder.put("torc.yaml", FAN).put("n", "1 2\n").put("y", "1\n").build();
    Files.delete(cwd.resolve("cand/1.txt"));
    Files.delete(cwd.resolve("cand/2.txt"));
  }

  @Test
  void aGroupOverProductsThatAreGone() throws IOException {
    fan();
    assertEquals("", folder.run("build", "-n").out());
    Files.delete(cwd.resolve("out/1.txt"));
    String will = "find will run: product cand/1.txt missing, which fold needs; product cand/2.txt";
    assertTrue(folder.run("build", "-n").out().startsWith(will), folder.run("build", "-n").out());
    Run run = folder.run("build");
    assertTrue(run.err().contains("4 jobs: 2 ran, 2 up to date, 0 failed"), run.err());
    assertEquals("", folder.run("build", "-n").out());
  }

  @Test
  void instancesThatAreGoneWithTheirProducts() throws IOException {
    fan();
    folder.put("n", "2 3\n").put("y", "2\n");
    Run run = folder.run("build");
    assertTrue(run.err().contains("4 jobs: 4 ran, 0 up to date, 0 failed"), run.err());
    assertEquals("2\n2\n3\n2\n", folder.get("sum"));
  }

  @Test
  void aListThatIsReadForInstancesIsMadeAgain() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          list: { command: seq 2 > list.txt, produces: list.txt, temporary: true }
          one: { parameters: { i: { lines: list.txt } }, command: 'echo {i} > o{i}', produces: 'o{i}' }
        """);
    folder.build();
    Files.delete(cwd.resolve("list.txt"));
    Run run = folder.run("build");
    assertTrue(run.err().contains(": product list.txt missing, which one needs\n"), run.err());
    assertTrue(run.err().contains("3 jobs: 1 ran, 2 up to date, 0 failed"), run.err());
  }

  /** The instances are known in the build only; what they need was taken for not needed. */
  @Test
  void instancesThatComeUpInTheBuildNeedWhatIsGone() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          base: { command: echo base > base.txt, produces: base.txt, temporary: true }
          tmp: { command: cat base.txt > tmp.txt, needs: base.txt, produces: tmp.txt, temporary: true }
          list: { command: cp n list.txt, needs: n, produces: list.txt }
          one:
            parameters: { i: { lines: list.txt } }
            command: 'cat tmp.txt > o/{i}.txt'
            needs: tmp.txt
            produces: 'o/{i}.txt'
        """);
    folder.put("n", "1\n").build();
    Files.delete(cwd.resolve("base.txt"));
    Files.delete(cwd.resolve("tmp.txt"));
    folder.put("n", "1\n\n");
    Run run = folder.run("build");
    assertTrue(run.err().contains("4 jobs: 1 ran, 3 up to date, 0 failed"), run.err());
    folder.put("n", "1\n2\n");
    run = folder.run("build");
    assertTrue(run.err().contains("5 jobs: 4 ran, 1 up to date, 0 failed"), run.err());
    assertEquals("base\n", folder.get("o/2.txt"));
    assertEquals("", folder.run("build", "-n").out());
  }
}
