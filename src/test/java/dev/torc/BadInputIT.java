package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Ran;
import java.io.IOException;
import java.io.OutputStream;
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

/**
 * What bad input gets: exit 2, one line for each error with its place, the name in question and the
 * next step, in lower case; nothing started, nothing written, no stack trace.
 */
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
    refused("1:2: a NUL byte", "\u00ff\u0000\u0001".repeat(10), false);
    refused("1:", "jobs: { \u00ff: { command: x } }\n", false);
    refused("", "jobs: {", true);
    refused("2:", "jobs:\n  a: { command: \"a\u0000b\" }\n", true);
    refused("4:", "jobs:\n  a:\n    command: x\n    command: y\n", true);
    refused("3:5: unknown key comand", "jobs:\n  a:\n    comand: x\n", true);
    refused("1:1: unknown key job", "job:\n  a: { command: x }\n", true);
    refused("2:15: ", "jobs:\n  a: { needs: [bam/{sample}.bam], command: x }\n", true);
    refused("2:", "jobs:\n  a: { needs: [{sample}], command: x }\n", true);
    refused("2:3: ", "jobs:\n  a: {}\n", true);
    refused("2:", "jobs:\n  a: { command: 'echo {nobody}' }\n", true);
    refused("2:", "jobs:\n  a: { command: x, resources: { cpus: many } }\n", true);
    refused("2:", "jobs:\n  a: { command: x, resources: { runtime: soon } }\n", true);
    refused("2:", "jobs:\n  a: { command: x, resources: { licences: 1 } }\n", true);
    refused("2:", "jobs:\n  a: { command: x, resources: lrage }\nresources: { large: {} }\n", true);
    refused("2:", "jobs:\n  a: { command: x, after: b }\n", true);
    refused("1:", "- a\n- b\n", true);
    refused("1:", "just words\n", true);
  }

  @Test
  void anEmptyBuildFileIsNoError() throws Exception {
    project.build("");
    Ran ran = project.torc();
    assertTrue(ran.exit() == 0 || ran.exit() == 2, ran.err());
    assertEquals(1, ran.err().lines().count(), ran.err());
  }

  @Test
  void suggestionsNameTheNearestKey() throws Exception {
    project.build("jobs:\n  a:\n    comand: x\n");
    assertTrue(project.torc().err().contains("command"), project.torc().err());
  }

  @Test
  void bombs() throws Exception {
    StringBuilder aliases = new StringBuilder("jobs:\n  a: { command: x }\nvars:\n  v0: &v0 [x]\n");
    for (int i = 1; i < 60; i++) {
      aliases.append("  v%d: &v%d [*v%d, *v%d, *v%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
    }
    refused("", aliases.toString(), true);
    refused("", "jobs: " + "[".repeat(200_000) + "]".repeat(200_000) + "\n", true);
    refused("", "jobs: " + "{a: ".repeat(200_000), true);
    refused("", "&a [*a]\n", true);
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
    refused("3:", two, true);
    refused("2:", "jobs:\n  a: { command: x, needs: gone }\n", true);
    refused("2:", "jobs:\n  a: { command: x, needs: p, produces: p }\n", true);
    refused(
        "",
        "jobs:\n  a: {command: x, needs: q, produces: p}\n"
            + "  b: {command: x, needs: p, produces: q}\n",
        true);
    refused("", "jobs:\n  a: { command: x, after: b }\n  b: { command: x, after: a }\n", true);
    refused("2:", "jobs:\n  a: { command: x, produces: torc.yaml }\n", true);
    refused("2:", "jobs:\n  a: { command: x, produces: ../out }\n", true);
    refused("2:", "jobs:\n  a: { command: x, produces: /tmp/out }\n", true);
    refused("2:", "jobs:\n  a: { command: x, produces: .torc/out }\n", true);
    refused("2:", "jobs:\n  a: { command: x, produces: ./ }\n", true);
    refused(
        "3:",
        "jobs:\n  a: { command: x, produces: d/ }\n" + "  b: { command: x, produces: d/p }\n",
        true);
    refused(
        "3:",
        "jobs:\n  a: { command: x, produces: 'd/*' }\n" + "  b: { command: x, produces: d/p }\n",
        true);
  }

  @Test
  void productsThroughLinksThatLeaveTheRoot() throws Exception {
    Files.createSymbolicLink(
        project.root.resolve("away"), Files.createDirectory(temp.resolve("o")));
    refused("2:", "jobs:\n  a: { command: x, produces: away/p }\n", true);
    refused("2:", "jobs:\n  a: { command: x, produces: away/deeper/p }\n", true);
    refused("2:", "jobs:\n  a: { command: x, produces: 'away/*.txt' }\n", true);
    refused("2:", "jobs:\n  a: { command: x, produces: away/ }\n", true);
    Files.createSymbolicLink(project.root.resolve("me"), Path.of("torc.yaml"));
    refused("2:", "jobs:\n  a: { command: x, produces: me }\n", true);
  }

  @Test
  void needsThatAreNoFiles() throws Exception {
    project.run(List.of("sh", "-c", "mkfifo fifo; mkdir folder; touch file; ln -s loop loop"));
    refused("2:", "jobs:\n  a: { command: x, needs: fifo }\n", true);
    refused("2:", "jobs:\n  a: { command: x, needs: /dev/zero }\n", true);
    refused("2:", "jobs:\n  a: { command: x, needs: folder }\n", true);
    refused("2:", "jobs:\n  a: { command: x, needs: file/ }\n", true);
    refused("2:", "jobs:\n  a: { command: x, needs: file/inner }\n", true);
    refused("2:", "jobs:\n  a: { command: x, needs: loop }\n", true);
    refused("2:", "jobs:\n  a: { command: x, needs: " + "n".repeat(5000) + " }\n", true);
  }

  @Test
  void whatIsAskedForThatDoesNotExist() throws Exception {
    project.build("jobs:\n  alpha: { command: 'true', resources: { memory: 64TB } }\n");
    Ran target = project.torc("build", "alhpa");
    assertEquals(2, target.exit());
    assertTrue(target.err().contains("alhpa") && target.err().contains("alpha"), target.err());
    refusedAsItIs("torc.yaml:2:3: job alpha asks for 58.2 TiB");
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

  private void refused(String place, String text, boolean utf8) throws Exception {
    Files.write(
        project.root.resolve("torc.yaml"),
        text.getBytes(
            utf8
                ? java.nio.charset.StandardCharsets.UTF_8
                : java.nio.charset.StandardCharsets.ISO_8859_1));
    refusedAsItIs("torc.yaml:" + place);
  }

  private void refusedAsItIs(String begin) throws Exception {
    List<String> before = everything();
    Ran ran = project.torc("build");
    String all = begin + ": " + ran;
    System.err.println(ran.exit() + " " + ran.err().strip());
    assertEquals(2, ran.exit(), all);
    assertEquals("", ran.out());
    assertEquals(1, ran.err().lines().count(), all);
    assertTrue(ran.err().length() < 1000, all);
    assertTrue(ran.err().startsWith(begin), all);
    String said = ran.err().replaceFirst("^[^ ]+: ", "");
    assertFalse(Character.isUpperCase(said.charAt(0)) && !said.startsWith("YAML"), all);
    assertFalse(ran.err().contains("\tat ") || ran.err().contains("Exception"), all);
    assertEquals(before, everything(), all);
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
