package dev.torc.features.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.posix.FreshProgram;
import dev.torc.features.containers.ContainerRuntime.StepContainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command lines of the runtimes, and how torc reads their answers, with stand-ins that say what
 * podman 4.3 and docker 28 said when they were asked.
 */
class ContainerRuntimeTest {

  private static final String ID = "0123456789abcdef".repeat(4);

  @TempDir Path temp;

  /** A runtime that answers {@code info}, and {@code image inspect} of the image {@code here}. */
  private ContainerRuntime runtime(String name, String info, String id) throws IOException {
    FreshProgram.write(
        temp.resolve(name),
        """
        #!/bin/sh
        case "$1" in
          info) %s;;
          image) [ "$5" = here ] && echo '%s' || { echo 'Error: no such image' >&2; exit 125; };;
        esac
        """
            .formatted(info, id));
    return new OciRuntime(name, env());
  }

  private Map<String, String> env() {
    return Map.of("PATH", temp.toString()); // and no runtime of this machine
  }

  private List<String> command(ContainerRuntime runtime, StepContainer.BindMount... mounts) {
    LinkedHashMap<String, String> labels = new LinkedHashMap<>();
    labels.put("dev.torc.build", "b1");
    StepContainer container =
        new StepContainer(
            runtime,
            new StepContainer.ChosenImage(
                new Containers.LocalImage(Digest.ofHex(ID), null), "here", List.of("--init")),
            new StepContainer.Handle("torc-b1-1", labels),
            List.of(mounts),
            new StepContainer.User("7:8", List.of("9", "10")),
            new StepContainer.Limits(2, 1 << 20, List.of("0", "1")),
            temp.resolve("status"));
    return runtime.command(
        container,
        List.of("fit", "a b"),
        "/p",
        new TreeMap<>(Map.of("A", "x\ny", "B", "")),
        ContainerRuntime.Input.NONE);
  }

  private static final String PODMAN =
      "%s run --rm --pull never --name torc-b1-1 --label dev.torc.build=b1 --log-driver none"
          + " --network host --entrypoint  --security-opt label=disable --http-proxy=false";
  private static final String DOCKER = PODMAN.replace(" --http-proxy=false", "");

  @Test
  void podmansCommandLine() throws IOException {
    ContainerRuntime podman = runtime("podman", "echo 'false 0 v2 [cpu memory]'", ID);
    assertEquals("", podman.trouble());
    assertEquals(
        PODMAN.formatted(temp.resolve("podman"))
            + " --user 7:8 --group-add 9 --group-add 10 --workdir /p --mount"
            + " type=bind,\"src=/p\",\"dst=/p\" --mount type=bind,\"src=/a\"\",b:c\",\"dst=/d\",ro"
            + " --env A=x\n"
            + "y --env B= --cpus 2 --memory 1048576 --device nvidia.com/gpu=0 --device"
            + " nvidia.com/gpu=1 --init "
            + ID
            + " fit a b",
        String.join(
            " ",
            command(
                podman,
                new StepContainer.BindMount("/p", "/p", false),
                new StepContainer.BindMount("/a\",b:c", "/d", true))));
  }

  @Test
  void dockersCommandLine() throws IOException {
    ContainerRuntime docker =
        runtime("docker", "echo '28.2.2 true [name=seccomp,profile=builtin]'", "sha256:" + ID);
    assertEquals("", docker.trouble());
    assertEquals(Digest.ofHex(ID), docker.find(image("here", null)).id(), "the same as podman's");
    assertEquals(
        DOCKER.formatted(temp.resolve("docker"))
            + " --user 7:8 --group-add 9 --group-add 10 --workdir /p --env A=x\n"
            + "y --env B= --cpus 2 --memory 1048576 --gpus \"device=0,1\" --init sha256:"
            + ID
            + " fit a b",
        String.join(" ", command(docker)));
  }

  /** The words with which a client is started on a node where a scheduler tells GPUs. */
  private String nodeScript(ContainerRuntime runtime, String tells) throws Exception {
    Path program =
        FreshProgram.write(temp.resolve("client"), "#!/bin/sh\nunset IFS\necho \"$*\"\n");
    String script = runtime.nodeScript(List.of("TORC_GPUS"), true);
    ProcessBuilder sh =
        new ProcessBuilder("sh", "-c", tells + script, "sh", "" + program, "run", "--rm", "image");
    Process process = sh.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return said.strip().replace(temp.toString(), "");
  }

