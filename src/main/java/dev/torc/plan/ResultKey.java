package dev.torc.plan;

import dev.torc.bytes.ByteWriter;
import dev.torc.hash.Digest;
import dev.torc.posix.SystemName;
import dev.torc.workflow.Job;
import dev.torc.workflow.Step;

/**
 * The key of a result, here and in shared stores: everything that decides the run, but not the
 * job's name, so that a renamed job finds its result. The name only counts for a job without
 * products, which nothing else tells from others.
 */
final class ResultKey {

  /** Has to change whenever a key, a record or the digest of a product is made in another way. */
  private static final String FORMAT = "torc result 4";

  private ResultKey() {}

  /**
   * Returns the key of a job.
   *
   * @param system the kind of system that the job ran on; null for this machine's
   * @param own what the build file says of systems; empty for nothing
   */
  static Digest of(Job job, Digest described, String system, String own) {
    boolean contained = !job.runs().steps().isEmpty();
    for (Step step : job.runs().steps()) {
      contained &= step.image() != null;
    }
    String kind =
        contained ? SystemName.architecture() : system == null ? SystemName.here() : system;
    ByteWriter out = new ByteWriter(0);
    out.text(FORMAT);
    out.raw(described.bytes());
    out.map(job.parameters(), ByteWriter::text);
    out.text(own.isEmpty() ? kind : kind + " " + own);
    boolean named = job.links().produces().isEmpty() && job.links().caching() == Job.Caching.ALWAYS;
    out.text(named ? job.name() : "");
    return Digest.ofBytes(out.bytes());
  }
}
