package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.posix.FreshProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files whose edits a watch builds: all that decide about a job, and no others. */
class WatchedChangesTest {

  @TempDir Path temp;

  private WatchStage stage(String jobs) throws IOException {
    return new WatchStage(Files.createDirectories(temp.resolve("root"))).jobs(jobs);
  }

  @Test
  void filesOfGlobs() throws IOException {
    WatchStage stage =
        stage(
            "all: { command: 'find in -type f > all', needs: ['in/**/*.txt', '!**/x*'], produces:"
                + " all }");
    stage.put("in/d/a.txt", "1");
    stage
        .thenPut("in/d/b.txt", "2")
        .thenPut("in/d/.a.swp", "")
        .thenPut("in/d/xx.txt", "")
        .thenPut("in/e/f/c.txt", "3")
        .thenPut("in/d/b.txt", "22")
        .thenDelete("in/d/b.txt")
        .thenPut("in/d/b.txt", "2")
        .run();
    assertEquals(
        "[all] | [in/d/b.txt] [all] | [in/e/f/c.txt] [all] | [in/d/b.txt] [all] |"
            + " [in/d/b.txt] [all] | [in/d/b.txt] [all] |",
        stage.told());
  }

  @Test
  void danglingLinksThatComeAndGo() throws IOException {
    WatchStage stage = stage("all: { command: 'ls in > all', needs: in/, produces: all }");
    stage.put("in/a.txt", "1").sh("ln -s nowhere in/link");
    stage.thenDelete("in/link").thenSh("ln -s nowhere in/other").thenDelete("in/other").run();
    assertEquals("[all] | [in/link] [all] | [in/other] [all] | [in/other] [all] |", stage.told());
  }

  /** They come and go while a file is edited; the next round sees those that are there. */
  @Test
  void locksAndSwapFilesOfEditorsStartNoRound() throws IOException {
    WatchStage stage =
        stage("all: { command: 'ls -A in > all', needs: [in/, '~$x.txt'], produces: all }");
    stage.put("in/a.txt", "1").put("~$x.txt", "1");
    for (String name :
        List.of(".a.txt.swp", ".a.txt.swpx", "#a.txt#", "a.txt~", ".~lock.a.txt#", "~$a.txt")) {
      stage.thenPut("in/" + name, "1").thenPut("in/" + name, "2").thenDelete("in/" + name);
    }
    stage.thenSh("ln -s me@host.1:2 in/.#a.txt").thenDelete("in/.#a.txt");
    stage.thenPut("~$x.txt", "2").thenPut("in/.a.txt.swp", "1").thenPut("in/a.txt", "2");
    stage.thenDelete("in/.a.txt.swp").run();
    assertEquals("[all] | [~$x.txt] [all] | [in/a.txt] [all] |", stage.told());
  }

  @Test
  void foldersThatComeAndGo() throws IOException {
    WatchStage stage =
        stage("all: { command: 'cat in/* > all', needs: 'in/*.txt', produces: all }");
    stage.put("in/a.txt", "1");
    stage.thenMove("in", "away").thenMove("away", "in").thenSh("mv in x; cp -r x in").run();
    assertEquals("[all] | [in/a.txt] [all FAILED] | [in/a.txt] [] |", stage.told());
  }

  @Test
  void membersOfNeededFolders() throws IOException {
    WatchStage stage = stage("all: { command: 'ls in > all', needs: in/, produces: all }");
    stage.put("in/a.txt", "1").put("../out/o.txt", "1").sh("ln -s ../../out in/link");
    stage
        .thenPut("in/new/b.txt", "2")
        .thenPut("in/a.txt", "2")
        .thenPut("in/__pycache__/x", "")
        .thenSh("mkdir in/empty")
        .thenPut("../out/o.txt", "2")
        .run();
    assertEquals(
        "[all] | [in/new, in/new/b.txt] [all] | [in/a.txt] [all] | [in/empty] [all] |"
            + " [in/link/o.txt] [all] |",
        stage.told());
  }

