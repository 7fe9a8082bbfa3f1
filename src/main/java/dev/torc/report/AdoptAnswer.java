package dev.torc.report;

import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import java.util.List;

/**
 * What {@code torc adopt} says.
 *
 * @param adopted names of the jobs whose products were or would be adopted; none where there are
 *     problems
 * @param upToDate names of those that need not be
 * @param problems what is in the way, one line each
 */
public record AdoptAnswer(
    boolean dry, List<String> adopted, List<String> upToDate, List<String> problems)
    implements Answer {

  @Override
  public String text(Palette palette) {
    StringBuilder out = new StringBuilder();
    adopted.forEach(
        job -> out.append(dry ? "would adopt " : "adopted ").append(SafeText.name(job) + "\n"));
    return out.toString();
  }

  /** The counts: a line for people, beside the text. */
  public String summary() {
    return problems.isEmpty()
        ? Amount.count(adopted.size() + upToDate.size(), "job")
            + ": %d %s, %d up to date"
                .formatted(adopted.size(), dry ? "would be adopted" : "adopted", upToDate.size())
        : "nothing adopted";
  }

  @Override
  public void json(JsonWriter out) {
    out.flag("dry_run", dry)
        .texts("adopted", adopted)
        .texts("up_to_date", upToDate)
        .texts("problems", problems);
  }
}
