package dev.torc.engine;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;

/**
 * The states of the selected jobs and how many are in each. Every change goes through {@link #set},
 * so the counts always add up. The loop decides what follows from a change.
 */
final class JobStates {

  private final JobState[] states;
  private final int[] counts = new int[JobState.values().length];

  /** All selected jobs begin as waiting; the others have no state. */
  JobStates(int nodes, BitSet selected) {
    states = new JobState[nodes];
    selected.stream().forEach(j -> states[j] = JobState.WAITING);
    counts[JobState.WAITING.ordinal()] = selected.cardinality();
  }

  /**
   * The same with further jobs, which wait.
   *
   * @param again known jobs that wait once more
   */
  JobStates over(int nodes, BitSet selected, BitSet again) {
    JobStates over = new JobStates(nodes, selected);
    for (int j = 0; j < states.length; j++) {
      if (states[j] != null && !again.get(j)) {
        over.counts[JobState.WAITING.ordinal()] -= over.states[j] == null ? 0 : 1;
        over.states[j] = states[j];
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
      case UP_TO_DATE -> now == JobState.WAITING;
      case BLOCKED -> now == JobState.WAITING || now == JobState.READY; // READY: its group failed
      case RAN, RESTORED, SUBMITTED -> now == JobState.RUNNING;
      case FAILED ->
          now == JobState.RUNNING || now == JobState.WAITING; // WAITING: what it needs is gone
      case INTERRUPTED -> now == JobState.RUNNING || now == JobState.READY;
      case NOT_REACHED ->
          now == JobState.WAITING || now == JobState.READY || now == JobState.RUNNING;
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
