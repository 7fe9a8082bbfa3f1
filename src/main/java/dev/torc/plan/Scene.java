package dev.torc.plan;

import dev.torc.cache.Cache;
import dev.torc.graph.Graph;
import dev.torc.hash.Digests;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;

/**
 * A graph, and all that is told in its numbers: results, contents, verdicts, what is asked for. As
 * groups are expanded one scene follows another, and what was known goes with it.
 *
 * @param force whether the named jobs run whatever their state
 * @param wanted missing temporary products that are to be made again, each with the name of the job
 *     or group that needs it; see {@link Wants}
 */
public record Scene(
    Graph graph,
    Records records,
    Contents contents,
    Decider decider,
    Selection selection,
    boolean force,
    Map<String, String> wanted) {

  /**
   * The first scene.
   *
   * @param interrupted names of jobs that a killed torc left running (rule 9)
   * @param caller the caller's environment, for variables declared without a value
   * @param containers false where steps with an image run on the host
   */
  public static Scene of(
      Graph graph,
      Cache cache,
      Set<String> interrupted,
      Digests digests,
      Map<String, String> caller,
      boolean containers,
      Selection selection,
      boolean force) {
    Records records = new Records(graph, cache, interrupted);
    Contents contents = new Contents(graph, records, digests, caller);
    Decider decider = new Decider(graph, records, contents, new Manifest(graph, containers));
    return new Scene(graph, records, contents, decider, selection, force, Map.of());
  }

  /** The scene with other jobs in question. */
  public Scene with(Selection other, boolean forced) {
    return new Scene(graph, records, contents, decider, other, forced, wanted);
  }

  /** The same with another graph; results and what is settled are kept by the names of jobs. */
  Scene over(Graph next, Selection chosen) {
    Records kept = records.over(next);
    Contents now = contents.over(next, kept);
    return new Scene(next, kept, now, decider.over(next, kept, now), chosen, force, wanted);
  }

  /**
   * The same with what is known of results, and nothing that was found out of contents.
   *
   * @param settled whether what is settled stays so
   */
  Scene anew(boolean settled, Map<String, String> wants) {
    Records fresh = settled ? records.over(graph) : records.unsettled();
    Contents now = contents.over(graph, fresh);
    Decider next = decider.over(graph, fresh, now);
    return new Scene(graph, fresh, now, next, selection, force, Map.copyOf(wants));
  }

  /** What the verdict on a job that ran depends on; see {@link Footprint}. */
  public Footprint footprint(int job) {
    return decider.footprint(job, records.result(job).found());
  }

  /** The verdict on a job as things stand now; see {@link Decider}. */
  public Verdict decide(int job) {
    boolean named = selection.targeted() && selection.named().get(job);
    return decider.decide(job, new Decider.Wish(forces(job), named, wanted));
  }

  /**
   * Lets temporary jobs be unsettled that lack what jobs read which have come up now, or what other
   * such jobs read; nothing was asked of this scene before.
   *
   * @return those jobs
   */
  public BitSet revive(BitSet readers) {
    Absent absent = new Absent(this, selection.jobs());
    BitSet revived = new BitSet();
    for (int j = absent.isEmpty() ? -1 : graph.jobs() - 1; j >= 0; j--) {
      if (readers.get(j) || revived.get(j)) {
        for (Absent.Read read : absent.reads(j)) {
          if (records.isSettled(read.maker())) {
            records.unsettle(read.maker());
            revived.set(read.maker());
          }
        }
      }
    }
    return revived;
  }

  /** Whether a temporary job has made what is not there any more. */
  public boolean lacks(int job) {
    return !contents.gone(job).isEmpty();
  }

  /** Whether a job is to run whatever its state. */
  public boolean forces(int job) {
    return force && selection.named().get(job);
  }
}
