package dev.torc.core.run;

import dev.torc.core.decide.KnownResult;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Job;
import dev.torc.core.run.BuildSetup.AttemptContext;
import java.io.IOException;
import java.util.List;

/** The restore of a known result, which replaces a run of one job. */
public interface Replacement {

  KnownResult result();

  /**
   * Clears the places of the products and restores the products; returns null if they differ from
   * those of the result, so that the job has to run.
   */
  ProductScan restore(AttemptContext common, Job job, ClearedProducts cleared) throws IOException;

  /** Returns what was restored so far. */
  List<OwnedPath> placed();
}
