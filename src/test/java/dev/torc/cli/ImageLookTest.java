package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a look tells of images: which they are, and that one cannot be had; it fetches none. */
class ImageLookTest {

  private static final String NOT_HERE =
      "image other is not here, and pull is never: fetch it with `podman pull"
          + " docker.io/library/other`";

  @TempDir Path temp;
  private Folder folder;
  private StandInRuntime podman;

  @BeforeEach
  void project() throws IOException {
    Path at = temp.toRealPath();
    podman = StandInRuntime.in(at.resolve("bin"), "podman");
    folder = new Folder(Files.createDirectory(at.resolve("project")));
    folder.put(
        "torc.yaml",
        """
        jobs:
          first: { command: "echo > {produces}", produces: f }
          a: { image: tools:1, command: "cat f > {produces}", needs: f, produces: a }
          b: { image: other, command: "true", container: { pull: never } }
          c: { command: "true" }
        """);
    podman.has("tools:1", 1);
  }

  private Run torc(String... args) {
    return Run.in(podman.env(), folder.at(), args);
  }

  @Test
  void allAnswersTellImagesAndIdentitiesInTheSameWords() throws IOException {
    String here = "tools:1 111111111111";
    Run check = torc("check");
    assertEquals(
        "image "
            + here
            + ": 1 job\nimage other (not here): 1 job\n"
            + "torc.yaml: 4 jobs, 1 warning\n",
        check.out());
    assertEquals("torc.yaml:4:3: warning: " + NOT_HERE + "\n", check.err());
    Run dry = torc("-n");
    assertTrue(dry.out().contains("b will fail: " + NOT_HERE + "\n"), dry.out());
    assertEquals(
        "image "
            + here
            + ": 1 job\nimage other (not here): 1 job\n"
            + "4 jobs: 1 will fail, 3 will run, 0 may run, 0 up to date\n",
        dry.err());
    assertEquals(
        "a will run: never ran\n  it runs in image "
            + here
            + "\n"
            + "b will fail: "
            + NOT_HERE
            + "\n  it runs in image other (not here)\n",
        torc("why", "a", "b").out());
    List<String> list = torc("list").out().lines().toList();
    assertTrue(list.get(1).contains("  " + here + "  "), list.toString());
    assertTrue(list.get(2).contains("will fail"), list.toString());
    assertTrue(list.get(2).contains("  other (not here)  "), list.toString());
    String known =
        "\"images\":[{\"image\":\"tools:1\",\"identity\":\"" + StandInRuntime.identity(1) + "\"";
    String unknown = "\"images\":[{\"image\":\"other\",\"identity\":null,\"file\":null}]";
    for (String command : List.of("list", "-n", "why a b")) {
      String json = torc((command + " --json").split(" ")).out();
      assertTrue(json.contains(known) && json.contains(unknown), json);
    }
    assertTrue(torc("check", "--json").out().contains(known + ",\"file\":null,\"jobs\":1}"));
    assertEquals(0, podman.calls("pull"));
    assertEquals(0, podman.calls("run"));
  }

  @Test
  void onTheHostAndWithoutImagesNothingIsToldOfThem() throws IOException {
    assertEquals("torc.yaml: 4 jobs, 0 warnings\n", torc("check", "--no-containers").out());
    assertFalse(torc("list", "--no-containers").out().contains("tools"));
    assertFalse(torc("-n", "--no-containers").err().contains("image"));
    assertFalse(torc("why", "c").out().contains("image"));
    assertTrue(torc("list", "--json", "c").out().contains("\"image\":null,\"needs\""));
    assertEquals(0, podman.calls("image"));
  }

