package dev.torc.engine;

import dev.torc.cluster.EarlierJob;
import dev.torc.plan.LeftOut;
import dev.torc.plan.Reason;
import dev.torc.records.BuildRecord.BuildId;
import dev.torc.records.BuildRecord.StoreUse;
import dev.torc.records.JobResult.Origin;
import dev.torc.syntax.BadInput.Diagnostic;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What happens in a build, for the reports that show it ({@code JsonReport} writes them as JSON;
 * what jobs post themselves are {@link PostedEvents}). Events are sent from the loop's own thread,
 * in order; times are for people and decide nothing.
 */
public sealed interface Event {

  /** The verdicts are known; {@code jobs} is the number of selected jobs. */
  record Started(BuildId build, Path root, int jobs) implements Event {}

  /** Groups were expanded: {@code jobs} is the number of selected jobs from now on. */
  record Expanded(int jobs) implements Event {}

  /**
   * An attempt begins; {@code command} is what it is about to run, with its placeholders filled, or
   * empty if no report asks for commands.
   */
  record JobStarted(String job, int attempt, String command, List<Reason> reasons)
      implements Event {}

  /**
   * A scheduler has the job's attempt.
   *
   * @param id the scheduler's id of it; null if it is not known
   */
  record JobSubmitted(String job, String executor, String id) implements Event {

    /** Returns where it is, for people: {@code slurm 1234_5}. */
    public String where() {
      return EarlierJob.where(executor, id);
    }
  }

  /**
   * The processes of an attempt are gone, and its resources are free for other jobs while torc
   * looks at its products. Sent only if that is before the attempt's end.
   */
  record JobReleased(String job) implements Event {}

  /** A known result was put in the place of a run with these reasons; the job's end follows. */
  record JobRestored(String job, Origin from, List<Reason> reasons) implements Event {}

  /** A job came to its final state. */
  record JobEnded(String job, JobState state, Details details) implements Event {}

  /**
   * A job that was done is not, since a product of it was changed after its end (rule 16). It
   * counts as failed.
   */
  record JobUndone(String job, Details details) implements Event {

    /** Returns this event as the end of a job that failed. */
    public JobEnded failure() {
      return new JobEnded(job, JobState.FAILED, details);
    }
  }

  /** An attempt failed and another follows after {@code delay} nanoseconds. */
  record JobRetried(String job, int attempt, Details details, long delay) implements Event {}

  /**
   * A signal ends the build: these jobs are being ended. What is left of them is killed after a
   * {@code grace} in nanoseconds; 0 means at once.
   */
  record Ending(List<String> jobs, long grace) implements Event {}

  /** A job has the terminal from now on, and nothing else may write there; or has it no longer. */
  record Terminal(boolean lent) implements Event {}

  /**
   * The fetch of an image began, or has {@code ended}, well or not. Its jobs wait for it.
   *
   * @param log the file with the runtime's output
   */
  record Fetching(String image, String runtime, Path log, boolean ended) implements Event {}

  /** Why another build of a watch begins: these files changed, came or went. */
  record Changed(List<String> files) implements Event {}

  /** A build of a watch is over, and so many files are watched for the next one. */
  record Watching(int files) implements Event {}

  /** A line for people: a warning, or what was moved to kept. */
  record Note(Level level, Diagnostic said) implements Event {

    /** Creates a line without a place. */
    public Note(Level level, String text) {
      this(level, new Diagnostic(text));
    }

    /** Returns the line without its level. */
    public String text() {
      return said.toString();
    }
  }

  /** The build is over; {@code counts} has all final states. */
  record Finished(BuildId build, Map<JobState, Integer> counts, StoreUse use, long nanos, int exit)
      implements Event {}

  /** How loud a note is. */
  enum Level {
    INFO,
    WARNING,
    ERROR
  }

  /**
   * How an attempt went.
   *
   * @param what one phrase: "exit 1", "signal 9 (KILL)", "timed out after 10m", "product x
   *     missing"; empty for success; for a blocked job the name of the job that blocks it
   * @param command as it ran, for people: words that a shell reads back, a line for each task
   * @param log what it wrote, null where nothing ran or the job had the terminal
   * @param wall nanoseconds
   * @param cpu nanoseconds, -1 unknown
   * @param peak bytes, -1 unknown
   * @param leftOut for each need that leaves failed jobs out, which jobs it left out
   * @param allowed whether a failure of the job does not make the build fail
   */
  record Details(
      String what,
      String command,
      Log log,
      long wall,
      long cpu,
      long peak,
      List<LeftOut> leftOut,
      boolean allowed) {

    /** Creates an end from which nothing was left out and in which no failure is allowed. */
    public Details(String what, String command, Log log, long wall, long cpu, long peak) {
      this(what, command, log, wall, cpu, peak, List.of(), false);
    }
  }

  /**
   * What a job wrote.
   *
   * @param dir the folder in which it ran: a relative path in the log is relative to it
   * @param from the byte of the file where its last attempt begins
   * @param wanted whether the build file asks to show all of it
   */
  record Log(Path file, Path dir, long from, boolean wanted) {}
}
