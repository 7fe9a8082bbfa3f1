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
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What a build file gets that is far too large or no file: exit 2, one line, nothing written, no
 * stack trace. What is wrong in files of usual size is {@code bad-input.txt}.
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
  void bombs() throws Exception {
    StringBuilder aliases = new StringBuilder("jobs:\n  a: { command: x }\nvars:\n  v0: &v0 [x]\n");
    for (int i = 1; i < 60; i++) {
      aliases.append("  v%d: &v%d [*v%d, *v%d, *v%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
    }
    refused(aliases.toString());
    refused("jobs: " + "[".repeat(200_000) + "]".repeat(200_000) + "\n");
    refused("jobs: " + "{a: ".repeat(200_000));
    refused("&a [*a]\n");
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

  private void refused(String text) throws Exception {
    project.build(text);
    refusedAsItIs("torc.yaml:");
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
