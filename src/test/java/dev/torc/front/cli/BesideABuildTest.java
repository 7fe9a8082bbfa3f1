package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.Series.Usage;
import dev.torc.base.posix.Io;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.StartMark;
import dev.torc.core.memory.StartMarks;
import dev.torc.core.memory.ThisHost;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules 9 and 10: what the commands do and tell while a build of the project holds its lock. */
class BesideABuildTest {

  @TempDir Path temp;
  private Folder folder;
  private Process started; // null unless a test needs one

  @BeforeEach
  void built() throws IOException {
    folder = new Folder(temp.toRealPath().resolve("project")).chain();
    folder.put("torc.yaml", "stores: { keep: 1GiB }\n" + folder.get("torc.yaml"));
    folder.build().put("a.txt", "two\n").build();
  }

  private CachePlace place() {
    return CachePlace.find(folder.at(), Map.of(), ThisHost.system());
  }

  /** The project's lock, held by this process as if by a build of this name. */
  private BuildLock lock(String build) {
    return lock(build, ProcessHandle.current().pid());
  }

  /** The project's lock, held as if by a build that runs one job, in a process of its own. */
  private BuildLock lock(String build, String job) throws IOException {
    ProcessBuilder torc = new ProcessBuilder("sh", "-c", "sleep 3600 & echo; wait");
    torc.environment().put("TORC_JOB", job);
    started = torc.start();
    assertEquals('\n', started.getInputStream().read()); // the job's process has started
    return lock(build, started.pid());
  }

  @AfterEach
  void ended() {
    if (started != null) {
      started.descendants().forEach(ProcessHandle::destroyForcibly);
      started.destroyForcibly();
    }
  }

  private BuildLock lock(String build, long pid) {
    BuildLock.Holder holder = new BuildLock.Holder(pid, build, "torc build");
    return BuildLock.tryAcquire(place(), holder, false).orElseThrow();
  }

