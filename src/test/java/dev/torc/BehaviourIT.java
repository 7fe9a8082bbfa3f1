package dev.torc;

import static dev.torc.Sandbox.runs;
import static dev.torc.Sandbox.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user of {@code torc build} sees: processes, the environment of jobs, options, streams. */
class BehaviourIT {

  @TempDir Path temp;
  private Sandbox project;

  @BeforeEach
  void project() throws Exception {
    project = new Sandbox(temp);
  }

  @AfterEach
  void end() {
    project.close();
  }

  @Test
  void whatAKilledTorcLeftIsEndedByTheNextBuild() throws Exception {
    project.script(
        "tree",
        """
        #!/bin/sh
        setsid sleep 1000 &
        echo $! >> pids
        echo $$ >> pids
        [ -e second ] && exit 0
        wait
        """);
    project.build("jobs:\n  a: { command: ./tree, needs: tree }\n");
    Going first = project.start("build");
    until("two processes run", () -> project.lines("pids").size() == 2);
    List<String> pids = project.lines("pids");
    first.signal("KILL");
    assertEquals(137, first.await().exit());
    assertTrue(runs(pids.get(0)) && runs(pids.get(1)));

    project.write("second", "");
    Ran next = project.torc();
    assertFalse(runs(pids.get(0)) || runs(pids.get(1)), next.err());
    assertTrue(next.err().contains("a: ended 2 processes that an earlier build left"), next.err());
    assertTrue(next.err().contains(": was interrupted last time\n"), next.err());
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", next.counts(), next.err());
    // the child of the job that ended well is left alone
    String left = project.lines("pids").get(2);
    assertTrue(runs(left));
    assertEquals(0, project.torc().exit());
    assertTrue(runs(left));
    new ProcessBuilder("kill", "-KILL", left).start().waitFor();
  }

  @Test
  void aChildThatKeepsTheOutputOpenKeepsNobodyWaiting() throws Exception {
    project.build("jobs:\n  a: { command: 'sleep 1000 & echo $! > pid; echo said' }\n");
    Ran ran = project.torc();
    String pid = project.awaitLine("pid");
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    assertTrue(runs(pid));
    new ProcessBuilder("kill", "-KILL", pid).start().waitFor();
  }

  @Test
  void aTimeLimitEndsTheWholeTree() throws Exception {
    project.build(
        """
        jobs:
          a:
            command: "setsid sleep 1000 & echo $! > pid; sleep 1000"
            resources: { runtime: 500ms }
        """);
    Ran ran = project.torc();
    assertEquals(1, ran.exit());
    assertTrue(ran.err().contains("a failed: timed out after 0.5 s"), ran.err());
    assertFalse(runs(project.awaitLine("pid")));
  }

  @Test
  void jobsGetTheirNumbersAndFilesByTheEnvironment() throws Exception {
    project.env.put("TORC_CPUS", "stale");
    project.env.put("CUDA_VISIBLE_DEVICES", "stale");
    project.env.put("MINE", "kept");
    project.write("in 1.txt", "");
    project.write("in2.txt", "");
    project.build(
        """
        env: { EVERY: one }
        jobs:
          a:
            command: "env -0 > env; cat $TORC_NEEDS > needs; cat $TORC_NEEDS_second > second"
            needs: { first: in 1.txt, second: [in2.txt] }
            env: { OWN: "{job} {attempt} {cpus} {memory}" }
            resources: { cpus: 2, memory: 64MiB, gpus: 1 }
        """);
    Ran ran = project.torc("build", "--limit", "gpus=1", "--limit", "cpus=2");
    assertEquals(0, ran.exit(), ran.err());
    Map<String, String> env = environment("env");
    assertEquals("a", env.get("TORC_JOB"));
    assertEquals(project.root.toString(), env.get("TORC_ROOT"));
    assertEquals("1", env.get("TORC_ATTEMPT"));
    assertEquals("2", env.get("TORC_CPUS"));
    assertEquals("64", env.get("TORC_MEMORY"));
    assertEquals("0", env.get("TORC_GPUS"));
    assertEquals("0", env.get("CUDA_VISIBLE_DEVICES"));
    assertEquals("0", env.get("HIP_VISIBLE_DEVICES"));
    assertEquals("one", env.get("EVERY"));
    assertEquals("a 1 2 64", env.get("OWN"));
    assertEquals("kept", env.get("MINE"));
    assertFalse(env.get("TORC_BUILD").isEmpty());
    assertEquals("in 1.txt\nin2.txt\n", project.read("needs"));
    assertEquals("in2.txt\n", project.read("second"));
  }

