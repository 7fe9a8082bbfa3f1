package dev.torc.core.decide;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The checks of rule 13 that depend on records: a produced glob or folder must not remove a file
 * that torc did not make and that a need or a group names. Files that no need or group names are
 * set aside by rule 15. Several threads may use this class.
 */
public final class OccupiedPlaces {

  private final Graph graph;
  private final JobRecords records;
  private final DigestMemo digests;
  private Map<Integer, List<String>> named; // by maker; null until needed

  public OccupiedPlaces(Graph graph, JobRecords records, DigestMemo digests) {
    this.graph = graph;
    this.records = records;
    this.digests = digests;
  }

  /**
   * Returns the errors of jobs that would remove such files. An unreadable place fails only its own
   * job, later.
   */
  List<Diagnostic> errors(BitSet jobs) {
    List<Diagnostic> errors = new ArrayList<>();
    for (int j : graph.inOrder(jobs)) {
      try {
        Diagnostic error = of(j);
        if (error != null) {
          errors.add(error);
        }
      } catch (IOException e) {
        // Before the job runs, this check is made again.
      }
    }
    return errors;
  }

  /** Returns the error about a file that a job would remove; null if there is none. */
  public Diagnostic of(int id) throws IOException {
    Job job = graph.job(id);
    for (Ref ref : job.productRefs()) {
      if (!(ref instanceof Ref.OfFile)) {
        String what = wasKilled(id) ? null : of(id, ref);
        what = what == null ? shared(id, ref) : what;
        if (what != null) {
          return new Diagnostic(ref.place(), what);
        }
      }
    }
    return null;
  }

  /** Returns the error about a file that patterns of two jobs match; null if there is none. */
  public String shared(int id, Job job) throws IOException {
    String what = null;
    for (Ref ref : job.productRefs()) {
      what = what == null ? shared(id, ref) : what;
    }
    return what;
  }

  private String shared(int id, Ref ref) throws IOException {
    Glob glob = ref instanceof Ref.OfGlob of ? of.glob() : null;
    List<Glob> rivals = glob == null ? List.of() : graph.rivals(id, glob);
    for (String path :
        rivals.isEmpty() ? List.<String>of() : GlobWalk.files(digests.root(), glob)) {
      for (Glob rival : rivals) {
        if (rival.matches(path)) {
          return "product %s of job %s matches %s, and so does product %s; write \\[ for the character"
              .formatted(glob, graph.name(id), path, rival);
        }
      }
    }
    return null;
  }

  /** Returns whether a job was killed, so that the records do not have its products. */
  private boolean wasKilled(int id) {
    JobResult last = records.result(id);
    return records.outReason(id) != null || last != null && last.outcome() == Outcome.INTERRUPTED;
  }

  private String of(int id, Ref ref) throws IOException {
    String job = graph.name(id);
    if (ref instanceof Ref.OfFolder folder && records.owned(folder.path()) != null) {
      return null;
    }
    for (String path : named().getOrDefault(id, List.of())) {
      boolean foreign =
          ((Ref.OfMany) ref).holds(path)
              && records.owned(path) == null
              && digests.linkStamp(path).exists();
      // The search for a reader is slow, so it comes last.
      String reader = foreign ? reader(path, ref instanceof Ref.OfGlob) : null;
      if (reader != null) {
        String next = ref instanceof Ref.OfGlob ? "narrow the pattern" : "choose another folder";
        String line =
            "product %s of job %s would take %s, which torc did not make and which %s; %s, or `torc"
                + " adopt %2$s`";
        return line.formatted(ref.text(), job, path, reader, next);
      }
    }
    return null;
  }

  private synchronized Map<Integer, List<String>> named() {
    if (named == null) {
      named = new HashMap<>();
      for (int file = 0; file < graph.files(); file++) {
        int maker = graph.maker(file);
        if (maker >= 0 && !graph.products().has(maker, file)) {
          addNamed(maker, graph.path(file));
        }
      }
      for (Group group : graph.workflow().groups()) {
        for (String path : group.sources().tables()) {
          int maker = graph.makerOf(path);
          if (maker >= 0 && !graph.declares(maker, path)) {
            addNamed(maker, path);
          }
        }
      }
    }
    return named;
  }

  private void addNamed(int maker, String path) {
    if (graph.isJob(maker)) {
      named.computeIfAbsent(maker, _ -> new ArrayList<>(1)).add(path);
    }
  }

  /**
   * Returns how the message describes the group or, if {@code needs}, the job that reads a file;
   * null if none does. A need of a file in a folder product means that product.
   */
  private String reader(String path, boolean needs) {
    for (Group group : graph.workflow().groups()) {
      if (group.sources().tables().contains(path)) {
        return "gives group " + group.name() + " its values";
      }
    }
    int file = graph.fileId(path);
    for (int j : graph.inOrder(needs ? graph.allJobs() : new BitSet())) {
      if (graph.needs().has(j, file)) {
        return "job " + graph.name(j) + " needs";
      }
    }
    return null;
  }
}