  @Test
  void aGlobsFilesInAFolderThatNeverCounts() throws IOException {
    String needs = "[in/*, '.git/*', '.torc/*']";
    WatchStage stage = stage("all: { command: 'cat in/* > all', needs: " + needs + " }");
    stage.put("in/a.txt", "1");
    stage.thenPut(".git/HEAD", "1").thenPut("in/a.txt", "2").run();
    assertEquals("[all] | [in/a.txt] [all] |", stage.told());
  }

  @Test
  void membersOfFolderProducts() throws IOException {
    WatchStage stage = stage("make: { command: 'mkdir t/d; echo 1 > t/d/a', produces: t/ }");
    stage.thenPut("t/d/a", "2").thenPut("t/d/new", "").thenDelete("t/d/a").run();
    assertEquals("[make] | [t/d/a] [make] | [t/d/new] [make] | [t/d/a] [make] |", stage.told());
  }

  /** The racy window passes while the second job runs, so that the first one becomes fresh. */
  @Test
  void membersOfAFolderOfAFreshJob() throws IOException {
    String told = "[late, make] | [in] [late] |";
    for (String edit : List.of(": > t/d/new", "echo 2 > t/d/a", "chmod +x t/d/a", "rm t/d/a")) {
      Path root = Files.createDirectories(temp.resolve(edit.substring(0, 4)));
      WatchStage stage =
          new WatchStage(root)
              .jobs(
                  """
                  make: { command: 'mkdir t/d; echo 1 > t/d/a', produces: t/ }
                  late: { after: make, needs: in, command: 'sleep 0.1' }
                  """);
      stage.put("in", "1").thenPut("in", "2").thenSh(edit).run();
      String path = edit.substring(edit.indexOf("t/"));
      assertEquals(told + " [" + path + "] [make] |", stage.told(), edit);
    }
  }

  @Test
  void filesOutsideAndBehindLinks() throws IOException {
    WatchStage stage =
        stage(
            "all: { command: 'cat ../out/o.txt link/l.txt > all', needs: [../out/o.txt,"
                + " link/l.txt], produces: all }");
    stage.put("../out/o.txt", "1").put("one/l.txt", "1").put("two/l.txt", "2");
    stage.sh("ln -s one link");
    stage
        .thenPut("../out/o.txt", "2")
        .thenPut("one/l.txt", "11")
        .thenSh("ln -sfn two link")
        .thenPut("one/l.txt", "111")
        .thenPut("two/l.txt", "22")
        .run();
    String outside = temp.toRealPath().resolve("out/o.txt").toString();
    assertEquals(
        "[all] | ["
            + outside
            + "] [all] | [link/l.txt] [all] | [link/l.txt] [all] |"
            + " [link/l.txt] [all] |",
        stage.told());
  }

  @Test
  void filesOfADepfile() throws IOException {
    WatchStage stage =
        stage(
            "c: { command: \"cat c h > o; echo 'o: c h' > d\", needs: c, produces: o, depfile: d"
                + " }");
    stage.put("c", "1").put("h", "1").thenPut("h", "2").then(() -> true).thenPut("c", "2").run();
    assertEquals("[c] | [h] [c] | [c] [c] |", stage.told());
  }

  @Test
  void toolsThatArePaths() throws IOException {
    WatchStage stage = stage("t: { command: ./t.sh, tools: ./t.sh, produces: o }");
    FreshProgram.write(stage.root.resolve("t.sh"), "#!/bin/sh\n: > o\n");
    stage.thenPut("t.sh", "#!/bin/sh\n: >> o\n").run();
    assertEquals("[t] | [t.sh] [t] |", stage.told());
  }

  @Test
  void includesTablesAndMatches() throws IOException {
    WatchStage stage = stage("");
    stage.put(
        "torc.yaml",
        """
        include: more/inc.yaml
        jobs:
          row: { table: runs.csv, command: 'echo {v} > r{name}', produces: 'r{name}' }
          each: { match: 'in/{s}.txt', command: 'cp {needs} e{s}', needs: 'in/{s}.txt', produces: 'e{s}' }
        """);
    stage.put("more/inc.yaml", "jobs: { i: { command: 'echo 1 > i', produces: i } }");
    stage.put("runs.csv", "name,v\np,1\n").put("in/a.txt", "1");
    stage
        .thenPut("runs.csv", "name,v\np,1\nq,2\n")
        .thenPut("in/b.txt", "2")
        .thenPut("more/inc.yaml", "jobs: { i: { command: 'echo 2 > i', produces: i } }")
        .thenDelete("in/a.txt")
        .thenPut("other.csv", "")
        .run();
    assertEquals(
        "[each/s=a, i, row/name=p] | [runs.csv] [row/name=q] | [in/b.txt] [each/s=b] |"
            + " [more/inc.yaml] [i] | [in/a.txt] [] |",
        stage.told());
  }

