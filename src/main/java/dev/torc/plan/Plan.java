package dev.torc.plan;

import dev.torc.graph.Graph;
import java.io.IOException;
import java.util.BitSet;

/**
 * The verdicts on all selected jobs before anything runs, in one pass in topological order: what a
 * dry run prints, what a build begins with and what {@code why} asks. A group that is not expanded
 * yet has a verdict too: it <em>may run</em>.
 */
public final class Plan {

  private final Selection selection;
  private final Verdict[] verdicts;
  private final int[] counts = new int[3];

  private Plan(Selection selection, Verdict[] verdicts) {
    this.selection = selection;
    this.verdicts = verdicts;
  }

  /**
   * Decides every selected job; those that are up to date are settled in the records.
   *
   * @param forced numbers of jobs that run whatever their state
   */
  public static Plan of(
      Graph graph, Records records, Decider decider, Selection selection, BitSet forced)
      throws IOException {
    Plan plan = new Plan(selection, new Verdict[graph.nodes()]);
    BitSet selected = selection.jobs();
    for (int j = selected.nextSetBit(0); j >= 0; j = selected.nextSetBit(j + 1)) {
      Verdict verdict = decider.decide(j, forced.get(j));
      if (verdict instanceof Verdict.UpToDate) {
        records.settle(j);
      }
      plan.verdicts[j] = verdict;
      plan.counts[kind(verdict)]++;
    }
    selection.open().stream()
        .forEach(
            group -> {
              int after = records.unsettledBefore(group);
              plan.verdicts[group] = new Verdict.MayRun(after < 0 ? group : after);
            });
    return plan;
  }

  private static int kind(Verdict verdict) {
    return switch (verdict) {
      case Verdict.UpToDate _ -> 0;
      case Verdict.WillRun _ -> 1;
      case Verdict.MayRun _ -> 2;
    };
  }

  /** The verdict on a selected job or a group that is not expanded yet, null for others. */
  public Verdict verdict(int node) {
    return verdicts[node];
  }

  /** The jobs that were decided. */
  public Selection selection() {
    return selection;
  }

  /** The selected jobs. */
  public BitSet selected() {
    return selection.jobs();
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
