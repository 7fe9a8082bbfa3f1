package dev.torc.engine;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * The states of the selected jobs and how many are in each. Every change goes through {@link #set},
 * so the counts always add up. The loop decides what follows from a change.
 */
final class JobStates {

  private final JobState[] states;
  private final int[] counts = new int[JobState.values().length];

  /** All selected jobs begin as waiting; the others have no state. */
  JobStates(int jobs, BitSet selected) {
    states = new JobState[jobs];
    selected.stream().forEach(j -> states[j] = JobState.WAITING);
    counts[JobState.WAITING.ordinal()] = selected.cardinality();
  }

  /**
   * The same for other numbers.
   *
   * @param now the number of a job that has one here
   */
  JobStates over(int jobs, BitSet selected, IntUnaryOperator now) {
    JobStates over = new JobStates(jobs, selected);
    for (int j = 0; j < states.length; j++) {
      int other = states[j] == null ? -1 : now.applyAsInt(j);
      if (other >= 0) {
        over.counts[JobState.WAITING.ordinal()] -= over.states[other] == null ? 0 : 1;
        over.states[other] = states[j];
        over.counts[states[j].ordinal()]++;
      }
    }
    return over;
  }

  /** The state of a selected job, null for others. */
  JobState of(int job) {
    return states[job];
  }

  /** Moves a job on; a final state is never left. */
  void set(int job, JobState next) {
    JobState now = states[job];
    if (now == null || now.isFinal() || !allowed(now, next)) {
      throw new IllegalStateException("job " + job + " cannot go from " + now + " to " + next);
    }
    states[job] = next;
    counts[now.ordinal()]--;
    counts[next.ordinal()]++;
  }

  private static boolean allowed(JobState now, JobState next) {
    return switch (next) {
      case WAITING -> false;
      case READY -> now == JobState.WAITING || now == JobState.RUNNING; // RUNNING: a retry
      case RUNNING -> now == JobState.READY;
      case UP_TO_DATE, BLOCKED -> now == JobState.WAITING;
      case RAN -> now == JobState.RUNNING;
      case FAILED ->
          now == JobState.RUNNING || now == JobState.WAITING; // WAITING: its sources are gone
      case INTERRUPTED -> now == JobState.RUNNING || now == JobState.READY;
      case NOT_REACHED -> now == JobState.WAITING || now == JobState.READY;
    };
  }

  /** How many jobs are in a state. */
  int count(JobState state) {
    return counts[state.ordinal()];
  }

  /** Whether every selected job is in a final state. */
  boolean done() {
    return count(JobState.WAITING) + count(JobState.READY) + count(JobState.RUNNING) == 0;
  }

  /** The counts of the final states. */
  Map<JobState, Integer> counts() {
    Map<JobState, Integer> map = new EnumMap<>(JobState.class);
    Arrays.stream(JobState.values()).filter(JobState::isFinal).forEach(s -> map.put(s, count(s)));
    return map;
  }
}
