package dev.torc.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.opentest4j.TestAbortedException;

/**
 * Jobs in real containers of podman: they find the same as on the host, nothing of them is left,
 * and their ends are told as they are. Which image counts is tested by {@code images.txt}.
 */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("podman") // one of its tests at a time, beside other classes
class ContainersIT {

  @TempDir static Path storage;
  private static RealPodman podman;

  @TempDir Path temp;
  private Sandbox project;

  private static TestAbortedException cannot; // why none of this works here

  @BeforeAll
  static void images() throws Exception {
    try {
      podman = RealPodman.in(storage.toRealPath());
    } catch (TestAbortedException e) {
      cannot = e; // each test tells it: Maven is silent on a class that is left out
    }
  }

  @BeforeEach
  void project() throws Exception {
    if (cannot != null) {
      throw cannot;
    }
    project = new Sandbox(temp);
    project.env.putAll(podman.env());
  }

  @AfterEach
  void end() throws Exception {
    if (project == null) {
      return;
    }
    project.close();
    assertEquals(List.of(), podman.containers(), "nothing is left");
  }

  private void build(String jobs) throws Exception {
    project.build("defaults: { image: " + RealPodman.BUSYBOX + " }\njobs:\n" + jobs.indent(2));
  }

  @Test
  void aRegistryIsAskedForWhatItDoesNotHaveBesideTheFirstJob() throws Exception {
    HttpServer registry = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    registry.createContext("/v2/", exchange -> answer(exchange));
    registry.start();
    try {
      String host = "127.0.0.1:" + registry.getAddress().getPort();
      String settings = "[[registry]]\nlocation = \"%s\"\ninsecure = true\n".formatted(host);
      project.env.put(
          "CONTAINERS_REGISTRIES_CONF", project.write("registries.conf", settings).toString());
      project.build(
          """
          jobs:
            first: { command: "until [ -e go ]; do sleep 0.05; done" }
            a: { image: "%1$s/lab/tools:1.O", command: "true", after: first }
            b: { image: "%1$s/lab/go:1", command: "true", after: first }
          """
              .formatted(host));
      Ran ran = project.torc();
      String told =
          "warning: job a: image %s/lab/tools:1.O was not found here, and its registry says 'manifest unknown'"
              .formatted(host);
      assertTrue(ran.err().contains(told), ran.err());
      assertTrue(ran.err().indexOf(told) < ran.err().indexOf("first: ran"), ran.err());
    } finally {
      registry.stop(0);
    }
  }

