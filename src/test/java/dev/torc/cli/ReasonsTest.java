package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reasons as a dry run and a build say them. */
class ReasonsTest {

  @TempDir Path root;

  private String reasons(String buildFile) throws Exception {
    Files.writeString(root.resolve("torc.yaml"), buildFile);
    return Run.of(root, "-n").out().strip();
  }

  @Test
  void aJobThatFailedBeforeItsCommandHasNoOtherReason() throws Exception {
    Files.createDirectory(root.resolve("d"));
    Path bad = Files.createSymbolicLink(root.resolve("d/loop"), Path.of("loop"));
    reasons("jobs: { a: { command: 'true', needs: d/ } }");
    Run failed = Run.of(root);
    assertEquals(1, failed.exit(), failed.err());
    Files.delete(bad);

    String now = reasons("jobs: { a: { command: 'true', needs: d/ } }");
    assertEquals("a will run: failed last time", now.replaceFirst(" \\(.*\\)", ""));
  }

  @Test
  void aProductThatNoJobDeclaresAnyMoreIsToldAsOne() throws Exception {
    reasons(
        """
        jobs:
          old: { command: touch x.txt, produces: x.txt }
          all: { command: "true", needs: "*.txt" }
        """);
    Run.of(root);
    reasons("jobs: { all: { command: 'true', needs: '*.txt' } }");

    String said = Run.of(root).err();
    assertTrue(said.contains("moved x.txt to .torc/store: no job produces it any more"), said);
  }
}
