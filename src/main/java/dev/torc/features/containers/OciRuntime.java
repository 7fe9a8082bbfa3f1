package dev.torc.features.containers;

import dev.torc.base.digests.Digest;
import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.text.SafeText;
import dev.torc.features.containers.ContainerRuntime.StepContainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** podman or docker: images are in a store, and containers may outlive their client. */
final class OciRuntime extends ContainerRuntime {

  /** The runtime's own failures exit with this to {@link #LAST}, which means: no such program. */
  private static final int FIRST = 125;

  private static final int LAST = 127;

  /** Registries' answers for an image that is missing or hidden from this user. */
  private static final Pattern UNKNOWN =
      Pattern.compile(
          "(manifest|name) unknown|no such manifest|(?<!permission )denied|unauthorized",
          Pattern.CASE_INSENSITIVE);

  private static final List<String> REMOVAL = List.of("rm", "--force");

  private static final int REMOVALS = 5;

  private static final List<String> LOOK = List.of("container", "inspect", "--format", "{{.Id}}");

  /** Sets {@code gpus} to the GPUs that the scheduler assigned on the node. */
  private static final String GPUS = "gpus=${SLURM_STEP_GPUS:-${SLURM_JOB_GPUS:-$TORC_GPUS}}\n";

  private static final String DOCKERS =
      "[ -z \"$gpus\" ] || set -- --gpus \"\\\"device=$gpus\\\"\" \"$@\"\n";

  private static final String PODMANS =
      "for gpu in $(echo \"$gpus\" | tr , ' '); do set -- --device \"nvidia.com/gpu=$gpu\" \"$@\";"
          + " done\n";

  private final boolean docker;
  private volatile boolean rootless; // whether the caller is root in a container by default
  private volatile boolean ids; // whether it can map more ids than the caller's own
  private volatile boolean limits; // whether it can limit cpus and memory

  OciRuntime(String name, Map<String, String> env) {
    super(List.of(name), env);
    this.docker = name.equals("docker");
  }

  @Override
  ProgramOutput about() {
    String format =
        docker
            ? "{{.ServerVersion}} {{.MemoryLimit}} {{.SecurityOptions}}"
            : "{{.Host.Security.Rootless}} {{len .Host.IDMappings.UIDMap}}"
                + " {{.Host.CgroupsVersion}} {{.Host.CgroupControllers}}";
    ProgramOutput info = ask(List.of("info", "--format", format));
    if (docker) {
      rootless = info.text().contains("name=rootless");
      limits = info.text().contains(" true ");
    } else {
      rootless = info.text().startsWith("true");
      ids = !info.text().startsWith("true 1 "); // a range in /etc/subuid is a second entry
      limits = !rootless || info.text().contains("v2") && info.text().contains("memory");
    }
    return info;
  }

  @Override
  public boolean isApart() {
    return true;
  }

  @Override
  public boolean holdsLimits() {
    return limits;
  }

  /** Returns the image by its id, which is the same for podman and docker. */
  @Override
  Containers.LocalImage find(Containers.ImageName image) {
    ProgramOutput said = ask(List.of("image", "inspect", "--format", "{{.Id}}", image.name()));
    String id = said.text().replaceFirst("^sha256:", "");
    return said.ok() && id.matches("[0-9a-f]{64}")
        ? new Containers.LocalImage(Digest.ofHex(id), null)
        : null;
  }

  @Override
  public List<String> pullCommand(Containers.ImageName image, String source) {
    return List.of(program(), "pull", source);
  }

  @Override
  public String registryError(String source) {
    ProgramOutput said = ask(List.of("manifest", "inspect", source));
    Matcher word = UNKNOWN.matcher(said.errors());
    return !said.ok() && word.find() ? word.group() : "";
  }

  @Override
  boolean isOwn(int status) {
    return status >= FIRST && status <= LAST;
  }

  @Override
  boolean isOwnLine(String line) {
    return line.startsWith("Error:") || line.startsWith(name() + ":");
  }

  @Override
  boolean lacksProgram(int status, String line) {
    return status == LAST || line.contains("executable file") && line.contains("not found");
  }