  @Test
  void onANodeTheRuntimeGetsTheGpusThatTheSchedulerChose() throws Exception {
    ContainerRuntime docker = new OciRuntime("docker", Map.of());
    ContainerRuntime podman = new OciRuntime("podman", Map.of());
    String begin = "run --env TORC_CLAIM= --env TORC_GPUS ";
    assertEquals(begin + "--rm image", nodeScript(docker, ""));
    assertEquals(begin + "--rm image", nodeScript(podman, ""));
    String slurms = "TORC_GPUS=0,1 SLURM_JOB_GPUS=2,3\n";
    assertEquals(begin + "--gpus \"device=2,3\" --rm image", nodeScript(docker, slurms));
    assertEquals(
        begin + "--device nvidia.com/gpu=3 --device nvidia.com/gpu=2 --rm image",
        nodeScript(podman, slurms));
    assertEquals(
        begin + "--device nvidia.com/gpu=GPU-1a --rm image",
        nodeScript(podman, "TORC_GPUS=GPU-1a\n"));
  }

  @Test
  void rootlessRuntimesKeepTheUserWhereTheyHaveIdsAndSayWhatTheyCannotHold() throws IOException {
    ContainerRuntime old = runtime("podman", "echo 'true 2 v1 []'", ID);
    assertEquals("", old.trouble());
    String line = String.join(" ", command(old));
    assertTrue(line.contains(" --userns keep-id --user 7:8 --workdir "), line);
    assertFalse(old.holdsLimits());
    ContainerRuntime alone = runtime("podman", "echo 'true 1 v2 [memory]'", ID);
    assertEquals("", alone.trouble());
    line = String.join(" ", command(alone));
    assertTrue(line.contains(" --user 0:0 ") && !line.contains("keep-id"), line);
    assertTrue(alone.holdsLimits());
    ContainerRuntime docker = runtime("docker", "echo '28.2.2 false [name=rootless]'", ID);
    assertEquals("", docker.trouble());
    line = String.join(" ", command(docker));
    assertTrue(line.contains(" --user 0:0 "), line);
    assertFalse(docker.holdsLimits());
  }

  @Test
  void aMissingImageHasNoIdentityAndABrokenRuntimeSaysWhy() throws Exception {
    ContainerRuntime podman = runtime("podman", "echo down >&2; echo 'no cgroups' >&2; exit 1", ID);
    assertNull(podman.find(image("elsewhere", null)));
    assertEquals("podman: no cgroups", podman.trouble());
    assertEquals("docker is not installed", new OciRuntime("docker", env()).trouble());
    Containers both = new Containers(null, temp, env());
    Containers.ImageName any = image("here", null);
    assertEquals(Digest.ofHex(ID), both.find(any).id());
    assertEquals(
        "no runtime for image here can work here: podman: no cgroups; docker is not installed;"
            + " apptainer is not installed; with --no-containers it runs on the host",
        assertThrows(Containers.NoRuntime.class, () -> both.runtime(any)).getMessage());
    Containers.ImageName file = new Containers.ImageName("tools.sif", true, "podman", false, "i");
    assertEquals(
        "no runtime for image tools.sif can work here: apptainer is not installed; with"
            + " --no-containers it runs on the host",
        assertThrows(Containers.NoRuntime.class, () -> both.runtime(file)).getMessage());
  }

  private static Containers.ImageName image(String name, String runtime) {
    return new Containers.ImageName(name, false, runtime, false, "images");
  }

  /** The first removal says a thing and leaves the container, the second removes it. */
  @Test
  void aContainerIsRemovedUntilItIsGoneWhateverPodmanSays() throws IOException {
    assertEquals("", removed("echo 'Error: timed out' >&2; exit 125", 2), "its conmon was killed");
    assertEquals("", removed("exit 0", 2), "it was itself told to end");
    assertEquals("", removed("exit 0", 1));
    assertEquals("Error: timed out", removed("echo 'Error: timed out' >&2; exit 125", 9));
    assertEquals("podman leaves a", removed("exit 0", 9));
  }

