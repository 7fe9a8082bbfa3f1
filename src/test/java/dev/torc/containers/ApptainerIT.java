package dev.torc.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
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
 * Jobs in real containers of apptainer, where it is installed: the distributions of CI have none.
 * The calls that torc makes of it are tested by {@code apptainer.txt}, with a stand-in.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("ApptainerIT") // one of its tests at a time, beside other classes
class ApptainerIT {

  @TempDir static Path images;
  private static Path image;
  private static String args;

  @TempDir Path temp;
  private Sandbox project;

  private static TestAbortedException cannot; // why none of this works here

  @BeforeAll
  static void prepare() throws Exception {
    try {
      image();
    } catch (TestAbortedException e) {
      cannot = e; // each test tells it: Maven is silent on a class that is left out
    }
  }

  /** Makes an image of a static busybox; as root apptainer may need {@code --userns} to run it. */
  private static void image() throws Exception {
    Path busybox = Path.of("/bin/busybox");
    assumeTrue(says("apptainer", "--version").contains("version"), "apptainer is not installed");
    assumeTrue(Files.exists(busybox), "busybox-static is not installed");
    Path tree = images.toRealPath().resolve("tree");
    Path bin = Files.createDirectories(tree.resolve("bin"));
    Files.createDirectory(tree.resolve("tmp"));
    Files.copy(busybox, bin.resolve("busybox"));
    for (String name : List.of("sh", "cat", "id", "env", "sleep", "tail", "pwd", "mkdir")) {
      Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
    }
    image = images.toRealPath().resolve("busybox.sif");
    String built = says("apptainer", "build", image.toString(), tree.toString());
    assumeTrue(Files.exists(image), "apptainer makes no image here: " + built);
    String plain = says("apptainer", "exec", image.toString(), "id", "-u");
    args = plain.strip().matches("[0-9]+") ? "" : "--userns";
    String probe = says("apptainer", "exec", "--userns", image.toString(), "id", "-u").strip();
    assumeTrue(args.isEmpty() || probe.matches("(?s).*[0-9]+"), "it runs nothing here: " + probe);
  }

  private static String says(String... command) throws Exception {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException none) {
      return "";
    }
  }

  @BeforeEach
  void project() throws Exception {
    if (cannot != null) {
      throw cannot;
    }
    project = new Sandbox(temp);
  }

  @AfterEach
  void end() throws Exception {
    if (project != null) {
      project.close();
    }
  }

  private void build(String jobs) throws Exception {
    project.build(
        "defaults: { image: %s, container: { args: [%s] } }\njobs:\n".formatted(image, args)
            + jobs.indent(2));
  }

  @Test
  void aJobFindsFoldersUserUmaskVariablesAndOneLogInOrderAsOnTheHost() throws Exception {
    Path elsewhere = Files.createDirectory(temp.toRealPath().resolve("a:b, \"c\""));
    Path far = Files.writeString(elsewhere.resolve("far,1"), "far\n");
    project.write("sub/x", "1\n");
    build(
        """
        a:
          dir: sub
          command: 'id -u > {produces}; pwd >> {produces}; cat {needs} >> {produces};
            printf "%%s|" "$TWO" "$HOME" >> {produces};
            for i in 1 2; do echo out $i; echo err $i >&2; done; cat'
          needs: [sub/x, '%s']
          produces: out/a
          env: { TWO: "1\\n2 \\"x\\" $HOME $(id) \\\\", HOME: "/it's" }
        """
            .formatted(far));
    Ran ran = project.run(List.of("sh", "-c", "umask 027; exec " + Sandbox.launcher()));
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    Path made = project.root.resolve("out/a");
    Object uid = Files.getAttribute(project.root, "unix:uid");
    assertEquals(
        uid + "\n" + project.root + "/sub\n1\nfar\n1\n2 \"x\" $HOME $(id) \\|/it's|",
        project.read("out/a"));
    assertEquals(uid, Files.getAttribute(made, "unix:uid"));
    assertEquals(
        0640, (int) Files.getAttribute(made, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0777);
    assertEquals("out 1\nerr 1\nout 2\nerr 2\n", project.torc("log", "a").out());
    assertEquals("1 job: 0 ran, 1 up to date, 0 failed", project.torc().counts());
  }

  @Test
  void endsAreToldAsTheyAre() throws Exception {
    build(
        """
        status: { command: exit 255 }
        killed: { command: 'kill -9 $$' }
        memory: { command: 'tail /dev/zero', resources: { memory: 64MiB } }
        program: { command: [nosuch, x] }
        limit: { command: 'sleep 100 & sleep 100', resources: { runtime: 1s } }
        """);
    Ran ran = project.torc("-k");
    assertEquals("5 jobs: 0 ran, 0 up to date, 5 failed", ran.counts(), ran.err());
    for (String told :
        List.of(
            "status failed: exit 255",
            "killed failed: exit 137 (KILL)",
            "memory failed: out of memory",
            "program failed: image " + image + " has no nosuch",
            "limit failed: timed out after 1.0 s")) {
      assertTrue(ran.untimed().contains(told), told + " in " + ran.err());
    }
  }

  @Test
  void ctrlCReachesTheJob() throws Exception {
    build(
        "a: { command: 'trap \"echo heard > heard; exit 0\" INT; echo > begun; while :; do sleep"
            + " 1; done' }\n");
    Going going = project.start();
    project.awaitLine("begun");
    going.signal("INT");
    Ran ran = going.await();
    assertEquals(130, ran.exit(), ran.err());
    assertEquals("1 job: 0 ran, 0 up to date, 0 failed, 1 interrupted", ran.counts());
  }

  @Test
  void rule09WhatAKilledTorcLeftIsEndedByTheNextBuild() throws Exception {
    build(
        "a: { command: 'echo > begun; echo x >> runs; [ -e go ] || sleep 1000', always: true }\n");
    Going going = project.start();
    project.awaitLine("begun");
    going.process().destroyForcibly().waitFor();
    project.write("go", "");
    Ran ran = project.torc();
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.err().contains("that an earlier build left running"), ran.err());
    assertEquals(List.of("x", "x"), project.lines("runs"));
  }
}
