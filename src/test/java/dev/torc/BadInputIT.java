package dev.torc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Ran;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What bad input gets: exit 2, one line for each error with its place, the name in question and the
 * next step, in lower case; nothing started, nothing written, no stack trace.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("BadInputIT") // one of its tests at a time, beside other classes
class BadInputIT {

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
  void mistakesInTheText() throws Exception {
    refused("1:2: a NUL byte", "\u00ff\u0000\u0001".repeat(10), ISO_8859_1);
    refused("1:", "jobs: { \u00ff: { command: x } }\n", ISO_8859_1);
    refused("1:", "jobs: {");
    refused("2:19: a NUL byte", "jobs:\n  a: { command: \"a\u0000b\" }\n");
    refused("2:17: a text cannot hold a NUL", "jobs:\n  a: { command: \"a\\0b\" }\n");
    refused("4:5: duplicate key command", "jobs:\n  a:\n    command: x\n    command: y\n");
    refused("3:5: unknown key comand", "jobs:\n  a:\n    comand: x\n");
    refused("1:1: unknown key job ", "job:\n  a: { command: x }\n");
    refused("2:20: ", "jobs:\n  a: { needs: [bam/{sample}.bam], command: x }\n");
    refused("2:17: {sample} is a map", "jobs:\n  a: { needs: [{sample}], command: x }\n");
    refused("2:3: the job a has no command", "jobs:\n  a: {}\n");
    refused("2:17: the command is empty", "jobs:\n  a: { command: [] }\n");
    refused("2:17: unknown placeholder {no}", "jobs:\n  a: { command: 'echo {no}' }\n");
    refused("2:39: ", "jobs:\n  a: { command: x, resources: { cpus: many } }\n");
    refused("2:42: ", "jobs:\n  a: { command: x, resources: { runtime: soon } }\n");
    refused("2:33: unknown key wheels", "jobs:\n  a: { command: x, resources: { wheels: 1 } }\n");
    refused("2:31: unknown resource class", "jobs:\n  a: { command: x, resources: big }\n");
    refused("2:27: no job b", "jobs:\n  a: { command: x, after: b }\n");
    refused(
        "3:12: a second job a", "jobs:\n  - {name: a, command: x}\n  - {name: a, command: y}\n");
    refused("2:25: ", "jobs:\n  a: {command: x, env: {'A=B': 1}}\n");
    refused("1:11: ", "include: [gone.yaml]\n");
    refused("1:11: ", "include: [torc.yaml]\n");
    refused("1:", "vars: { a: '{b}', b: '{a}' }\njobs: { j: { command: 'echo {a}' } }\n");
    refused("2:1: ", "name: a\n---\nname: b\n");
    refused("1:1: an unknown version of YAML", "%YAML 9.9\n---\nname: b\n");
    refused("2:1: a tab", "jobs:\n\ta: b\n");
    refused("1:1: ", "- a\n- b\n");
    refused("1:1: ", "just words\n");
  }

  @Test
  void theTrapOfBracesSaysToQuoteThem() throws Exception {
    for (String needs : List.of("[bam/{sample}.bam]", "[{sample}]", "{job: train/lr={lr}}")) {
      project.build("jobs:\n  a: { needs: " + needs + ", command: x }\n");
      Ran ran = project.torc();
      assertEquals(2, ran.exit());
      assertTrue(ran.err().contains("quote"), ran.err());
    }
  }

  @Test
  void anUnknownKeyNamesTheNearestOne() throws Exception {
    project.build("jobs:\n  a:\n    comand: x\n");
    assertEquals(
        "torc.yaml:3:5: unknown key comand in the job a; did you mean command?\n",
        project.torc().err());
  }