  @Test
  void jobsGetTheCallersLocale() throws Exception {
    project.build("jobs:\n  a: { command: env -0 > env, always: true }\n");
    project.torc();
    Map<String, String> env = environment("env");
    assertFalse(env.containsKey("LC_ALL"), env.toString());
    assertEquals(List.of(), env.keySet().stream().filter(k -> k.contains("CALLER")).toList());
    project.env.put("LC_ALL", "POSIX");
    project.torc();
    assertEquals("POSIX", environment("env").get("LC_ALL"));
  }

  @Test
  void jobsStartPlain() throws Exception {
    project.build(
        """
        jobs:
          a:
            command: "cat > stdin; umask > umask; ls -1 /proc/self/fd > fds; grep Sig /proc/self/status > sig"
            shell: [bash, -c]
        """);
    Ran ran =
        project.run(
            List.of(
                "bash",
                "-c",
                "umask 027; exec 5</etc/passwd; echo typed | '" + Sandbox.launcher() + "' build"));
    assertEquals(0, ran.exit(), ran.err());
    assertEquals("", project.read("stdin"));
    assertEquals("0027\n", project.read("umask"));
    assertEquals(List.of("0", "1", "2", "3"), project.lines("fds"), "3 is that of ls itself");
    assertTrue(project.read("sig").contains("SigBlk:\t0000000000000000"), project.read("sig"));
    assertTrue(project.read("sig").contains("SigIgn:\t0000000000000000"), project.read("sig"));
  }

  @Test
  void theStatusTellsHowItEnded() throws Exception {
    project.build("jobs:\n  good: { command: 'true' }\n  bad: { command: exit 7 }\n");
    assertEquals(0, project.torc("build", "good").exit());
    Ran failed = project.torc();
    assertEquals(1, failed.exit());
    assertTrue(failed.err().contains("bad failed: exit 7 after "), failed.err());
    assertTrue(failed.err().contains("\n  command: exit 7\n"), failed.err());
    assertTrue(failed.err().contains("\n  log: .torc/logs/bad.log\n"), failed.err());
    assertEquals(2, project.torc("build", "ugly").exit());
    assertEquals(2, project.torc("build", "--ugly").exit());
    project.build("jobs:\n  bad: { command: kill -SEGV $$ }\n");
    Ran killed = project.torc();
    assertEquals(1, killed.exit());
    assertTrue(killed.err().contains("bad failed: signal 11 (SEGV) after "), killed.err());
  }

  @Test
  void aFailureBlocksItsReadersOnly() throws Exception {
    project.build(
        """
        jobs:
          bad: { command: exit 7, produces: x }
          reader: { command: cat x, needs: x }
          second: { command: cat x, after: reader }
          other: { command: "true", priority: -1 }
        """);
    Ran ran = project.torc("build", "-j1");
    assertEquals(1, ran.exit());
    assertEquals("4 jobs: 1 ran, 0 up to date, 1 failed, 2 blocked", ran.counts(), ran.err());
    assertTrue(ran.err().contains("reader: blocked by bad\n"), ran.err());
    Ran fast = project.torc("build", "-j1", "--fail-fast", "--force");
    assertEquals(1, fast.exit());
    assertEquals(
        "4 jobs: 0 ran, 0 up to date, 1 failed, 2 blocked, 1 not reached",
        fast.counts(),
        fast.err());
  }

