package dev.torc.core.here;

import dev.torc.base.posix.ChildWait.News;
import dev.torc.base.posix.JobTrace;
import dev.torc.base.posix.Stop;
import dev.torc.core.here.ProcessEnd.How;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Everything that the runner must know about one attempt of a job. It does not know the graph or
 * the build file.
 *
 * @param steps processes to run one after the other; the first that fails ends the attempt
 * @param timeLimit nanoseconds for all steps together; 0 for none
 * @param memoryLimit bytes for the whole process tree; 0 for none
 * @param mark environment entries of each step that identify the attempt's processes
 * @param trace records the files that the processes read; null if they are not traced
 */
public record Launch(
    List<Step> steps,
    Output output,
    long timeLimit,
    long memoryLimit,
    Map<String, String> mark,
    Stop stop,
    JobTrace trace) {

  /** Creates a launch without a trace, to be ended in the default way. */
  public Launch(
      List<Step> steps, Output output, long timeLimit, long memoryLimit, Map<String, String> mark) {
    this(steps, output, timeLimit, memoryLimit, mark, Stop.USUAL, null);
  }

  /** Returns the entries that identify the processes of a job's attempts and hooks. */
  public static Map<String, String> mark(String build, String job, Path root) {
    return Map.of("TORC_BUILD", build, "TORC_JOB", job, "TORC_ROOT", root.toString());
  }

  public Launch traced(JobTrace by) {
    return new Launch(steps, output, timeLimit, memoryLimit, mark, stop, by);
  }

  public Launch stopping(Stop how) {
    return new Launch(steps, output, timeLimit, memoryLimit, mark, how, trace);
  }

  /** Returns this launch with other processes, whose output goes to {@code to}. */
  public Launch running(List<Step> run, Output to) {
    return new Launch(run, to, timeLimit, memoryLimit, mark, stop, trace);
  }

  /** Returns this launch with only the steps from {@code from} to before {@code to}. */
  public Launch only(int from, int to) {
    return running(steps.subList(from, to), output);
  }

  /** Returns this launch for a script on another machine: containers become their clients. */
  public Launch handedOut() {
    Output logged = new Output(output.log, output.append, false);
    return running(steps.stream().map(this::handedOut).toList(), logged).traced(null);
  }

  private Step handedOut(Step step) {
    return step.container() == null ? step : step.container().client(step, this).handedOut();
  }

  /** Returns an end on another machine, as the launch's last container interprets it. */
  public ProcessEnd handedBack(ProcessEnd end) throws IOException {
    List<Step> contained = steps.stream().filter(step -> step.container() != null).toList();
    if (end.how() != How.EXITED || contained.isEmpty()) {
      return end;
    }
    Step last = contained.getLast(); // all write to the same file, this one last
    return last.container().client(last, this).handedBack(end);
  }

  /** Returns whether the processes of a step's container are not children of its client. */
  boolean contained() {
    return steps.stream().anyMatch(step -> step.container() != null && step.container().isApart());
  }

  /**
   * Where output goes: standard output and error of all steps to the log, which {@code append}
   * continues. An interactive job has torc's own terminal instead of /dev/null and the log. With
   * {@code raw}, only standard error goes to the log, and standard output is that of torc.
   */
  public record Output(Path log, boolean append, boolean interactive, boolean raw) {

    public Output(Path log, boolean append, boolean interactive) {
      this(log, append, interactive, false);
    }

    public Output toCaller() {
      return new Output(log, append, interactive, true);
    }

    /** Returns an output that is not interactive and overwrites its log. */
    public static Output of(Path log) {
      return new Output(log, false, false);
    }
  }

  /**
   * One process. A command is searched for in the PATH of {@code env}, whose entries replace or
   * extend the caller's (null removes one) or, in a container, are the whole environment. The
   * folder is absolute. Without a container it runs on the host. If the step was handed out, {@code
   * argv} is the client, and the container is only kept to be removed.
   *
   * @param secrets more entries, which stand in no command line and in no script
   */
  public record Step(
      List<String> argv,
      Path dir,
      Map<String, String> env,
      Container container,
      Map<String, String> secrets) {

    public Step(List<String> argv, Path dir, Map<String, String> env, Container container) {
      this(argv, dir, env, container, Map.of());
    }

    public Step(List<String> argv, Path dir, Map<String, String> env) {
      this(argv, dir, env, null);
    }
  }

  /** A container, in which a client starts the step. Images and runtimes are not known here. */
  public interface Container {

    /** Returns whether the runtime, not the client, starts the container's processes. */
    boolean isApart();

    /** Returns a line of sh that removes the container; empty if it ends with its processes. */
    String removal();

    Client client(Launch.Step step, Launch launch);

    /** One run of the step: the command to start for it, and the meaning of its end. */
    interface Client {

      /** Returns the step for a script on another machine: the client. */
      Launch.Step handedOut();

      /** Interprets the end of an attempt that ended with a step in this container. */
      ProcessEnd handedBack(ProcessEnd end) throws IOException;

      List<String> command() throws IOException;

      /** Makes the runtime stop all processes of the container, or continue them. */
      void pause(boolean stop);

      /** Returns variables that replace or extend the caller's; a null value removes one. */
      Map<String, String> variables();

      /** Returns the meaning of the client's end, if torc did not end it. */
      Meaning meaning(News end) throws IOException;

      /** Returns whether the container may still exist after this end of its client. */
      boolean mayLeave(News end);

      /** Returns the meaning of the end as a message. */
      String message();

      /** Removes the container if it still exists; returns why it may remain, or an empty text. */
      String remove();
    }

    /** What an end means beyond its exit status. */
    enum Meaning {
      /** The end is the job's own. */
      AS_IT_IS,
      /** The image has no sh, but the command works without: the step must start again. */
      AGAIN,
      /** The container never ran, or the job's program is not in it. */
      NOT_STARTED,
      /** The kernel killed one of its processes for lack of memory. */
      MEMORY
    }
  }
}
