package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which image counts, when one is fetched, and what is said of one that cannot be had. */
class ImagesTest {

  private static final String TWO =
      """
      jobs:
        a: { image: tools:1, command: "cat x > {produces}", needs: x, produces: a.txt }
        b: { image: other, command: [cp, a.txt, b.txt], needs: a.txt, produces: b.txt }
        c: { command: "cat x > {produces}", needs: x, produces: c.txt }
      """;

  @TempDir Path temp;
  private Folder folder;
  private StandInRuntime podman;

  @BeforeEach
  void project() throws IOException {
    Path at = temp.toRealPath();
    podman = StandInRuntime.in(at.resolve("bin"), "podman");
    folder = new Folder(Files.createDirectory(at.resolve("project")));
    folder.put("x", "1").put("torc.yaml", TWO);
    podman.has("tools:1", 1);
    podman.has("other", 2);
  }

  private Run torc(String... args) {
    return Run.in(podman.env(), folder.at(), args);
  }

  private void counts(String expected, String... args) {
    Run run = torc(args);
    assertEquals(expected, run.err().lines().toList().getLast().split(" in ")[0], run.err());
  }

  @Test
  void aChangedImageRunsExactlyItsJobsAndTellsBoth() throws IOException {
    counts("3 jobs: 3 ran, 0 up to date, 0 failed");
    counts("3 jobs: 0 ran, 3 up to date, 0 failed");
    podman.has("other", 3);
    assertEquals(
        "b will run: image changed: other 222222222222 → other 333333333333\n",
        torc("-n").out(),
        "as much as the runtimes show");
    counts("3 jobs: 1 ran, 2 up to date, 0 failed");
    counts("3 jobs: 0 ran, 3 up to date, 0 failed");
  }

  @Test
  void anotherNameForTheSameImageIsNoChange() throws IOException {
    counts("3 jobs: 3 ran, 0 up to date, 0 failed");
    podman.has("renamed", 2);
    folder.put("torc.yaml", TWO.replace("image: other", "image: renamed"));
    counts("3 jobs: 0 ran, 3 up to date, 0 failed");
  }

  @Test
  void aBuildOfNothingFetchesNothingAfterThePruneOfAnImage() throws IOException {
    counts("3 jobs: 3 ran, 0 up to date, 0 failed");
    podman.lost("tools:1");
    podman.lost("other");
    podman.forget();
    counts("3 jobs: 0 ran, 3 up to date, 0 failed");
    counts("3 jobs: 0 ran, 3 up to date, 0 failed");
    assertEquals("", torc("-n").out());
    assertEquals(0, podman.calls("pull"));
    folder.put("torc.yaml", TWO.replace("image: other", "image: third"));
    assertEquals("b will run: image changed: other 222222222222 → third\n", torc("-n").out());
    assertEquals(0, podman.calls("pull"));
  }

  @Test
  void anImageIsFetchedOnceByTheFirstJobThatNeedsIt() throws IOException {
    podman.lost("other");
    podman.offers(7);
    folder.put(
        "torc.yaml",
        """
        jobs:
          each:
            parameters: { n: { from: 1, to: 8 } }
            image: other
            command: "echo {n} > {produces}"
            produces: "{n}.txt"
          never: { image: other, command: "true", manual: true }
        """);
    Run first = torc();
    assertTrue(first.err().contains("8 jobs: 8 ran, 0 up to date, 0 failed"), first.err());
    assertTrue(first.err().startsWith("fetching image other with podman\n"), first.err());
    assertEquals(1, podman.calls("pull"));
    assertTrue(podman.words().contains("docker.io/library/other"));
    counts("8 jobs: 0 ran, 8 up to date, 0 failed");
    assertEquals(1, podman.calls("pull"));
  }

  @Test
  void pullSaysWhenItIsFetched() throws IOException {
    podman.offers(2);
    folder.put("torc.yaml", TWO + "container: { pull: always }\n");
    counts("3 jobs: 3 ran, 0 up to date, 0 failed");
    assertEquals(2, podman.calls("pull"));
    podman.lost("other");
    folder.put("x", "2").put("torc.yaml", TWO + "container: { pull: never }\n");
    Run run = torc();
    assertEquals(1, run.exit());
    assertTrue(
        run.err()
            .contains(
                "b failed: image other is not here, and pull is never: fetch it with `podman pull"
                    + " docker.io/library/other`"),
        run.err());
    assertEquals(2, podman.calls("pull"));
  }

