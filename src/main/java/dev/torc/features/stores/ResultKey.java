package dev.torc.features.stores;

import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.digests.Digest;
import dev.torc.base.posix.SystemName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;

/**
 * Computes the key of a result, in this root and in shared stores. The key covers everything that
 * decides the run. The job's name is not included, so that a renamed job finds its result; only for
 * a job without products the name is included, since nothing else identifies its result.
 */
final class ResultKey {

  /** Must change whenever the format of keys or records, or the digest of a product, changes. */
  private static final String FORMAT = "torc result 4";

  private ResultKey() {}

  /**
   * Returns the key of a job's result.
   *
   * @param system the kind of system that the job ran on; null for this machine's
   * @param own the kind of system that the build file adds; may be empty
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
    out.map(job.namedBy(), ByteWriter::text); // the manifest has the others, if the job uses them
    out.text(own.isEmpty() ? kind : kind + " " + own);
    boolean named = job.links().produces().isEmpty() && job.links().caching() == Job.Caching.ALWAYS;
    out.text(named ? job.name() : "");
    return Digest.ofBytes(out.bytes());
  }
}
