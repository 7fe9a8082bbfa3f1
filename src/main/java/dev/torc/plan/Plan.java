package dev.torc.plan;

import java.io.IOException;
import java.util.BitSet;

/**
 * The verdicts on all selected jobs before anything runs, in one pass in topological order: what a
 * dry run prints, what a build begins with and what {@code why} asks. A group that is not expanded
 * yet has a verdict too: it <em>may run</em>.
 */
public final class Plan {

  private final Scene scene;
  private static final Verdict UP_TO_DATE = new Verdict.UpToDate();

  private final Verdict[] verdicts;
  private final BitSet decided;
  private final int[] counts = new int[3];

  private Plan(Scene scene, Verdict[] verdicts, BitSet decided) {
    this.scene = scene;
    this.verdicts = verdicts;
    this.decided = decided;
  }

  /** Decides every selected job; those that are up to date are settled in the records. */
  public static Plan of(Scene scene) throws IOException {
    return of(scene, scene.selection().jobs());
  }

  /**
   * Decides some of the selected jobs, and those that wait for any that is not up to date. The
   * others are known to be up to date unless one of these makes them run; all up-to-date ones are
   * settled in the records.
   */
  public static Plan of(Scene scene, BitSet restless) throws IOException {
    Plan plan = new Plan(scene, new Verdict[scene.graph().nodes()], (BitSet) restless.clone());
    Records records = scene.records();
    BitSet selected = scene.selection().jobs();
    for (int j = selected.nextSetBit(0); j >= 0; j = selected.nextSetBit(j + 1)) {
      Verdict verdict = UP_TO_DATE;
      if (plan.decided.get(j)) {
        verdict = scene.decider().decide(j, scene.forces(j));
      }
      if (verdict instanceof Verdict.UpToDate) {
        records.settle(j);
      } else {
        Rest.addReaders(scene.graph(), j, plan.decided);
      }
      plan.verdicts[j] = verdict;
      plan.counts[kind(verdict)]++;
    }
    scene.selection().open().stream()
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

  /** What the verdicts are about: the numbers of jobs are those of its graph. */
  public Scene scene() {
    return scene;
  }

  /** The selected jobs. */
  public BitSet selected() {
    return scene.selection().jobs();
  }

  /**
   * The nodes that were looked at one by one, and all that waits for one that is not up to date.
   */
  public BitSet decided() {
    return decided;
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
