package dev.torc.container;

import dev.torc.local.Container;
import dev.torc.local.Launch;
import dev.torc.local.ProcessEnd;
import dev.torc.posix.ChildWait;
import dev.torc.posix.Terminal;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One step of an attempt in its container: what to start for it, and what its end means. {@link
 * ProcessRun} starts it and waits; the processes in the container carry the attempt's mark, so they
 * are found and ended as any others.
 */
final class ContainerRun implements Container.Client {

  /** What a scheduler says on the node of a job that does not say how much memory it takes. */
  private static final List<String> MEMORY = List.of("TORC_MEMORY");

  /** Likewise of one whose GPUs the scheduler chooses. */
  private static final List<String> GPUS =
      List.of("TORC_GPUS", "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES");

  private final Launch.Step step;
  private final StepContainer container;
  private final Launch launch;
  private boolean plain; // without sh
  private String message = "";

  ContainerRun(Launch.Step step, Launch launch, StepContainer container) {
    this.step = step;
    this.launch = launch;
    this.container = container;
  }

  /**
   * The step as a script on another machine starts it. What is in the container and no child of its
   * client carries the script's own mark, by which it is found and ended; the client itself and
   * what it leaves to look after the container do not, so that they live to take it away.
   */
  Launch.Step handedOut() throws IOException {
    String script = container.runtime().onNode(undeclared(), container.gpus() == null);
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(command());
    return new Launch.Step(List.copyOf(argv), step.dir(), variables());
  }

  /** Variables of a job's resources that only the node can tell. */
  private List<String> undeclared() {
    List<String> names = new ArrayList<>();
    for (List<String> each : List.of(MEMORY, GPUS)) {
      if (!step.env().containsKey(each.getFirst())) {
        names.addAll(each);
      }
    }
    return names;
  }

  /** How a failed attempt ended on another machine, with what its container tells of it. */
  ProcessEnd handedBack(ProcessEnd end) throws IOException {
    ProcessEnd.How how =
        switch (meaning(new ChildWait.Change(ChildWait.What.EXITED, end.code()))) {
          case AS_IT_IS -> end.how();
          case MEMORY -> ProcessEnd.How.MEMORY;
          case AGAIN -> {
            message = "image " + container.title() + " has no sh, which it must there";
            yield ProcessEnd.How.NOT_STARTED;
          }
          case NOT_STARTED -> ProcessEnd.How.NOT_STARTED;
        };
    int code = how == end.how() ? end.code() : 0;
    return end.as(how, code, code == 0 ? message : end.message());
  }

  /** The client's command line. */
  @Override
  public List<String> command() throws IOException {
    ContainerScript.clear(container.status());
    List<String> inside = container.runtime().inside(step.argv(), step.env());
    List<String> argv =
        plain
            ? inside
            : ContainerScript.around(
                inside,
                container.status(),
                launch.interactive(),
                step.env().get("HOME"),
                container.memory() > 0);
    return container.runtime().run(container, argv, step.dir().toString(), step.env(), input());
  }

  private ContainerRuntime.Input input() {
    if (!launch.interactive()) {
      return ContainerRuntime.Input.NONE;
    }
    return Terminal.isTerminal(0) && Terminal.isTerminal(1)
        ? ContainerRuntime.Input.TERMINAL
        : ContainerRuntime.Input.CALLERS;
  }

  /** What its client's environment has over the caller's; null removes a variable. */
  @Override
  public Map<String, String> variables() {
    return container.runtime().handed(step.env(), launch.interactive());
  }

  /** What the end of its client means, where torc did not end it. */
  @Override
  public Container.Meaning meaning(ChildWait.Change end) throws IOException {
    boolean failed = end.what() != ChildWait.What.EXITED || end.code() != 0;
    if (plain) {
      if (!failed || !isRuntimes(end)) {
        return Container.Meaning.AS_IT_IS;
      }
      String line = ContainerRuntime.lastLine(launch.log());
      if (!container.runtime().isWord(line)) {
        return Container.Meaning.AS_IT_IS; // the job's own status, most likely
      }
      return notStarted(
          container.runtime().lacksProgram(end.code(), line) ? lacks() : refused(line));
    }
    ContainerScript.Progress progress = ContainerScript.read(container.status());
    if (progress.killed()) {
      return Container.Meaning.MEMORY;
    }
    if (failed && progress.missing()) {
      return notStarted(lacks());
    }
    if (!failed || progress.started() || !isRuntimes(end)) {
      return Container.Meaning.AS_IT_IS;
    }
    String line = ContainerRuntime.lastLine(launch.log());
    if (!container.runtime().lacksProgram(end.code(), line)) {
      return notStarted(refused(line));
    }
    plain = true; // most likely it has no sh
    return Container.Meaning.AGAIN;
  }

  /**
   * Whether an end of its client may leave the container: the client, or its monitor, was killed.
   */
  @Override
  public boolean mayLeave(ChildWait.Change end) {
    return end.what() != ChildWait.What.EXITED || isRuntimes(end);
  }

  private boolean isRuntimes(ChildWait.Change end) {
    return end.what() == ChildWait.What.EXITED && container.runtime().isOwn(end.code());
  }

  private String lacks() {
    return "image %s has no %s: take another image, or set shell or command to what it has"
        .formatted(container.title(), SafeText.name(step.argv().getFirst()));
  }

  private Container.Meaning notStarted(String why) {
    message = why;
    return Container.Meaning.NOT_STARTED;
  }

  /** What the end means, in words. */
  @Override
  public String message() {
    return message;
  }

  private String refused(String line) {
    return container.runtime().name() + " cannot start image " + container.title() + ": " + line;
  }

  /** Sees to it that nothing of it is left: after an end that was not its own. */
  @Override
  public String remove() {
    return container.runtime().remove(List.of(container.name()));
  }
}