  @Test
  void aDryRunSaysTheSameAndWritesNothing() throws Exception {
    project.write("in", "1\n");
    project.build(
        """
        jobs:
          a: { command: "sort in > x", needs: in, produces: x }
          b: { command: "sort x > y", needs: x, produces: y }
          c: { command: "sort in > z", needs: in, produces: z }
        """);
    Ran before = project.torc("build", "-n");
    assertEquals(0, before.exit());
    assertEquals(
        "a will run: never ran\nb will run: never ran\nc will run: never ran\n", before.out());
    assertEquals("3 jobs: 3 will run, 0 may run, 0 up to date\n", before.err());
    assertEquals(
        List.of("in", "torc.yaml"),
        List.of(project.root.toFile().list()).stream().sorted().toList());

    assertEquals(0, project.torc().exit());
    project.write("in", "2\n");
    Files.delete(project.root.resolve("z"));
    Ran after = project.torc("-n");
    assertEquals(
        """
        a will run: need in changed 4355a46 → 53c234e
        b may run: after a
        c will run: need in changed 4355a46 → 53c234e; product z missing
        """,
        after.out());
    assertEquals("3 jobs: 2 will run, 1 may run, 0 up to date\n", after.err());
    Ran json = project.torc("-n", "--json");
    assertEquals(JsonToken.START_OBJECT, parses(json.out()).getFirst());
  }

  @Test
  void forceRunsTheTargetsOwnJobsOnly() throws Exception {
    project.build(
        """
        jobs:
          a: { command: "echo 1 > x", produces: x }
          b: { command: "sort x > y", needs: x, produces: y }
        """);
    assertEquals(List.of("a", "b"), project.torc().ran());
    assertEquals(List.of("b"), project.torc("build", "--force", "b").ran());
    assertEquals(List.of("b"), project.torc("build", "--force", "y").ran());
    Ran all = project.torc("build", "--force");
    assertEquals(List.of("a", "b"), all.ran());
    assertTrue(all.err().lines().anyMatch(line -> line.matches("a: ran in .*: forced")), all.err());
  }

  @Test
  void optionsLayFilesChangeFoldersAndSetVariables() throws Exception {
    project.build(
        """
        vars: { word: plain }
        jobs:
          a: { command: "echo {word} > out", produces: out, env: { X: one } }
        """);
    project.write("site.yaml", "jobs: { a: { env: { X: two } } }\n");
    project.write("sub/deeper/file", "");
    assertEquals(0, project.torc("build", "-D", "word=it's \"$HOME\"").exit());
    assertEquals("it's \"$HOME\"\n", project.read("out"));
    Ran layered = project.torc("-f", "torc.yaml", "-f", "site.yaml", "build");
    assertTrue(layered.err().contains("env X changed: one → two"), layered.err());
    assertTrue(layered.err().contains("command changed"), layered.err());
    Ran inside = project.torc("-C", "sub/deeper", "build", "../../out", "--force");
    assertEquals(List.of("a"), inside.ran(), inside.err());
    assertEquals("plain\n", project.read("out"));
  }

  @Test
  void quietAndVerboseChangeWhatIsTold() throws Exception {
    project.build("jobs:\n  a: { command: 'echo text > x', produces: x }\n");
    Ran quiet = project.torc("-q");
    assertEquals(1, quiet.err().lines().count(), quiet.err());
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", quiet.counts());
    Ran verbose = project.torc("build", "-v");
    assertTrue(verbose.err().contains("a: up to date\n"), verbose.err());
    Ran forced = project.torc("build", "-v", "--force");
    assertTrue(forced.err().contains("command: echo text > x\n"), forced.err());
  }

