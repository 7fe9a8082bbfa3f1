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
 * default, it has images in a store, takes a container's variables as words of its command, and its
 * containers end with their processes. It decides nothing, and starts no job.
 */
public abstract sealed class ContainerRuntime permits OciRuntime, Apptainer {

  /** The label by which containers are found; values are random ids of builds. */
  public static final String BUILD_LABEL = "dev.torc.build";

  /** What a container has as its standard input. */
  enum Input {
    /** Nothing. */
    NONE,
    /** Torc's own standard input. */
    CALLERS,
    /** Torc's own standard input, where that and its output are a terminal. */
    TERMINAL
  }

  private static final int TAIL = 4096; // bytes of a log

  private final List<String> names;
  private final Map<String, String> env;
  private Optional<String> program; // its path; null before it was looked for
  private String trouble; // why it cannot work here, empty where it can; null before it was asked

  /**
   * Creates a runtime that was not asked anything yet.
   *
   * @param names names that its program may have; the first is the runtime's own
   * @param env the caller's environment
   */
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

  /**
   * Returns whether the processes in its containers are no children of the client, so that a
   * container may outlive it; otherwise a container is an ordinary process.
   */
  public boolean isApart() {
    return false;
  }

  /** Returns whether it can limit a container's cpus and memory; call {@link #trouble} before. */
  public boolean holdsLimits() {
    return false;
  }

  /**
   * Returns the image that is here under a name; null where it is not, or the runtime cannot work.
   */
  abstract Containers.LocalImage find(Containers.ImageName image);

  /**
   * Returns the command that fetches an image.
   *
   * @param source its name with its registry
   */
  public abstract List<String> pull(Containers.ImageName image, String source) throws IOException;

  /**
   * Returns what an image's registry says if it has no image of this name, or none for this user;
   * empty where it has the image, where it does not answer, and where the program cannot ask.
   *
   * @param source its name with its registry
   */
  public String unknown(String source) {
    return "";
  }

  /** Puts in its place what {@link #pull} fetched, or removes what a failed one left. */
  public void pulled(Containers.ImageName image, boolean well) throws IOException {}

  /**
   * Returns the command that runs a container and ends with it.
   *
   * @param argv what runs in it
   * @param dir the folder that it runs in
   * @param variables of its environment
   */
  abstract List<String> run(
      StepContainer container,
      List<String> argv,
      String dir,
      Map<String, String> variables,
      Input input);

  /**
   * Returns lines of sh that start the client on another machine; its command line is their
   * arguments.
   *
   * @param names of variables that the container gets with their values there, where they are set
   * @param gpus whether it gets the GPUs that a scheduler chose there
   */
  abstract String onNode(List<String> names, boolean gpus);

  /** Returns a job's command line, extended to set within the container what no option can set. */
  List<String> inside(List<String> argv, Map<String, String> variables) {
    return argv;
  }

  /**
   * Returns variables that are laid over the caller's for the client, so that the container has the
   * given ones and no others; null removes a variable.
   *
   * @param terminal whether the container has torc's own terminal
   */
  Map<String, String> handed(Map<String, String> variables, boolean terminal) {
    return Map.of();
  }

  /**
   * Returns whether an exit status may be the runtime's own, because it could not run the
   * container.
   */
  abstract boolean isOwn(int status);

  /**
   * Returns whether a line of a log has the form in which the runtime tells of its own failures.
   */
  abstract boolean isWord(String line);

  /**
   * Returns whether a failure of its own, with this line, means that the program to run is missing.
   */
  abstract boolean lacksProgram(int status, String line);

  /**
   * Returns a line of sh that removes a container and prints nothing; empty where none outlives a
   * client.
   */
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

  /**
   * Returns the last line of a log in which a runtime says anything; empty where it says nothing.
   */
  public static String lastLine(Path log) throws IOException {
    return ProgramOutput.lastLine(OwnFile.tail(log, TAIL));
  }

  /** Asks the program a short question. */
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
   * The container that a process runs in, as its job wants it. {@link ContainerRuntime} says it in
   * the runtime's own words.
   *
   * @param mounts in their order
   * @param status a file in which the container says how far it came
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

    /**
     * What it is made from.
     *
     * @param here the very image that the job was decided by
     * @param title the image as the user names it, for messages
     * @param args the user's own options
     */
    public record ChosenImage(Containers.LocalImage here, String title, List<String> args) {}

    /**
     * What others find it by.
     *
     * @param name unique
     */
    public record Handle(String name, SequencedMap<String, String> labels) {}

    /**
     * The user that it runs as.
     *
     * @param ids {@code UID:GID} of the caller; null where that is not known
     * @param groups numbers of the caller's further groups
     */
    public record User(String ids, List<String> groups) {}

    /**
     * What it may use.
     *
     * @param cpus 0 for all
     * @param memory bytes; 0 for all
     * @param gpus identifiers; null where a scheduler chooses them, and its node tells which
     */
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

    /**
     * A file or folder of this machine that is seen in the container.
     *
     * @param from a path here
     * @param to the path there
     */
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