  /**
   * Returns lines whose second argument is {@code run}; {@code --env NAME} passes on the client's
   * variable. Slurm renumbers GPUs in its jobs, and provides both the new and the node's numbers.
   */
  @Override
  String nodeScript(List<String> names, boolean gpus) {
    StringBuilder options = new StringBuilder("--env \"TORC_CLAIM=$claim\"");
    names.forEach(name -> options.append(" --env ").append(name));
    return """
    claim=$TORC_CLAIM client=$1
    unset TORC_CLAIM
    shift 2
    %sexec "$client" run %s "$@"
    """
        .formatted(!gpus ? "" : GPUS + (docker ? DOCKERS : PODMANS), options);
  }

  @Override
  String removal(String container) {
    String words = String.join(" ", REMOVAL) + " " + container;
    return SafeText.quoted(program()) + " " + words + " >/dev/null 2>&1\n";
  }

  /**
   * Removes containers, running or not, and checks that they are gone. The program's own answer is
   * unreliable: podman waits in vain for a container whose conmon was killed, and if it is ended
   * during that, it reports success.
   */
  @Override
  String remove(List<String> containers) {
    for (int time = 1; ; time++) {
      ProgramOutput said = ask(REMOVAL, containers);
      ProgramOutput found = ask(LOOK, containers);
      if (found.text().isEmpty() && found.errors().contains("o such container")) {
        return "";
      } else if (time == REMOVALS || said.status() < 0) {
        return said.ok() ? name() + " leaves " + String.join(" ", containers) : said.said();
      }
    }
  }

  @Override
  void pause(boolean stop, String container) {
    ask(List.of(stop ? "pause" : "unpause", container));
  }

  @Override
  List<String> madeBy(String build) {
    ProgramOutput said =
        ask(List.of("ps", "--all", "--quiet", "--filter", "label=" + BUILD_LABEL + "=" + build));
    return said.ok() && !said.text().isEmpty() ? List.of(said.text().split("\n")) : List.of();
  }

  @Override
  List<String> command(
      StepContainer container,
      List<String> argv,
      String dir,
      Map<String, String> variables,
      Input input) {
    List<String> words = new ArrayList<>(List.of(program(), "run", "--rm", "--pull", "never"));
    StepContainer.Handle handle = container.handle();
    words.addAll(List.of("--name", handle.name()));
    handle.labels().forEach((key, value) -> words.addAll(List.of("--label", key + "=" + value)));
    words.addAll(List.of("--log-driver", "none", "--network", "host", "--entrypoint", ""));
    words.addAll(List.of("--security-opt", "label=disable"));
    // Keeps all of the caller's environment out.
    addIf(!docker, words, "--http-proxy=false");
    addIf(input != Input.NONE, words, "--interactive");
    addIf(input == Input.TERMINAL, words, "--tty");
    user(container, words);
    words.addAll(List.of("--workdir", dir));
    for (StepContainer.BindMount mount : container.mounts()) {
      words.addAll(List.of("--mount", mount.words()));
    }
    variables.forEach(
        (key, value) -> words.addAll(List.of("--env", value == null ? key : key + "=" + value)));
    StepContainer.Limits limits = container.limits();
    addIf(limits.cpus() > 0, words, "--cpus", Long.toString(limits.cpus()));
    addIf(limits.memory() > 0, words, "--memory", Long.toString(limits.memory()));
    List<String> gpus = limits.gpus() == null ? List.of() : limits.gpus();
    if (!docker) {
      gpus.forEach(gpu -> words.addAll(List.of("--device", "nvidia.com/gpu=" + gpu)));
    } else if (!gpus.isEmpty()) {
      words.addAll(List.of("--gpus", "\"device=" + String.join(",", gpus) + "\""));
    }
    words.addAll(container.image().args());
    words.add((docker ? "sha256:" : "") + container.image().here().id().hex());
    words.addAll(argv);
    return words;
  }

  private static void addIf(boolean given, List<String> words, String... option) {
    if (given) {
      words.addAll(List.of(option));
    }
  }

  private void user(StepContainer container, List<String> words) {
    if (container.user().ids() == null) {
      return;
    }
    if (!rootless) {
      words.addAll(List.of("--user", container.user().ids()));
      container.user().groups().forEach(group -> words.addAll(List.of("--group-add", group)));
    } else if (!ids) {
      words.addAll(List.of("--user", "0:0")); // the caller, seen from outside
    } else {
      words.addAll(List.of("--userns", "keep-id", "--user", container.user().ids()));
    }
  }
}
