package dev.torc.report;

import dev.torc.cache.AttemptRecord;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.plan.Causes;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code torc history} says of jobs: their attempts in the builds that are on record, newest
 * first.
 *
 * @param asked what was asked for, as on the command line
 * @param more whether there are earlier ones
 */
public record RunsAnswer(String asked, List<AttemptRecord> attempts, boolean more)
    implements Answer {

  @Override
  public String text(Palette palette) {
    if (attempts.isEmpty()) {
      return "no run of " + SafeText.name(asked) + " is on record\n";
    }
    List<List<String>> rows = new ArrayList<>();
    for (AttemptRecord each : attempts) {
      rows.add(
          List.of(
              Long.toString(each.build()),
              TimeText.local(each.started()),
              SafeText.name(each.job()) + (each.attempt() > 1 ? " attempt " + each.attempt() : ""),
              AttemptText.end(each),
              Amount.time(each.wall()),
              use(each),
              each.attempt() > 1 ? "" : AttemptText.because(each)));
    }
    return TextTable.of(rows);
  }

  private static String use(AttemptRecord attempt) {
    List<String> parts = new ArrayList<>();
    if (attempt.usage().cpu() >= 0) {
      parts.add("cpu " + Amount.time(attempt.usage().cpu()));
    }
    if (attempt.usage().peak() >= 0) {
      parts.add("memory " + Amount.size(attempt.usage().peak()));
    }
    if (attempt.executor() != null) {
      parts.add("on " + SafeText.name(attempt.executor()));
    }
    return String.join(", ", parts);
  }

  @Override
  public void json(JsonWriter out) {
    out.objects(
            "runs",
            attempts,
            each -> {
              out.number("number", each.build())
                  .text("job", each.job())
                  .number("attempt", each.attempt())
                  .text("outcome", JsonWriter.lower(each.outcome()))
                  .number("exit", each.exit(), each.exit() >= 0)
                  .number("signal", each.signal(), each.signal() > 0)
                  .text("started", TimeText.iso(each.started()))
                  .seconds("queued", each.queued())
                  .seconds("seconds", each.wall())
                  .seconds("cpu", each.usage().cpu())
                  .number("memory", each.usage().peak(), each.usage().peak() >= 0)
                  .text("host", each.host())
                  .text("executor", each.executor());
              JobJson.reasons(out, Causes.decode(each.reasons()));
              out.number("reason_count", each.reasonCount(), each.reasonCount() > 0);
            })
        .flag("earlier", more);
  }
}
