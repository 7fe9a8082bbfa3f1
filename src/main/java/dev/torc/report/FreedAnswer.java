package dev.torc.report;

import dev.torc.machine.Amount;
import java.util.List;

/**
 * What {@code torc store --prune} and {@code --clear} say.
 *
 * @param results how many went, or would go
 * @param freed their bytes, and those that no result had
 * @param left how many results stay
 * @param bytes that are left
 * @param stuck a line on each thing that could not be taken away
 */
public record FreedAnswer(
    boolean dry, int results, long freed, int left, long bytes, List<String> stuck)
    implements Answer {

  /** There is nothing to print: {@link #line} is for people. */
  @Override
  public String text(Palette palette) {
    return "";
  }

  /** The one line for people. */
  public String line() {
    if (results == 0 && freed == 0) {
      return left == 0 && bytes == 0
          ? "nothing is stored"
          : "nothing to free: " + held(left, bytes) + (left < 2 ? " stays" : " stay");
    }
    String stays = left == 0 && bytes == 0 ? "nothing" : held(left, bytes);
    return "%s %s%s; %s %s left"
        .formatted(
            dry ? "would free" : "freed",
            Amount.size(freed),
            results == 0 ? " of no result" : " of " + Amount.count(results, "result"),
            stays,
            dry ? "would be" : left < 2 ? "is" : "are");
  }

  private static String held(int results, long bytes) {
    return results == 0
        ? Amount.size(bytes) + " of no result"
        : Amount.count(results, "result") + " with " + Amount.size(bytes);
  }

  @Override
  public void json(JsonWriter out) {
    out.flag("dry_run", dry)
        .number("removed", results)
        .number("freed", freed)
        .number("results", left)
        .number("bytes", bytes)
        .texts("stuck", stuck);
  }
}
