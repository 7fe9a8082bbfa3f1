package dev.torc.report;

import dev.torc.cache.JobResult;
import dev.torc.cache.RunDetails;
import dev.torc.plan.LeftOut;
import java.util.List;

/**
 * A job's last run as the records have it, without the lists of its manifest.
 *
 * @param result null where there is no record of it
 * @param details likewise
 */
public record LastRun(JobResult result, RunDetails details) {

  /** Leaves the lists behind: of many jobs they take much memory. */
  public static LastRun of(JobResult result, RunDetails all) {
    return new LastRun(
        result,
        all == null
            ? null
            : new RunDetails(
                LeftOut.lines(all),
                List.of(),
                all.what(),
                all.number(),
                all.started(),
                all.exit(),
                all.signal(),
                all.cpu(),
                all.peak(),
                all.attempts(),
                all.restorable(),
                all.origin()));
  }

  /** Milliseconds since 1970 when it began, 0 where it did not run. */
  long started() {
    boolean adopted = result != null && result.outcome() == JobResult.Outcome.ADOPTED;
    return details == null || adopted ? 0 : details.started();
  }

  /** An object, null if the job never ran; {@code more} adds fields to it. */
  void json(JsonWriter out, Runnable more) {
    out.object(
        "last",
        result != null && details != null,
        () -> {
          out.text("outcome", JsonWriter.lower(result.outcome()))
              .text("what", details.what())
              .number("build", details.number())
              .text("started", details.started() > 0 ? TimeText.iso(details.started()) : null)
              .seconds("seconds", result.wall())
              .number("exit", details.exit(), details.exit() >= 0)
              .number("signal", details.signal(), details.signal() > 0)
              .seconds("cpu", details.cpu())
              .number("memory", details.peak(), details.peak() >= 0)
              .number("attempts", details.attempts());
          if (details.origin() != null) {
            OriginText.json(out, details.origin());
          }
          LeftOutText.json(out, LeftOut.of(details));
          more.run();
        });
  }
}
