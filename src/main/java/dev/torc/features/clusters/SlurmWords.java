package dev.torc.features.clusters;

import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Interprets Slurm's words for states, reasons and ends. It runs no commands. */
final class SlurmWords {

  static final String FAILED = "FAILED";
  static final String RUNS = "RUNNING";

  private static final Set<String> RUNNING =
      Set.of(RUNS, "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING");

  private static final Map<String, Phase> ENDED =
      Map.ofEntries(
          Map.entry("COMPLETED", Phase.EXITED),
          Map.entry(FAILED, Phase.EXITED),
          Map.entry("OUT_OF_MEMORY", Phase.OUT_OF_MEMORY),
          Map.entry("TIMEOUT", Phase.TIME_LIMIT),
          Map.entry("DEADLINE", Phase.TIME_LIMIT),
          Map.entry("CANCELLED", Phase.CANCELLED),
          Map.entry("REVOKED", Phase.CANCELLED),
          Map.entry("NODE_FAIL", Phase.NODE_FAILURE),
          Map.entry("BOOT_FAIL", Phase.NODE_FAILURE),
          Map.entry("PREEMPTED", Phase.PREEMPTED),
          Map.entry("LAUNCH_FAILED", Phase.LAUNCH_FAILURE),
          Map.entry("RECONFIG_FAIL", Phase.LAUNCH_FAILURE));

  /**
   * Reasons that last until the cluster or the account is changed. Reasons that may come from a
   * drained node, like {@code PartitionNodeLimit}, are excluded.
   */
  private static final Pattern NEVER =
      Pattern.compile(
          "PartitionConfig|PartitionTimeLimit|BadConstraints|DependencyNeverSatisfied"
              + "|InvalidAccount|InvalidQOS|QOSNotAllowed|AccountNotAllowed|ReservationDeleted"
              + "|MaxMemPerLimit|(QOS|Assoc)Max\\w*Per(Job|Node)(Limit)?|QOSMin\\w+");

  private static final Pattern MEMORY =
      Pattern.compile("exceeded (job )?memory limit|oom[-_ ]kill|out[- ]of[- ]memory");

  private static final Pattern STEPD = Pattern.compile("slurmstepd[\\w.-]*: error: +([^\n]+)");

  private static final int TAIL = 16384; // bytes of a log

  private SlurmWords() {}

  /** Returns whether a job is held until a user releases it. */
  static boolean isHeld(String reason) {
    return reason.startsWith("JobHeld");
  }

  static boolean isEnd(String word) {
    return ENDED.containsKey(word);
  }

  /** Returns the state of a job in squeue that has not ended; an unknown word counts as waiting. */
  static SchedulerState alive(String word, String reason, String nodes) {
    Phase waits = NEVER.matcher(reason).matches() ? Phase.NEVER : Phase.WAITING;
    return RUNNING.contains(word)
        ? new SchedulerState(Phase.RUNNING, nodes)
        : new SchedulerState(waits, reason.equals("None") ? "" : reason);
  }

  /**
   * Returns the end of a job or step. {@code exit} is {@code STATUS:SIGNAL} or empty; {@code log}
   * may be null. Without control groups, Slurm reports a kill for memory like any other kill, and
   * only the log shows the difference.
   */
  static SchedulerState end(String word, String reason, String exit, Path log) {
    String text = tail(log);
    Phase cause = ENDED.get(word);
    boolean failed = word.equals(FAILED);
    if ((failed || cause == Phase.CANCELLED) && MEMORY.matcher(text).find()) {
      cause = Phase.OUT_OF_MEMORY;
    } else if (failed && reason.equals("JobLaunchFailure") && !isSignal(exit)) {
      cause = Phase.LAUNCH_FAILURE;
    }
    StringBuilder said = new StringBuilder(word);
    said.append(reason.isEmpty() || reason.equals("None") ? "" : " " + reason);
    said.append(exit.isEmpty() || exit.equals("0:0") ? "" : " " + exit);
    Optional<MatchResult> last = STEPD.matcher(text).results().reduce((_, later) -> later);
    said.append(last.map(line -> ": " + line.group(1).strip()).orElse(""));
    return new SchedulerState(cause, SchedulerWords.line(said.toString()));
  }

  /** Returns whether a signal, other than Slurm's own 53, ended it: then its launch succeeded. */
  private static boolean isSignal(String exit) {
    return exit.matches("0:([1-9]|[12][0-9]|3[01])");
  }

  /** Returns a time in milliseconds since 1970; 0 for any other text, such as {@code N/A}. */
  static long time(String word) {
    try {
      return LocalDateTime.parse(word).atZone(ZoneId.systemDefault()).toInstant().toEpochMilli();
    } catch (DateTimeParseException none) {
      return 0;
    }
  }

  /** Returns the last part of a log, which may be incomplete; empty if the log is missing. */
  static String tail(Path log) {
    if (log == null) {
      return "";
    }
    return Io.or(() -> OwnFile.tail(log, TAIL), "");
  }
}
