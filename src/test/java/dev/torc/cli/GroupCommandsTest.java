package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.records.BuildLock;
import dev.torc.records.CachePlace;
import dev.torc.records.StartMarks;
import dev.torc.records.ThisHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups as the commands show them: folded into one line or node, and unfolded on request. */
class GroupCommandsTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void aSweep() throws IOException {
    folder =
        new Folder(cwd)
            .put("1", "1")
            .put("2", "2")
            .put("3", "3")
            .put(
                "torc.yaml",
                """
                jobs:
                  train:
                    parameters: { seed: [1, 2, 3] }
                    command: cp {seed} {produces}
                    needs: "{seed}"
                    produces: "out/{seed}"
                  best: { command: "cat {needs} > best", needs: [{ job: train }], produces: best }
                """);
  }

  @Test
  void whySumsAGroupUpAndNamesTheInstances() throws IOException {
    folder.build();
    assertEquals("train: 3 of 3 up to date\n", folder.run("why", "train").out());
    folder.put("2", "other");
    String out = folder.run("why", "train").out();
    assertTrue(
        out.startsWith(
            "train: 2 of 3 up to date, 1 will run\ntrain/seed=2 will run: need 2 changed"),
        out);
    assertTrue(folder.run("why", "train/seed=1").out().startsWith("train/seed=1 is up to date"));
    assertEquals(
        3,
        folder
            .run("why", "train", "--instances")
            .out()
            .lines()
            .filter(l -> l.startsWith("train/"))
            .count());
    assertTrue(folder.run("why", "best").out().startsWith("best may run: after train/seed=2"));
  }

  @Test
  void statusFoldsAGroup() throws IOException {
    assertEquals(
        """
        4 jobs: 4 will run, 0 may run, 0 up to date
        will run:
          train/seed=1: never ran
          train/seed=2: never ran
          train/seed=3: never ran
          best: never ran
        no build yet
        """,
        folder.run("status").out());
    folder.build();
    folder.put("2", "other");
    String out = folder.run("status").out();
    assertTrue(out.contains("will run:\n  train/seed=2: need 2 changed"), out);
    assertTrue(out.contains("up to date:\n  train (2 of 3)\n"), out);
    assertTrue(folder.run("status", "--instances").out().contains("  train/seed=3\n"));
  }

  @Test
  void listFoldsAGroup() throws IOException {
    folder.build();
    folder.put("2", "other");
    String out = folder.run("list").out();
    assertEquals(2, out.lines().count());
    assertTrue(out.startsWith("train  2 of 3 up to date, 1 will run  "), out);
    assertTrue(out.lines().findFirst().orElseThrow().endsWith("[3 instances]"), out);
    assertEquals(4, folder.run("list", "--instances").out().lines().count());
    assertTrue(
        folder
            .run("list", "--json")
            .out()
            .contains("\"job\":\"train/seed=3\",\"group\":\"train\""));
  }

  @Test
  void listCountsTheInstancesOfAGroupByTheirStates() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          train:
            parameters: { seed: { from: 1, to: 7 } }
            command: "grep -q good {seed}"
            needs: "{seed}"
          deploy: { command: echo there, manual: true }
        """);
    for (int seed = 1; seed <= 7; seed++) {
      folder.put("" + seed, seed == 6 ? "bad" : "good");
    }
    folder.run("build");
    folder.put("4", "good, too").put("5", "good, too");
    CachePlace place = CachePlace.find(cwd, Map.of(), ThisHost.system());
    try (StartMarks marks = StartMarks.begin(place, List.of())) {
      marks.add(new StartMarks.Mark("now", "train/seed=3", 1));
      marks.add(new StartMarks.Mark("killed", "train/seed=7", 1));
      String out = folder.run("list").out();
      assertTrue(
          out.startsWith("train   2 of 7 up to date, 2 will run, 1 failed, 2 interrupted  "), out);
      try (BuildLock lock =
          BuildLock.tryAcquire(
                  place,
                  new BuildLock.Holder(ProcessHandle.current().pid(), "now", "torc build"),
                  false)
              .orElseThrow()) {
        assertTrue(lock != null);
        out = folder.run("list").out();
        assertTrue(
            out.startsWith(
                "train   2 of 7 up to date, 1 running, 2 waiting, 1 failed, 1 interrupted  "),
            out);
        assertTrue(out.contains("\ndeploy  will run  "), "no build runs it: " + out);
        assertTrue(folder.run("list", "--instances").out().contains("train/seed=4  waiting  "));
      }
    }
  }

  @Test
  void graphFoldsAGroupIntoOneNode() throws IOException {
    String out = folder.run("graph").out();
    assertTrue(out.contains("j0 [ label=\"train\\n3 instances\" shape=\"box3d\""), out);
    assertTrue(out.contains("j1 [ label=\"best\" shape=\"box\""), out);
    assertEquals(1, out.lines().filter(line -> line.contains("->")).count());
    String unfolded = folder.run("graph", "--instances").out();
    assertEquals(3, unfolded.lines().filter(line -> line.contains("->")).count());
  }

  @Test
  void aGroupThatIsNotExpandedIsShownAsSuch() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          find: { command: echo 1 > c/a, produces: "c/*" }
          fold: { parameters: { c: { products: find } }, command: "cp {c} {produces}", produces: "d/{c:name}" }
          all: { command: "cat {needs} > all", needs: [{ job: fold }], produces: all }
        """);
    assertEquals(
        "fold: its instances are known when find has ended\n", folder.run("why", "fold").out());
    assertTrue(folder.run("why", "d/x").out().startsWith("d/x: its instances are known"));
    assertTrue(folder.run("list").out().contains("fold  may run, instances not known yet"));
    assertTrue(folder.run("graph").out().contains("label=\"fold\\ninstances not known yet\""));
    assertTrue(folder.run("status").out().contains("may run:\n  fold: after find\n"));
    Run look = folder.run("build", "-n");
    assertTrue(look.out().contains("fold may run: after find\n"));
    String counts = "3 jobs: 2 will run, 1 may run, 0 up to date\n";
    assertEquals(counts, look.err(), "as many as there are lines");
    assertEquals(3, look.out().lines().count());
    assertTrue(folder.run("status").out().startsWith(counts));
    String json = folder.run("status", "--json").out();
    assertTrue(json.contains("\"may_run\":1,"), json);
    assertTrue(
        json.contains("{\"job\":\"fold\",\"verdict\":\"may_run\",\"after\":\"find\"}"), json);
    folder.build();
    assertEquals("1\n", folder.get("all"));
    assertEquals("fold: 1 of 1 up to date\n", folder.run("why", "fold").out());
    assertEquals(
        "3 jobs: 0 ran, 3 up to date, 0 failed", folder.run("build").err().split(" in ")[0]);
  }

  @Test
  void groupsThatFollowFromEachOtherAreExpandedOneAfterTheOther() throws IOException {
    folder.put("n", "");
    folder.put(
        "torc.yaml",
        """
        jobs:
          find: { command: "for i in $(cat n); do echo $i > c/$i; done", needs: n, produces: "c/*" }
          fold: { parameters: { c: { products: find } }, command: "cp {c} {produces}", produces: "d/{c:name}" }
          sum: { parameters: { c: { values: fold.c } }, needs: [{ job: "fold/c={c}" }], command: "cp {needs} {produces}", produces: "e/{c:name}" }
          all: { command: "cat n {needs} > all", needs: [{ job: sum }, n], produces: all }
        """);
    folder.build();
    assertEquals(
        "2 jobs: 0 ran, 2 up to date, 0 failed", folder.run("build").err().split(" in ")[0]);
    folder.put("n", "1 2");
    folder.build();
    assertEquals(
        "6 jobs: 0 ran, 6 up to date, 0 failed", folder.run("build").err().split(" in ")[0]);
    folder.put("n", "2 3");
    String out = folder.run("build").err();
    assertTrue(out.contains("6 jobs: 4 ran, 2 up to date, 0 failed"), out);
  }

  @Test
  void statusAndListTakeTargetsAsBuildDoes() throws IOException {
    folder.put(
        "torc.yaml", folder.get("torc.yaml") + "  other: { command: 'true', tags: [late] }\n");
    folder.build("best");
    folder.put("2", "other");
    assertEquals(
        """
        3 jobs: 1 will run, 0 may run, 2 up to date
        will run:
          train/seed=2: need 2 changed d4735e3 → d9298a1
        up to date:
          train (2 of 3)
        """,
        folder.run("status", "train").out().replaceFirst("last build: .*\n", ""));
    String one = folder.run("status", "train/seed=2", "late").out();
    assertTrue(one.startsWith("2 jobs: 2 will run, 0 may run, 0 up to date\n"), one);
    assertEquals(0, folder.run("status", "--exit-code", "train/seed=1").exit());
    assertEquals(1, folder.run("status", "--exit-code", "best").exit());
    assertTrue(
        folder.run("status", "--json", "train/seed=1").out().contains("\"up_to_date\":1,\"jobs\""));

    assertTrue(
        folder.run("list", "train").out().startsWith("train  2 of 3 up to date, 1 will run"));
    assertTrue(folder.run("list", "train/seed=2").out().startsWith("train/seed=2  will run  "));
    assertTrue(folder.run("list", "late").out().startsWith("other  will run  "));
    assertEquals(3, folder.run("list", "train", "--instances").out().lines().count());
    assertEquals(1, folder.run("list", "out/3").out().lines().count());
    Run unknown = folder.run("list", "trian");
    assertEquals(2, unknown.exit());
    assertTrue(unknown.err().contains("did you mean train?"), unknown.err());
  }

  /** Twelve of the twenty have a need that changed, four more another reason. */
  private void many() throws IOException {
    StringBuilder seeds = new StringBuilder("1");
    folder.put("m/1", "1").put("all", "1").put("common", "1");
    for (int i = 2; i <= 20; i++) {
      folder.put("m/" + i, "1");
      seeds.append(", ").append(i);
    }
    folder.put(
        "torc.yaml",
        """
        jobs:
          src: { command: cp all one, needs: all, produces: one }
          big:
            parameters: { n: [%s] }
            command: "cat {needs} > {produces}"
            needs: ["m/{n}", one, common]
            produces: "b/{n}"
          sum: { command: "cat {needs} > sum", needs: [{ job: big }], produces: sum }
        """
            .formatted(seeds));
    folder.build();
    for (int i = 1; i <= 12; i++) {
      folder.put("m/" + i, "other");
    }
    for (int i = 13; i <= 16; i++) {
      Files.delete(cwd.resolve("b/" + i));
    }
  }

  @Test
  void manyInstancesThatAreAlikeAreOneLineThatCountsThem() throws IOException {
    many();
    Run dry = folder.run("build", "-n");
    assertEquals(
        """
        big (12 of 20) will run: need changed: m/1 and 11 more
        big/n=13 will run: product b/13 missing
        big/n=14 will run: product b/14 missing
        big/n=15 will run: product b/15 missing
        big/n=16 will run: product b/16 missing
        sum may run: after big/n=1
        """,
        dry.out());
    assertEquals("22 jobs: 16 will run, 1 may run, 5 up to date\n", dry.err());
    assertEquals(17, folder.run("build", "-n", "-v").out().lines().count());
    assertEquals(
        """
        22 jobs: 16 will run, 1 may run, 5 up to date
        will run:
          big (12 of 20): need changed: m/1 and 11 more
          big/n=13: product b/13 missing
          big/n=14: product b/14 missing
          big/n=15: product b/15 missing
          big/n=16: product b/16 missing
        may run:
          sum: after big/n=1
        up to date:
          src
          big (4 of 20)
        """,
        folder.run("status").out().replaceFirst("last build: .*\n", ""));
    assertEquals(22, shown(folder.run("status", "-v")));
    String why = folder.run("why", "big").out();
    assertTrue(
        why.startsWith(
            "big: 4 of 20 up to date, 16 will run\n"
                + "big (12 of 20) will run: need changed: m/1 and 11 more\n"
                + "big/n=13 will run: product b/13 missing\n  it last ran in build 1 "),
        why);
    assertEquals(2 + 2 * 4, why.lines().count());
    assertEquals(
        20,
        folder.run("why", "-v", "big").out().lines().filter(l -> l.startsWith("big/n=")).count());
    assertTrue(folder.run("build", "-n", "--json").out().contains("\"job\":\"big/n=12\""));
    assertTrue(folder.run("why", "--json", "big").out().contains("\"job\":\"big/n=12\""));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 12})
  void whyOfAGroupNamesTheFirstOfManyReasonsAsStatusDoes(int readers) throws IOException {
    String jobs =
        """
        jobs:
          train: { parameters: { seed: { from: 1, to: %d } }, command: "echo 1 > {produces}", produces: "t/{seed}" }
          mean: { parameters: { x: { from: 1, to: %d } }, command: "cat {needs} > {produces}", needs: [{ job: train }], produces: "m/{x}" }
        """;
    folder.put("torc.yaml", jobs.formatted(5, readers));
    folder.build();
    folder.put("torc.yaml", jobs.formatted(25, readers)).build("train");
    String why = folder.run("why", "mean").out();
    assertTrue(
        why.contains("mean/x=1 will run: need t/10 added (train/seed=10 ran: never ran)"), why);
    assertTrue(why.contains(" ran: never ran); …and 15 more needs\n"), why);
    assertTrue(why.lines().allMatch(line -> line.length() < 400), why);
    assertEquals(readers > 10, why.contains("mean (12 of 12) will run: need added: t/10 and 19"));
    String one = folder.run("why", "mean/x=1").out();
    assertTrue(one.contains("need t/9 added (train/seed=9 ran: never ran)\n"), one);
    assertTrue(folder.run("why", "mean", "-v").out().contains(one));
  }

  private static long shown(Run status) {
    return status.out().lines().filter(line -> line.startsWith("  ")).count();
  }

  @Test
  void whatIsBehindAFoldIsToldOnceAndSharedReasonsAsTheyAre() throws IOException {
    many();
    folder.build().put("all", "2");
    assertEquals(
        "src will run: need all changed 6b86b27 → d4735e3\n"
            + "big (20 of 20) may run: after src\nsum may run: after big/n=1\n",
        folder.run("build", "-n").out());
    assertTrue(
        folder
            .run("why", "big")
            .out()
            .endsWith(
                "big (20 of 20) may run: after src\n  such as big/n=1 may run: after src (src will"
                    + " run: need all changed 6b86b27 → d4735e3)\n"));
    folder.build("src");
    assertEquals(
        "big (20 of 20) will run: need one changed 6b86b27 → d4735e3\nsum may run: after big/n=1\n",
        folder.run("build", "-n").out());
  }

  @Test
  void readersOfASourceOfWhichTheSameIsSaidAreCounted() throws IOException {
    many();
    folder.build();
    assertEquals(
        "common is needed by big (16 of 20), unchanged since it last ran in build 2",
        folder.run("why", "common").out().lines().findFirst().orElseThrow());
    assertEquals(5, folder.run("why", "common").out().lines().count());
    assertEquals(20, folder.run("why", "-v", "common").out().lines().count());
  }

  @Test
  void cleanAndCheckSeeTheInstancesThatAreKnownWithoutARun() throws IOException {
    String jobs =
        """
        jobs:
          find: { command: "for i in a b; do echo $i > c/$i; done", produces: "c/*" }
          fold: { parameters: { c: { products: find } }, command: "cp {c} {produces}", produces: "d/{c:name}" }
        """;
    folder.put("torc.yaml", jobs);
    assertEquals("torc.yaml: 1 job, 0 warnings\n", folder.run("check").out());
    folder.build();
    assertEquals("torc.yaml: 3 jobs, 0 warnings\n", folder.run("check").out());
    assertEquals("removed d/a\n", folder.run("clean", "fold/c=c%2Fa").out());
    folder.build();
    folder.put("torc.yaml", jobs.replace("in a b", "in b"));
    Run unknown = folder.run("clean", "--stale");
    assertEquals(0, unknown.exit(), unknown.err());
    assertEquals("", unknown.out(), "not all instances are known");
    folder.build();
    assertEquals("removed d/a\n", folder.run("clean", "--stale").out());
    assertTrue(folder.has("d/b"));
  }

  @Test
  void checkCountsWhatOnlyExpansionShowsAsAnError() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          rows: { command: "printf 'a\\na\\n' > rows", produces: rows }
          each: { parameters: { r: { lines: rows } }, command: "true" }
        """);
    assertEquals(1, folder.run("build").exit());
    Run check = folder.run("check");
    assertEquals(2, check.exit());
    assertEquals("rows:2:1: error: the same values as at rows:1:1: r=a\n", check.err());
    assertEquals("torc.yaml: 1 job, 1 error, 0 warnings\n", check.out());
  }
}