  /** Answers as a registry with no images; a request for the second name ends the first job. */
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.contains("/go/")) {
        project.write("go", "");
      }
      byte[] said =
          "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}"
              .getBytes();
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(path.equals("/v2/") ? 200 : 404, said.length);
      exchange.getResponseBody().write(said);
    }
  }

  @Test
  void aSandboxedJobSeesItsFolderInsteadOfTheRoot() throws Exception {
    project.write("x", "1\n");
    project.write("sub/y", "2\n");
    project.write("big", "3".repeat(2000));
    project.write("other", "4\n");
    build(
        """
        a:
          command: 'cat {needs} > {produces[0]}; ls -A > {produces[1]}; pwd >> {produces[1]};
            test ! -e $TORC_ROOT/other && echo > scratch'
          needs: [x, sub/y, big]
          produces: [out/a, seen]
          sandbox: { link: 1KB }
        """);
    Ran ran = project.torc();
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    assertEquals("1\n2\n" + "3".repeat(2000), project.read("out/a"));
    String folder = project.root.toRealPath().resolve(".torc/sandbox/a").toString();
    assertEquals(List.of(".git", "big", "out", "seen", "sub", "x", folder), project.lines("seen"));
    assertFalse(project.exists("scratch") || project.exists(".torc/sandbox/a"), ran.err());
    Ran none = project.torc();
    assertEquals("1 job: 0 ran, 1 up to date, 0 failed", none.counts(), none.err());
  }

  @Test
  void aJobFindsFoldersUserUmaskAndOneLogInOrderAsOnTheHost() throws Exception {
    project.write("sub/x", "1\n");
    build(
        """
        a:
          dir: sub
          command: 'id -u > {produces}; pwd >> {produces}; cat {needs} >> {produces};
            for i in 1 2 3; do echo out $i; echo err $i >&2; done; cat'
          needs: sub/x
          produces: out/a
        """);
    Ran ran = project.run(List.of("sh", "-c", "umask 027; exec " + Sandbox.launcher()));
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    Path made = project.root.resolve("out/a");
    Object uid = Files.getAttribute(project.root, "unix:uid");
    assertEquals(uid + "\n" + project.root + "/sub\n1\n", project.read("out/a"));
    assertEquals(uid, Files.getAttribute(made, "unix:uid"));
    assertEquals(
        0640, (int) Files.getAttribute(made, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0777);
    assertEquals("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n", project.torc("log", "a").out());
    assertEquals("1 job: 0 ran, 1 up to date, 0 failed", project.torc().counts());
  }

  @Test
  void oddNamesNeedsElsewhereAndVariablesWithLineFeedsArrive() throws Exception {
    Path elsewhere = Files.createDirectory(temp.toRealPath().resolve("a:b, \"c\" 'd'"));
    Path target = Files.writeString(elsewhere.resolve("real,1"), "far\n");
    Path link = Files.createSymbolicLink(elsewhere.resolve("link"), target);
    Path other = Files.writeString(elsewhere.resolve("unneeded"), "x");
    project.write("odd: \"name\",ro", "near\n");
    Path third = Files.writeString(elsewhere.resolve("third"), "third\n");
    Files.createSymbolicLink(project.root.resolve("out"), third);
    build(
        """
        a:
          command: 'cat {needs} > {produces}; printf "%%s|" "$TWO" >> {produces}; ls %s >> {produces} || true'
          needs: ['odd: "name",ro', '%s', out]
          produces: 'o,u:t'
          env: { TWO: "1\\n2 \\"x\\"" }
        """
            .formatted(quoted(other), link.toString().replace("'", "''")));
    Ran ran = project.torc();
    assertEquals(0, ran.exit(), ran.err());
    assertEquals(
        "near\nfar\nthird\n1\n2 \"x\"|", project.read("o,u:t"), "and no more of that folder");
  }

  private static String quoted(Path path) {
    return ("'" + path.toString().replace("'", "'\\''") + "'").replace("'", "''");
  }

  @Test
  void endsAreToldAsTheyAre() throws Exception {
    build(
        """
        status: { command: exit 3 }
        cannot: { command: exit 126 }
        killed: { command: 'kill -9 $$' }
        memory: { command: 'tail /dev/zero; true', resources: { memory: 64MiB } }
        program: { command: [nosuch, x] }
        shell: { command: 'echo $$', shell: [bash, -c] }
        bare: { image: localhost/bare:1, command: 'echo 1; echo 2' }
        words: { image: localhost/bare:1, command: [cp, x, y], needs: x, produces: y }
        image: { image: localhost/none:1, command: 'true', container: { pull: never } }
        host: { image: host, command: 'cat x > z', needs: x, produces: z }
        """);
    project.write("x", "1\n");
    Ran ran = project.torc();
    assertEquals(1, ran.exit());
    assertEquals(List.of("host", "words"), ran.ran(), ran.err());
    told(ran, "status failed: exit 3");
    told(ran, "cannot failed: exit 126");
    told(ran, "killed failed: exit 137 (KILL)");
    // torc's last sample may be above the limit before the kernel ends the job
    String memory =
        "memory failed: out of memory: (it took [0-9.]+ MiB of|the kernel ended a process at the"
            + " limit of) 64\\.0 MiB.*";
    assertTrue(ran.untimed().lines().anyMatch(line -> line.matches(memory)), ran.err());
    told(ran, "program failed: image localhost/busybox:1 has no nosuch: take another image");
    told(ran, "shell failed: image localhost/busybox:1 has no bash: take another image");
    told(ran, "bare failed: image localhost/bare:1 has no sh: take another image");
    told(ran, "image failed: image localhost/none:1 is not here, and pull is never");
  }

  private static void told(Ran ran, String line) {
    assertTrue(
        ran.untimed().lines().anyMatch(each -> each.startsWith(line)), line + "\n" + ran.err());
  }

  @Test
  void rootlessWithoutARangeOfIdsRootInsideIsTheCallerOutside() throws Exception {
    try (Rootless nobody = Rootless.in(temp.toRealPath())) {
      build(
          """
          a: { command: 'id -u > {produces}; id -g >> {produces}', produces: a }
          memory: { command: 'tail /dev/zero; true', resources: { memory: 64MiB } }
          limit: { command: 'sleep 100 & sleep 100', resources: { runtime: 1s } }
          """);
      nobody.owns(project.root);
      project.env.putAll(nobody.env());
      Ran ran = project.run(nobody.command(Sandbox.command("-k")));
      assertEquals("3 jobs: 1 ran, 0 up to date, 2 failed", ran.counts(), ran.err());
      assertEquals("0\n0\n", project.read("a"));
      assertEquals(Rootless.ID, Files.getAttribute(project.root.resolve("a"), "unix:uid"));
      told(ran, "memory failed: out of memory: ");
      told(ran, "limit failed: timed out after 1.0 s");
      if (!nobody.holdsLimits()) {
        told(ran, "warning: podman cannot hold cpus and memory here: torc watches the memory");
      }
      assertEquals("", nobody.containers(), "nothing is left");
    }
  }

  @Test
  void theTimeLimitEndsTheContainerAndAllInIt() throws Exception {
    build("a: { command: 'sleep 100 & sleep 100', resources: { runtime: 1s } }\n");
    Ran ran = project.torc();
    told(ran, "a failed: timed out after 1.0 s");
    assertEquals("1 job: 0 ran, 0 up to date, 1 failed", ran.counts());
  }

  /** podman ends with 0 if it gets TERM while it makes a container. */
  @Test
  void aClientThatEndsWithZeroBeforeItsJobRanIsNoSuccess() throws Exception {
    build("a: { command: 'true' }\n");
    RealPodman.makesOnly(project, "exit 0");
    Ran ran = project.torc();
    told(ran, "a failed: podman ended before image localhost/busybox:1 ran");
    assertEquals("1 job: 0 ran, 0 up to date, 1 failed", ran.counts());
  }

  @Test
  void ctrlCReachesTheJobAndLeavesNoContainer() throws Exception {
    build(
        "a: { command: 'trap \"echo heard > heard; exit 0\" INT; echo > begun; while :; do sleep"
            + " 1; done' }\n");
    Going going = project.start();
    project.awaitLine("begun");
    going.signal("INT");
    Ran ran = going.await();
    assertEquals(130, ran.exit(), ran.err());
    assertEquals("heard\n", project.read("heard"));
    assertEquals("1 job: 0 ran, 0 up to date, 0 failed, 1 interrupted", ran.counts());
  }

  @Test
  void rule09WhatAKilledTorcLeftIsEndedByTheNextBuild() throws Exception {
    build(
        "a: { command: 'echo > begun; echo x >> runs; [ -e go ] || sleep 1000', needs: [], always:"
            + " true }\n");
    Going going = project.start();
    project.awaitLine("begun");
    assertEquals(1, podman.containers().size());
    going.process().destroyForcibly().waitFor();
    assertEquals(1, podman.containers().size(), "it outlives torc");
    project.write("go", "");
    Ran ran = project.torc();
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.err().contains("that an earlier build left running"), ran.err());
    assertEquals(List.of("x", "x"), project.lines("runs"));
  }

  @Test
  void aChangedImageRunsItsJobsAndAPrunedOneNothing() throws Exception {
    build(
        """
        a: { command: 'cat /version > {produces}', produces: a }
        b: { image: host, command: 'cp a b', needs: a, produces: b }
        """);
    assertEquals("2 jobs: 2 ran, 0 up to date, 0 failed", project.torc().counts());
    podman.tag("tag", RealPodman.BUSYBOX, "localhost/kept:1");
    podman.change();
    Ran ran = project.torc("-n");
    assertTrue(
        ran.out()
            .matches(
                "(?s)a will run: image changed: localhost/busybox:1 [0-9a-f]{12} → "
                    + "localhost/busybox:1 [0-9a-f]{12}\nb may run: after a\n"),
        ran.out());
    assertEquals(List.of("a", "b"), project.torc().ran());
    assertEquals("2", project.read("b"));
    podman.tag("untag", RealPodman.BUSYBOX);
    try {
      assertEquals("2 jobs: 0 ran, 2 up to date, 0 failed", project.torc().counts());
      assertEquals("", project.torc("-n").out());
    } finally {
      podman.tag("tag", "localhost/kept:1", RealPodman.BUSYBOX);
    }
    assertEquals(
        "2 jobs: 0 ran, 2 restored, 0 up to date, 0 failed",
        project.torc().counts(),
        "the first image again");
  }

  @Test
  void prominencesWorkflowsBuildAsTheyAre() throws Exception {
    podman.tag("tag", RealPodman.BUSYBOX, "docker.io/library/busybox:latest");
    boolean granted = // a machine with singularity grants the wish for it
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(
                path ->
                    Files.exists(Path.of(path, "apptainer"))
                        || Files.exists(Path.of(path, "singularity")));
    for (String each : List.of("factories", "dag")) {
      Path folder = Files.createDirectory(project.root.resolve(each));
      Files.copy(Path.of("examples/prominence", each, "torc.json"), folder.resolve("torc.json"));
      project.env.put("TORC_CONTAINER", granted ? "podman" : "");
      Ran ran = project.torc("-C", each);
      int jobs = each.equals("dag") ? 4 : 7;
      assertEquals(
          jobs + " jobs: " + jobs + " ran, 0 up to date, 0 failed", ran.counts(), ran.err());
      String wish = "warning: apptainer is not used here: images that ask for it run with podman";
      assertEquals(granted ? 0 : 1, ran.err().lines().filter(wish::equals).count(), ran.err());
      assertFalse(project.torc("-C", each).err().contains("warning"), "no job ran");
    }
    assertEquals("merge\n", project.torc("-C", "dag", "log", "merge").out());
  }
}