  @Test
  void whatALookTellsFailsBeforeTheFirstJobAndTheOthersRun() throws IOException {
    Run run = torc();
    assertEquals(1, run.exit());
    assertEquals("b failed: " + NOT_HERE, run.err().lines().findFirst().orElseThrow());
    assertTrue(run.err().contains("\n4 jobs: 3 ran, 0 up to date, 1 failed in "), run.err());
    podman.has("other", 2);
    assertEquals("b will run: never ran\n", torc("-n").out(), "nothing is on record");
    folder.put("f.yaml", "jobs: { b: { container: { pull: missing } } }\n");
    podman.breaks();
    podman.lost("other");
    podman.lost("tools:1");
    Run broken = torc("-f", "torc.yaml", "-f", "f.yaml", "--force", "--container", "podman");
    List<String> lines = broken.err().lines().toList();
    String why =
        " can work here: podman: cannot work today; with --no-containers it runs on the host";
    assertEquals("a failed: no runtime for image tools:1" + why, lines.get(0));
    assertEquals("b failed: no runtime for image other" + why, lines.get(1));
    assertTrue(lines.stream().anyMatch(line -> line.matches("first: ran in .*: forced")));
    assertEquals(1, broken.exit());
    assertEquals(0, podman.calls("pull"));
  }

  @Test
  void aJobThatCannotHaveItsImageKeepsItsResult() throws IOException {
    podman.has("other", 2);
    assertEquals(0, torc().exit());
    podman.lost("other");
    assertEquals("b failed: " + NOT_HERE, torc("--force", "b").err().lines().findFirst().get());
    podman.has("other", 2);
    assertTrue(torc("-n").out().isEmpty(), torc("-n").out());
  }

  @Test
  void anImageThatAnEarlierJobMakesIsNotMissing() throws IOException {
    String script = podman.folder().resolve("images/other").toString();
    folder.put(
        "torc.yaml",
        """
        jobs:
          make: { command: "echo %s > %s" }
          b: { image: other, command: "true", container: { pull: never }, after: make }
          c: { image: other, command: "true", after: make }
        """
            .formatted(StandInRuntime.identity(2), script));
    assertEquals("", torc("check").err());
    Run run = torc();
    assertTrue(run.err().contains("3 jobs: 3 ran, 0 up to date, 0 failed"), run.err());
    assertEquals(0, podman.calls("pull"));
    Run again = torc();
    assertTrue(again.err().contains("3 jobs: 0 ran, 3 up to date, 0 failed"), again.err());
  }

  @Test
  void aNameThatItsRegistryDoesNotHaveIsToldBesideTheFirstJobs() throws IOException {
    podman.knowsNothing();
    folder.put(
        "torc.yaml",
        """
        jobs:
          first:
            command: until [ $(grep -c '^manifest ' %s/calls) = 2 ]; do sleep 0.01; done; echo > f
            produces: f
          a: { image: tools:1, command: "true", needs: f }
          each:
            parameters: { n: { from: 1, to: 3 } }
            image: tools:1.O
            command: "true"
            needs: f
          z: { image: other, command: "true", needs: f }
          never: { image: third, command: "true", needs: f, manual: true }
        """
            .formatted(podman.folder()));
    Run run = torc();
    assertTrue(
        run.err()
            .startsWith(
                "warning: job each/n=1 and 2 more: image tools:1.O is not here, and its registry"
                    + " says 'manifest unknown': mend its name, log in there, or let a job make it"
                    + " first\n"),
        run.err());
    assertTrue(run.err().contains("\n6 jobs: 2 ran, 0 up to date, 4 failed in "), run.err());
    assertEquals(2, podman.calls("pull"), "each once");
    podman.forget();
    podman.offers(2);
    assertEquals(0, torc().exit());
    assertEquals(0, torc().exit());
    assertTrue(podman.calls("manifest") <= 2, "a build of nothing asks no registry");
  }

  @Test
  void theImageIsThatOfTheRuntimeThatRunsIt() throws IOException {
    StandInRuntime docker = StandInRuntime.in(temp.toRealPath().resolve("other"), "docker");
    docker.has("other", 3);
    Map<String, String> both =
        Map.of(
            "PATH",
            podman.folder() + ":" + docker.folder() + ":" + System.getenv("PATH"),
            "HOME",
            temp.toString());
    Run run = Run.in(both, folder.at(), "b");
    assertEquals("b failed: " + NOT_HERE, run.err().lines().findFirst().orElseThrow());
    assertEquals(0, podman.calls("run"));
    podman.breaks();
    run = Run.in(both, folder.at(), "b");
    assertTrue(run.err().contains("1 job: 1 ran, 0 up to date, 0 failed"), run.err());
    assertEquals(1, docker.calls("run"));
  }
}
