package dev.torc.container;

import dev.torc.container.ContainerRuntime.StepContainer;
import dev.torc.local.Launch;
import dev.torc.local.Launch.Container;
import dev.torc.local.ProcessEnd;
import dev.torc.posix.ChildWait;
import dev.torc.posix.OwnFile;
import dev.torc.posix.OwnUser;
import dev.torc.posix.Terminal;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One step of an attempt in its container: what to start for it, and what its end means. {@link
 * dev.torc.local.ProcessRun} starts it and waits; the processes in the container carry the
 * attempt's mark, so they are found and ended like any others.
 */
final class ContainerRun implements Container.Client {

  /** Variables that a scheduler gives on the node, if the job does not say its memory. */
  private static final List<String> MEMORY = List.of("TORC_MEMORY");

  /** Variables that a scheduler gives on the node, if it chooses the job's GPUs. */
  private static final List<String> GPUS =
      List.of("TORC_GPUS", "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES");

  private final Launch.Step step;
  private final StepContainer container;
  private final StepContainer.ChosenImage image;
  private final Launch launch;
  private boolean plain; // it runs without sh, so the status file tells nothing
  private String message = "";

  ContainerRun(Launch.Step step, Launch launch, StepContainer container) {
    this.step = step;
    this.launch = launch;
    this.container = container;
    this.image = container.image();
  }

  /**
   * Returns the step as a script on another machine starts it. Processes in the container carry the
   * script's own mark, by which they are found and ended. The client and its monitor do not, so
   * that they live to remove the container. An image is named by its content, so another one is not
   * run.
   */
  @Override
  public Launch.Step handedOut() {
    String script =
        ContainerScript.cleared(container.status())
            + container.runtime().nodeScript(undeclared(), container.limits().gpus() == null);
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(words());
    return new Launch.Step(List.copyOf(argv), step.dir(), variables(), container);
  }

  /** Returns variables of a job's resources that only the node can tell. */
  private List<String> undeclared() {
    return Stream.of(MEMORY, GPUS)
        .filter(names -> !step.env().containsKey(names.getFirst()))
        .flatMap(List::stream)
        .toList();
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
    List<String> argv =
        plain
            ? inside
            : ContainerScript.around(
                inside,
                container.status(),
                launch.output().interactive(),
                step.env().get("HOME"),
                container.limits().memory() > 0);
    return container.runtime().command(container, argv, step.dir().toString(), step.env(), input());
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
    return container.runtime().clientVariables(step.env(), launch.output().interactive());
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
    plain = true; // most likely it has no sh
    return Container.Meaning.AGAIN;
  }

  /** Returns whether a script that began wrote: another user may not write the status file. */
  private boolean scriptWrites() {
    return !plain && image.args().stream().noneMatch(word -> word.matches("-u.*|--user.*"));
  }

  /** Returns whether its client or monitor was killed, so that the container may still exist. */
  @Override
  public boolean mayLeave(ChildWait.News end) {
    return end.what() != ChildWait.What.EXITED || container.runtime().isOwn(end.code());
  }

  /** Explains an end before the job: podman told to end while it makes a container exits with 0. */
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
   * The few lines of sh that run a job in its container. They give the job the caller's umask and
   * one stream, so that its log keeps its order, and write how far the container came: the exit
   * status does not tell a failed job from a container that never ran, nor a kill for memory.
   */
  static final class ContainerScript {

    /** What torc writes. A script that began writes something else: then the container ran. */
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

    /** Gives users without a home another one than the image's root or the working folder. */
    private static final String HOME =
        """
        if [ "${HOME:-/}" = / ] || [ "$HOME" = "$PWD" ] || ! [ -w "$HOME" ]; then export HOME=/tmp; fi
        """;

    private static final String ONE_STREAM = "exec 2>&1\n";

    /** The counters of cgroups v2 and v1, as a container sees its own. */
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

    /** As pid 1 a job would get no signals; as a shell's child it gets them as on the host. */
    private static final String PLAIN =
        """
        "$@"
        exit $?
        """;

    private ContainerScript() {}

    /**
     * Returns what to run instead of a job's words. With {@code terminal} it keeps two streams;
     * {@code home} is the one that the job sets, or null; {@code limited} asks for kills for
     * memory.
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

    /** Whether the script began, the program is missing, a process was killed for memory. */
    record Progress(boolean started, boolean missing, boolean killed) {}

    /** Writes the status file as it is until the container begins. */
    static void clear(Path status) throws IOException {
      OwnFile.write(status, NEW.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns what {@link #clear} does, as a line of sh. */
    static String cleared(Path status) {
      String file = SafeText.quoted(status.toString());
      return "rm -f " + file + " && echo " + NEW.strip() + " >" + file + "\n";
    }

    /** Reads how far a container came. If the job changed or removed the file, it has begun. */
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
