package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.records.Batch;
import dev.torc.records.BuildLock;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.OwnedPath;
import dev.torc.records.ThisHost;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanCommandTest {

  private static final String THREE = "removed b.txt\nremoved c.txt\nremoved d.txt\n";

  @TempDir Path temp;
  private Path cwd;
  private Folder folder;

  @BeforeEach
  void open() throws IOException {
    cwd = temp.resolve("project");
    folder = new Folder(cwd).chain();
  }

  @Test
  void rule15ItRemovesWhatTorcMadeAndNothingElse() throws IOException {
    folder.put("mine.txt", "mine").build();
    assertEquals(new Run(0, THREE, ""), folder.run("clean"));
    assertTrue(folder.has("a.txt") && folder.has("mine.txt") && folder.has("torc.yaml"));
    assertFalse(folder.has("b.txt") || folder.has("c.txt") || folder.has("d.txt"));
    assertEquals(new Run(0, "", "nothing to remove\n"), folder.run("clean"));
  }

  @Test
  void rule1AfterCleanTheNextBuildMakesTheProductsAgain() throws IOException {
    folder.build().run("clean");
    assertEquals(
        """
        first will run: product b.txt missing
        second will run: product c.txt missing
        third will run: product d.txt missing
        """,
        folder.run("build", "-n").out());
    folder.build();
    assertEquals("one\n", folder.get("d.txt"));
  }

  @Test
  void rule15AnAlteredProductIsKeptWithAWarningUnlessForced() throws IOException {
    folder.build().put("c.txt", "edited");
    Run run = folder.run("clean");
    assertEquals(
        new Run(
            0,
            "removed b.txt\nremoved d.txt\n",
            "warning: kept c.txt: altered since torc made it; --force removes it\n"),
        run);
    assertEquals("edited", folder.get("c.txt"));
    assertEquals(new Run(0, "removed c.txt\n", ""), folder.run("clean", "--force"));
  }

  @Test
  void rule15ABitThatWasGivenAltersAProduct() throws IOException {
    folder.build();
    Path file = cwd.resolve("c.txt");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals(
        "warning: kept c.txt: altered since torc made it; --force removes it\n",
        folder.run("clean").err());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(new Run(0, "removed c.txt\n", ""), folder.run("clean"));
  }

  @Test
  void rule15AnAdoptedProductGoesOnlyByForce() throws IOException {
    folder.build();
    try (Cache cache = Cache.open(CachePlace.find(cwd, Map.of(), ThisHost.system()), _ -> {})) {
      OwnedPath owned = cache.owned("c.txt");
      cache.put(
          new Batch().own(new OwnedPath("c.txt", owned.kind(), owned.digest(), owned.job(), true)));
    }
    Run run = folder.run("clean");
    assertTrue(run.err().contains("kept c.txt: adopted, so it is yours"), run.err());
    assertTrue(folder.has("c.txt") && !folder.has("b.txt"));
    assertEquals("removed c.txt\n", folder.run("clean", "--force").out());
  }

  @Test
  void rule15AProductOfAFailedJobGoesToo() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { command: 'echo half > x; exit 1', produces: x } }\n");
    assertEquals(1, folder.run("build").exit());
    assertEquals(new Run(0, "removed x\n", ""), folder.run("clean"));
  }

  @Test
  void dryRunPrintsAndChangesNothing() throws IOException {
    folder.build();
    Run run = folder.run("clean", "-n");
    assertEquals(new Run(0, THREE.replace("removed", "would remove"), ""), run);
    assertEquals(new Run(0, THREE, ""), folder.run("clean"));
    assertEquals("would remove .torc\n", folder.run("clean", "-n", "--all").out());
    assertTrue(folder.has(".torc"));
  }

  @Test
  void withoutACacheItCreatesNone() {
    assertEquals(new Run(0, "", "nothing to remove\n"), folder.run("clean"));
    assertEquals(new Run(0, "", "nothing to remove\n"), folder.run("clean", "-n"));
    assertEquals(new Run(0, "", "nothing to remove\n"), folder.run("clean", "--all"));
    assertFalse(folder.has(".torc"));
  }

  @Test
  void targetsNameJobsTagsOrFiles() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          two: { command: touch x y, produces: [x, y], tags: t }
          one: { command: touch z, needs: x, produces: z }
        """);
    assertEquals("removed z\n", folder.build().run("clean", "one").out());
    assertEquals("removed x\nremoved y\n", folder.build().run("clean", "t").out());
    assertEquals("removed y\n", folder.build().run("clean", "y").out());
    assertEquals(
        "removed x\n", Run.of(temp, "-C", "project", "clean", cwd.resolve("x").toString()).out());
    Run run = folder.run("clean", "twoo");
    assertEquals(2, run.exit());
    assertTrue(run.err().contains("did you mean two?"), run.err());
  }

  @Test
  void foldersGlobsDepfilesAndLinksAreProductsLikeFiles() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          dir: { command: mkdir -p out/sub; touch out/sub/x, produces: out/ }
          glob: { command: touch g/1.csv g/2.csv, produces: g/*.csv }
          dep: { command: 'touch o; echo "o: a.txt" > o.d', produces: o, depfile: o.d }
          link: { command: ln -s a.txt l, produces: l }
        """);
    folder.build().put("g/mine.txt", "");
    assertEquals(
        new Run(
            0,
            "removed g/1.csv\nremoved g/2.csv\nremoved l\nremoved o\nremoved o.d\nremoved out\n",
            ""),
        folder.run("clean"));
    assertTrue(folder.has("a.txt") && folder.has("g/mine.txt"));
    assertEquals("removed o\nremoved o.d\n", folder.build().run("clean", "dep").out());
  }

  @Test
  void rule15AFolderThatHoldsMoreThanTorcMadeIsKept() throws IOException {
    folder.put("torc.yaml", "jobs: { dir: { command: touch out/x, produces: out/ } }\n").build();
    folder.put("out/mine", "");
    assertEquals(1, folder.run("clean").err().lines().count());
    assertTrue(folder.has("out/mine") && folder.has("out/x"));
  }

  @Test
  void rule15AFolderInThePlaceOfAFileIsKeptEvenWithForce() throws IOException {
    folder.build();
    Files.delete(cwd.resolve("c.txt"));
    folder.put("c.txt/mine", "");
    Run run = folder.run("clean", "--force");
    assertEquals("removed b.txt\nremoved d.txt\n", run.out());
    assertTrue(run.err().contains("kept c.txt: it is a folder"), run.err());
    assertTrue(folder.has("c.txt/mine"));
  }

  @Test
  void rule15AFifoInThePlaceOfAProductIsKeptAndNeverRead() throws Exception {
    folder.build();
    Files.delete(cwd.resolve("c.txt"));
    assertEquals(0, new ProcessBuilder("mkfifo", cwd + "/c.txt").start().waitFor());
    Run run = folder.run("clean");
    assertEquals("removed b.txt\nremoved d.txt\n", run.out());
    assertTrue(run.err().contains("kept c.txt: altered"), run.err());
  }

  @Test
  void rule15ItNeverFollowsALinkOutOfTheRoot() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { command: echo x > out/x, produces: out/x } }\n").build();
    Files.move(cwd.resolve("out"), temp.resolve("elsewhere"));
    Files.createSymbolicLink(cwd.resolve("out"), temp.resolve("elsewhere"));
    for (String[] args : new String[][] {{"clean"}, {"clean", "--force"}, {"clean", "-n"}}) {
      Run run = folder.run(args);
      assertEquals("", run.out());
      assertTrue(run.err().contains("kept out/x: " + cwd + "/out is a link"), run.err());
    }
    assertTrue(Files.exists(temp.resolve("elsewhere/x")));
  }

  @Test
  void rule15ALinkInThePlaceOfAProductIsNotFollowed() throws IOException {
    folder.build();
    Path mine = Files.writeString(temp.resolve("mine"), "one\n");
    Files.delete(cwd.resolve("c.txt"));
    Files.createSymbolicLink(cwd.resolve("c.txt"), mine);
    assertTrue(folder.run("clean").err().contains("kept c.txt: altered"));
    assertEquals("removed c.txt\n", folder.run("clean", "--force").out());
    assertEquals("one\n", Files.readString(mine));
  }

  @Test
  void rule15OutsideTheRootOnlyBelowRoots() throws IOException {
    Path far = Files.createDirectory(temp.resolve("far"));
    String text = "jobs: { a: { command: echo x > %s/x, produces: %s/x } }\n".formatted(far, far);
    folder.put("torc.yaml", "roots: [../far]\n" + text).build();
    assertTrue(Files.exists(far.resolve("x")));
    folder.put("torc.yaml", "jobs: {}\n");
    Run run = folder.run("clean", "--stale");
    assertEquals("", run.out());
    assertTrue(run.err().contains("it lies neither below the root nor"), run.err());
    assertTrue(Files.exists(far.resolve("x")));
    folder.put("torc.yaml", "roots: [../far]\n" + text);
    assertEquals("removed " + far + "/x\n", folder.run("clean").out());
  }

  @Test
  void rule15StaleTakesWhatNoJobDeclaresAnyMore() throws IOException {
    folder.build();
    folder.put("torc.yaml", "jobs: { first: { command: cat a.txt > b.txt, produces: b.txt } }\n");
    assertEquals(
        "would remove c.txt\nwould remove d.txt\n", folder.run("clean", "-n", "--stale").out());
    assertEquals(new Run(0, "removed c.txt\nremoved d.txt\n", ""), folder.run("clean", "--stale"));
    assertTrue(folder.has("b.txt"));
    assertEquals("nothing to remove\n", folder.run("clean", "--stale").err());
  }

  @Test
  void rule15WithoutStaleItLeavesWhatNoJobDeclaresAnyMore() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          seeds: { command: 'echo s > seeds.txt; echo l > log.txt', produces: [seeds.txt, log.txt] }
          g:
            parameters: { s: { lines: seeds.txt } }
            command: cp seeds.txt {s}.g
            produces: '{s}.g'
        """);
    folder.build();
    // what was made once is a source now, and counts as one
    folder.put(
        "torc.yaml",
        """
        jobs:
          g:
            parameters: { s: { lines: seeds.txt } }
            command: cp seeds.txt {s}.g
            produces: '{s}.g'
        """);
    String left =
        "left 2 products that no job declares any more;"
            + " `torc clean --stale` removes what none needs\n";
    assertEquals(
        new Run(0, "would remove s.g\n", "warning: " + left), folder.run("clean", "-n", "--force"));
    assertEquals(new Run(0, "removed s.g\n", "warning: " + left), folder.run("clean"));
    assertEquals("s\n", folder.get("seeds.txt"));
    String all = "left 2 products that no job declares any more; from now on they are yours\n";
    assertEquals(new Run(0, "removed .torc\n", "warning: " + all), folder.run("clean", "--all"));
    assertEquals("l\n", folder.get("log.txt"));
    folder.build();
    assertEquals(new Run(0, "removed s.g\n", ""), folder.run("clean"));
  }

  @Test
  void rule15StaleLeavesWhatAJobNeedsNow() throws IOException {
    folder
        .put(
            "torc.yaml",
            """
            jobs:
              a: { command: touch p q g.csv o.d dir/x, produces: [p, q, g.csv, dir/, o.d] }
            """)
        .build();
    folder.put(
        "torc.yaml",
        """
        jobs:
          reads: { command: 'true', needs: [p, dir/x] }
          globs: { command: 'true', needs: '*.csv' }
          deps: { command: 'echo "x: a.txt" > o.d', depfile: o.d }
        """);
    // an unaltered product that nobody declares counts for no glob, so it may go
    assertEquals("removed g.csv\nremoved q\n", folder.run("clean", "--stale").out());
    assertTrue(folder.has("p") && folder.has("dir/x") && folder.has("o.d"));
  }

  @Test
  void rule15AnAlteredStaleFileThatAGlobNeedsStaysEvenWithForce() throws IOException {
    folder.put(
        "torc.yaml", "jobs: { a: { command: touch g.csv h.csv, produces: [g.csv, h.csv] } }\n");
    folder.build().put("g.csv", "mine now");
    folder.put("torc.yaml", "jobs: { a: { command: 'true', needs: 'g*' } }\n");
    assertEquals("removed h.csv\n", folder.run("clean", "--stale", "--force").out());
    assertEquals("mine now", folder.get("g.csv"));
  }

  @Test
  void staleOfATargetIsWhatThatJobMadeLast() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          a: { command: touch a1 a2, produces: [a1, a2] }
          b: { command: touch b1 b2, produces: [b1, b2] }
        """);
    folder.build();
    folder.put(
        "torc.yaml",
        """
        jobs:
          a: { command: touch a1, produces: a1 }
          b: { command: touch b1, produces: b1 }
        """);
    assertEquals("removed a2\n", folder.run("clean", "--stale", "a").out());
    assertTrue(folder.has("b2"));
  }

  @Test
  void staleAsksForTheBuildFilesOfTheBuildsThatMadeTheProducts() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { command: touch a1, produces: a1 } }\n");
    folder.put("site.yaml", "jobs: { b: { command: touch b1, produces: b1 } }\n");
    assertEquals(0, folder.run("-f", "torc.yaml", "-f", "site.yaml").exit());
    String[] some = {"clean", "--stale"};
    String asked =
        "torc: a build with other build files made b1: say the same,"
            + " `torc clean --stale -f torc.yaml -f site.yaml`\n";
    assertEquals(new Run(2, "", asked), folder.run(some));
    assertEquals(new Run(2, "", asked), folder.run("clean", "-n", "--stale", "-f", "torc.yaml"));
    assertEquals(0, folder.run().exit()); // records nothing of b
    assertEquals(new Run(2, "", asked), folder.run(some));
    Run same = folder.run("clean", "--stale", "-f", "torc.yaml", "-f", "site.yaml");
    assertEquals(new Run(0, "", "nothing to remove\n"), same);
    folder.put("site.yaml", "jobs: {}\n");
    assertEquals(new Run(2, "", asked), folder.run(some));
    assertEquals(
        "removed b1\n", folder.run("clean", "--stale", "-f", "torc.yaml", "-f", "site.yaml").out());
    folder.put("site.yaml", "jobs: { b: { command: touch b1, produces: b1 } }\n");
    assertEquals(0, folder.run("-f", "torc.yaml", "-f", "site.yaml").exit());
    Files.delete(folder.at().resolve("site.yaml"));
    assertEquals("removed b1\n", folder.run(some).out(), "what is gone cannot be asked for");
  }

  @Test
  void rule13WithoutTargetsItWorksWhereTheBuildFileIsRefused() throws IOException {
    folder.build().put("torc.yaml", "nonsense: 1\n");
    for (String[] args : new String[][] {{"clean", "--stale"}, {"clean", "first"}}) {
      Run run = folder.run(args);
      assertEquals(2, run.exit());
      assertEquals("", run.out());
    }
    Run run = folder.run("clean");
    assertEquals(0, run.exit());
    assertEquals(THREE, run.out());
    assertTrue(run.err().startsWith("torc.yaml:1:1: unknown key nonsense"), run.err());
  }

  @Test
  void aMistakeOnTheCommandLineIsNoRefusedBuildFile() throws IOException {
    folder.build();
    for (String[] args :
        new String[][] {
          {"clean", "-f", "torc2.yaml"},
          {"clean", "-f", "none/torc.yaml"},
          {"clean", "-D", "yeras=3"},
          {"clean", "--stale", "-x"}
        }) {
      assertEquals(2, folder.run(args).exit(), String.join(" ", args));
    }
    assertTrue(folder.has("b.txt"));
  }

  @Test
  void rule15KeptTakesWhatWasSetAsideAndOnlyThat() throws IOException {
    Path far = Files.createDirectory(temp.resolve("far"));
    Files.writeString(far.resolve("x"), "mine");
    folder.put("b.txt", "mine");
    folder.put(
        "torc.yaml",
        folder.get("torc.yaml")
            + "  far: { command: echo x > %s/x, produces: %s/x }\nroots: [%s]\n"
                .formatted(far, far, far));
    folder.build();
    assertEquals("mine", folder.get(".torc/kept/1/b.txt"));
    assertEquals("mine", Files.readString(far.resolve(".torc-kept/1/x")));
    assertEquals(
        new Run(0, "removed .torc/kept\nremoved " + far + "/.torc-kept\n", ""),
        folder.run("clean", "--kept"));
    assertFalse(folder.has(".torc/kept") || Files.exists(far.resolve(".torc-kept")));
    assertTrue(folder.has("b.txt"));
  }

  @Test
  void rule15AllLeavesWhatWasSetAsideUnlessKeptIsGivenToo() throws IOException {
    folder.put("b.txt", "mine").build();
    Run run = folder.run("clean", "--all");
    assertEquals(0, run.exit());
    assertEquals(THREE + "removed .torc\n", run.out());
    assertEquals(
        "warning: kept .torc/kept: it holds what torc set aside for you; --kept removes it\n",
        run.err());
    try (var left = Files.list(cwd.resolve(".torc"))) {
      assertEquals("kept", left.map(f -> f.getFileName().toString()).reduce("", String::concat));
    }
    assertEquals("mine", folder.get(".torc/kept/1/b.txt"));
    folder.build();
    assertEquals(
        new Run(0, THREE + "removed .torc/kept\nremoved .torc\n", ""),
        folder.run("clean", "--all", "--kept"));
    assertFalse(folder.has(".torc"));
  }

  @Test
  void allTakesADatabaseThatIsElsewhereToo() throws IOException {
    Map<String, String> env = Map.of("TORC_CACHE", temp.resolve("caches").toString());
    assertEquals(0, with(env, "build").exit());
    assertEquals(1, count(temp.resolve("caches")));
    assertEquals(0, with(env, "clean", "--all").exit());
    assertEquals(0, count(temp.resolve("caches")));
    assertFalse(folder.has(".torc"));
  }

  private Run with(Map<String, String> env, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Main.run(args, Run.console(cwd, out, err, env));
    return new Run(exit, out.toString(), err.toString());
  }

  private static long count(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void rule15AllNeverFollowsALink() throws IOException {
    folder.build();
    Files.move(cwd.resolve(".torc"), temp.resolve("memory"));
    Files.createSymbolicLink(cwd.resolve(".torc"), temp.resolve("memory"));
    Files.createDirectories(temp.resolve("memory/kept/1"));
    Run run = folder.run("clean", "--all", "--kept");
    assertEquals(3, run.exit(), run.err());
    assertTrue(run.err().contains("/.torc is a link, "), run.err());
    assertTrue(Files.exists(temp.resolve("memory/kept/1")));
    assertTrue(Files.exists(temp.resolve("memory/data.mdb")));
  }

  @Test
  void rule10ItWaitsForARunningBuild() throws Exception {
    folder.build();
    BuildLock.Holder other =
        new BuildLock.Holder(ProcessHandle.current().pid(), "other", "torc build");
    CompletableFuture<String> waiting = new CompletableFuture<>();
    StringWriter out = new StringWriter();
    StringWriter err =
        new StringWriter() {
          @Override
          public void write(String text) {
            super.write(text);
            waiting.complete(text);
          }
        };
    CompletableFuture<Integer> exit;
    try (BuildLock lock =
        BuildLock.tryAcquire(CachePlace.find(cwd, Map.of(), ThisHost.system()), other, false)
            .orElseThrow()) {
      exit =
          CompletableFuture.supplyAsync(
              () -> Main.run(new String[] {"clean"}, Run.console(cwd, out, err, Map.of())));
      assertTrue(waiting.get(60, TimeUnit.SECONDS).startsWith("waiting for another build to end"));
      assertTrue(folder.has("b.txt") && lock != null);
    }
    assertEquals(0, exit.get(60, TimeUnit.SECONDS));
    assertEquals(THREE, out.toString());
  }

  @Test
  void rule10WithNoWaitItEndsWith75AndADryRunNeverWaits() throws IOException {
    folder.build();
    BuildLock.Holder other = new BuildLock.Holder(1, "other", "torc build");
    try (BuildLock _ =
        BuildLock.tryAcquire(CachePlace.find(cwd, Map.of(), ThisHost.system()), other, false)
            .orElseThrow()) {
      Run run = folder.run("clean", "--no-wait");
      assertEquals(75, run.exit());
      assertTrue(run.err().startsWith("another build is at work here"), run.err());
      assertEquals(0, folder.run("clean", "-n").exit());
    }
    assertTrue(folder.has("b.txt"));
    assertEquals(0, folder.run("clean", "--no-wait").exit());
  }

  @Test
  void rule10CalledByAJobOfTheBuildItIsRefused() throws IOException {
    folder.build();
    BuildLock.Holder other =
        new BuildLock.Holder(ProcessHandle.current().pid(), "outer", "torc build");
    try (BuildLock _ =
        BuildLock.tryAcquire(CachePlace.find(cwd, Map.of(), ThisHost.system()), other, false)
            .orElseThrow()) {
      Run run = with(Map.of("TORC_BUILDS", "outer", "TORC_JOB", "j"), "clean");
      assertEquals(2, run.exit());
      assertTrue(run.err().contains("job j calls torc"), run.err());
    }
    assertTrue(folder.has("b.txt"));
  }

  @Test
  void whatCannotBeReadIsToldAndTheRestGoesOn() throws Exception {
    folder.put("torc.yaml", "jobs: { a: { command: touch sub/x z, produces: [sub/, z] } }\n");
    folder.build();
    assertEquals(0, new ProcessBuilder("mkfifo", cwd + "/sub/pipe").start().waitFor());
    Run run = folder.run("clean");
    assertEquals(3, run.exit());
    assertEquals("removed z\n", run.out());
    assertTrue(
        run.err().startsWith("warning: kept sub: cannot read sub/pipe: it is a FIFO"), run.err());
    assertEquals(new Run(0, "removed sub\n", ""), folder.run("clean", "--force"));
  }

  @Test
  void aFileInThePlaceOfTheFolderOfAProductIsLeftAlone() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { command: touch sub/x z, produces: [sub/x, z] } }\n");
    folder.build();
    Files.delete(cwd.resolve("sub/x"));
    Files.delete(cwd.resolve("sub"));
    folder.put("sub", "mine");
    assertEquals(new Run(0, "removed z\n", ""), folder.run("clean", "--force"));
    assertEquals("mine", folder.get("sub"));
  }

  @Test
  void optionsThatExcludeEachOtherAreSaid() {
    assertEquals(2, folder.run("clean", "--all", "--stale").exit());
    assertEquals(2, folder.run("clean", "--all", "first").exit());
    assertEquals(2, folder.run("clean", "--kept", "first").exit());
  }

  @Test
  void jsonListsWhatWasRemovedAndWhatStays() throws IOException {
    folder.build().put("c.txt", "edited");
    assertEquals(
        "{\"version\":1,\"dry_run\":false,\"removed\":[\"b.txt\",\"d.txt\"],\"kept\":["
            + "{\"path\":\"c.txt\",\"why\":\"altered since torc made it; --force removes it\"}]}\n",
        folder.run("clean", "--json").out());
  }

  @Test
  void oddNamesAreShownHarmless() throws IOException {
    folder.put(
        "torc.yaml",
        "jobs: { a: { command: [touch, \"two\\twords 'x'\"], produces: \"two\\twords 'x'\" } }\n");
    assertEquals("removed $'two\\twords \\'x\\''\n", folder.build().run("clean").out());
  }
}
