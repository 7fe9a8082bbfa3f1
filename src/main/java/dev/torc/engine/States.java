package dev.torc.engine;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * The states of the selected jobs and how many are in each. Every change goes through {@link #set},
 * so the counts always add up. What follows from a change is the loop's business.
 */
final class States {

  private final State[] states;
  private final int[] counts = new int[State.values().length];

  /** All selected jobs begin as waiting; the others have no state. */
  States(int jobs, BitSet selected) {
    states = new State[jobs];
    selected.stream().forEach(j -> states[j] = State.WAITING);
    counts[State.WAITING.ordinal()] = selected.cardinality();
  }

  /**
   * The same for other numbers.
   *
   * @param now the number of a job that has one here
   */
  States over(int jobs, BitSet selected, IntUnaryOperator now) {
    States over = new States(jobs, selected);
    for (int j = 0; j < states.length; j++) {
      int other = states[j] == null ? -1 : now.applyAsInt(j);
      if (other >= 0) {
        over.counts[State.WAITING.ordinal()] -= over.states[other] == null ? 0 : 1;
        over.states[other] = states[j];
        over.counts[states[j].ordinal()]++;
      }
    }
    return over;
  }

  /** The state of a selected job, null for others. */
  State of(int job) {
    return states[job];
  }

  /** Moves a job on; a final state is never left. */
  void set(int job, State next) {
    State now = states[job];
    if (now == null || now.isFinal() || !allowed(now, next)) {
      throw new IllegalStateException("job " + job + " cannot go from " + now + " to " + next);
    }
    states[job] = next;
    counts[now.ordinal()]--;
    counts[next.ordinal()]++;
  }

  private static boolean allowed(State now, State next) {
    return switch (next) {
      case WAITING -> false;
      case READY -> now == State.WAITING || now == State.RUNNING; // RUNNING: a retry
      case RUNNING -> now == State.READY;
      case UP_TO_DATE, BLOCKED -> now == State.WAITING;
      case RAN -> now == State.RUNNING;
      case FAILED -> now == State.RUNNING || now == State.WAITING; // WAITING: its sources are gone
      case INTERRUPTED -> now == State.RUNNING || now == State.READY;
      case NOT_REACHED -> now == State.WAITING || now == State.READY;
    };
  }

  /** How many jobs are in a state. */
  int count(State state) {
    return counts[state.ordinal()];
  }

  /** Whether every selected job is in a final state. */
  boolean done() {
    return count(State.WAITING) + count(State.READY) + count(State.RUNNING) == 0;
  }

  /** The counts of the final states. */
  Map<State, Integer> counts() {
    Map<State, Integer> map = new EnumMap<>(State.class);
    Arrays.stream(State.values()).filter(State::isFinal).forEach(s -> map.put(s, count(s)));
    return map;
  }
}
