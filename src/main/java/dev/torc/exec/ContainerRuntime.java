package dev.torc.exec;

import dev.torc.hash.Digest;
import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program that runs containers: its command lines, and what it says of itself and of images. It
 * decides nothing, and starts no job.
 */
public final class ContainerRuntime {

  /** The label by which containers are found; values are random ids of builds. */
  public static final String BUILD_LABEL = "dev.torc.build";

  private static final int TAIL = 4096; // bytes of a log

  private static final String DOCKER = "docker";

  private final String name;
  private String program; // its path, null where there is none
  private boolean searched;
  private final Map<String, String> env;
  private String trouble; // why it cannot work here, empty where it can; null before it was asked
  private boolean rootless;
  private boolean ids; // whether it can map more ids than the caller's own
  private boolean limits; // whether it can hold cpus and memory

  /**
   * A runtime that was asked nothing yet.
   *
   * @param name {@code podman} or {@code docker}
   * @param env the caller's environment
   */
  ContainerRuntime(String name, Map<String, String> env) {
    this.name = name;
    this.env = env;
  }

  /** Where it is, looked for once; null where it is not installed. */
  private synchronized String program() {
    if (!searched) {
      searched = true;
      for (String folder : env.getOrDefault("PATH", "").split(":")) {
        Path file = Path.of(folder.isEmpty() ? "." : folder, name).toAbsolutePath();
        if (program == null && Files.isExecutable(file) && !Files.isDirectory(file)) {
          program = file.toString();
        }
      }
    }
    return program;
  }

  public String name() {
    return name;
  }

  /** Why it cannot work here, with its own words; empty where it can. It is asked once. */
  synchronized String trouble() {
    if (trouble == null) {
      boolean docker = name.equals(DOCKER);
      String format =
          docker
              ? "{{.ServerVersion}} {{.MemoryLimit}} {{.SecurityOptions}}"
              : "{{.Host.Security.Rootless}} {{len .Host.IDMappings.UIDMap}}"
                  + " {{.Host.CgroupsVersion}} {{.Host.CgroupControllers}}";
      ProgramOutput info = ask("info", "--format", format);
      trouble = info.ok() ? "" : info.status() < 0 ? info.said() : name + ": " + info.said();
      if (docker) {
        rootless = info.text().contains("name=rootless");
        limits = info.text().contains(" true ");
      } else {
        rootless = info.text().startsWith("true");
        ids = !info.text().startsWith("true 1 "); // a range in /etc/subuid is a second entry
        limits = !rootless || info.text().contains("v2") && info.text().contains("memory");
      }
    }
    return trouble;
  }

  /** Whether it can hold cpus and memory of a container; {@link #trouble} was asked before. */
  synchronized boolean holdsLimits() {
    return limits;
  }

  /** Whether the user of the caller is root in the container unless one says otherwise. */
  private synchronized boolean rootless() {
    return rootless;
  }

  /** Whether a rootless one can give the caller the same ids in the container. */
  private synchronized boolean keepsIds() {
    return ids;
  }

  /**
   * The digest of an image's configuration, which podman and docker agree about; null where the
   * image is not here, or the runtime cannot work.
   */
  Digest identity(String image) {
    ProgramOutput said = ask("image", "inspect", "--format", "{{.Id}}", image);
    String id = said.text().replaceFirst("^sha256:", "");
    return said.ok() && id.matches("[0-9a-f]{64}") ? Digest.ofHex(id) : null;
  }

  /** How the image of a digest is named on its command line. */
  String named(Digest identity) {
    return (name.equals(DOCKER) ? "sha256:" : "") + identity.hex();
  }

  /** The command that fetches an image. */
  public List<String> pull(String image) {
    return List.of(program(), "pull", image);
  }

