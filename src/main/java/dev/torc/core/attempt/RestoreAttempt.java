package dev.torc.core.attempt;

import dev.torc.core.attempt.AttemptOutcome.Made;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.util.List;

/**
 * An attempt that restores a known result; if that fails, the job has to run. It reads no needs: if
 * one changes meanwhile, the next build finds another manifest.
 */
public final class RestoreAttempt extends Attempt {

  private final Restore from;

  public RestoreAttempt(AttemptContext common, int id, JobAttempts attempts) {
    super(common, id, attempts);
    this.from = attempts.from();
  }

  @Override
  AttemptOutcome attempt() throws IOException {
    refuseTaken(common.removal().refuseOutside(job, List.of()));
    ProductScan products = from.products(common, job, cleared);
    return products == null
        ? refused("its earlier result cannot be restored")
        : AttemptOutcome.restored(from.known(), products, started);
  }

  @Override
  AttemptOutcome refused(String what) {
    return failed(How.NOT_STARTED, what, List.of());
  }

  @Override
  AttemptOutcome failed(String what, String missing) {
    return refused(what);
  }

  @Override
  public AttemptOutcome interrupted() {
    return failed(cut(), "interrupted", from.placed());
  }

  private AttemptOutcome failed(How how, String what, List<OwnedPath> owned) {
    Made made =
        Made.failed(ProductScan.owning(owned), FoundNeeds.none(), attempts.addMoved(List.of()));
    return new AttemptOutcome(
        ProcessEnd.unstarted(how), what, null, started, made, AttemptOutcome.Logged.NONE, null);
  }

  /** Returns that it was not reached: the next build restores it again. */
  @Override
  public How cut() {
    return How.NOT_REACHED;
  }
}