  /** All files with the times of their last change, but for LMDB's lock file. */
  private Map<Path, Object> files() throws IOException {
    Map<Path, Object> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder.at())) {
      for (Path each : all.filter(file -> !file.endsWith("lock.mdb")).toList()) {
        files.put(each, Files.getLastModifiedTime(each));
      }
    }
    return files;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "store",
        "store first second",
        "store --prune=5B -n",
        "store --clear -n",
        "store --verify -n",
        "clean -n"
      })
  void rule10LooksNeverWaitAndWriteNothing(String look) throws IOException {
    try (BuildLock _ = lock("other")) {
      Map<Path, Object> before = files();
      Run run = folder.run(look.split(" "));
      assertEquals(0, run.exit(), run.err());
      assertFalse(run.out().isEmpty() && run.err().isEmpty());
      assertEquals(before, files());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"store --prune=0", "store --clear", "store --verify", "clean", "adopt first"})
  void rule10WithNoWaitTheRestEndsWith75(String action) throws IOException {
    String[] args = (action + " --no-wait").split(" ");
    try (BuildLock _ = lock("other")) {
      Map<Path, Object> before = files();
      Run run = folder.run(args);
      assertEquals(75, run.exit());
      assertTrue(run.err().startsWith("another build is running here"), run.err());
      assertEquals(before, files());
    }
    assertEquals(0, folder.run(args).exit());
  }

  /** Section 7: {@code torc stop} names the build that holds the lock, and no other command. */
  @Test
  void stopAsksTheBuildThatHoldsTheLock() throws IOException {
    Run none = folder.run("stop");
    assertEquals(1, none.exit());
    assertEquals("torc: no build is running here\n", none.err());
    Path request = folder.at().resolve(".torc/stop");
    assertFalse(Files.exists(request));
    long pid = ProcessHandle.current().pid();
    try (BuildLock _ = lock("other")) {
      Run run = folder.run("stop");
      assertEquals(0, run.exit());
      assertEquals(
          "asked the build (process %d) to stop; running jobs finish, no more start\n"
              .formatted(pid),
          run.err());
      assertTrue(Files.readString(request).startsWith("other\n\n"));
      folder.put("torc.yaml", "jobs: [").run("stop", "--now");
      assertTrue(Files.readString(request).startsWith("other\nnow\n"), "a refused build file");
    }
    BuildLock.Holder clean = new BuildLock.Holder(pid, "other", "torc clean");
    try (BuildLock _ = BuildLock.tryAcquire(place(), clean, false).orElseThrow()) {
      assertEquals(1, folder.run("stop").exit());
    }
  }

  @Test
  void rule10CleanWaitsForARunningBuild() throws Exception {
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
    try (BuildLock _ = lock("other")) {
      Console console = Run.console(folder.at(), out, err, Map.of());
      exit = CompletableFuture.supplyAsync(() -> Main.run(new String[] {"clean"}, console));
      assertTrue(waiting.get(300, TimeUnit.SECONDS).startsWith("waiting for another build to end"));
      assertTrue(folder.has("b.txt"));
    }
    assertEquals(0, exit.get(300, TimeUnit.SECONDS));
    assertEquals("removed b.txt\nremoved c.txt\nremoved d.txt\n", out.toString());
  }

  @Test
  void rule10CalledByAJobOfTheBuildCleanIsRefused() throws IOException {
    try (BuildLock _ = lock("outer")) {
      Run run = Run.in(Map.of("TORC_BUILDS", "outer", "TORC_JOB", "j"), folder.at(), "clean");
      assertEquals(2, run.exit());
      assertTrue(run.err().contains("job j calls torc"), run.err());
    }
    assertTrue(folder.has("b.txt"));
  }

  @Test
  void rule9WhatTheHolderOfTheLockStartedIsRunningAndNothingElseIs() throws IOException {
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      marks.add(new StartMark("now", "second", 1));
      marks.add(new StartMark("now", "first", 1)); // has ended, and is not recorded yet
      marks.add(new StartMark("killed", "third", 1));
      try (BuildLock _ = lock("now", "second")) {
        String out = folder.run("status").out();
        String pid = "build running: process " + started.pid();
        assertTrue(out.contains(pid + ", torc build\n"), out);
        String first =
            "3 jobs: 1 running, 1 will run, 0 may run, 1 up to date\nrunning:\n  second: ";
        assertTrue(out.startsWith(first), out);
        assertTrue(out.contains("will run:\n  third: was interrupted last time\n"), out);
        assertEquals("second is running\n", folder.run("why", "second").out());
        assertTrue(folder.run("list").out().contains("second  running "));
      }
    }
    assertFalse(folder.run("status").out().contains("at work"));
  }

  @Test
  void rule15WhatARunningJobHasMadeIsNotCalledTheUsers() throws IOException {
    folder.put("torc.yaml", "jobs: { new: { command: make new, produces: new } }").put("new", "1");
    assertTrue(folder.run("build", "-n").err().contains("new is not made by torc"));
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      marks.add(new StartMark("now", "new", 1));
      try (BuildLock _ = lock("now", "new")) {
        assertFalse(folder.run("build", "-n").err().contains("new is not made by torc"));
      }
    }
  }

  @Test
  void section10AJobAtASchedulerIsShownAsSubmittedWhileItsBuildRuns() throws IOException {
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      marks.add(new StartMark("now", "second", 1).at("far"));
      try (BuildLock _ = lock("now")) {
        String out = folder.run("status").out();
        assertTrue(out.contains("submitted:\n  second to far: "), out);
        assertTrue(folder.run("list").out().contains("second  submitted to far "));
        assertTrue(folder.run("why", "second").out().startsWith("second is submitted to far: "));
        assertTrue(folder.run("build", "-n").out().startsWith("second is submitted to far: "));
      }
    }
  }

  @Test
  void rule9ListCountsTheInstancesOfAGroupByTheirStates() throws IOException {
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
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      marks.add(new StartMark("now", "train/seed=3", 1));
      marks.add(new StartMark("killed", "train/seed=7", 1));
      String out = folder.run("list").out();
      assertTrue(
          out.startsWith("train   2 of 7 up to date, 2 will run, 1 failed, 2 interrupted  "), out);
      try (BuildLock _ = lock("now", "train/seed=3")) {
        String beside = folder.run("list").out();
        String states = "2 of 7 up to date, 1 running, 2 waiting, 1 failed, 1 interrupted  ";
        assertTrue(beside.startsWith("train   " + states), beside);
        assertTrue(beside.contains("\ndeploy  will run  "), "no build runs it: " + beside);
        assertTrue(folder.run("list", "--instances").out().contains("train/seed=4  waiting  "));
      }
    }
  }

  /** Calls {@code status --follow} until it has shown {@code first}; then lets the build go on. */
  private Run follow(String first, Io.Run then) throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    StringWriter err =
        new StringWriter() {
          @Override
          public void write(String text) {
            super.write(text);
            if (text.contains(first)) {
              seen.complete(text);
            }
          }
        };
    Console plain = Run.console(folder.at(), new StringWriter(), err, Map.of("TERM", "xterm"));
    Console console =
        new Console(
            plain.in(),
            plain.out(),
            err,
            plain.env(),
            plain.cwd(),
            new Console.Terminals(true, true, () -> 80),
            plain.began());
    CompletableFuture<Integer> exit =
        CompletableFuture.supplyAsync(
            () -> Main.run(new String[] {"status", "--follow", "--color", "never"}, console));
    seen.get(300, TimeUnit.SECONDS);
    then.run();
    int ended = exit.get(300, TimeUnit.SECONDS);
    String shown = err.toString().replaceAll("(?s)\033\\[\\?7l.*?\033\\[\\?7h", "");
    return new Run(ended, "", shown.replaceAll("\033\\[[0-9;?]*[A-Za-z]|\r", ""));
  }

  /** The page reloads itself as long as the build runs, and not after that. */
  @Test
  void reportFollowsABuildToItsEnd() throws Exception {
    Path page = folder.at().resolve("page.html");
    CompletableFuture<Run> followed;
    try (BuildLock _ = lock("now")) {
      followed =
          CompletableFuture.supplyAsync(() -> folder.run("report", "--follow", "-o", "page.html"));
      while (!Files.exists(page)) {
        assertFalse(followed.isDone());
        Thread.onSpinWait();
      }
      assertTrue(Files.readString(page).contains("http-equiv=\"refresh\" content=\"10\""));
    }
    Run run = followed.get(300, TimeUnit.SECONDS);
    assertEquals("the report is in " + page + " and follows the build\n", run.err());
    assertFalse(Files.readString(page).contains("http-equiv=\"refresh\""));
  }

  @Test
  void aReportDoesNotReplaceALink() throws IOException {
    folder.put("page.html", "");
    Path link = Files.createSymbolicLink(folder.at().resolve("link"), Path.of("page.html"));
    for (String how : List.of("--paths", "--follow", "--follow")) {
      assertEquals(0, folder.run("report", how, "-o", "link").exit());
      assertTrue(Files.isSymbolicLink(link), how);
      assertTrue(folder.get("page.html").startsWith("<!doctype html>"), how);
    }
  }

  @Test
  void aReportThatCannotBeWrittenIsNamedAndNotItsTemporaryFile() {
    String name = "x".repeat(300);
    String error = "torc: " + folder.at().resolve(name) + ": file name too long\n";
    assertEquals(new Run(3, "", error), folder.run("report", "-o", name));
  }

  @Test
  void withoutABuildThereIsNothingToFollow() throws IOException {
    Map<Path, Object> before = files();
    assertEquals(new Run(0, "", "no build is running\n"), folder.run("status", "--follow"));
    assertEquals(before, files());
    assertEquals(2, folder.run("status", "--follow", "first").exit());
  }

  /** As after kill -9: the lock is free, and the build's record has no end. */
  @Test
  void aKilledBuildEndsTheFollowerWith3() throws Exception {
    Run followed;
    BuildLock lock = lock("killed", "second");
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      try (Cache cache = Cache.open(place(), _ -> {})) {
        SortedMap<String, Integer> counts = new TreeMap<>(Map.of("NOT_REACHED", 2));
        BuildRecord record =
            new BuildRecord(
                new BuildRecord.BuildId("killed", 9),
                1,
                counts,
                new BuildRecord.Said(List.of(), null, null),
                BuildRecord.BuildEnd.NONE);
        cache.put(new Batch().build(record));
      }
      marks.add(new StartMark("killed", "second", 1));
      followed = follow("0/2 done, 1 running", lock::close);
    }
    assertEquals(new Run(3, "", "build 9 was killed; run torc to go on\n"), followed);
    String none = "no build is running; build 9 was killed; run torc to go on\n";
    assertEquals(new Run(3, "", none), folder.run("status", "--follow"));
  }

  /** The job has retries, but not for this failure. */
  @Test
  void aFailureThatIsNotRetriedIsFollowedAsTheLast() throws Exception {
    folder.put(
        "torc.yaml", "jobs:\n  one: { command: exit 1, retries: 1, retry: { on: [137] } }\n");
    BuildRecord.BuildId id = new BuildRecord.BuildId("now", 9);
    SortedMap<String, Integer> counts = new TreeMap<>(Map.of("NOT_REACHED", 1));
    AttemptRecord failed =
        new AttemptRecord(
            new AttemptRecord.Id(9, 0, "one", 1),
            new AttemptRecord.End(JobResult.Outcome.FAILED, 1, 0),
            new AttemptRecord.Times(1, 0, 1),
            Usage.NOTHING,
            new AttemptRecord.Where("here", null),
            new AttemptRecord.Asked(1, 0, 0, 0),
            new AttemptRecord.Why(List.of(), 0));
    BuildLock lock = lock("now");
    try (Cache cache = Cache.open(place(), _ -> {})) {
      BuildRecord record =
          new BuildRecord(
              id,
              1,
              counts,
              new BuildRecord.Said(List.of(), null, null),
              BuildRecord.BuildEnd.NONE);
      cache.put(new Batch().build(record).attempt(failed));
    }
    Run followed = follow("exit 1", lock::close);
    assertTrue(followed.err().matches("(?s)one failed after \\S+ s: exit 1\n.*"), followed.err());
  }

  @Test
  void aSubmittedJobIsFollowedToItsEnd() throws Exception {
    folder.put("hold", "");
    folder.put(
        "torc.yaml",
        """
        executors:
          far:
            kind: commands
            submit: >-
              cd ROOT; { while test -e hold; do sleep 0.02; done; exec setsid {script}; } > {log} 2>&1 & echo $!
            states: 'for i in {ids}; do grep -qs "^State:.[^Z]" /proc/$i/status && echo $i runs || echo $i gone; done'
            cancel: kill {ids}
            id: '(?m)^(\\d+)$'
            words: { running: [runs], gone: [gone] }
        defaults: { executor: far }
        jobs:
          three: { command: exit 3 }
          signal: { command: kill -9 $$ }
          late: { command: sleep 600, resources: { runtime: 100ms } }
          good: { command: "true" }
        """
            .replace("ROOT", folder.at().toString()));
    assertEquals(0, folder.run("build", "--submit").exit());
    Files.delete(folder.at().resolve("hold"));
    Run run = folder.run("status", "--follow");
    assertEquals(1, run.exit());
    for (String end : List.of("three: exit 3", "signal: signal 9", "late: timed out")) {
      assertTrue(run.err().contains("\n  " + end + ","), run.err());
    }
    assertTrue(run.err().contains("\n4 jobs: 1 ran, 0 up to date, 3 failed in "), run.err());
  }
}
