package dev.torc.server;

import static dev.torc.Sandbox.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import dev.torc.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** When a warm server starts and ends, and what happens where it cannot work. */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
class ServerLifeIT {

  /** Runs a program with another timer slack; not on AArch64, whose calls have other numbers. */
  private static final String SLACK = "perl -e 'syscall(157,29,1,0,0,0)==0 or exit 1; exec @ARGV'";

  @TempDir Path temp;
  private Sandbox project;
  private WarmServer server;

  @BeforeEach
  void start() throws Exception {
    project = new Sandbox(temp);
    project.build("jobs: { a: { command: cp in a.out, needs: in, produces: a.out } }");
    project.write("in", "1");
    project.env.put("TORC", Sandbox.launcher());
    server = new WarmServer(temp, project.env);
  }

  @AfterEach
  void end() throws Exception {
    server.stop();
    project.close();
  }

  /** A new server without calls builds a project of its own; {@link WarmUpIT} awaits the end. */
  @Test
  void aNewServerBeginsToWarmUp() throws Exception {
    Path round = server.folder.resolve("warm/in");
    until(
        "a round is over",
        () -> Files.exists(round) && Files.readString(round).matches("[1-9]\\d*\n"));
    assertEquals(0, project.torc("build").exit());
    assertEquals(1, server.log(" served: ").size());
    assertTrue(server.call("status").contains(", not yet warm, "));
    assertEquals(List.of(), server.log("not warm"));
  }

  /** Stopping waits for a server that is slow, if no client has a call that may still run. */
  @Test
  void stopWaitsForASlowServer() throws Exception {
    long pid = server.pid();
    project.sh("kill -STOP " + pid);
    Thread go =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Thread.sleep(3_000); // longer than a call of a client gets
                    new ProcessBuilder("kill", "-CONT", "" + pid).start();
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
    assertEquals("stopped\n", server.call("stop"));
    go.join();
  }

  /** A server ends when it is told to, and when its folder is gone. */
  @Test
  void theServerEndsByItself() throws Exception {
    assertTrue(server.call("status").startsWith("running: process "));
    assertTrue(server.call("start").startsWith("already running: process "));
    assertEquals("stopped\n", server.call("stop"));
    assertEquals("not running\n", server.call("stop"));
    assertEquals("not running\n", server.call("status"));
    server.start();
    long pid = server.pid();
    try (Stream<Path> files = Files.list(server.folder)) {
      for (Path file : files.toList()) {
        if (!Files.isDirectory(file)) { // where it still warms up
          Files.delete(file);
        }
      }
    }
    until("a server without its folder ends", () -> !Sandbox.runs("" + pid));
    assertEquals(0, project.torc("status").exit());
  }

  /** The second build within 15 minutes starts a server, if the user wants one. */
  @Test
  void aBuildStartsAServerForTheNextOnes() throws Exception {
    server.stop();
    project.env.put("TORC_MEMO", "0"); // a call that a memo answers starts no server
    Path last = server.folder.resolve("last");
    Path config = Path.of(project.env.get("HOME"), ".config/torc/config.yaml");
    Files.createDirectories(config.getParent());
    assertEquals("no no ", starts() + starts(), "without a configuration");
    Files.writeString(config, "server: false");
    assertEquals("no no ", starts() + starts(), "with a configuration that wants none");
    Files.writeString(config, "server: true # from now on");
    assertEquals("no yes yes ", starts() + starts() + starts());
    Files.setLastModifiedTime(last, FileTime.from(Instant.now().minus(Duration.ofMinutes(16))));
    assertEquals("no yes ", starts() + starts(), "after a pause");
    Files.writeString(config, "server: false # again");
    assertEquals("no no ", starts() + starts(), "with a configuration that was changed");
    project.env.put("TORC_SERVER", "1");
    assertEquals("yes ", starts());
    project.env.put("CI", "1");
    assertEquals("no ", starts());
    project.env.remove("CI");
    for (String way : List.of("unshare -m", "unshare -r", "prlimit --cpu=1000", SLACK)) {
      if (project.sh(way + " true").exit() == 0) {
        assertEquals("no yes ", starts(way) + starts(), way);
      }
    }
    assertTrue(project.sh("ulimit -t 1000; torc server start").err().contains("(ulimit -t)"));
    project.env.remove("TORC_SERVER");
  }

  /** Returns whether a build starts a server, which then ends: its log is made before all else. */
  private String starts() throws Exception {
    return starts("");
  }

  private String starts(String way) throws Exception {
    Path log = server.folder.resolve("log");
    Files.deleteIfExists(log);
    assertEquals(0, project.sh(way + " \"$TORC\" build").exit());
    if (!Files.exists(log)) {
      return "no ";
    }
    until("the server is ready", () -> Files.exists(server.folder.resolve("ask")));
    server.stop();
    return "yes ";
  }

  /** A server ends at the first call after its torc or its Java was replaced; the call is cold. */
  @Test
  void aServerEndsWhenItsProgramsAreReplaced() throws Exception {
    assumeTrue(project.sh("unshare -m true").exit() == 0, "mounts of its own need root");
    server.stop();
    project.env.put("JAR", Path.of(Sandbox.launcher()).resolveSibling("../lib/torc.jar") + "");
    project.env.put("MODULES", System.getProperty("java.home") + "/lib/modules");
    String line =
        """
        cp -p "$JAR" copy; unshare -m sh -c '"$TORC" server start >said; "$TORC" status;
        mount --bind %s; "$TORC" status'
        """;
    int ended = 0;
    for (String mount : List.of("copy \"$JAR\"", "\"$MODULES\" \"$MODULES\"")) {
      Ran ran = project.sh(line.formatted(mount));
      assertEquals(0, ran.exit(), ran.err());
      assertEquals(++ended, server.log(" served: ").size());
      assertEquals(ended, server.log("ends: torc or Java was reinstalled").size());
      until("it has ended", () -> server.call("status").equals("not running\n"));
    }
  }

  /** Calls that cannot claim a place are cold; when the disk has room again, they are served. */
  @Test
  void aFullDiskMakesCallsCold() throws Exception {
    server.stop();
    Path at = Files.createDirectory(temp.resolve("disk"));
    try (SmallDisk disk = SmallDisk.on(at, "4m")) {
      server = new WarmServer(at, project.env);
      assertEquals(0, project.torc("status").exit());
      server.freeze(); // else its warm-up gives room back
      Path ballast = disk.fill(0);
      assertEquals(0, project.torc("status").exit());
      assertEquals(1, server.log(" served: ").size());
      Files.delete(ballast);
      project.sh("kill -CONT " + server.pid());
      until("a place is free", () -> Files.notExists(server.folder.resolve("busy0")));
      assertEquals(0, project.torc("status").exit());
      assertEquals(2, server.log(" served: ").size());
      server.stop();
    }
    server = new WarmServer(temp, project.env);
  }
}
