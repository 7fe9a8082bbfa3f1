package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.session.Exit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code TORC_PROFILE=1 torc build}. */
class ProfiledBuildTest {

  @TempDir Path dir;

  @Test
  void itSaysWhereTheTimeWentAndWritesATrace() throws IOException {
    Folder folder = new Folder(dir.toRealPath()).chain();
    Map<String, String> env = Map.of("PATH", System.getenv("PATH"), "TORC_PROFILE", "1");
    Run run = Run.in(env, folder.at(), "build");
    assertEquals(Exit.DONE, run.exit());
    String line = run.err().lines().reduce((_, last) -> last).orElseThrow();
    String words = line.replaceAll("[0-9]+\\.[0-9]{3} s", "TIME");
    assertEquals(
        "profile: start TIME, read TIME, open TIME, plan TIME, run TIME, record TIME,"
            + " 3 attempts took TIME of CPU; trace in "
            + folder.at().resolve(".torc/profile.json"),
        words);
    String trace = folder.get(".torc/profile.json");
    for (String name : Set.of("start", "run", "first", "second", "third")) {
      assertTrue(trace.contains("\"name\":\"" + name + "\""), trace);
    }
  }

  @Test
  void nobodyAskedNothingSaid() throws IOException {
    Folder folder = new Folder(dir.toRealPath()).chain();
    assertFalse(folder.run("build").err().contains("profile"));
    assertFalse(folder.has(".torc/profile.json"));
  }
}
