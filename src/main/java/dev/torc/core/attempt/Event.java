package dev.torc.core.attempt;

import dev.torc.base.machine.Series.Usage;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.core.decide.Reason;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.BuildRecord.StoreUse;
import dev.torc.core.memory.JobResult.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Something that happened in a build, for the reports that show it. {@code JsonReport} writes
 * events as JSON; the events that jobs post are others. The events of jobs are sent in order, while
 * holding the turn (see {@code LoopLock}). Times are only shown and decide nothing.
 */
public sealed interface Event {

  /** Planning has ended; {@code jobs} is the number of selected jobs. */
  record Started(BuildId build, Path root, int jobs) implements Event {}

  /** Groups were expanded; {@code jobs} is the new number of selected jobs. */
  record Expanded(int jobs) implements Event {}

  /** An attempt begins; {@code command} is empty if no report asks for commands. */
  record JobStarted(
      String job, int attempt, String command, List<Reason> reasons, String executor, Log log)
      implements Event {

    /** Begins an attempt of which nothing else is known. */
    public JobStarted(String job, int attempt, String command, List<Reason> reasons) {
      this(job, attempt, command, reasons, null, null);
    }
  }

  /** A scheduler has accepted the job's attempt; {@code id} is null if it is not known. */
  record JobSubmitted(String job, String executor, String id) implements Event {

    /** Returns where the job is, in a form to show: {@code slurm 1234_5}. */
    public String where() {
      return id == null ? executor : executor + " " + id;
    }
  }

  /** The processes of an attempt are gone. Its resources are free while torc scans its products. */
  record JobReleased(String job) implements Event {}

  /** A known result was restored instead of a run; a {@link JobEnded} follows. */
  record JobRestored(String job, Origin from, List<Reason> reasons) implements Event {}

  record JobEnded(String job, JobState state, Details details) implements Event {}

  /** A product was changed after its job's end, so that the job counts as failed (rule 16). */
  record JobUndone(String job, Details details) implements Event {

    public JobEnded failure() {
      return new JobEnded(job, JobState.FAILED, details);
    }
  }

  /** An attempt failed; another one starts after {@code delay} nanoseconds. */
  record JobRetried(String job, int attempt, Details details, long delay) implements Event {}

  /**
   * A signal is ending the build: these jobs are being stopped, and are killed after {@code grace}
   * nanoseconds.
   */
  record Ending(List<String> jobs, long grace) implements Event {}

  /**
   * A job was given the terminal, so nothing else may write to it. If not {@code lent}, the job has
   * given the terminal back.
   */
  record Terminal(boolean lent) implements Event {}

  /** The download of an image began or has {@code ended}; {@code log} has the runtime's output. */
  record Fetching(String image, String runtime, Path log, boolean ended) implements Event {}

  /** Watch starts another build because these files changed, appeared or were removed. */
  record Changed(List<String> files) implements Event {}

  /** A build of a watch has ended; this many files are watched for the next one. */
  record Watching(int files) implements Event {}

  /** A line to show: a warning, or a file that was set aside. */
  record Note(Level level, Diagnostic said) implements Event {

    public Note(Level level, String text) {
      this(level, new Diagnostic(text));
    }

    public String text() {
      return said.toString();
    }
  }

  /** The build has ended; {@code counts} has every final state. */
  record Finished(BuildId build, Map<JobState, Integer> counts, StoreUse use, long nanos, int exit)
      implements Event {}

  /** How important a note is. */
  enum Level {
    INFO,
    WARNING,
    ERROR
  }

  /**
   * How an attempt went; {@code wall} is in nanoseconds.
   *
   * @param what one phrase: "exit 1", "signal 9 (KILL)", "timed out after 10m", "product x
   *     missing"; empty for success; for a blocked job, the name of the job that blocks it
   * @param command the commands as they ran, quoted for a shell, one line for each task
   * @param log null if nothing ran or the job had the terminal
   * @param leftOut the failed jobs that were left out, for each need with {@code failed: skip}
   * @param allowed whether the job may fail without failing the build
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
   * The output of a job's last attempt. It begins at byte {@code from} of the file. Relative paths
   * in it start at {@code dir}. {@code output} says when the build file asks to show it.
   */
  record Log(Path file, Path dir, long from, WhenShown output) {}

  /** When the output of a job is shown. */
  enum WhenShown {
    /** When the job has failed. */
    FAILURE,
    /** When the job has ended. */
    ALWAYS,
    /** As it is written. */
    LIVE
  }
}
