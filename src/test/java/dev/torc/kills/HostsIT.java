package dev.torc.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sample;
import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.SharingHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Section 10, network roots, with the real launcher: two hosts, each with a name and a disk of its
 * own, build one root. The hosts are this machine under two names; the root has a journal already,
 * so that it counts as shared on any file system.
 */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("HostsIT") // one of its tests at a time, beside other classes
class HostsIT {

  private static final int KILLS = Sample.part(5, 25);

  private static final String MAY_RUN =
      "may still be running on red \\(pid \\d+\\); build there, or pass --gone red if that host is"
          + " down";

  @TempDir Path temp;

  private Sandbox project;

  @BeforeEach
  void aNetworkRoot() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/unshare")) && exit("unshare", "-u", "true") == 0,
        "a host of another name needs root, or `unshare -u`");
    project = new Sandbox(temp);
    CachePlace place =
        CachePlace.find(project.root, Map.of(), SharingHost.named("before", temp.toRealPath()));
    Cache.open(place, line -> {}).close();
    project.build(
        """
        jobs:
          one:
            command: |
              cat a > b
              if test -e hang; then echo $$ > pid; while test -e hang; do sleep 0.05; done; fi
              if test -e stuck; then echo $$ > pid; sleep 1000; fi
            needs: [a]
            produces: [b]
          two: { command: cat b > c, needs: [b], produces: [c] }
        """);
    project.write("a", "1\n");
  }

  @AfterEach
  void end() {
    if (project != null) {
      project.close();
    }
  }

  private static int exit(String... command) throws Exception {
    return new ProcessBuilder(command).start().waitFor();
  }

  private Sandbox.Going start(String host, String... args) throws IOException {
    project.env.put("TORC_CACHE", temp.resolve("disk of " + host).toString());
    List<String> command = new ArrayList<>(List.of("unshare", "-u", "sh", "-c"));
    command.addAll(List.of("hostname " + host + " && exec \"$@\"", "torc"));
    command.addAll(Sandbox.command(args));
    return project.start(command);
  }

  private Sandbox.Ran on(String host, String... args) throws Exception {
    return start(host, args).await();
  }

  private void built(Sandbox.Ran ran, int jobs) {
    assertEquals(
        "2 jobs: %d ran, %d up to date, 0 failed".formatted(jobs, 2 - jobs),
        ran.counts(),
        ran.err());
  }

  @Test
  void hostsThatTakeTurnsKnowWhatTheOthersDid() throws Exception {
    built(on("red"), 2);
    built(on("blue"), 0);
    project.write("a", "2\n");
    built(on("blue"), 2);
    assertEquals("2\n", project.read("c"));
    Sandbox.Ran status = on("red", "status");
    assertTrue(status.out().contains("2 up to date"), status.out() + status.err());
    built(on("red"), 0);
    project.write("c", "mine\n");
    assertTrue(on("red", "why", "two").out().contains("product c modified"));
    built(on("red"), 1);
    built(on("blue"), 0);
    assertEquals(0, on("blue", "clean").exit());
    built(on("red"), 2);
    assertFalse(project.exists(".torc/data.mdb"));
  }

  @Test
  void oneBuildsAtATimeAndTheOtherIsToldWhere() throws Exception {
    project.write("hang", "");
    Sandbox.Going red = start("red");
    project.awaitLine("pid");
    Sandbox.Ran refused = on("blue", "--no-wait");
    assertEquals(75, refused.exit(), refused.err());
    assertTrue(refused.err().contains("process " + red.process().pid() + " on red"), refused.err());
    Sandbox.Going blue = start("blue");
    Sandbox.until("it waits", () -> blue.err().contains("waiting for another build to end"));
    Files.delete(project.root.resolve("hang"));
    assertEquals(0, red.await().exit());
    built(blue.await(), 0);
  }

  @Test
  void jobsThatAKilledTorcLeftOnAnotherHostAreLeftAlone() throws Exception {
    project.write("stuck", "");
    String job = killed("red");
    Files.delete(project.root.resolve("stuck"));
    for (int i = 0; i < 2; i++) {
      Sandbox.Ran blue = on("blue");
      assertEquals(1, blue.exit());
      assertTrue(
          blue.err().lines().anyMatch(line -> line.matches(".*one.* " + MAY_RUN + ".*")),
          blue.err());
      assertTrue(Sandbox.runs(job));
    }
    Sandbox.Ran red = on("red");
    assertTrue(red.err().contains("one: ended "), red.err());
    built(red, 2);
    assertFalse(Sandbox.runs(job));
    built(on("blue"), 0);
  }

  @Test
  void aHostThatIsGoneIsBelieved() throws Exception {
    project.write("stuck", "");
    String job = killed("red");
    Files.delete(project.root.resolve("stuck"));
    assertEquals(0, project.sh("kill -9 " + job).exit()); // the machine is down
    Sandbox.Ran blue = on("blue", "--gone", "red");
    assertEquals(0, blue.exit(), blue.err());
    assertEquals("1\n", project.read("c"));
    built(on("red"), 0);
  }

  /** Starts a build that hangs in its first job, and kills torc; returns the pid of the job. */
  private String killed(String host) throws Exception {
    Sandbox.Going torc = start(host);
    String job = project.awaitLine("pid");
    torc.process().destroyForcibly().waitFor();
    return job;
  }

  /** Rule 9 where hosts share the root: nothing is ever falsely up to date. */
  @Test
  void killedAtRandomMomentsByTurns() throws Exception {
    Random random = new Random(Sample.SEED);
    List<String> hosts = List.of("red", "blue");
    project.build(
        """
        jobs:
          one: { command: 'cat a > b; sleep 0.01; cat a >> b', needs: [a], produces: [b] }
          two: { command: 'cat b > c; sleep 0.01; cat a >> c', needs: [b, a], produces: [c] }
          three: { command: 'cat b c > d', needs: [b, c], produces: [d] }
        """);
    String last = "red";
    for (int kill = 0; kill < KILLS; kill++) {
      String a = random.nextInt(3) + "\n";
      project.write("a", a);
      String host = hosts.get(random.nextInt(2));
      Sandbox.Going torc =
          host.equals(last) ? start(host, "-v") : start(host, "-v", "--gone", last);
      Sandbox.until("it began", () -> !torc.err().isEmpty() || !torc.process().isAlive());
      TimeUnit.MICROSECONDS.sleep(random.nextInt(100_000)); // the random moment of the kill
      torc.process().destroyForcibly().waitFor();
      goDown();
      last = host;
      if (kill % 5 == 4) {
        String next = hosts.get(random.nextInt(2));
        Sandbox.Ran ran = on(next, "--gone", "red", "--gone", "blue");
        assertEquals(0, ran.exit(), ran::err);
        assertEquals(a.repeat(2), project.read("b"));
        assertEquals(a.repeat(3), project.read("c"));
        assertEquals(a.repeat(5), project.read("d"));
        assertTrue(on(hosts.get(random.nextInt(2))).counts().contains("0 ran, 3 up to date"));
      }
    }
  }

  /** Kills all processes that builds of this root left, as when their host goes down. */
  private void goDown() throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        try {
          if (List.of(Files.readString(process.resolve("environ")).split("\0"))
              .contains("TORC_ROOT=" + project.root)) {
            ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                .ifPresent(ProcessHandle::destroyForcibly);
          }
        } catch (IOException | NumberFormatException none) {
          continue; // no process, or none anymore
        }
      }
    }
  }
}
