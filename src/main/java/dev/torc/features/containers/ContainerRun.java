package dev.torc.features.containers;

import dev.torc.base.posix.ChildWait;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.posix.Terminal;
import dev.torc.base.text.SafeText;
import dev.torc.core.here.Launch;
import dev.torc.core.here.Launch.Container;
import dev.torc.core.here.ProcessEnd;
import dev.torc.features.containers.ContainerRuntime.StepContainer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One step of an attempt in its container: makes the command for it, and interprets its end. {@link
 * dev.torc.core.here.ProcessRun} starts it and waits; the processes in the container carry the
 * attempt's mark, so they are found and ended like any others.
 */
final class ContainerRun implements Container.Client {

  /** Variables that a scheduler sets on the node if the job does not set its memory. */
  private static final List<String> MEMORY = List.of("TORC_MEMORY");

  /** Variables that a scheduler sets on the node if it chooses the job's GPUs. */
  private static final List<String> GPUS =
      List.of("TORC_GPUS", "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES");

  private final Launch.Step step;
  private final StepContainer container;
  private final StepContainer.ChosenImage image;
  private final Launch launch;
  private boolean plain; // whether it runs without sh, which writes the status file
  private String message = "";

  ContainerRun(Launch.Step step, Launch launch, StepContainer container) {
    this.step = step;
    this.launch = launch;
    this.container = container;
    this.image = container.image();
  }

  /**
   * Returns the step for a script on another machine. Processes in the container carry the script's
   * own mark, by which they are found and ended. The client and its monitor do not, so that they
   * survive to remove the container. In a store, an image is named by its digest, so no other image
   * can run.
   */
  @Override
  public Launch.Step handedOut() {
    String script =
        ContainerScript.cleared(container.status())
            + container.runtime().nodeScript(undeclared(), container.limits().gpus() == null);
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(words());
    Map<String, String> env = container.runtime().clientVariables(step.env(), false);
    return new Launch.Step(List.copyOf(argv), step.dir(), env, container, step.secrets());
  }

  /** Returns the names of the job's secrets and resource variables that only the node can set. */
  private List<String> undeclared() {
    Stream<String> machine =
        Stream.of(MEMORY, GPUS)
            .filter(names -> !step.env().containsKey(names.getFirst()))
            .flatMap(List::stream);
    return Stream.concat(machine, step.secrets().keySet().stream()).toList();
  }

  @Override
  public ProcessEnd handedBack(ProcessEnd end) throws IOException {
    Container.Meaning meaning = meaning(new ChildWait.News(ChildWait.What.EXITED, end.code()));
    if (meaning == Container.Meaning.AGAIN) {
      meaning = notStarted("image " + image.title() + " has no sh, which it must there");
    }
    ProcessEnd.How how =
        meaning == Container.Meaning.MEMORY ? ProcessEnd.How.MEMORY : ProcessEnd.How.NOT_STARTED;
    return meaning == Container.Meaning.AS_IT_IS ? end : end.as(how, 0, message);
  }

  @Override
  public List<String> command() throws IOException {
    ContainerScript.clear(container.status());
    return words();
  }

  private List<String> words() {
    List<String> inside = container.runtime().innerCommand(step.argv(), step.env());
    boolean terminal = launch.output().interactive();
    boolean limited = container.limits().memory() > 0;
    String home = step.env().get("HOME");
    List<String> argv =
        plain
            ? inside
            : ContainerScript.around(inside, container.status(), terminal, home, limited);
    Map<String, String> env = new TreeMap<>(step.env());
    step.secrets().keySet().forEach(name -> env.put(name, null));
    return container.runtime().command(container, argv, step.dir().toString(), env, input());
  }

  private ContainerRuntime.Input input() {
    if (!launch.output().interactive()) {
      return ContainerRuntime.Input.NONE;
    }
    return Terminal.isTerminal(0) && Terminal.isTerminal(1)
        ? ContainerRuntime.Input.TERMINAL
        : ContainerRuntime.Input.CALLERS;
  }

  @Override
  public Map<String, String> variables() {
    Map<String, String> env = new TreeMap<>(step.env());
    env.putAll(step.secrets());
    return container.runtime().clientVariables(env, launch.output().interactive());
  }

  @Override
  public Container.Meaning meaning(ChildWait.News end) throws IOException {
    ContainerScript.Progress progress = ContainerScript.read(container.status());
    if (progress.killed()) {
      return Container.Meaning.MEMORY;
    }
    if (progress.missing() && end.code() != 0) {
      return notStarted(explainLack());
    }
    if (progress.started() || end.what() != ChildWait.What.EXITED) {
      return Container.Meaning.AS_IT_IS;
    }
    if (!container.runtime().isOwn(end.code())) {
      return scriptWrites() ? notStarted(explainEarlyEnd()) : Container.Meaning.AS_IT_IS;
    }
    String line = ContainerRuntime.lastLine(launch.output().log());
    if (plain && !container.runtime().isOwnLine(line)) {
      return Container.Meaning.AS_IT_IS; // the job's own status, most likely
    }
    if (!container.runtime().lacksProgram(end.code(), line)) {
      return notStarted(
          container.runtime().name() + " cannot start image " + image.title() + ": " + line);
    }
    if (plain) {
      return notStarted(explainLack());
    }
    plain = true; // most likely the image has no sh
    return Container.Meaning.AGAIN;
  }

