package dev.torc.local;

import dev.torc.posix.ChildWait;
import dev.torc.posix.JobTrace;
import dev.torc.posix.Stop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What to run: everything the runner must know of one attempt of a job. It knows no graph and no
 * build file.
 *
 * @param steps processes to run one after the other; the first that fails ends the attempt
 * @param timeLimit nanoseconds for all steps together; 0 for none
 * @param memoryLimit bytes for the whole process tree; 0 for none
 * @param mark environment entries of each step by which the attempt's processes are known
 * @param trace takes what its processes read; null where they are not traced
 */
public record Launch(
    List<Step> steps,
    Output output,
    long timeLimit,
    long memoryLimit,
    Map<String, String> mark,
    Stop stop,
    JobTrace trace) {

  /** Creates a launch that is not traced, and ended as usual. */
  public Launch(
      List<Step> steps, Output output, long timeLimit, long memoryLimit, Map<String, String> mark) {
    this(steps, output, timeLimit, memoryLimit, mark, Stop.USUAL, null);
  }

  /** Returns the entries by which the processes of a job's attempts and hooks are known. */
  public static Map<String, String> mark(String build, String job, Path root) {
    return Map.of("TORC_BUILD", build, "TORC_JOB", job, "TORC_ROOT", root.toString());
  }

  public Launch traced(JobTrace by) {
    return with(steps, stop, by);
  }

  public Launch stopping(Stop how) {
    return with(steps, how, trace);
  }

  private Launch with(List<Step> run, Stop how, JobTrace by) {
    return new Launch(run, output, timeLimit, memoryLimit, mark, how, by);
  }

  /** Returns this launch with the steps from one index to before another one. */
  public Launch only(int from, int to) {
    return with(steps.subList(from, to), stop, trace);
  }

  /** Returns this launch as a script on another machine starts it: for a container, its client. */
  public Launch handedOut() {
    List<Step> handed = new ArrayList<>();
    for (Step step : steps) {
      handed.add(step.container() == null ? step : step.container().client(step, this).handedOut());
    }
    Output logged = new Output(output.log, output.append, false);
    return new Launch(List.copyOf(handed), logged, timeLimit, memoryLimit, mark, stop, null);
  }

  /** Returns an end on another machine, with what the launch's containers tell of it. */
  public ProcessEnd handedBack(ProcessEnd end) throws IOException {
    List<Step> contained = steps.stream().filter(step -> step.container() != null).toList();
    if (end.how() != ProcessEnd.How.EXITED || contained.isEmpty()) {
      return end;
    }
    Step last = contained.getLast(); // all write to the same file: the last that began
    return last.container().client(last, this).handedBack(end);
  }

  /** Returns whether any step runs in a container whose processes are no children of its client. */
  boolean contained() {
    return steps.stream().anyMatch(step -> step.container() != null && step.container().isApart());
  }

  /**
   * Where output goes: standard output and error of all steps to the log, which is continued by a
   * later attempt. An interactive job has torc's own terminal instead of /dev/null and the log.
   */
  public record Output(Path log, boolean append, boolean interactive) {

    /** Returns the output of something that begins its log anew, and is not interactive. */
    public static Output of(Path log) {
      return new Output(log, false, false);
    }
  }

  /**
   * One process. A command is searched in the PATH of {@code env}, whose entries are laid over the
   * caller's (null removes one; in a container there are no others). The folder is absolute.
   * Without a container it runs on the host. For a step that was handed out, {@code argv} is the
   * client, and the container is known here only to be removed.
   */
  public record Step(List<String> argv, Path dir, Map<String, String> env, Container container) {

    public Step(List<String> argv, Path dir, Map<String, String> env) {
      this(argv, dir, env, null);
    }
  }

  /** What a step runs in: a client starts the step. Images and runtimes are not known here. */
  public interface Container {

    /** Returns whether the processes in it are no children of its client. */
    boolean isApart();

    /** Returns a line of sh that removes it; empty if it ends with its processes. */
    String removal();

    Client client(Launch.Step step, Launch launch);

    /** One run of the step: what to start for it, and what its end means. */
    interface Client {

      /** Returns the step as a script on another machine starts it: the client. */
      Launch.Step handedOut();

      /** Returns the end of an attempt whose last contained step this is. */
      ProcessEnd handedBack(ProcessEnd end) throws IOException;

      List<String> command() throws IOException;

      /** Makes the runtime stop all processes of the container, or continue them. */
      void pause(boolean stop);

      /** Returns variables that are laid over the caller's for the client; null removes one. */
      Map<String, String> variables();

      /** Returns what the client's end means, where torc did not end it. */
      Meaning meaning(ChildWait.News end) throws IOException;

      /** Returns whether the container may still be there after this end of its client. */
      boolean mayLeave(ChildWait.News end);

      /** Returns what the end means, in words. */
      String message();

      /** Removes what is left of the container; returns why something may remain, or nothing. */
      String remove();
    }

    /** What an end means beyond its exit status. */
    enum Meaning {
      /** The end is the job's own. */
      AS_IT_IS,
      /** The image has no sh, and the job's words can do without: the step is to start again. */
      AGAIN,
      /** The container never ran, or the job's program is not in it. */
      NOT_STARTED,
      /** The kernel killed one of its processes for memory. */
      MEMORY
    }
  }
}
