package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Edits while a job waits at a scheduler or runs there, beside a torc or between two of them. */
class RemoteEditsTest {

  /** Seconds after which a wait fails; no test comes near. */
  private static final long DEADLINE = 300;

  @TempDir Path temp;
  private Folder project;

  /**
   * The job notes when it begins and ends, and ends when a file {@code go} is there. Its grace is
   * long: a job that is killed on a busy machine before it has noted its end would be waited for.
   */
  private void build(String word, String runtime) throws IOException {
    project.put(
        "torc.yaml",
        """
        executors:
          far:
            kind: commands
            submit: >-
              cd ROOT; echo >> submissions;
              { while test -e hold; do sleep 0.02; done; exec setsid {script}; } > {log} 2>&1 & echo $!
            states: 'echo >> ROOT/asked; for i in {ids}; do
              if grep -qs "^State:.[^Z]" /proc/$i/status; then echo $i runs; else echo $i gone; fi; done'
            cancel: kill {ids}
            id: '(?m)^(\\d+)$'
            words: { running: [runs], gone: [gone] }
            latency: 1s
        defaults: { executor: far }
        """
                .replace("ROOT", project.at().toString())
            + """
            jobs:
              a:
                command: |
                  trap 'trap "" TERM; sleep 0.5; echo killed >> log; exit 1' TERM
                  echo begin %s >> log
                  until test -e go; do sleep 0.1 || :; done
                  cat x > a.out; echo end >> log
                needs: x
                produces: a.out
                resources: { runtime: %s }
                stop: { grace: 10m }
            """
                .formatted(word, runtime));
  }

  private int lines(String file) throws IOException {
    return project.has(file) ? project.get(file).split("\n", -1).length - 1 : 0;
  }

  /** Waits until a file has so many lines; fails with what the job noted if that never comes. */
  private void await(String file, int lines) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE);
    while (lines(file) < lines) {
      if (System.nanoTime() > end) {
        fail("never: " + file + " has " + lines + " lines; the job: " + project.get("log"));
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private CompletableFuture<Run> start() {
    CompletableFuture<Run> run = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> run.complete(Run.of(project.at())));
    return run;
  }

  /** {@code begun} is how many lines the log has before the job may end. */
  @ParameterizedTest
  @CsvSource({
    "need,    queued, beside,  0, begin one end,                  1",
    "need,    queued, between, 0, begin one end,                  1",
    "need,    begun,  beside,  1, begin one end begin one end,    2",
    "need,    begun,  between, 3, begin one killed begin one end, 2",
    "command, queued, beside,  0, begin one end begin two end,    2",
    "command, queued, between, 0, begin two end,                  2",
    "command, begun,  beside,  1, begin one end begin two end,    2",
    "command, begun,  between, 3, begin one killed begin two end, 2",
    "runtime, queued, between, 0, begin one end,                  2",
    "runtime, begun,  between, 1, begin one end,                  1"
  })
  void isReadAsItIsWhenTheJobBeginsOrRunsAnew(
      String edited, String when, String how, int begun, String log, int submissions)
      throws Exception {
    project = new Folder(temp.toRealPath());
    project.put("x", "1\n");
    build("one", "1h");
    if (when.equals("queued")) {
      project.put("hold", "");
    }
    CompletableFuture<Run> torc = null;
    if (how.equals("beside")) {
      torc = start();
    } else {
      assertEquals(0, Run.of(project.at(), "--submit").exit());
    }
    await("submissions", 1);
    await("log", when.equals("begun") ? 1 : 0);
    if (edited.equals("need")) {
      project.put("x", "2\n");
    } else {
      build(edited.equals("command") ? "two" : "one", edited.equals("runtime") ? "2h" : "1h");
    }
    if (torc == null) {
      int asked = lines("asked");
      torc = start();
      await("asked", asked + 1); // now torc waits for the job, or ends it
    }
    if (how.equals("between") && when.equals("queued") && submissions == 2) {
      await("submissions", 2); // else the old submission would begin
    } else if (edited.equals("need") && when.equals("queued")) {
      project.put("x", "3\n"); // once more
    }
    await("log", begun);
    project.put("go", "");
    Files.deleteIfExists(project.at().resolve("hold"));
    Run ran = torc.get();
    assertEquals(0, ran.exit(), ran.err());
    boolean moved = edited.equals("need") && log.equals("begin one end begin one end");
    assertEquals(moved, ran.err().contains("need x of job a changed while it ran"), ran.err());
    Run next = Run.of(project.at());
    boolean again = how.equals("beside") && submissions == 2;
    String counts = again ? "1 job: 1 ran, 0 up to date" : "1 job: 0 ran, 1 up to date";
    assertEquals(counts, last(next).split(", 0 failed")[0], next.err());
    assertEquals(
        "1 job: 0 ran, 1 up to date, 0 failed", last(Run.of(project.at())).split(" in ")[0]);
    assertEquals(log, project.get("log").strip().replace('\n', ' '));
    assertEquals(submissions, lines("submissions"));
    assertEquals(project.get("x"), project.get("a.out"));
  }

  private static String last(Run run) {
    return run.err().lines().toList().getLast();
  }
}
