package dev.torc.features.groups;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Group;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.core.model.WorkflowCodec;
import dev.torc.features.groups.CalledJobs.Called;
import dev.torc.features.when.LeftOutJobs;
import dev.torc.features.when.WhenReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The jobs that a build leaves out, as far as the expansions so far tell. {@link LeftOutJobs} finds
 * them; this class remembers them, and {@link GroupExpansion} returns the others.
 */
final class Omissions {

  private final Called called;
  private final WorkflowCodec codec;
  private final SortedMap<String, LeftOutJob> jobs = new TreeMap<>();
  private Map<String, byte[]> rewritten = Map.of(); // jobs that lost optional needs, by name
  private Workflow earlier; // the last expansion; null before it

  Omissions(Called called, WorkflowCodec codec) {
    this.called = called;
    this.codec = codec;
  }

  /** Returns whether the call names jobs, so that each must be looked at. */
  boolean areCalled() {
    return !called.isNone();
  }

  SortedMap<String, LeftOutJob> jobs() {
    return jobs.isEmpty() ? Collections.emptySortedMap() : new TreeMap<>(jobs);
  }

  boolean has(String name) {
    return jobs.containsKey(name);
  }

  /** Remembers an expansion: its jobs stay, since a build may already run them. */
  void keep(Workflow expanded) {
    earlier = expanded;
  }

  /** Adds the jobs and groups that are left out; returns whether any are new. */
  boolean add(List<LeftOutJobs.Candidate> all, LeftOutJobs.Files files) throws IOException {
    Set<String> had = new HashSet<>();
    for (int j = 0; earlier != null && j < earlier.jobs().size(); j++) {
      had.add(earlier.jobName(j));
    }
    if (jobs.isEmpty()) {
      called.refuseUseless(all);
    }
    int before = jobs.size();
    LeftOutJobs found = new LeftOutJobs(all);
    found
        .find(this::reason, each -> called.brokenOf(each.name()) != null, had::contains, files)
        .forEach(jobs::putIfAbsent);
    rewritten = new HashMap<>();
    found.rewritten().forEach(job -> rewritten.put(job.name(), codec.packed(job)));
    return jobs.size() > before;
  }

  private String reason(LeftOutJobs.Candidate each) {
    LeftOutJob known = jobs.get(each.name());
    String own = called.brokenOf(each.name());
    String broken = own != null ? own : called.needsBroken(each.job());
    return known != null
        ? known.why()
        : broken != null
            ? broken
            : each.job().extra(WhenReader.KEY) != null
                ? each.job().extra(WhenReader.KEY).declared()
                : called.excluded().reason(each.job());
  }

  /** Reports a condition that asks for a file that a job makes. */
  void checkSources(SortedMap<String, Place> sources, OtherUnits units, Problems problems)
      throws IOException {
    for (Map.Entry<String, Place> file : sources.entrySet()) {
      for (int maker : units.makers().of(file.getKey())) {
        for (Makes job : units.makes(maker)) {
          if (job.has(file.getKey())) {
            problems.add(
                file.getValue(),
                "exists is about sources, and job %s makes %s; need the file with optional: true"
                    .formatted(job.job(), file.getKey()));
          }
        }
      }
    }
  }

  /** Returns the jobs that are not left out, without needs that are. */
  List<byte[]> kept(List<byte[]> packed) {
    if (jobs.isEmpty()) {
      return packed;
    }
    List<byte[]> kept = new ArrayList<>();
    for (byte[] job : packed) {
      String name = codec.name(new ByteReader(job, 0));
      if (!has(name)) {
        kept.add(rewritten.getOrDefault(name, job));
      }
    }
    return kept;
  }

  Group kept(Group group) {
    return jobs.isEmpty()
        ? group
        : group.with(group.instances().stream().filter(each -> !has(each)).toList());
  }
}