  /** Removes a container with a podman that has removed it after some removals. */
  private String removed(String firstSays, int removals) throws IOException {
    Path calls = temp.resolve("calls");
    Files.deleteIfExists(calls);
    FreshProgram.write(
        temp.resolve("podman"),
        """
        #!/bin/sh
        echo "$*" >> %1$s
        if [ "$1" = rm ]; then
          [ $(grep -c ^rm %1$s) -ge %2$d ] || { %3$s; }
        else
          [ $(grep -c ^rm %1$s) -lt %2$d ] && echo a && exit
          echo 'Error: no such container a' >&2; exit 125
        fi
        """
            .formatted(calls, removals, firstSays));
    String trouble =
        new OciRuntime("podman", Map.of("PATH", temp + ":/usr/bin:/bin")).remove(List.of("a"));
    List<String> both = List.of("rm --force a", "container inspect --format {{.Id}} a");
    assertEquals(
        Collections.nCopies(Math.min(removals, 5), both).stream().flatMap(List::stream).toList(),
        Files.readAllLines(calls));
    return trouble;
  }

  @Test
  void apptainersCommandLineAndItsEnvironment() throws IOException {
    Path program = temp.resolve("singularity");
    FreshProgram.write(program, "#!/bin/sh\necho apptainer version 1.3.6\n");
    Map<String, String> caller = new TreeMap<>(env());
    for (String name :
        List.of("APPTAINER_BIND", "SINGULARITYENV_LEAK", "https_proxy", "TERM", "MINE")) {
      caller.put(name, "x");
    }
    caller.put("APPTAINER_CACHEDIR", "/cache");
    Apptainer apptainer = new Apptainer(temp, caller);
    assertEquals("", apptainer.trouble());
    StepContainer container =
        new StepContainer(
            apptainer,
            new StepContainer.ChosenImage(
                new Containers.LocalImage(null, "tools/x.sif"), "tools/x.sif", List.of("--rocm")),
            new StepContainer.Handle("torc-b1-1", new LinkedHashMap<>()),
            List.of(new StepContainer.BindMount("/a\",b:c", "/d", true)),
            new StepContainer.User("7:8", List.of("9")),
            new StepContainer.Limits(0, 0, List.of("0")),
            temp.resolve("status"));
    assertEquals(
        program
            + " --silent exec --cleanenv --no-eval --no-home --no-mount cwd --pwd /p"
            + " --mount type=bind,\"src=/a\"\",b:c\",\"dst=/d\",ro --nv --rocm "
            + temp.resolve("tools/x.sif")
            + " fit a b",
        String.join(
            " ",
            apptainer.command(
                container,
                List.of("fit", "a b"),
                "/p",
                Map.of("A", "1"),
                ContainerRuntime.Input.NONE)));
    Map<String, String> job = Map.of("A", "x\ny", "HOME", "/h", "a.b", "1", "TERM", "dumb");
    assertEquals(List.of("env", "a.b=1", "fit"), apptainer.innerCommand(List.of("fit"), job));
    Map<String, String> over = new TreeMap<>(apptainer.clientVariables(job, false));
    assertEquals("x\ny", over.remove("APPTAINERENV_A"));
    assertEquals("dumb", over.remove("APPTAINERENV_TERM"));
    assertEquals(
        List.of("APPTAINER_BIND", "SINGULARITYENV_LEAK", "TERM", "https_proxy"),
        List.copyOf(over.keySet()),
        "of the caller's own these are taken away");
    assertTrue(over.values().stream().allMatch(Objects::isNull));
    assertFalse(apptainer.clientVariables(job, true).containsKey("TERM"), "there is a terminal");
  }

  @Test
  void theReasonOfARefusalIsTheLineAboveTheHelp() {
    String docker =
        "docker: Error response from daemon: exec: \"sh\": executable file not found in $PATH";
    assertEquals(
        docker,
        ProgramOutput.lastLine(docker + "\n\nRun 'docker run --help' for more information\n"));
    assertEquals(
        "unknown flag: --badflag",
        ProgramOutput.lastLine(
            """
            unknown flag: --badflag

            Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]

            Run 'docker run --help' for more information
            """));
    assertEquals(
        "Error: unknown flag: --badflag",
        ProgramOutput.lastLine("Error: unknown flag: --badflag\nSee 'podman run --help'\n"));
  }

  @Test
  void aWishIsAnsweredByAnotherRuntimeWithOneLine() throws Exception {
    runtime("podman", "echo 'false 0 v2 [memory]'", ID);
    Containers containers = new Containers(null, temp, env());
    Containers.ImageName wish = new Containers.ImageName("here", false, "apptainer", true, "i");
    ContainerRuntime taken = containers.runtime(wish);
    assertEquals("podman", taken.name());
    assertEquals(
        "apptainer is not used here: images that ask for it run with podman",
        containers.remark(wish, taken, true));
    assertEquals("", containers.remark(image("here", null), taken, true));
  }
}
