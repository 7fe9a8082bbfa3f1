package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.session.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code torc doctor} says of places that are well, and of some that are not. */
class DoctorCommandTest {

  @TempDir Path temp;
  private Folder project;
  private final Map<String, String> env = new HashMap<>();

  @BeforeEach
  void project() throws IOException {
    project = new Folder(Files.createDirectory(temp.toRealPath().resolve("project")));
    project.put("torc.yaml", "jobs: { a: { command: [\"true\"] } }");
    env.put("PATH", System.getenv("PATH"));
    env.put("LC_ALL", "C.UTF-8");
  }

  /** The lines by their names. */
  private Map<String, String> lines(int exit) {
    Run run = Run.in(env, project.at(), "doctor");
    assertEquals("", run.err());
    assertEquals(exit, run.exit(), run.out());
    Map<String, String> lines = new HashMap<>();
    run.out().lines().forEach(l -> lines.put(l.split(" +")[0], l.replaceFirst("\\w+ +", "")));
    return lines;
  }

  @Test
  void inAProjectEachLineSaysOkAndNothingIsMade() {
    Map<String, String> lines = lines(Exit.DONE);
    assertEquals("ok: " + project.at() + ", 1 job", lines.get("project"));
    assertEquals("ok: " + project.at() + "/.torc, made by the first build", lines.get("cache"));
    assertEquals("ok: free", lines.get("lock"));
    assertEquals("ok: LC_ALL=C.UTF-8", lines.get("locale"));
    assertEquals("ok: none, so builds write plain lines", lines.get("terminal"));
    assertEquals("ok: no make calls", lines.get("jobserver"));
    assertTrue(lines.get("files").startsWith("ok: "), lines.get("files"));
    String machine = lines.get("machine");
    assertTrue(
        machine.matches("ok: \\d+ cpus?, \\d+ MiB of memory.*, \\d+ MiB free now; .+, .*Linux.*"),
        machine);
    assertFalse(project.has(".torc"));
    project.build();
    String cache = lines(Exit.DONE).get("cache");
    assertTrue(cache.matches("ok: .*/\\.torc, [0-9.]+ [KMG]iB"), cache);
  }

  @Test
  void runtimesOfContainersAreFoundAndNoneIsTried() throws Exception {
    StandInRuntime.in(temp.resolve("bin"), "tools:1");
    env.put("PATH", temp.resolve("bin") + ":/bin");
    String said = lines(Exit.DONE).get("containers");
    assertTrue(said.matches("ok: podman.* found, not tried"), said);
  }

  @Test
  void itWorksWhereThereIsNoProject() throws Exception {
    Path none = Files.createDirectory(temp.resolve("none"));
    Run run = Run.in(env, none, "doctor", "--json");
    assertEquals(0, run.exit(), run.err());
    List<String> names = new ArrayList<>();
    for (JsonNode check : new ObjectMapper().readTree(run.out()).get("checks")) {
      names.add(check.get("name").asText());
    }
    assertEquals(
        List.of(
            "java",
            "project",
            "cache",
            "files",
            "locale",
            "terminal",
            "jobserver",
            "machine",
            "gpus",
            "containers",
            "trace",
            "slurm"),
        names);
    assertTrue(run.out().contains("\"text\":\"none here: no torc.yaml"), run.out());
  }

  @Test
  void whatKeepsBuildsFromWorkingIsStatus3() throws IOException {
    project.put("torc.yaml", "jobs: { a: { comand: x } }");
    String refused = lines(3).get("project");
    assertTrue(refused.startsWith("problem: torc.yaml:1:"), refused);
    project.put("torc.yaml", "jobs: { a: { command: x } }");
    Files.createSymbolicLink(project.at().resolve(".torc"), temp);
    String linked = lines(3).get("cache");
    assertTrue(linked.contains("torc follows none there"), linked);
    Files.delete(project.at().resolve(".torc"));
    env.put("TORC_CACHE", project.at().resolve("torc.yaml") + "/below a file");
    assertEquals(
        "problem: "
            + project.at()
            + "/torc.yaml is no folder that can be written; set TORC_CACHE to another one",
        lines(3).get("cache"));
  }

  @Test
  void adviceIsNoProblem() {
    env.put("LC_ALL", "C");
    env.put("MAKEFLAGS", " -j --jobserver-auth=777,778");
    Map<String, String> lines = lines(Exit.DONE);
    assertTrue(lines.get("locale").startsWith("advice: LC_ALL=C: "), lines.get("locale"));
    String make = lines.get("jobserver");
    assertTrue(make.startsWith("advice: make's jobserver 777,778 is left alone"), make);
    env.remove("LC_ALL");
    env.put("LANG", "de_DE.utf8");
    assertEquals("ok: LANG=de_DE.utf8", lines(Exit.DONE).get("locale"));
  }

  @Test
  void anExecutorThatGoesBySlurmIsToldWhereThatIsNotHere() throws IOException {
    project.put("torc.yaml", "executors: { s: { kind: slurm } }\njobs: { a: { command: x } }");
    String said = lines(Exit.DONE).get("slurm");
    assertFalse(said.equals("ok: not here"), said);
  }
}
