package dev.torc.features.past;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.machine.ProgramOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which commit holds a project, and that git runs nothing and changes nothing when it is asked. */
class GitCommitTest {

  private static final Map<String, String> ENV =
      Map.of("PATH", System.getenv("PATH"), "HOME", "/nowhere", "GIT_DIR", "/nowhere");

  @TempDir Path root;

  private ProgramOutput sh(String command) {
    Map<String, String> env = Map.of("PATH", System.getenv("PATH"), "HOME", root.toString());
    return ProgramOutput.of(List.of("sh", "-c", command), env, root, Duration.ofSeconds(60));
  }

  private void repository() {
    assumeTrue(sh("git --version").ok(), "git is not installed");
    String commit = "git -c user.name=a -c user.email=a@b commit -qm one";
    ProgramOutput made =
        sh("git init -q && echo 1 > a && echo new > .gitignore && git add . && " + commit);
    assertTrue(made.ok(), made::errors);
  }

  @Test
  void theCommitAndWhetherTrackedFilesDiffer() throws IOException {
    repository();
    String commit = sh("git rev-parse HEAD").text();
    assertEquals(new GitCommit(commit, false), GitCommit.of(root, ENV));
    Files.writeString(root.resolve("untracked"), "x");
    assertEquals(new GitCommit(commit, false), GitCommit.of(root, ENV));
    Files.writeString(root.resolve("a"), "2\n");
    assertEquals(new GitCommit(commit, true), GitCommit.of(root, ENV));
    Files.createDirectory(root.resolve("new"));
    assertNull(GitCommit.of(root.resolve("new"), ENV), "the commit does not hold it");
  }

  @Test
  void withoutGitOrARepositoryThereIsNone() {
    assertNull(GitCommit.of(root, ENV));
    assertNull(GitCommit.of(root, Map.of("PATH", "/nowhere")));
  }

  @Test
  void noProgramOfTheRepositoryRunsAndNoIndexIsWritten() throws IOException {
    repository();
    sh("git config core.fsmonitor 'touch ran; false'");
    byte[] index = Files.readAllBytes(root.resolve(".git/index"));
    sh("touch -d 2001-01-01 a"); // git would refresh what it knows of it
    assertFalse(GitCommit.of(root, ENV).differs());
    sh("git config filter.x.clean 'touch ran; cat' && echo '* filter=x' > .git/info/attributes");
    assertNull(GitCommit.of(root, ENV).differs(), "only the filter could say");
    assertFalse(Files.exists(root.resolve("ran")));
    assertArrayEquals(index, Files.readAllBytes(root.resolve(".git/index")));
  }
}