  @Test
  void whatCannotBeHadFailsItsJobsInOneLineAndTheOthersRun() throws IOException {
    podman.lost("tools:1");
    Run run = torc();
    assertEquals(1, run.exit());
    assertTrue(
        run.err()
            .contains(
                "warning: image tools:1 cannot be had: Error: no network\n"
                    + "a failed: image tools:1 cannot be had\n"),
        run.err());
    assertEquals(1, run.err().split("no network", -1).length - 1, run.err());
    assertTrue(run.err().contains("3 jobs: 1 ran, 0 up to date, 1 failed, 1 blocked"), run.err());
  }

  @Test
  void aFetchThatFailsEndsNoOtherJob() throws IOException {
    podman.lost("tools:1");
    folder.put(
        "torc.yaml",
        """
        jobs:
          a: { image: tools:1, command: "true" }
          c: { command: "rm %s; until [ -e failed ]; do sleep 0.01; done" }
        hooks: [{ on: failure, job: a, command: touch failed }]
        """
            .formatted(podman.holds()));
    Run run = torc("-j2");
    assertTrue(run.err().contains("2 jobs: 1 ran, 0 up to date, 1 failed in "), run.err());
  }

  @Test
  void aRuntimeThatCannotWorkHereFailsItsJobsInOneLine() throws IOException {
    podman.breaks();
    Run run = torc("--container", "podman");
    assertEquals(1, run.exit());
    assertTrue(
        run.err()
            .contains(
                "a failed: no runtime for image tools:1 can work here: podman: cannot work today;"
                    + " with --no-containers it runs on the host\n"),
        run.err());
    assertTrue(run.err().contains("1 ran, 0 up to date, 1 failed, 1 blocked"), run.err());
  }

  @Test
  void withoutARuntimeTheJobsFailAndSayWhatThereIsNot() throws IOException {
    Map<String, String> none = new HashMap<>(Map.of("PATH", "/nonexistent"));
    Run run = Run.in(none, folder.at(), "a");
    assertEquals(1, run.exit());
    assertTrue(
        run.err().contains("podman is not installed; docker is not installed; apptainer is"),
        run.err());
  }

  @Test
  void onTheHostAnImageCountsAsHost() throws IOException {
    counts("3 jobs: 3 ran, 0 up to date, 0 failed", "--no-containers");
    assertEquals(0, podman.calls("run"));
    counts("3 jobs: 0 ran, 3 up to date, 0 failed", "--no-containers");
    assertTrue(
        torc("why", "b").out().contains("image changed: host → other 222222222222"),
        torc("why", "b").out());
    Map<String, String> none = new HashMap<>(podman.env());
    none.put("TORC_CONTAINER", "none");
    Run run = Run.in(none, folder.at());
    assertTrue(run.err().startsWith("3 jobs: 0 ran, 3 up to date"), run.err());
    assertTrue(torc("list").out().contains("tools:1"));
  }

  @Test
  void theRuntimeIsThatOfTheCommandLineElseThatOfTheJobElseTheFirstThatCanWork()
      throws IOException {
    StandInRuntime docker = StandInRuntime.in(temp.toRealPath().resolve("bin"), "docker");
    counts("3 jobs: 3 ran, 0 up to date, 0 failed");
    assertEquals(2, podman.calls("run"));
    assertTrue(podman.words().contains(StandInRuntime.identity(1)), "podman's way to name it");
    docker.forget();
    counts("1 job: 1 ran, 0 up to date, 0 failed", "--force", "--container", "docker", "a");
    assertTrue(docker.words().contains("sha256:" + StandInRuntime.identity(1)), "docker's way");
    docker.forget();
    folder.put("torc.yaml", TWO.replace("cat x >", "cat x x >") + "container: {runtime: docker}\n");
    counts("3 jobs: 3 ran, 0 up to date, 0 failed");
    assertTrue(docker.words().contains("sha256:" + StandInRuntime.identity(2)));
    assertEquals(
        "torc: TORC_CONTAINER=yes: write one of podman, docker, apptainer, none\n",
        Run.in(Map.of("TORC_CONTAINER", "yes"), folder.at()).err());
    assertEquals(
        "torc: --container dcoker; did you mean docker?\n", torc("--container", "dcoker").err());
  }

