package dev.torc.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import dev.torc.core.memory.Unclosed;
import dev.torc.front.cli.Run;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Rules 9 and 15 at each step of the protocol of claims. Builds that hand jobs to a scheduler are
 * ended, as by {@code kill -9}, before their first change below {@code .torc/remote}, then before
 * the next change of a file, commit or start of a program, until one has its jobs done. The build
 * after each ends as one from scratch, runs nothing twice, loses nothing of the user's and leaves
 * nothing behind. The scheduler is {@code sh}; {@code BatchKillIT} is about killed scripts.
 */
@Sampled
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
class RemoteKillIT {

  /**
   * The n-th script starts at once, or, where there is a fifo of this number, at its first line. It
   * runs as long as its process has its command line: a zombie or another process of the same
   * number does not count. Each job notes that it runs, and when it runs beside itself.
   */
  private static final String PROJECT =
      """
      executors:
        far:
          kind: commands
          submit: >-
            cd ../../..; echo {name} >> submissions; n=$(wc -l < submissions);
            { test ! -e held.$n || read -r go < held.$n; exec setsid sh {script}; }
            > {log} 2>&1 & echo $!
          states: 'for i in {ids}; do if grep -qs torc/remote /proc/$i/cmdline; then echo $i runs; else echo $i gone; fi; done'
          cancel: kill {ids}
          id: '(?m)^(\\d+)$'
          words: { running: [runs], gone: [gone] }
          latency: 1s
      jobs:
        a:
          command: true one; mkdir a.busy || echo a >> twice; echo a >> runs; cat x > a.out; rmdir a.busy
          needs: [x]
          produces: [a.out]
          executor: far
        g:
          command: true one; mkdir g.busy || echo g >> twice; echo g >> runs; cat x > "g/$(cat x).o"; rmdir g.busy
          needs: [x]
          produces: ['g/*.o']
          executor: far
        all: { command: cat a.out g/*.o > all.out, needs: [a.out, 'g/*.o'], produces: [all.out] }
      """;

  /** Holds more scripts than are submitted. */
  private static final String HOLD = "mkfifo held.1 held.2 held.3 held.4 held.5";

  @TempDir static Path temp;
  private static Sandbox built;

  /** Built once, so that torc knows how long jobs take: from then on both may share a script. */
  @BeforeAll
  static void build() throws Exception {
    built = new Sandbox(temp);
    built.build(PROJECT);
    built.write("x", "1\n");
    Ran ran = built.torc();
    assertEquals(0, ran.exit(), ran.err());
    assertFalse(built.exists(".torc/remote"));
    built.run(List.of("rm", "runs", "submissions"));
    built.write("x", "2\n");
    built.write("a.out", "edited\n");
    built.write("g/mine.o", "mine\n");
  }

  private static Sandbox copy() throws Exception {
    Sandbox copy = new Sandbox(temp);
    Ran ran = copy.run(List.of("cp", "-a", built.root + "/.", copy.root.toString()));
    assertEquals(0, ran.exit(), ran.err());
    return copy;
  }

  /** Checks that the next build mends what the killed one left. */
  private static void mends(Sandbox project, Ran killed) throws Exception {
    Unclosed.recover(project.root);
    Run next = Run.of(project.root);
    String said = killed.err() + "\nthen:\n" + next.err();
    assertEquals(0, next.exit(), said);
    assertEquals("2\n", project.read("a.out"), said);
    assertEquals("2\n2\n", project.read("all.out"), said);
    assertEquals(List.of("2.o"), files(project.root.resolve("g")), said);
    assertFalse(project.exists("twice"), said);
    assertEquals(List.of("a.out edited\n", "g/mine.o mine\n"), kept(project), said);
    assertFalse(project.exists(".torc/remote"), said);
    List<String> runs = project.lines("runs");
    // The build runs in this process, for it writes nothing that is run. A process that another
    // lane forks may hold the lock for a moment: the build says that it waits.
    Run nothing = Run.of(project.root);
    assertEquals(0, nothing.exit(), said + nothing.err());
    String none = "3 jobs: 0 ran, 3 up to date, 0 failed";
    assertTrue(nothing.err().lines().anyMatch(line -> line.startsWith(none)), said + nothing.err());
    letGo(project, 1);
    Sandbox.until("no script is left", () -> !isOut(project));
    assertEquals(runs, project.lines("runs"), said);
    assertEquals(List.of("a", "g"), runs.stream().sorted().toList(), said);
  }