  /** Returns whether a script that began has written the status file: another user may not. */
  private boolean scriptWrites() {
    return !plain && image.args().stream().noneMatch(word -> word.matches("-u.*|--user.*"));
  }

  /** Returns whether the client or its monitor was killed: then the container may still exist. */
  @Override
  public boolean mayLeave(ChildWait.News end) {
    return end.what() != ChildWait.What.EXITED || container.runtime().isOwn(end.code());
  }

  /** Explains an end before the job: podman exits with 0 if it is ended during its start. */
  private String explainEarlyEnd() {
    return container.runtime().name() + " ended before image " + image.title() + " ran";
  }

  private String explainLack() {
    return "image %s has no %s: take another image, or set shell or command to what it has"
        .formatted(image.title(), SafeText.name(step.argv().getFirst()));
  }

  private Container.Meaning notStarted(String why) {
    message = why;
    return Container.Meaning.NOT_STARTED;
  }

  @Override
  public String message() {
    return message;
  }

  @Override
  public void pause(boolean stop) {
    container.runtime().pause(stop, container.handle().name());
  }

  @Override
  public String remove() {
    return container.runtime().remove(List.of(container.handle().name()));
  }

  /**
   * The lines of sh that run a job in its container. They give the job the caller's umask, merge
   * its streams so that the log keeps their order, and record the container's progress: the exit
   * status does not distinguish a failed job from a container that never ran, or from a kill for
   * memory.
   */
  static final class ContainerScript {

    /** The status file before the container starts. Any other content shows that the script ran. */
    private static final String NEW = "new\n";

    private static final int MOST = 4096;

    private static final String MISSING = "missing";

    private static final String KILLED = "killed";

    private static final String BEGIN =
        """
        umask %s
        echo started >"$0"
        command -v "$1" >/dev/null 2>&1 || { echo missing >>"$0"; exit 127; }
        """;

    /** Replaces a HOME that is the root, the working folder or read-only. */
    private static final String HOME =
        """
        if [ "${HOME:-/}" = / ] || [ "$HOME" = "$PWD" ] || ! [ -w "$HOME" ]; then export HOME=/tmp; fi
        """;

    private static final String ONE_STREAM = "exec 2>&1\n";

    /** Reads the kill counters of cgroups v2 and v1, as the container sees its own. */
    private static final String MEMORY =
        """
        "$@"
        c=$?
        for f in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
          if [ -r "$f" ]; then
            while read -r name count; do
              if [ "$name" = oom_kill ] && [ "$count" != 0 ]; then echo killed >>"$0"; fi
            done <"$f"
          fi
        done
        exit $c
        """;

    /** Runs the job as a child of the shell: as pid 1, a process ignores signals by default. */
    private static final String PLAIN = "\"$@\"\nexit $?\n";

    private ContainerScript() {}

    /**
     * Returns the command that runs {@code argv} in the container. With {@code terminal}, the
     * streams stay separate; {@code home} is the HOME that the job sets, or null; with {@code
     * limited}, kills for memory are recorded.
     */
    static List<String> around(
        List<String> argv, Path status, boolean terminal, String home, boolean limited) {
      String script =
          BEGIN.formatted("%03o".formatted(OwnUser.umask()))
              + (home == null ? HOME : "export HOME=" + SafeText.quoted(home) + "\n")
              + (terminal ? "" : ONE_STREAM)
              + (limited ? MEMORY : PLAIN);
      List<String> words = new ArrayList<>(List.of("sh", "-c", script, status.toString()));
      words.addAll(argv);
      return words;
    }

    /** Whether the script began, the program was missing, or the kernel killed a process. */
    record Progress(boolean started, boolean missing, boolean killed) {}

    /** Writes the initial status file. */
    static void clear(Path status) throws IOException {
      OwnFile.write(status, NEW.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a line of sh that does the same as {@link #clear}. */
    static String cleared(Path status) {
      String file = SafeText.quoted(status.toString());
      return "rm -f " + file + " && echo " + NEW.strip() + " >" + file + "\n";
    }

    /** Reads a container's progress. If the job changed or removed the file, it has begun. */
    static Progress read(Path status) throws IOException {
      try (InputStream in = OwnFile.in(status)) {
        String said = new String(in.readNBytes(MOST), StandardCharsets.UTF_8);
        List<String> lines = said.lines().toList();
        return new Progress(!said.equals(NEW), lines.contains(MISSING), lines.contains(KILLED));
      } catch (NoSuchFileException none) {
        return new Progress(true, false, false);
      }
    }
  }
}