  /**
   * Removes containers, whether they run or not; one that is not there is no trouble. It is asked
   * twice: podman waits in vain for word of a container whose conmon was killed, and only then
   * knows that it ended.
   */
  String remove(List<String> containers) {
    List<String> words = new ArrayList<>(List.of("rm", "--force"));
    words.addAll(containers);
    ProgramOutput said = ask(words.toArray(String[]::new));
    if (!said.ok()) {
      said = ask(words.toArray(String[]::new));
    }
    return said.ok() || said.said().contains("o such container") ? "" : said.said();
  }

  /** The containers that a build made and that are still there, running or not. */
  List<String> left(String build) {
    ProgramOutput said =
        ask("ps", "--all", "--quiet", "--filter", "label=" + BUILD_LABEL + "=" + build);
    return said.ok() && !said.text().isEmpty() ? List.of(said.text().split("\n")) : List.of();
  }

  /**
   * The command that runs a container and ends with it.
   *
   * @param argv what runs in it
   * @param dir where
   * @param variables of its environment
   * @param terminal whether it has torc's own
   */
  List<String> run(
      Container container,
      List<String> argv,
      String dir,
      Map<String, String> variables,
      boolean terminal) {
    boolean docker = name.equals(DOCKER);
    List<String> words = new ArrayList<>(List.of(program(), "run", "--rm", "--pull", "never"));
    words.addAll(List.of("--name", container.name()));
    container.labels().forEach((key, value) -> words.addAll(List.of("--label", key + "=" + value)));
    words.addAll(List.of("--log-driver", "none", "--network", "host", "--entrypoint", ""));
    words.addAll(List.of("--security-opt", "label=disable"));
    if (!docker) {
      words.add("--http-proxy=false"); // of the caller's environment nothing comes by itself
    }
    if (terminal) {
      words.addAll(List.of("--interactive", "--tty"));
    }
    user(container, words);
    words.addAll(List.of("--workdir", dir));
    for (Container.Mount mount : container.mounts()) {
      words.addAll(List.of("--mount", mount.words()));
    }
    variables.forEach((key, value) -> words.addAll(List.of("--env", key + "=" + value)));
    if (container.cpus() > 0 && holdsLimits()) {
      words.addAll(List.of("--cpus", Long.toString(container.cpus())));
    }
    if (container.memory() > 0 && holdsLimits()) {
      words.addAll(List.of("--memory", Long.toString(container.memory())));
    }
    for (String gpu : container.gpus()) {
      if (!docker) {
        words.addAll(List.of("--device", "nvidia.com/gpu=" + gpu));
      }
    }
    if (docker && !container.gpus().isEmpty()) {
      words.addAll(List.of("--gpus", "\"device=" + String.join(",", container.gpus()) + "\""));
    }
    words.addAll(container.args());
    words.add(named(container.image()));
    words.addAll(argv);
    return words;
  }

  private void user(Container container, List<String> words) {
    if (container.user() == null) {
      return;
    }
    if (!rootless()) {
      words.addAll(List.of("--user", container.user()));
    } else if (!keepsIds()) {
      words.addAll(List.of("--user", "0:0")); // who is the caller outside
    } else {
      words.addAll(List.of("--userns", "keep-id", "--user", container.user()));
    }
  }

  /** The last line of a log in which a runtime says anything; empty where it says nothing. */
  public static String lastLine(Path log) throws IOException {
    try (FileChannel in = OwnFile.channel(log)) {
      ByteBuffer tail = ByteBuffer.allocate((int) Math.min(TAIL, in.size()));
      in.position(in.size() - tail.capacity());
      while (tail.hasRemaining() && in.read(tail) >= 0) {
        // a file that shrinks meanwhile ends sooner
      }
      return ProgramOutput.lastLine(
          new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8));
    }
  }

  private ProgramOutput ask(String... words) {
    if (program() == null) {
      return new ProgramOutput(-1, "", name + " is not installed");
    }
    List<String> argv = new ArrayList<>(List.of(program()));
    argv.addAll(List.of(words));
    return ProgramOutput.of(argv, env);
  }
}