  /** The paths below a folder, sorted. */
  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  /** The kept files of all builds, with their texts, but for those of the local job. */
  private static List<String> kept(Sandbox project) throws IOException {
    List<String> kept = new ArrayList<>();
    for (String file : files(project.root.resolve(".torc/kept"))) {
      kept.add(file.substring(file.indexOf('/') + 1) + " " + project.read(".torc/kept/" + file));
    }
    return kept.stream().filter(file -> !file.startsWith("all.out ")).sorted().toList();
  }

  private static KillWalk walk() {
    return new KillWalk(temp, ".torc/remote", ".torc/graph.new");
  }

  private static boolean isOut(Sandbox project) {
    return ProcessHandle.allProcesses()
        .anyMatch(p -> p.info().commandLine().orElse("").contains(project.root + "/.torc/remote"));
  }

  private static void killedAt(List<String> all, String... names) {
    for (String name : names) {
      assertTrue(all.stream().anyMatch(step -> step.contains(name)), () -> name + " in " + all);
    }
  }

  /** Starts the held scripts from this number on, and holds no later ones. */
  private static void letGo(Sandbox project, int first) throws IOException {
    try (Stream<Path> files = Files.list(project.root)) {
      for (Path held :
          files.filter(file -> file.getFileName().toString().startsWith("held.")).toList()) {
        if (held.getFileName().toString().compareTo("held." + first) >= 0) {
          try (RandomAccessFile fifo = new RandomAccessFile(held.toFile(), "rw")) {
            Files.delete(held); // first: a script that opened it after the line would wait for ever
            fifo.writeBytes("go\n");
          }
        }
      }
    }
  }

  @Test
  void aKillWhileJobsRun() throws Exception {
    List<String> steps = walk().all(built, List.of(), RemoteKillIT::mends, "build");
    killedAt(steps, "script.new", "jobs.new", "pwrite ", "rename g/mine.o", "start ", "ids.new");
    killedAt(steps, "commit", "*.begun", "*.status", "*.aside", ".gone/");
    killedAt(steps, "rmdir .torc/remote/far/torc-*.gone");
  }

  /** Also after edits of the jobs that an earlier build left queued: others take their place. */
  @Test
  void aKillWhileJobsAreQueued() throws Exception {
    String edited = "sed -i 's/true one/true two/' torc.yaml";
    List<String> steps =
        new ArrayList<>(
            walk()
                .all(
                    built,
                    List.of(HOLD),
                    (project, killed) -> {
                      letGo(project, 1);
                      mends(project, killed);
                    },
                    "--submit"));
    steps.addAll(
        walk()
            .all(
                built,
                List.of(HOLD, "torc --submit", edited, "cp submissions earlier"),
                (project, killed) -> {
                  letGo(project, project.lines("earlier").size() + 1);
                  mends(project, killed);
                },
                "--submit"));
    killedAt(steps, "script.new", "pwrite ", "start ", "ids.new");
    killedAt(steps, "*.claim", "rename .torc/remote/far/torc-*/*.aside/0", "*.gone");
  }

  @Test
  void filesOfAGlobAreBackAfterAnInterrupt() throws Exception {
    try (Sandbox project = copy()) {
      project.sh(HOLD);
      Sandbox.Going torc = project.start();
      Sandbox.until("it is out", () -> torc.err().contains("g: submitted to far"));
      assertEquals(List.of(), files(project.root.resolve("g")));
      torc.signal("INT");
      Ran ended = torc.await();
      assertEquals(130, ended.exit(), ended.err());
      assertEquals(List.of("1.o", "mine.o"), files(project.root.resolve("g")), ended.err());
      assertEquals("edited\n", project.read("a.out"));
      assertFalse(project.exists(".torc/kept"));
      assertFalse(project.exists(".torc/remote"));
    }
  }
}
