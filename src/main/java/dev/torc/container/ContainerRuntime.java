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
import java.util.SequencedMap;

/**
 * A program that runs containers: its command lines, and what it says of itself and of images.
 * Where nothing else is said, it has images in a store, takes a container's variables as words of
 * its command, and its containers go with their processes. It decides nothing, and starts no job.
 */
public abstract sealed class ContainerRuntime permits OciRuntime, Apptainer {

  /** The label by which containers are found; values are random ids of builds. */
  public static final String BUILD_LABEL = "dev.torc.build";

  /** What a container has as its standard input. */
  enum Input {
    /** Nothing. */
    NONE,
    /** That of torc. */
    CALLERS,
    /** That of torc, which is a terminal as its output is. */
    TERMINAL
  }

  private static final int TAIL = 4096; // bytes of a log

  private final List<String> names;
  private final Map<String, String> env;
  private String program; // its path, null where there is none
  private boolean searched;
  private String trouble; // why it cannot work here, empty where it can; null before it was asked

  /**
   * A runtime that was asked nothing yet.
   *
   * @param names what its program is called; the first is its own
   * @param env the caller's environment
   */
  ContainerRuntime(List<String> names, Map<String, String> env) {
    this.names = names;
    this.env = env;
  }

  public final String name() {
    return names.getFirst();
  }

  /** Where it is, looked for once; null where it is not installed. */
  final synchronized String program() {
    if (!searched) {
      searched = true;
      for (String called : names) {
        for (String folder : env.getOrDefault("PATH", "").split(":")) {
          Path file = Path.of(folder.isEmpty() ? "." : folder, called).toAbsolutePath();
          if (program == null && Files.isExecutable(file) && !Files.isDirectory(file)) {
            program = file.toString();
          }
        }
      }
    }
    return program;
  }

  /** Why it cannot work here, with its own words; empty where it can. It is asked once. */
  final synchronized String trouble() {
    if (trouble == null) {
      ProgramOutput info = about();
      trouble = info.ok() ? "" : info.status() < 0 ? info.said() : name() + ": " + info.said();
    }
    return trouble;
  }

  /** Asks it what it is, and keeps what others want to know of that. */
  abstract ProgramOutput about();

  /**
   * Whether what runs in its containers is no child of the client, so that a container may outlive
   * it; else the container is a process as any.
   */
  public boolean isApart() {
    return false;
  }

  /** Whether it can hold cpus and memory of a container; {@link #trouble} was asked before. */
  public boolean holdsLimits() {
    return false;
  }

  /** The image that is here under a name; null where it is not, or the runtime cannot work. */
  abstract Containers.LocalImage find(Containers.ImageName image);

  /**
   * The command that fetches an image.
   *
   * @param source its name with its registry
   */
  public abstract List<String> pull(Containers.ImageName image, String source) throws IOException;

  /**
   * What the registry of an image says where it has none of that name, or not for this user; empty
   * where it has it, where it does not answer, and where the program cannot ask.
   *
   * @param source its name with its registry
   */
  public String unknown(String source) {
    return "";
  }

  /** Puts in its place what {@link #pull} fetched, or takes away what a failed one left. */
  public void pulled(Containers.ImageName image, boolean well) throws IOException {}

  /**
   * The command that runs a container and ends with it.
   *
   * @param argv what runs in it
   * @param dir where
   * @param variables of its environment
   */
  abstract List<String> run(
      StepContainer container,
      List<String> argv,
      String dir,
      Map<String, String> variables,
      Input input);

  /**
   * Lines of sh that start the client on another machine, with its words as theirs.
   *
   * @param names of variables that the container has as they are there, where they are set
   * @param gpus whether it is given the GPUs that a scheduler chose there
   */
  abstract String onNode(List<String> names, boolean gpus);

  /** A job's words with what has to be set within the container, because no option can. */
  List<String> inside(List<String> argv, Map<String, String> variables) {
    return argv;
  }

  /**
   * What the client's own environment has over the caller's, so that the container has these
   * variables and no others; null removes one.
   *
   * @param terminal whether it has torc's own
   */
  Map<String, String> handed(Map<String, String> variables, boolean terminal) {
    return Map.of();
  }

  /** Whether an exit status may be the runtime's own, because a container did not come to be. */
  abstract boolean isOwn(int status);

  /** Whether a line of a log is how the runtime tells of a failure of its own. */
  abstract boolean isWord(String line);

  /** Whether an end of its own, with such a line, is for want of the program that was to run. */
  abstract boolean lacksProgram(int status, String line);

  /**
   * A line of sh that removes a container, and says nothing; empty where none outlives a client.
   */
  String removal(String container) {
    return "";
  }

  /** Removes containers, whether they run or not; returns why that failed, empty otherwise. */
  String remove(List<String> containers) {
    return "";
  }

  /** The containers that a build made and that are still there, running or not. */
  List<String> left(String build) {
    return List.of();
  }

  /** The last line of a log in which a runtime says anything; empty where it says nothing. */
  public static String lastLine(Path log) throws IOException {
    return ProgramOutput.lastLine(OwnFile.tail(log, TAIL));
  }

  /** Asks the program a short question. */
  final ProgramOutput ask(List<String> words) {
    if (program() == null) {
      return new ProgramOutput(-1, "", name() + " is not installed");
    }
    List<String> argv = new ArrayList<>(List.of(program()));
    argv.addAll(words);
    return ProgramOutput.of(argv, env);
  }

  /**
   * The container that a process runs in, as its job wants it. The runtime's own words for it are
   * {@link ContainerRuntime}'s.
   *
   * @param image the very image that the job was decided by
   * @param title the image as the user names it, for messages
   * @param name of the container, unique
   * @param labels by which others find it
   * @param mounts in their order
   * @param args the user's own options
   * @param user {@code UID:GID} of the caller; null where that is not known
   * @param groups numbers of the caller's further groups
   * @param cpus how many it may use; 0 for all
   * @param memory bytes; 0 for all
   * @param gpus identifiers; null where a scheduler chooses them, and its node tells which
   * @param status a file in which the container says how far it came
   */
  public record StepContainer(
      ContainerRuntime runtime,
      Containers.LocalImage image,
      String title,
      String name,
      SequencedMap<String, String> labels,
      List<Mount> mounts,
      List<String> args,
      String user,
      List<String> groups,
      long cpus,
      long memory,
      List<String> gpus,
      Path status)
      implements Container {

    @Override
    public boolean isApart() {
      return runtime.isApart();
    }

    @Override
    public String removal() {
      return runtime.removal(name);
    }

    @Override
    public Client client(Launch.Step step, Launch launch) {
      return new ContainerRun(step, launch, this);
    }

    /**
     * What of this machine is seen in it.
     *
     * @param from a path here
     * @param to the path there
     */
    public record Mount(String from, String to, boolean readOnly) {

      /** As {@code --mount} takes it: fields of CSV, so that any name is safe. */
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
