package dev.torc.plan;

import dev.torc.graph.Graph;
import java.io.IOException;
import java.util.BitSet;

/**
 * The verdicts on all selected jobs before anything runs, in one pass in topological order: what a
 * dry run prints, what a build begins with and what {@code why} asks.
 */
public final class Plan {

  private final BitSet selected;
  private final Verdict[] verdicts;
  private final int[] counts = new int[3];

  private Plan(BitSet selected, Verdict[] verdicts) {
    this.selected = selected;
    this.verdicts = verdicts;
  }

  /**
   * Decides every selected job; those that are up to date are settled in the records.
   *
   * @param selected numbers of jobs; with each, all that it waits for
   * @param forced numbers of jobs that run whatever their state
   */
  public static Plan of(
      Graph graph, Records records, Decider decider, BitSet selected, BitSet forced)
      throws IOException {
    Plan plan = new Plan(selected, new Verdict[graph.jobs()]);
    for (int j = selected.nextSetBit(0); j >= 0; j = selected.nextSetBit(j + 1)) {
      Verdict verdict = decider.decide(j, forced.get(j));
      if (verdict instanceof Verdict.UpToDate) {
        records.settle(j);
      }
      plan.verdicts[j] = verdict;
      plan.counts[kind(verdict)]++;
    }
    return plan;
  }

  private static int kind(Verdict verdict) {
    return switch (verdict) {
      case Verdict.UpToDate _ -> 0;
      case Verdict.WillRun _ -> 1;
      case Verdict.MayRun _ -> 2;
    };
  }

  /** The verdict on a selected job, null for others. */
  public Verdict verdict(int job) {
    return verdicts[job];
  }

  /** The selected jobs. */
  public BitSet selected() {
    return selected;
  }

  /** How many selected jobs are up to date. */
  public int upToDate() {
    return counts[0];
  }

  /** How many selected jobs will run. */
  public int willRun() {
    return counts[1];
  }

  /** How many selected jobs may run. */
  public int mayRun() {
    return counts[2];
  }
}
