package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.core.manifest.Described;
import dev.torc.core.memory.JobResult.Restorable;
import dev.torc.core.memory.RecordedProduct;
import java.util.List;
import java.util.function.Function;

/**
 * Knows the good results of earlier runs: whether one can replace a run of a job, and on which
 * terms a run's result may replace later ones. For the jobs of one graph.
 */
public interface Recall {

  /**
   * Returns the result that can replace a run now; null if there is none.
   *
   * @param manifests returns the present manifest with given found needs, without its lines; null
   *     if it is not known yet
   * @param bytes whether all products must be available; if false, all of them must be missing
   */
  KnownResult of(int id, boolean bytes, Function<List<String>, Described> manifests);

  /**
   * Returns whether a result that {@link #of} does not know may replace a run later: once the job
   * has nothing to wait for, the build asks other roots for it.
   */
  boolean mayCome(int id);

  /** Returns the result on record if it can be put back, whatever changed since; null if not. */
  KnownResult ofLastRun(int id);

  /**
   * Returns the keys of a run's result and the other conditions of a restore; null if the result
   * must not be stored.
   *
   * @param described the digest of the run's manifest
   * @param bare the manifest's digest without found needs; null for a job that finds none
   * @param system the kind of system that the job ran on; null for this machine's
   * @param values whether the run stored values
   * @param files the number of files among the run's products
   * @param depfile the depfile that the run wrote; null for none
   */
  Restorable terms(
      int id,
      Digest described,
      Digest bare,
      String system,
      boolean values,
      int files,
      RecordedProduct depfile);
}