  @Test
  void jsonEventsParseEachOnItsLine() throws Exception {
    project.build(
        "jobs:\n  \"a \\\"é\\\\\": { command: 'true' }\n  b: { command: exit 1, retries: 1 }\n");
    Ran ran = project.torc("build", "--json");
    assertEquals(1, ran.exit());
    assertEquals("2 jobs: 1 ran, 0 up to date, 1 failed", ran.counts());
    List<String> lines = ran.out().lines().toList();
    for (String line : lines) {
      assertEquals(JsonToken.END_OBJECT, parses(line).getLast());
    }
    assertTrue(lines.getFirst().startsWith("{\"event\":\"started\",\"version\":1,"), ran.out());
    assertTrue(lines.getLast().startsWith("{\"event\":\"finished\","), ran.out());
    assertTrue(lines.getLast().contains("\"ran\":1,") && lines.getLast().contains("\"exit\":1"));
    assertTrue(ran.out().contains("\"job\":\"a \\\"é\\\\\""), ran.out());
  }

  @Test
  void aRetrySucceeds() throws Exception {
    project.build(
        "jobs:\n  a: { command: '[ {attempt} = 3 ]', retries: 3, retry: { delay: 10ms } }\n");
    Ran ran = project.torc();
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    assertTrue(ran.err().contains("a: attempt 2 failed: exit 1; next in "), ran.err());
    assertFalse(ran.err().contains("a: attempt 3 failed"), ran.err());
  }

  @Test
  void underCiLinesArePlainAndUnderGithubGrouped() throws Exception {
    project.build("jobs:\n  a: { command: 'echo ::error::boo; exit 1' }\n");
    project.env.put("CI", "true");
    assertFalse(project.torc().err().contains("\033"));
    project.env.put("GITHUB_ACTIONS", "true");
    Ran ran = project.torc();
    assertEquals(1, ran.exit());
    assertTrue(ran.err().contains("\n::group::") || ran.err().startsWith("::group::"), ran.err());
    assertEquals(
        1,
        ran.err()
            .lines()
            .filter(l -> l.startsWith("::error"))
            .filter(l -> !l.contains("boo"))
            .count(),
        ran.err());
  }

  @Test
  void colourFollowsTheOptionAndTheEnvironment() throws Exception {
    project.build("jobs:\n  a: { command: exit 1 }\n");
    assertFalse(project.torc().err().contains("\033"));
    assertTrue(project.torc("--color", "always").err().contains("\033"));
    project.env.put("CLICOLOR_FORCE", "1");
    assertTrue(project.torc().err().contains("\033"));
    assertFalse(project.torc("--color=never").err().contains("\033"));
    project.env.put("NO_COLOR", "1");
    assertFalse(project.torc().err().contains("\033"));
  }

  @Test
  void anotherRootKeepsItsRecordsApartInASharedCache() throws Exception {
    Path cache = Files.createDirectory(temp.resolve("cache é"));
    project.env.put("TORC_CACHE", cache.toString());
    project.build("jobs:\n  a: { command: 'echo 1 > x', produces: x }\n");
    try (Sandbox other = new Sandbox(temp)) {
      other.env.put("TORC_CACHE", cache.toString());
      other.build("jobs:\n  a: { command: 'echo 1 > x', produces: x }\n");
      assertEquals(List.of("a"), project.torc().ran());
      assertEquals(List.of("a"), other.torc().ran());
      assertEquals("1 job: 0 ran, 1 up to date, 0 failed", project.torc().counts());
      assertEquals("1 job: 0 ran, 1 up to date, 0 failed", other.torc().counts());
      assertFalse(project.exists(".torc/data.mdb"));
      assertTrue(project.exists(".torc/logs/a.log"));
      assertNotEquals(0, cache.toFile().list().length);
    }
  }

  private Map<String, String> environment(String path) throws Exception {
    Map<String, String> env = new LinkedHashMap<>();
    Arrays.stream(project.read(path).split("\0"))
        .map(entry -> entry.split("=", 2))
        .forEach(entry -> env.put(entry[0], entry[1]));
    return env;
  }

  private static List<JsonToken> parses(String text) throws Exception {
    List<JsonToken> tokens = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      for (JsonToken t = parser.nextToken(); t != null; t = parser.nextToken()) {
        tokens.add(t);
      }
    }
    return tokens;
  }
}