  @Test
  void cpusGoToTheRuntimeWhereTheJobAsksForThem() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { image: other, command: 'true', always: true } }\n");
    counts("1 job: 1 ran, 0 up to date, 0 failed");
    assertFalse(podman.words().contains("--cpus"));
    folder.put(
        "torc.yaml",
        "jobs: { a: { image: other, command: 'true', always: true, resources: { cpus: 1 } } }\n");
    for (String graph : List.of("as read", "as the last build kept it")) {
      podman.forget();
      counts("1 job: 1 ran, 0 up to date, 0 failed");
      List<String> words = podman.words();
      assertTrue(words.contains("--cpus"), graph);
      assertEquals("1", words.get(words.indexOf("--cpus") + 1));
    }
  }

  @Test
  void volumesAndOptionsCountTheRuntimeAndPullDoNot() throws IOException {
    counts("3 jobs: 3 ran, 0 up to date, 0 failed");
    folder.put("torc.yaml", TWO + "container: { runtime: podman, pull: always }\n");
    podman.offers(2);
    counts("3 jobs: 0 ran, 3 up to date, 0 failed");
    folder.put("torc.yaml", TWO + "container: { volumes: [ '/data:/data:ro' ], args: [--init] }\n");
    assertEquals(
        "a will run: container changed: (none) → [\"/data:/data:ro\"] [\"--init\"]\n",
        torc("-n", "a").out());
  }

  @Test
  void whereANeededLinkLeadsIsMountedUnderEachNameOnTheWay() throws IOException {
    Path real = Files.createDirectories(temp.toRealPath().resolve("disk/data"));
    Path scratch = Files.createSymbolicLink(real.resolveSibling("scratch"), Path.of("data"));
    Files.writeString(real.resolve("file"), "1");
    Files.writeString(real.resolve("other"), "1");
    Files.createSymbolicLink(folder.at().resolve("near"), scratch.resolve("file"));
    Files.createSymbolicLink(folder.at().resolve("inner"), Path.of("x"));
    Files.createDirectory(folder.at().resolve("d"));
    Files.createSymbolicLink(folder.at().resolve("d/all"), scratch);
    for (String need : List.of("near", "d/all/file")) {
      podman.forget();
      folder.put(
          "torc.yaml",
          """
          jobs: { a: { image: other, command: 'cat {needs} > o', needs: [%s, inner], produces: o } }
          """
              .formatted(need));
      counts("1 job: 1 ran, 0 up to date, 0 failed");
      assertEquals(
          List.of(real + "/file", scratch + "/file"),
          podman.words().stream()
              .filter(word -> word.endsWith(",ro"))
              .map(word -> word.replaceAll(".*src=([^,\"]*).*", "$1"))
              .toList(),
          need);
    }
  }

  @Test
  void whatADepfileNamesThatIsNotMountedIsTheImagesOwn() throws IOException {
    Path outside = Files.writeString(temp.resolve("outside.h"), "1").toRealPath();
    String yaml =
        """
        jobs:
          a:
            image: tools:1
            command: "echo 'o: x %s' > d; cp x o"
            produces: o
            depfile: d
        """
            .formatted(outside);
    folder.put("torc.yaml", yaml);
    counts("1 job: 1 ran, 0 up to date, 0 failed");
    Files.writeString(outside, "2");
    counts("1 job: 0 ran, 1 up to date, 0 failed");
    folder.put("x", "2");
    counts("1 job: 1 ran, 0 up to date, 0 failed");
    String volume = "container: { volumes: [ '%1$s:%1$s' ] }\n".formatted(outside.getParent());
    folder.put("torc.yaml", yaml + volume);
    counts("1 job: 1 ran, 0 up to date, 0 failed");
    Files.writeString(outside, "3");
    counts("1 job: 1 ran, 0 up to date, 0 failed");
  }

  @Test
  void anEndThatMayBeTheRuntimesOwnLeavesNoContainerBehind() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { image: other, command: exit 3 } }\n");
    counts("1 job: 0 ran, 0 up to date, 1 failed");
    assertEquals(0, podman.calls("rm"));
    folder.put("torc.yaml", "jobs: { a: { image: other, command: 'kill -9 $PPID' } }\n");
    counts("1 job: 0 ran, 0 up to date, 1 failed");
    assertEquals(1, podman.calls("rm"), "its client was killed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"podman", "apptainer"})
  void whatASchedulerGivesAJobReachesItsContainer(String runtime) throws IOException {
    Path bin = podman.folder();
    StandInRuntime.in(bin, "apptainer").offers(2);
    String given = "env SLURM_MEM_PER_NODE=300 CUDA_VISIBLE_DEVICES=2 setsid";
    folder.put(
        "torc.yaml",
        Rule15RemoteTest.far(folder.at()).replace("exec setsid", "exec " + given)
            + """
            container: { runtime: %s }
            jobs:
              a:
                command: "echo ${TORC_MEMORY-none},${TORC_GPUS-none} > {produces}"
                produces: a.txt
                resources: { gpus: 1 }
                image: other
              b:
                command: "echo ${TORC_MEMORY-none},${TORC_GPUS-none} > {produces}"
                produces: b.txt
                resources: { memory: 64MiB }
                image: other
            """
                .formatted(runtime));
    Run run = torc();
    assertEquals(0, run.exit(), run.err());
    assertEquals("300,2\n", folder.get("a.txt"));
    assertEquals("64,\n", folder.get("b.txt"), "what it says itself counts");
  }

  @Test
  void anInteractiveJobHasTorcsInputAndATerminalOnlyWhereTorcHasOne() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { image: other, command: 'true', interactive: true } }\n");
    counts("1 job: 1 ran, 0 up to date, 0 failed");
    assertTrue(podman.words().contains("--interactive"));
    assertFalse(podman.words().contains("--tty"), "docker refuses, podman warns");
  }

  @Test
  void ctrlCInAnInteractiveContainerMeansTheBuild() throws IOException {
    String job = "jobs: { a: { image: other, command: exit 130, interactive: true } }\n";
    folder.put("torc.yaml", job);
    assertEquals(130, torc().exit(), "as where a signal ends it on the host");
    folder.put("torc.yaml", job.replace("image: other, ", ""));
    assertEquals(1, torc().exit(), "on the host that is the job's own status");
    folder.put("torc.yaml", job.replace(", interactive: true", ""));
    assertEquals(1, torc().exit());
  }

  @Test
  void toolsOfThisMachineAreAnErrorWithAnImageAndThoseOfTheRootAreNot() throws IOException {
    folder.put("bin/x", "#!/bin/sh\n");
    folder.put("torc.yaml", "jobs: { a: { image: other, command: x, tools: [bin/x, gcc] } }\n");
    assertEquals(
        "torc.yaml:1:55: error: tool gcc is one of this machine, and the job runs in an image;"
            + " leave it out: the image counts as a whole\n",
        torc("check").err());
    folder.put("torc.yaml", "jobs: { a: { image: other, command: x, tools: bin/x } }\n");
    assertEquals(0, torc("check").exit());
  }

  @Test
  void theEnvironmentIsWhatTheJobDeclaresAndNotTheCallers() throws IOException {
    folder.put(
        "torc.yaml",
        """
        env: { ALL: "one", MINE: }
        jobs:
          a: { image: tools:1, command: "true", env: { LINES: "two\\nlines" } }
        """);
    Map<String, String> env = new HashMap<>(podman.env());
    env.put("MINE", "caller's");
    env.put("SECRET", "s3cret");
    env.put("MAKEFLAGS", "-k");
    assertEquals(0, Run.in(env, folder.at()).exit());
    List<String> words = podman.words();
    assertTrue(words.containsAll(List.of("ALL=one", "MINE=caller's", "LINES=two", "TORC_JOB=a")));
    assertFalse(words.stream().anyMatch(w -> w.startsWith("SECRET=") || w.startsWith("MAKEFLAGS")));
  }
}
