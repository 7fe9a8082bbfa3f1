package dev.torc.core.run;

import dev.torc.core.attempt.JobState;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;

/**
 * The state of each selected job, and how many jobs are in each state. All changes are made here,
 * so the counts always match; a group that could not be expanded counts as one job or more. {@link
 * BuildLoop} decides what follows from a change.
 */
final class JobStates {

  private JobState[] states = {};
  private final int[] counts = new int[JobState.values().length];

  /** Puts all selected jobs in state WAITING; all other jobs have no state. */
  JobStates(int nodes, BitSet selected) {
    grow(nodes, selected, new BitSet());
  }

  /**
   * Makes room for {@code nodes} nodes and puts the {@code added} jobs in state WAITING, and also
   * the jobs of {@code again} that already have a state.
   */
  void grow(int nodes, BitSet added, BitSet again) {
    states = Arrays.copyOf(states, nodes);
    added.stream().forEach(this::await);
    again.stream().filter(job -> states[job] != null).forEach(this::await);
  }

  private void await(int job) {
    if (states[job] != null) {
      counts[states[job].ordinal()]--;
    }
    states[job] = JobState.WAITING;
    counts[JobState.WAITING.ordinal()]++;
  }

  /** Returns a job's state; null if the job is not selected. */
  JobState of(int job) {
    return states[job];
  }

  /**
   * Changes a job's state to a later one, or from running back to ready for a retry. A final state
   * cannot change, except that a good job becomes FAILED if its product was changed after its end
   * (rule 16).
   */
  void set(int job, JobState next) {
    JobState now = states[job];
    boolean on = now != null && !now.isFinal() && next.ordinal() > now.ordinal();
    boolean again = now == JobState.RUNNING && next == JobState.READY; // a retry
    boolean undone =
        now != null && (now == JobState.UP_TO_DATE || now == JobState.FROZEN || now.isMade());
    if (!on && !again && !(undone && next == JobState.FAILED)) {
      throw new IllegalStateException("job " + job + " cannot go from " + now + " to " + next);
    }
    states[job] = next;
    counts[now.ordinal()]--;
    counts[next.ordinal()]++;
  }

  /** Counts more jobs, or groups without instances, that are in state {@code end}. */
  void countMore(int jobs, JobState end) {
    counts[end.ordinal()] += jobs;
  }

  int count(JobState state) {
    return counts[state.ordinal()];
  }

  boolean done() {
    return count(JobState.WAITING) + count(JobState.READY) + count(JobState.RUNNING) == 0;
  }

  boolean areAnyBlocking() {
    return Arrays.stream(JobState.values()).anyMatch(state -> state.blocks() && count(state) > 0);
  }

  Map<JobState, Integer> counts() {
    Map<JobState, Integer> map = new EnumMap<>(JobState.class);
    Arrays.stream(JobState.values()).filter(JobState::isFinal).forEach(s -> map.put(s, count(s)));
    return map;
  }
}
