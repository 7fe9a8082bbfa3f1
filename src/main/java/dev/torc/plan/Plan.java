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
  private final Verdict[] verdicts;
  private final int[] counts = new int[3];

  private Plan(Scene scene, Verdict[] verdicts) {
    this.scene = scene;
    this.verdicts = verdicts;
  }

  /** Decides every selected job; those that are up to date are settled in the records. */
  public static Plan of(Scene scene) throws IOException {
    Plan plan = new Plan(scene, new Verdict[scene.graph().nodes()]);
    Records records = scene.records();
    BitSet selected = scene.selection().jobs();
    for (int j = selected.nextSetBit(0); j >= 0; j = selected.nextSetBit(j + 1)) {
      Verdict verdict = scene.decider().decide(j, scene.forces(j));
      if (verdict instanceof Verdict.UpToDate) {
        records.settle(j);
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