  @Test
  void onlyThoseOfTheTargets() throws IOException {
    List<String> jobs = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      jobs.add(
          "%1$s: { command: cp %1$s.in %1$s, needs: %1$s.in, produces: %1$s }".formatted(name));
    }
    WatchStage stage = new WatchStage(temp, "a").jobs(String.join("\n", jobs));
    stage.put("a.in", "1").put("b.in", "1").thenPut("b.in", "2").thenPut("a.in", "2").run();
    assertEquals("[a] | [a.in] [a] |", stage.told());
  }

  @Test
  void needsOfFailedAndBlockedJobs() throws IOException {
    WatchStage stage =
        stage(
            """
            bad: { command: 'grep ok a', needs: a, produces: x }
            next: { command: cp b y, needs: [x, b, 'n/*.txt'], produces: y }
            """);
    stage.put("a", "1").put("b", "1").put("n/1.txt", "");
    stage.thenPut("b", "2").thenPut("a", "2").thenPut("n/2.txt", "").run();
    assertEquals(
        "[bad FAILED, next BLOCKED] | [b] [bad FAILED, next BLOCKED] |"
            + " [a] [bad FAILED, next BLOCKED] | [n/2.txt] [bad FAILED, next BLOCKED] |",
        stage.told());
  }

  @Test
  void temporaryProductsMayGo() throws IOException {
    WatchStage stage =
        stage(
            """
            t: { command: cp a t, needs: a, produces: t, temporary: delete }
            r: { command: cp t r, needs: t, produces: r }
            kept: { command: cp a k, needs: a, produces: k, temporary: true }
            k2: { command: cp k k2, needs: k, produces: k2 }
            d: { command: 'mkdir f/in; cp a f/in', needs: a, produces: f/, temporary: delete }
            d2: { command: 'cat f/in/* > d2', needs: [f/, 'f/**', f/in/a], produces: d2 }
            """);
    stage.put("a", "1").then(() -> true).thenDelete("k").thenPut("a", "2").run();
    String all = "[d, d2, k2, kept, r, t]";
    assertEquals(all + " | [a] " + all + " |", stage.told());
  }

  /** The products are those of other instances, and of jobs that are no targets. */
  @Test
  void productsInAGlobAreNoNews() throws IOException {
    WatchStage stage =
        stage(
            """
            g: { parameters: { n: [1, 2] }, command: 'cat in/src* > in/{n}.txt', needs: 'in/*.txt', produces: 'in/{n}.txt' }
            """);
    stage.put("in/src.txt", "1").then(() -> true).thenPut("in/src.txt", "2").then(() -> true).run();
    assertEquals("[g/n=1, g/n=2] | [in/src.txt] [g/n=1, g/n=2] |", stage.told());
  }

  /** Section 3, Packages: a build file that a job makes is read in the round that makes it. */
  @Test
  void aBuildFileThatAJobMakesIsReadInTheSameRound() throws IOException {
    WatchStage stage = stage("x: { command: x }").put("a.txt", "1");
    stage
        .put("spec.yaml", "jobs: { x: { command: cp a.txt x, needs: a.txt, produces: x } }")
        .put(
            "torc.yaml",
            """
            include: { file: made.yaml, made: true }
            jobs: { gen: { command: cp spec.yaml made.yaml, needs: spec.yaml, produces: made.yaml } }
            """)
        .thenPut("spec.yaml", "jobs: { y: { command: cp a.txt y, needs: a.txt, produces: y } }")
        .thenPut("a.txt", "3")
        .run();
    assertEquals("[gen, x] | [spec.yaml] [gen, y] | [a.txt] [y] |", stage.told());
  }
}
