package dev.torc.front.show;

import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.model.InstanceName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.ToIntFunction;

/**
 * Decides which ended jobs get their own line above the live lines: the first ten, and each that
 * took 10 s or shows its output. Other jobs share a line that counts them by group, since a
 * thousand quick jobs would push everything else off the screen. Failures are never counted.
 */
final class FoldedEnds {

  private static final int FIRST = 10;

  private static final int NAMED = 8;

  private final Map<JobState, SequencedMap<String, Integer>> folded = new EnumMap<>(JobState.class);
  private final Map<JobState, Map<String, Integer>> all = new EnumMap<>(JobState.class);
  private int well;
  private int blocked;

  /** Returns whether to omit an event's line; if so, counts its job. */
  boolean folds(Event event, boolean output) {
    if (event instanceof Event.JobEnded ended) {
      tally(ended.state(), ended.job());
    } else if (event instanceof Event.JobRestored restored) {
      tally(JobState.RESTORED, restored.job());
    }
    return switch (event) {
      case Event.JobRestored restored -> ++well > FIRST && count(JobState.RESTORED, restored.job());
      case Event.JobEnded ended when ended.state() == JobState.RAN ->
          ++well > FIRST
              && !output
              && ended.details().wall() < EventText.LATE
              && count(JobState.RAN, ended.job());
      case Event.JobEnded ended when ended.state() == JobState.BLOCKED ->
          ++blocked > FIRST && count(JobState.BLOCKED, ended.job());
      default -> false;
    };
  }

  private void tally(JobState state, String job) {
    String group = InstanceName.parse(job).group();
    all.computeIfAbsent(state, _ -> new HashMap<>()).merge(group, 1, Integer::sum);
  }

  private boolean count(JobState state, String job) {
    InstanceName name = InstanceName.parse(job);
    String shown = name.values().isEmpty() ? job : name.group() + "/";
    folded.computeIfAbsent(state, _ -> new LinkedHashMap<>()).merge(shown, 1, Integer::sum);
    return true;
  }

  /**
   * Returns a line for each state, such as {@code … 45 more ran: align 40 of 40, count 15 of 40}.
   *
   * @param due returns how many jobs of a group may run; 0 if unknown
   */
  List<String> lines(ToIntFunction<String> due) {
    List<String> lines = new ArrayList<>();
    folded.forEach(
        (state, jobs) -> {
          int more = jobs.values().stream().mapToInt(n -> n).sum();
          String head = "… " + more + " more " + AttemptText.words(state) + ": ";
          List<String> named = new ArrayList<>();
          for (Map.Entry<String, Integer> each : jobs.entrySet()) {
            if (named.size() < NAMED) {
              named.add(named(state, each.getKey(), each.getValue(), due));
              more -= each.getValue();
            }
          }
          lines.add(head + String.join(", ", named) + (more == 0 ? "" : " and " + more + " more"));
        });
    return lines;
  }

  private String named(JobState state, String job, int folded, ToIntFunction<String> due) {
    if (!job.endsWith("/")) {
      return SafeText.name(job);
    }
    String group = job.substring(0, job.length() - 1);
    int jobs = due.applyAsInt(group);
    String of = jobs == 0 ? "" + folded : all.get(state).get(group) + " of " + jobs;
    return SafeText.name(group) + " " + of;
  }
}
