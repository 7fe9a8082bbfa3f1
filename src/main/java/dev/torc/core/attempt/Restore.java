package dev.torc.core.attempt;

import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.decide.KnownResult;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Job;
import java.io.IOException;
import java.util.List;

/** The restore of a known result instead of a run; a {@link RestoreAttempt} makes it. */
public interface Restore {

  KnownResult known();

  /**
   * Clears the places of the products and restores those of {@link #known}. Returns null if they
   * differ: then the job has to run.
   */
  ProductScan products(AttemptContext common, Job job, ClearedProducts cleared) throws IOException;

  /** Returns what was restored so far. */
  List<OwnedPath> placed();
}
