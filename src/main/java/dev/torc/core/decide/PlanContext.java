package dev.torc.core.decide;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.manifest.MachineInputs;
import dev.torc.core.memory.Cache;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Graph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A graph and everything that is known about its nodes, by their numbers. When groups are expanded,
 * the larger graph gets a new context, which takes over the results.
 */
public record PlanContext(
    Basis basis,
    Graph graph,
    JobRecords records,
    NeedContents contents,
    Decider decider,
    Wanted wanted) {

  /**
   * What the user wants of jobs, and which products readers want.
   *
   * @param rerun which of the named jobs run even if they are up to date
   * @param products missing temporary products that must be made again, each with the name of a
   *     reader; see {@link Temporaries}
   */
  record Wanted(JobSelection selection, Rerun rerun, Map<String, String> products) {

    Decider.Wish of(int job) {
      boolean named = selection.named().get(job);
      return new Decider.Wish(named ? rerun : Rerun.NONE, named && selection.targeted(), products);
    }
  }

  /**
   * What a command knows besides graph and records.
   *
   * @param made decides about files that torc made and no job declares
   * @param rows where the values of instances are written, for messages
   */
  public record CallFacts(StaleFiles.Outside made, InstancePlaces rows) {}

  /**
   * What all contexts of a command share.
   *
   * @param recalls know the results that may replace a run
   * @param conditions what decides about jobs besides their manifests
   * @param machine the inputs that manifests have besides files: tools, images and variables
   * @param astray set once a symlink leads elsewhere than when the graph was derived
   */
  public record Basis(
      Cache cache,
      DigestMemo digests,
      Decider.Recalls recalls,
      Condition.Conditions conditions,
      MachineInputs machine,
      CallFacts outside,
      AtomicBoolean astray) {}

  /**
   * Returns the first context of a command. For {@code out} and {@code foresees}, see {@link
   * JobRecords}; a job that ends is removed from {@code out}.
   */
  public static PlanContext of(
      Basis basis,
      Graph graph,
      Map<String, Reason> out,
      boolean foresees,
      JobSelection selection,
      Rerun rerun) {
    JobRecords records = new JobRecords(graph, basis.cache, out, foresees);
    return of(basis, graph, records, null, new Wanted(selection, rerun, Map.of()));
  }

  /** Creates a context; {@code known} are the stale files if the graph only grew, else null. */
  private static PlanContext of(
      Basis basis, Graph graph, JobRecords records, StaleFiles known, Wanted wanted) {
    basis.digests.exclude(graph);
    StaleFiles stale =
        known == null ? new StaleFiles(graph, records, basis.digests, basis.outside.made) : known;
    NeedContents contents =
        new NeedContents(graph, records, basis.digests, basis.machine, stale, basis.astray);
    Recall recall = basis.recalls.of(graph, contents);
    Decider decider =
        new Decider(graph, records, contents, recall, basis.conditions, basis.outside.rows);
    return new PlanContext(basis, graph, records, contents, decider, wanted);
  }

  public PlanContext with(JobSelection other, Rerun again) {
    return with(new Wanted(other, again, wanted.products));
  }

  private PlanContext with(Wanted other) {
    return new PlanContext(basis, graph, records, contents, decider, other);
  }

  public JobSelection selection() {
    return wanted.selection;
  }

  private Wanted wanted(JobSelection chosen) {
    return new Wanted(chosen, wanted.rerun, wanted.products);
  }

  private Wanted wanted(Map<String, String> products) {
    return new Wanted(wanted.selection, wanted.rerun, Map.copyOf(products));
  }

  /** Returns the context of an expanded graph. Results and settled nodes stay. */
  PlanContext grown(Graph next, JobSelection chosen) {
    return of(basis, next, records.grown(next), contents.stale(), wanted(chosen));
  }

  /** Returns the context of a graph that numbers its nodes differently. None is settled there. */
  PlanContext anew(Graph other, JobSelection chosen) {
    return of(basis, other, records.anew(other), null, wanted(chosen));
  }

  /** Returns a copy that looks at files again. Nodes stay settled only if {@code settled}. */
  public PlanContext anew(boolean settled, Map<String, String> wants) {
    return of(basis, graph, records.again(settled), contents.stale(), wanted(wants));
  }

  public Verdict decide(int job) {
    return decider.decide(job, wanted.of(job));
  }

  public boolean hasFailedGroups() {
    return graph.open().values().stream().anyMatch(group -> !group.further().problems().isEmpty());
  }

  /** Returns the context after a build, in which no temporary product is wanted. */
  public PlanContext ended() {
    return with(wanted(Map.of()));
  }

  /**
   * Refuses jobs by the checks of rule 13 that depend on records: no product may replace a file of
   * the user, and no need of the jobs that are {@code due} may be a leftover.
   */
  public void refuse(BitSet jobs, BitSet due) {
    List<BadInput.Diagnostic> errors = new ArrayList<>(taken().errors(jobs));
    errors.addAll(new StaleNeeds(graph, contents, basis.outside.rows, selection()).errors(due));
    BadInput.refuse(errors);
  }

  /** Returns the check that no product replaces a file that torc did not make. */
  public OccupiedPlaces taken() {
    return new OccupiedPlaces(graph, records, basis.digests);
  }

  /** Returns the jobs that an up-to-date job leaves out, one entry for each need with any. */
  public List<LeftOut> leftOut(int job) {
    return graph.skips(job) || records.isAnySkipped() ? contents.leftOut(graph, job) : List.of();
  }

  /** Returns whether a node is named or, without targets, no selected job reads its products. */
  public boolean isTarget(int node) {
    JobSelection selection = selection();
    if (selection.targeted()) {
      return selection.named().get(node) || selection.namedOpen().get(node);
    }
    BitSet readers = new BitSet();
    Downstream.addReaders(graph, node, readers);
    return readers.stream()
        .filter(reader -> selection.jobs().get(reader) || selection.open().get(reader))
        .allMatch(reader -> isOrder(node, reader));
  }

  private boolean isOrder(int node, int later) {
    return graph.isJob(later)
        && graph.job(later).links().after().stream()
            .flatMapToInt(ref -> Arrays.stream(graph.nodesInNeed(ref.job())))
            .anyMatch(earlier -> earlier == node);
  }

  public Temporaries temporaries() {
    return new Temporaries(this);
  }
}
