package dev.torc.containers;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * podman with a storage of the test's own, and two images of a static busybox, made without a
 * registry: {@link #BUSYBOX} and {@link #BARE}. Where podman cannot run the first, the tests are
 * skipped with podman's own words.
 */
public final class RealPodman {

  /** An image with the commands of busybox. */
  public static final String BUSYBOX = "localhost/busybox:1";

  /** An image that has {@code cp} and nothing else. */
  public static final String BARE = "localhost/bare:1";

  private static final List<String> SHELL =
      List.of("sh", "cat", "echo", "cp", "id", "env", "sleep", "seq", "tail", "ls", "kill", "wc");

  private final Path folder;

  private RealPodman(Path folder) {
    this.folder = folder;
  }

  /** A podman whose storage is in a folder, with both images. */
  public static RealPodman in(Path folder) throws Exception {
    boolean installed = run(Map.of(), List.of("sh", "-c", "command -v podman")).status == 0;
    Path busybox = Path.of("/bin/busybox");
    if ((!installed || !Files.exists(busybox)) && "true".equals(System.getenv("CI"))) {
      fail("podman or busybox-static is not installed: apt has them, see .ci/run");
    }
    assumeTrue(installed && Files.exists(busybox), "podman or /bin/busybox is not installed");
    RealPodman podman = new RealPodman(folder);
    configure(folder);
    podman.image(BUSYBOX, busybox, SHELL, "1");
    podman.image(BARE, busybox, List.of("cp"), "1");
    Answer probe = podman.podman("run", "--rm", "--network", "host", BUSYBOX, "echo", "works");
    assumeTrue(
        probe.text.strip().equals("works"), "podman cannot run a container here: " + probe.text);
    return podman;
  }

  /** Writes the settings of a podman whose storage is in a folder. */
  public static void configure(Path folder) throws IOException {
    boolean runc = Files.isExecutable(Path.of("/usr/sbin/runc"));
    Files.writeString(
        folder.resolve("containers.conf"),
        """
        [containers]
        default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
        [engine]
        cgroup_manager = "cgroupfs"
        events_logger = "file"
        """
            + (runc ? "runtime = \"runc\"\n" : ""));
    Files.writeString(
        folder.resolve("storage.conf"),
        """
        [storage]
        driver = "vfs"
        graphroot = "%1$s/storage"
        runroot = "%1$s/run"
        """
            .formatted(folder));
  }

  /** The variables by which torc and its podman find the storage. */
  public Map<String, String> env() {
    return env(folder);
  }

  /** The variables by which torc and podman find the settings in a folder. */
  public static Map<String, String> env(Path folder) {
    return Map.of(
        "CONTAINERS_CONF", folder + "/containers.conf",
        "CONTAINERS_STORAGE_CONF", folder + "/storage.conf");
  }

  /** Makes an image; another version has another identity. */
  public void image(String name, Path busybox, List<String> commands, String version)
      throws Exception {
    Path tree = Files.createTempDirectory(folder, "image");
    Path bin = Files.createDirectories(tree.resolve("bin"));
    Files.createDirectory(tree.resolve("tmp"));
    Files.writeString(tree.resolve("version"), version);
    Files.copy(busybox, bin.resolve("busybox"));
    for (String command : commands) {
      Files.createSymbolicLink(bin.resolve(command), Path.of("busybox"));
    }
    Path tar = folder.resolve("image.tar");
    must(run(Map.of(), List.of("tar", "-C", tree.toString(), "-cf", tar.toString(), ".")));
    must(podman("import", "-q", tar.toString(), name));
  }

  /** Makes {@link #BUSYBOX} anew, so that it has another identity. */
  public void change() throws Exception {
    image(BUSYBOX, Path.of("/bin/busybox"), SHELL, "2");
  }

  /** Gives an image another name by {@code tag}, or takes its name by {@code untag}. */
  public void tag(String... words) throws Exception {
    must(podman(words));
  }

  /**
   * Puts a podman first in a project's PATH that makes containers and does not start them.
   *
   * @param then lines of sh that are run next, with the id of the container in {@code $made}
   */
  public static void makesOnly(Sandbox project, String then) throws IOException {
    project.script(
        "bin/podman",
        """
        #!/bin/sh
        PATH='%s'
        [ "$1" = run ] || exec podman "$@"
        shift
        made=$(podman create "$@") || exit
        %s
        """
            .formatted(System.getenv("PATH"), then));
    project.env.put("PATH", project.root + "/bin:" + System.getenv("PATH"));
  }

  /** The ids of all containers, running or not. */
  public List<String> containers() throws Exception {
    return podman("ps", "--all", "--quiet").text.lines().toList();
  }

  private static void must(Answer answer) {
    if (answer.status != 0) {
      throw new AssertionError(answer.text);
    }
  }

  private Answer podman(String... words) throws Exception {
    return run(env(), Stream.concat(Stream.of("podman"), Stream.of(words)).toList());
  }

  private record Answer(int status, String text) {}

  private static Answer run(Map<String, String> env, List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(env);
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(300, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return new Answer(process.waitFor(), text);
  }
}
