package dev.torc.core.decide;

import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.StoredValue;
import java.util.List;

/** A good result that can replace a run of a job, as {@link Recall} found it. */
public interface KnownResult {

  /** Returns where the result of a restored job comes from. */
  Origin originFor(String restored);

  /** Returns the record of a restored job; {@code build} is the random id of the build. */
  JobResult run(String build);

  /** Returns the details of a restored job's record; {@code build} is the build's number. */
  RunDetails details(String restored, long build, List<ManifestEntry> reasons);

  List<StoredValue> data();

  /** Returns the entries of the run's manifest; may be empty. */
  List<ManifestEntry> lines();

  /** Returns the size of the products in bytes. */
  long size();

  /** Returns whether the output of the job belongs to the result. */
  boolean hasLog();
}
