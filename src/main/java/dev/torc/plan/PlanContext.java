package dev.torc.plan;

import dev.torc.graph.Downstream;
import dev.torc.graph.Graph;
import dev.torc.hash.DigestMemo;
import dev.torc.plan.JobSelection.Rerun;
import dev.torc.records.Cache;
import dev.torc.results.LocalResults;
import dev.torc.results.SharedStores;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph, and all that is known under its numbers: results, contents, verdicts, what is asked for.
 * When groups are expanded, another context follows and takes over what was known.
 *
 * @param basis what all contexts of a command are made from
 * @param rerun which of the named jobs run whatever their state
 * @param wanted missing temporary products that are to be made again, each with the name of the job
 *     or group that needs it; see {@link Plan}
 */
public record PlanContext(
    Basis basis,
    Graph graph,
    JobRecords records,
    NeedContents contents,
    Decider decider,
    JobSelection selection,
    Rerun rerun,
    Map<String, String> wanted) {

  /**
   * What contexts are made from beside a graph and its records.
   *
   * @param stored results of earlier runs that may stand for a run
   * @param asked shared stores that are asked, and waited for, while jobs are decided; null for
   *     none
   * @param keepsFailed see {@link Decider}
   * @param machine what manifests ask of the machine beside files
   */
  public record Basis(
      Cache cache,
      DigestMemo digests,
      LocalResults stored,
      SharedStores asked,
      boolean keepsFailed,
      MachineInputs machine) {}

  /**
   * Returns the first context.
   *
   * @param left see {@link JobRecords}; jobs that have run are removed from it
   * @param foresees see {@link JobRecords}
   */
  public static PlanContext of(
      Basis basis,
      Graph graph,
      Map<String, Reason> left,
      boolean foresees,
      JobSelection selection,
      Rerun rerun) {
    JobRecords records = new JobRecords(graph, basis.cache, left, foresees);
    return of(basis, graph, records, selection, rerun, Map.of());
  }

  private static PlanContext of(
      Basis basis,
      Graph graph,
      JobRecords records,
      JobSelection selection,
      Rerun rerun,
      Map<String, String> wanted) {
    basis.digests.leavingOut(graph);
    NeedContents contents = new NeedContents(graph, records, basis.digests, basis.machine);
    Decider decider = new Decider(graph, records, contents, basis);
    return new PlanContext(
        basis, graph, records, contents, decider, selection, rerun, Map.copyOf(wanted));
  }

  public PlanContext with(JobSelection other, Rerun again) {
    return new PlanContext(basis, graph, records, contents, decider, other, again, wanted);
  }

  /** Returns the context of the graph that follows; results and what is settled are kept. */
  PlanContext grown(Graph next, JobSelection chosen) {
    return of(basis, next, records.grown(next), chosen, rerun, wanted);
  }

  /** Returns the context of a graph that has other numbers; nothing is settled. */
  PlanContext anew(Graph other, JobSelection chosen) {
    return of(basis, other, records.anew(other), chosen, rerun, wanted);
  }

  /**
   * Returns a copy that keeps what is known of results, and forgets what is known of contents.
   *
   * @param settled whether what is settled stays so
   */
  PlanContext anew(boolean settled, Map<String, String> wants) {
    return of(basis, graph, records.again(settled), selection, rerun, wants);
  }

  /**
   * Returns the files of the project that the commands of a job run, as far as their words tell it.
   */
  public Set<String> scripts(int job) {
    return new UndeclaredReads(this, false).run(job);
  }

  /** Returns what the verdict on a job depends on; see {@link Footprint}. */
  public Footprint footprint(int job) {
    return decider.footprint(job);
  }

  /** Returns the verdict on a job as things stand now; see {@link Decider}. */
  public Verdict decide(int job) {
    boolean named = selection.named().get(job);
    Rerun asked = named ? rerun : Rerun.NONE;
    return decider.decide(job, new Decider.Wish(asked, selection.targeted() && named, wanted));
  }

  /** Returns whether there is a group that cannot be expanded any further. */
  public boolean hasFailedGroups() {
    return graph.open().values().stream().anyMatch(group -> !group.further().problems().isEmpty());
  }

  /** Returns the context when a build is over: nothing is wanted any more. */
  public PlanContext ended() {
    return new PlanContext(basis, graph, records, contents, decider, selection, rerun, Map.of());
  }

  /** Returns the check for files of others that produced globs and folders would remove. */
  public OccupiedPlaces taken() {
    return new OccupiedPlaces(graph, records, basis.digests);
  }

  /**
   * Returns the jobs that an up-to-date job leaves out, for each of its needs that leave any out.
   */
  public List<LeftOut> leftOut(int job) {
    return graph.skips(job) ? contents.leftOut(graph, job) : List.of();
  }

  /**
   * Returns whether a job or group is a target itself: it is named, or none is and nothing reads
   * it.
   */
  public boolean isTarget(int node) {
    if (selection.targeted()) {
      return selection.named().get(node) || selection.namedOpen().get(node);
    }
    BitSet readers = new BitSet();
    Downstream.addReaders(graph, node, readers);
    return readers.stream()
        .filter(reader -> selection.jobs().get(reader) || selection.open().get(reader))
        .allMatch(reader -> isOrder(node, reader));
  }

  /** Returns whether a job names another one in {@code after}. */
  private boolean isOrder(int node, int later) {
    return graph.isJob(later)
        && graph.job(later).links().after().stream()
            .flatMapToInt(ref -> Arrays.stream(graph.meant(ref.job())))
            .anyMatch(earlier -> earlier == node);
  }

  /** Returns what is known of temporary jobs now. */
  public Temporaries temporaries() {
    return new Temporaries(this);
  }
}