  @Test
  void bombs() throws Exception {
    StringBuilder aliases = new StringBuilder("jobs:\n  a: { command: x }\nvars:\n  v0: &v0 [x]\n");
    for (int i = 1; i < 60; i++) {
      aliases.append("  v%d: &v%d [*v%d, *v%d, *v%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
    }
    refused("", aliases.toString());
    refused("", "jobs: " + "[".repeat(200_000) + "]".repeat(200_000) + "\n");
    refused("", "jobs: " + "{a: ".repeat(200_000));
    refused("", "&a [*a]\n");
    Files.delete(project.root.resolve("torc.yaml"));
    project.write("torc.json", "[".repeat(200_000));
    refusedAsItIs("torc.json:1:");
  }

  @Test
  void hugeBuildFiles() throws Exception {
    try (OutputStream out = Files.newOutputStream(project.root.resolve("torc.yaml"))) {
      byte[] comment = ("# " + "x".repeat(1020) + "\n").getBytes();
      for (int i = 0; i < 100 * 1024; i++) {
        out.write(comment);
      }
    }
    refusedAsItIs("torc.yaml");
    try (OutputStream out = Files.newOutputStream(project.root.resolve("torc.yaml"))) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 100; i++) {
        out.write(zeros);
      }
    }
    refusedAsItIs("torc.yaml");
    project.run(List.of("sh", "-c", "rm torc.yaml; ln -s /dev/zero torc.yaml"));
    refusedAsItIs("torc.yaml");
    project.run(List.of("sh", "-c", "rm torc.yaml; mkfifo torc.yaml"));
    refusedAsItIs("torc.yaml");
    project.run(List.of("sh", "-c", "rm torc.yaml; mkdir torc.yaml"));
    refusedAsItIs("torc");
  }

  @Test
  void noBuildFileOrTwo() throws Exception {
    Ran none = project.torc();
    assertEquals(2, none.exit());
    assertTrue(none.err().startsWith("torc: no torc.yaml"), none.err());
    assertEquals(1, none.err().lines().count());
    project.write("torc.json", "{}");
    project.build("jobs: { a: { command: x } }\n");
    refusedAsItIs("");
    Ran absent = project.torc("-f", "absent.yaml");
    assertEquals(2, absent.exit());
    assertTrue(absent.err().contains("absent.yaml"), absent.err());
    assertEquals(1, absent.err().lines().count(), absent.err());
    Ran nowhere = project.torc("-C", "no where");
    assertEquals(2, nowhere.exit());
    assertEquals(1, nowhere.err().lines().count(), nowhere.err());
  }

  @Test
  void mistakesInTheGraph() throws Exception {
    String two = "jobs:\n  a: { command: x, produces: p }\n  b: { command: x, produces: ./p }\n";
    refused("3:", two);
    refused("2:", "jobs:\n  a: { command: x, needs: gone }\n");
    refused("2:", "jobs:\n  a: { command: x, needs: p, produces: p }\n");
    refused(
        "",
        "jobs:\n  a: {command: x, needs: q, produces: p}\n"
            + "  b: {command: x, needs: p, produces: q}\n");
    refused("", "jobs:\n  a: { command: x, after: b }\n  b: { command: x, after: a }\n");
    refused("2:", "jobs:\n  a: { command: x, produces: torc.yaml }\n");
    refused("2:", "jobs:\n  a: { command: x, produces: ../out }\n");
    refused("2:", "jobs:\n  a: { command: x, produces: /tmp/out }\n");
    refused("2:", "jobs:\n  a: { command: x, produces: .torc/out }\n");
    refused("2:", "jobs:\n  a: { command: x, depfile: ../a.d }\n");
    refused("2:", "jobs:\n  a: { command: x, depfile: torc.yaml }\n");
    refused("2:", "jobs:\n  a: { command: x, produces: ./ }\n");
    refused(
        "3:",
        "jobs:\n  a: { command: x, produces: d/ }\n" + "  b: { command: x, produces: d/p }\n");
    refused(
        "3:",
        "jobs:\n  a: { command: x, produces: 'd/*' }\n" + "  b: { command: x, produces: d/p }\n");
  }

  @Test
  void productsThroughLinksThatLeaveTheRoot() throws Exception {
    Files.createSymbolicLink(
        project.root.resolve("away"), Files.createDirectory(temp.resolve("o")));
    refused("2:", "jobs:\n  a: { command: x, produces: away/p }\n");
    refused("2:", "jobs:\n  a: { command: x, produces: away/deeper/p }\n");
    refused("2:", "jobs:\n  a: { command: x, produces: 'away/*.txt' }\n");
    refused("2:", "jobs:\n  a: { command: x, produces: away/ }\n");
    Files.createSymbolicLink(project.root.resolve("me"), Path.of("torc.yaml"));
    refused("2:", "jobs:\n  a: { command: x, produces: me }\n");
  }

  @Test
  void needsThatAreNoFiles() throws Exception {
    project.run(
        List.of(
            "sh",
            "-c",
            "mkfifo fifo; mkdir folder; touch file; ln -s gone dangling; ln -s loop loop"));
    refused("2:", "jobs:\n  a: { command: x, needs: file/inner }\n");
    refused("2:", "jobs:\n  a: { command: x, needs: dangling }\n");
    refused("2:", "jobs:\n  a: { command: x, needs: " + "n".repeat(300) + " }\n");
    // Rule 8: what is there and cannot be read is its readers' failure, not the build file's.
    for (String need : List.of("fifo", "/dev/zero", "folder", "file/", "loop")) {
      project.build("jobs:\n  a: { command: x, needs: " + need + " }\n");
      Ran ran = project.torc();
      assertEquals(1, ran.exit(), need + ran.err());
      assertTrue(ran.err().contains(need + " cannot be read: "), ran.err());
    }
  }

  @Test
  void whatIsAskedForThatDoesNotExist() throws Exception {
    project.build("jobs:\n  alpha: { command: 'true', resources: { memory: 64TB } }\n");
    Ran target = project.torc("build", "alhpa");
    assertEquals(2, target.exit());
    assertTrue(target.err().contains("alhpa") && target.err().contains("alpha"), target.err());
    refusedAsItIs("torc.yaml:2:3: job alpha asks for 64.0 TB");
    for (List<String> args :
        List.of(
            List.of("-j", "0"),
            List.of("-j", "many"),
            List.of("--limit", "cpus"),
            List.of("--limit", "wheels=4"),
            List.of("--limit", "memory=lots"),
            List.of("-D", "novalue"),
            List.of("-D", "unknown=1"),
            List.of("--color", "loud"),
            List.of("--no-such"),
            List.of("-f"),
            List.of("nosuchcommand"))) {
      Ran ran = project.torc(args.toArray(String[]::new));
      assertEquals(2, ran.exit(), args + ran.err());
      assertEquals(1, ran.err().lines().count(), args + ran.err());
      assertTrue(ran.err().startsWith("torc: "), args + ran.err());
    }
  }

  @Test
  void everyErrorOfAFileIsToldAtOnceInOrder() throws Exception {
    project.build(
        "jobs:\n  a: { command: x, needs: gone }\n  b: { command: x, needs: [lost, away] }\n");
    Ran ran = project.torc();
    assertEquals(2, ran.exit());
    assertEquals(3, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().lines().toList().get(2).startsWith("torc.yaml:3:"), ran.err());
  }

  private void refused(String place, String text) throws Exception {
    refused(place, text, UTF_8);
  }

  private void refused(String place, String text, Charset charset) throws Exception {
    Files.write(project.root.resolve("torc.yaml"), text.getBytes(charset));
    refusedAsItIs("torc.yaml:" + place);
  }

  private void refusedAsItIs(String begin) throws Exception {
    List<String> before = everything();
    Ran ran = project.torc("build");
    assertEquals(2, ran.exit(), begin + ran);
    assertEquals("", ran.out());
    assertEquals(1, ran.err().lines().count(), begin + ran);
    assertTrue(ran.err().startsWith(begin), begin + ran);
    assertTrue(ran.err().length() < 500, begin + ran);
    String said = ran.err().replaceFirst("^[^ ]+: ", "");
    assertFalse(Character.isUpperCase(said.charAt(0)), begin + ran);
    assertFalse(ran.err().contains("\tat ") || ran.err().contains("Exception"), begin + ran);
    assertEquals(before, everything(), begin + ran);
  }

  private List<String> everything() throws IOException {
    TreeSet<String> paths = new TreeSet<>();
    List<Path> folders = new ArrayList<>(List.of(project.root));
    while (!folders.isEmpty()) {
      try (Stream<Path> inside = Files.list(folders.removeLast())) {
        for (Path path : inside.toList()) {
          paths.add(project.root.relativize(path).toString());
          if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            folders.add(path);
          }
        }
      }
    }
    return List.copyOf(paths);
  }
}
