package dev.torc.container;

import dev.torc.local.Launch;
import dev.torc.local.Launch.Container;
import dev.torc.local.ProgramOutput;
import dev.torc.posix.OwnFile;
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
 * A program that runs containers: its command lines, and what it says of itself and of images. By
 * default it has images in a store, takes a container's variables as words of its command, and its
 * containers end with their processes. It decides nothing, and starts no job.
 */
public abstract sealed class ContainerRuntime permits OciRuntime, Apptainer {

  /** The label by which containers are found; values are random ids of builds. */
  public static final String BUILD_LABEL = "dev.torc.build";

  enum Input {
    NONE,
    CALLERS,
    /** Torc's own standard input, where that and its output are a terminal. */
    TERMINAL
  }

  private static final int TAIL = 4096; // bytes of a log

  private final List<String> names;
  private final Map<String, String> env;
  private Optional<String> program; // its path; null before it was looked for
  private String trouble; // why it cannot work here, empty where it can; null before it was asked

  /** Asks nothing yet. The first of its program's possible names is the runtime's own. */
  ContainerRuntime(List<String> names, Map<String, String> env) {
    this.names = names;
    this.env = env;
  }

  public final String name() {
    return names.getFirst();
  }

  /** Returns the path of its program, looked for once; null where it is not installed. */
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

  /** Returns why it cannot work here, in its own words; empty where it can. It is asked once. */
  final synchronized String trouble() {
    if (trouble == null) {
      ProgramOutput info = about();
      trouble = info.ok() ? "" : info.status() < 0 ? info.said() : name() + ": " + info.said();
    }
    return trouble;
  }

  /** Asks the program about itself, and keeps the parts of its answer that are used later. */
  abstract ProgramOutput about();

  /** Returns whether its processes are no children of the client, which a container may outlive. */
  public boolean isApart() {
    return false;
  }

  /** Returns whether it can limit a container's cpus and memory; call {@link #trouble} before. */
  public boolean holdsLimits() {
    return false;
  }

  /** Returns the image of a name; null if it is missing or the runtime cannot work. */
  abstract Containers.LocalImage find(Containers.ImageName image);

  /** Returns the command that fetches an image; {@code source} is its name with its registry. */
  public abstract List<String> pullCommand(Containers.ImageName image, String source)
      throws IOException;

  /**
   * Returns what the registry says if it has no such image, or none for this user; empty if it has
   * the image or does not answer, and where the program cannot ask.
   */
  public String registryError(String source) {
    return "";
  }

  /** Puts in its place what {@link #pullCommand} fetched, or removes what a failed one left. */
  public void finishPull(Containers.ImageName image, boolean well) throws IOException {}

  /** Returns the command that runs a container with these variables and ends with it. */
  abstract List<String> command(
      StepContainer container,
      List<String> argv,
      String dir,
      Map<String, String> variables,
      Input input);

  /**
   * Returns lines of sh that start the client on another machine; its command line is their
   * arguments. The container gets the variables of these names that are set there, and if {@code
   * gpus}, the GPUs that a scheduler chose there.
   */
  abstract String nodeScript(List<String> names, boolean gpus);

  /** Returns a job's command line, extended to set within the container what no option can set. */
  List<String> innerCommand(List<String> argv, Map<String, String> variables) {
    return argv;
  }

  /**
   * Returns variables laid over the caller's for the client (null removes one), so that the
   * container has the given ones and no others.
   */
  Map<String, String> clientVariables(Map<String, String> variables, boolean terminal) {
    return Map.of();
  }

  /** Returns whether an exit status may be the runtime's own: it could not run the container. */
  abstract boolean isOwn(int status);

  /** Returns whether a line of a log has the form of the runtime's own failures. */
  abstract boolean isOwnLine(String line);

  /** Returns whether a failure of its own, with this line, means that the program is missing. */
  abstract boolean lacksProgram(int status, String line);

  /** Returns a line of sh that quietly removes a container; empty if none outlives its client. */
  String removal(String container) {
    return "";
  }

  /** Removes containers, whether they run or not; returns why that failed, empty otherwise. */
  String remove(List<String> containers) {
    return "";
  }

  /** Stops all processes of a container, or continues them, where the runtime can do that. */
  void pause(boolean stop, String container) {}

  /** Returns the containers that a build made and that are still there, running or not. */
  List<String> madeBy(String build) {
    return List.of();
  }

  /** Returns the last line of a log in which a runtime says anything; may be empty. */
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
   * The container that a process runs in, as its job wants it. Its {@code status} is a file in
   * which the container says how far it came; the mounts are in order.
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

    /** The image that the job was decided by, its name for messages, and the user's options. */
    public record ChosenImage(Containers.LocalImage here, String title, List<String> args) {}

    /** The unique name and the labels by which others find it. */
    public record Handle(String name, SequencedMap<String, String> labels) {}

    /** The caller as {@code UID:GID}, or null if unknown, and the numbers of its further groups. */
    public record User(String ids, List<String> groups) {}

    /** CPUs and bytes (0: all), and GPUs; null if a scheduler chooses them on its node. */
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

    /** A file or folder of this machine that is seen in the container. */
    public record BindMount(String from, String to, boolean readOnly) {

      /** Returns the mount as {@code --mount} takes it: fields of CSV, so that any name is safe. */
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
