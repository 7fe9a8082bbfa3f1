package dev.torc.features.containers;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.here.Launch;
import dev.torc.core.here.Launch.Container;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * A program that runs containers: makes its command lines and parses its output. By default it has
 * images in a store and takes a container's variables as arguments, and its containers end with
 * their processes. It makes no decisions and starts no jobs.
 */
public abstract sealed class ContainerRuntime permits OciRuntime, Apptainer {

  /** The label by which a build's containers are found; its value is the build's random id. */
  public static final String BUILD_LABEL = "dev.torc.build";

  enum Input {
    NONE,
    CALLERS,
    /** Torc's own standard input, if that and its output are a terminal. */
    TERMINAL
  }

  private static final int TAIL = 4096; // bytes of a log

  private final List<String> names;
  private final Map<String, String> env;
  private Optional<String> program; // its path; null before the search
  private String trouble; // why it does not work here; empty if it does; null before it was asked

  /**
   * Creates a runtime without asking it anything; the first name is its own, others are aliases.
   */
  ContainerRuntime(List<String> names, Map<String, String> env) {
    this.names = names;
    this.env = env;
  }

  public final String name() {
    return names.getFirst();
  }

  /** Returns the path of the runtime's program, searched for once; null if it is not installed. */
  final synchronized String program() {
    if (program == null) {
      String[] folders = env.getOrDefault("PATH", "").split(":");
      program =
          names.stream()
              .flatMap(called -> Stream.of(folders).map(folder -> Path.of(folder, called)))
              .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
              .map(file -> file.toAbsolutePath().toString())
              .findFirst();
    }
    return program.orElse(null);
  }

  /** Returns the runtime's message if it does not work here; empty if it works. Asks only once. */
  final synchronized String trouble() {
    if (trouble == null) {
      ProgramOutput info = about();
      trouble = info.ok() ? "" : info.status() < 0 ? info.said() : name() + ": " + info.said();
    }
    return trouble;
  }

  /** Asks the program about itself, and keeps the parts of its answer that are used later. */
  abstract ProgramOutput about();

  /**
   * Returns whether the container's processes may outlive the client, which is not their parent.
   */
  public boolean isApart() {
    return false;
  }

  /** Returns whether it can limit a container's cpus and memory; call {@link #trouble} first. */
  public boolean holdsLimits() {
    return false;
  }

  /** Returns the image of a name; null if it is missing or the runtime does not work. */
  abstract Containers.LocalImage find(Containers.ImageName image);

  /** Returns the command that fetches an image; {@code source} is its name with its registry. */
  public abstract List<String> pullCommand(Containers.ImageName image, String source)
      throws IOException;

  /**
   * Returns the registry's message about an image that it lacks or denies to this user. Empty if it
   * has the image, does not answer, or cannot be asked.
   */
  public String registryError(String source) {
    return "";
  }

  /** Moves the image that {@link #pullCommand} fetched into place, or cleans up a failed pull. */
  public void finishPull(Containers.ImageName image, boolean well) throws IOException {}

  /**
   * Returns the command that runs a container with these variables and ends with it. A variable
   * without a value is the client's, by its name alone.
   */
  abstract List<String> command(
      StepContainer container,
      List<String> argv,
      String dir,
      Map<String, String> variables,
      Input input);

  /**
   * Returns lines of sh that start the client on another machine; their arguments are its command
   * line. The container gets the variables with these names that are set there and, with {@code
   * gpus}, the GPUs that a scheduler chose there.
   */
  abstract String nodeScript(List<String> names, boolean gpus);

  /** Returns a job's command, extended to set variables that no option of the runtime can set. */
  List<String> innerCommand(List<String> argv, Map<String, String> variables) {
    return argv;
  }

  /**
   * Returns changes to the caller's variables for the client, so that the container has exactly the
   * given ones; null removes one.
   */
  Map<String, String> clientVariables(Map<String, String> variables, boolean terminal) {
    return Map.of();
  }

  /** Returns whether an exit status may mean that the runtime could not run the container. */
  abstract boolean isOwn(int status);

  /** Returns whether a log line looks like one of the runtime's own errors. */
  abstract boolean isOwnLine(String line);

  /** Returns whether a failure of the runtime with this line means that the program is missing. */
  abstract boolean lacksProgram(int status, String line);

  /** Returns a line of sh that quietly removes a container; empty if none outlives its client. */
  String removal(String container) {
    return "";
  }

  /** Removes containers, running or not; returns why that failed, or an empty text. */
  String remove(List<String> containers) {
    return "";
  }

  /** Stops all processes of a container, or continues them, if the runtime can do that. */
  void pause(boolean stop, String container) {}

  /** Returns the containers that a build made and that still exist, running or not. */
  List<String> madeBy(String build) {
    return List.of();
  }

  /** Returns the last line of a log that may be a runtime's message; may be empty. */
  public static String lastLine(Path log) throws IOException {
    return ProgramOutput.lastLine(OwnFile.tail(log, TAIL));
  }

  @SafeVarargs
  final ProgramOutput ask(List<String>... words) {
    if (program() == null) {
      return new ProgramOutput(-1, "", name() + " is not installed");
    }
    List<String> argv = new ArrayList<>(List.of(program()));
    for (List<String> each : words) {
      argv.addAll(each);
    }
    return ProgramOutput.of(argv, env);
  }

  /**
   * The container that a process runs in, as its job wants it. {@code status} is the file in which
   * the container records its progress; the order of {@code mounts} counts.
   */
  public record StepContainer(
      ContainerRuntime runtime,
      ChosenImage image,
      Handle handle,
      List<BindMount> mounts,
      User user,
      Limits limits,
      Path status)
      implements Container {

    /** The image that the job's decision used, its name for messages, and the user's options. */
    public record ChosenImage(Containers.LocalImage here, String title, List<String> args) {}

    /** The container's unique name, and labels by which other programs find it. */
    public record Handle(String name, SequencedMap<String, String> labels) {}

    /** The caller as {@code UID:GID}, or null if unknown, and the ids of its other groups. */
    public record User(String ids, List<String> groups) {}

    /** CPUs and bytes of memory (0: no limit), and GPUs (null: the scheduler's choice). */
    public record Limits(long cpus, long memory, List<String> gpus) {}

    @Override
    public boolean isApart() {
      return runtime.isApart();
    }

    @Override
    public String removal() {
      return runtime.removal(handle.name);
    }

    @Override
    public Client client(Launch.Step step, Launch launch) {
      return new ContainerRun(step, launch, this);
    }

    /** A file or folder of this machine that is mounted in the container. */
    public record BindMount(String from, String to, boolean readOnly) {

      /** Returns the argument of {@code --mount}: quoted CSV fields, so any name is safe. */
      String words() {
        return "type=bind,%s,%s%s"
            .formatted(field("src=" + from), field("dst=" + to), readOnly ? ",ro" : "");
      }

      private static String field(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
      }
    }
  }
}
