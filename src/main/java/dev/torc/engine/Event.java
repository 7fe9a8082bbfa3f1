package dev.torc.engine;

import dev.torc.cluster.EarlierJob;
import dev.torc.machine.Series.Usage;
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
 * events that jobs post are {@link PostedEvents}). Events are sent from the loop's own thread, in
 * order; times are for people and decide nothing.
 */
public sealed interface Event {

  /** The verdicts of all selected jobs are known; {@code jobs} is their number. */
  record Started(BuildId build, Path root, int jobs) implements Event {}

  /** Groups were expanded; {@code jobs} is the new number of selected jobs. */
  record Expanded(int jobs) implements Event {}

  /** An attempt begins; {@code command} is empty if no report asks for commands. */
  record JobStarted(String job, int attempt, String command, List<Reason> reasons)
      implements Event {}

  /** A scheduler has the job's attempt, under this id; null if the id is not known. */
  record JobSubmitted(String job, String executor, String id) implements Event {

    /** Returns where it is, for people: {@code slurm 1234_5}. */
    public String where() {
      return EarlierJob.where(executor, id);
    }
  }

  /**
   * The processes of an attempt are gone: its resources are free while torc looks at its products.
   */
  record JobReleased(String job) implements Event {}

  /** A known result was put in the place of a run; the job's end follows. */
  record JobRestored(String job, Origin from, List<Reason> reasons) implements Event {}

  record JobEnded(String job, JobState state, Details details) implements Event {}

  /** A product was changed after its job's end, so that the job counts as failed (rule 16). */
  record JobUndone(String job, Details details) implements Event {

    public JobEnded failure() {
      return new JobEnded(job, JobState.FAILED, details);
    }
  }

  /** An attempt failed and another follows after {@code delay} nanoseconds. */
  record JobRetried(String job, int attempt, Details details, long delay) implements Event {}

  /**
   * A signal ends the build: these jobs are being ended, and killed after {@code grace}
   * nanoseconds.
   */
  record Ending(List<String> jobs, long grace) implements Event {}

  /** A job now has the terminal, and nothing else may write there; or it has given it back. */
  record Terminal(boolean lent) implements Event {}

  /** The fetch of an image began or {@code ended}; {@code log} is the runtime's output. */
  record Fetching(String image, String runtime, Path log, boolean ended) implements Event {}

  /** Another build of a watch begins, since these files changed, appeared or were removed. */
  record Changed(List<String> files) implements Event {}

  /** A build of a watch has ended, and so many files are watched for the next one. */
  record Watching(int files) implements Event {}

  /** A line for people: a warning, or a file that was set aside. */
  record Note(Level level, Diagnostic said) implements Event {

    public Note(Level level, String text) {
      this(level, new Diagnostic(text));
    }

    public String text() {
      return said.toString();
    }
  }

  /** The build has ended; {@code counts} has all final states. */
  record Finished(BuildId build, Map<JobState, Integer> counts, StoreUse use, long nanos, int exit)
      implements Event {}

  /** How loud a note is. */
  enum Level {
    INFO,
    WARNING,
    ERROR
  }

  /**
   * How an attempt went; {@code wall} is in nanoseconds.
   *
   * @param what one phrase: "exit 1", "signal 9 (KILL)", "timed out after 10m", "product x
   *     missing"; empty for success; for a blocked job the name of the job that blocks it
   * @param command as it ran, quoted for a shell, a line for each task
   * @param log null if nothing ran or the job had the terminal
   * @param leftOut for each need with {@code failed: skip}, which failed jobs it left out
   * @param allowed whether a failure of the job does not make the build fail
   */
  record Details(
      String what,
      String command,
      Log log,
      long wall,
      Usage usage,
      List<LeftOut> leftOut,
      boolean allowed) {

    public Details(String what, String command, Log log, long wall, long cpu, long peak) {
      this(what, command, log, wall, new Usage(cpu, 0, peak, -1, -1), List.of(), false);
    }
  }

  /**
   * The output of a job's last attempt, which begins at byte {@code from} of the file. Relative
   * paths in it start at {@code dir}; {@code wanted} if the build file asks to show all of it.
   */
  record Log(Path file, Path dir, long from, boolean wanted) {}
}
