package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A build adds a summary to the file that the runner of GitHub Actions names. */
class StepSummaryCommandTest {

  @TempDir Path cwd;

  private Run torc(String summary, String... args) {
    return Run.in(Map.of("PATH", System.getenv("PATH"), "GITHUB_STEP_SUMMARY", summary), cwd, args);
  }

  @Test
  void builtOrNotEachBuildAddsOne() throws IOException {
    Folder folder = new Folder(cwd).chain();
    String file = cwd.resolve("summary.md").toString();
    torc(file, "build");
    torc(file, "build");
    torc(file, "build", "-n");
    torc(file, "status");
    torc(file, "build", "nope");
    String text = folder.get("summary.md");
    assertEquals(2, text.split("\\*\\*torc\\*\\*", -1).length - 1, text);
    assertTrue(text.contains(" 3 jobs: 3 ran, 0 up to date, 0 failed in "), text);
    assertTrue(text.contains(" 3 jobs: 0 ran, 3 up to date, 0 failed in "), text);
  }

  @Test
  void noBuildFailsForIt() throws IOException {
    Folder folder = new Folder(cwd).chain();
    Run run = torc(cwd.resolve("a.txt/summary.md").toString(), "build");
    assertEquals(0, run.exit());
    assertTrue(run.err().contains("\nwarning: cannot write the summary of this step: "), run.err());
    assertEquals(0, torc("", "build").exit());
    assertFalse(folder.has("summary.md"));
  }
}
